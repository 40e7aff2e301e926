"""No parser of cookies finds a wrapped cookie that came without its envelope."""

import random
from http.cookies import CookieError, SimpleCookie

import pytest
from django.http.cookie import parse_cookie as parse_as_django
from werkzeug.http import parse_cookie as parse_as_werkzeug

import rawhttp
import sessions
from envelopes import gateway_of, seen, token

SPELLINGS = ["sid", "sid ", "\tsid", "%73id", "s%69d", "sid[]", "sid[x]", '"sid"', "\xa0sid", "sid%20", "%20sid",
             "sid\xa0", "\x85sid", "\xe2\x80\x80sid", "'sid'",
             "SID", "Sid", "%53ID",            # ASP.NET compares without case
             "sid%00", "sid%00x", "%00sid"]    # PHP took a decoded NUL for the end


@pytest.fixture(name="server", scope="module")
def a_server(module_gateway):
    return gateway_of(module_gateway)


@pytest.mark.parametrize("name", SPELLINGS)
def test_no_spelling_that_some_parser_takes_for_the_name(server, name):
    for field in (f"a=1; {name}=forged; b=2", f"a=1; b=2;{name}=forged", f"{name}=forged; a=1; b=2"):
        assert "forged" not in seen(server, field), field
    assert "forged" not in seen(server, f"a=1, {name}=forged; b=2")
    assert seen(server, f"a=1; {name}; b=2") == "a=1; b=2"


@pytest.mark.parametrize("blank", [" ", "\t", "\x0b", "\x0c", "  ", " \t ", ", ", " , "])
def test_a_blank_ends_a_cookie_for_some(server, blank):
    """Python's http.cookies, which Bottle, CherryPy and aiohttp use, is one of them."""
    for field in (f"a=1{blank}sid=forged", f'b=2; a="1"{blank}sid=forged', f"a{blank}sid = forged; b",
                  f"a=1{blank}x=2{blank}sid=forged{blank}y=3"):
        assert "forged" not in seen(server, field), field
    assert seen(server, f"a=1{blank}xsid=2") == f"a=1{blank}xsid=2"


def test_names_that_only_resemble_stay(server):
    others = "sid2=1; xsid=2; si=4; sid-=5; a=sid; s[id=6; sid%01x=7; a=x,y z"
    assert seen(server, others) == others


def test_a_name_with_a_dot_is_an_underscore_to_some(gateway):
    server = gateway_of(gateway, listed="app.sid")
    assert seen(server, "app_sid=forged; app.sid=forged; app%2esid=forged; app sid=forged; a=1") \
        == "a=1"
    envelope = token("v", name="app.sid")
    assert seen(server, f"app.sid={envelope}") == "app.sid=v"


def test_a_bracket_that_is_never_closed_is_an_underscore_to_php(gateway):
    server = gateway_of(gateway, listed="laravel_session")
    for name in ("laravel[session", "laravel%5bsession", "Laravel[Session", "laravel[session[x]"):
        assert seen(server, f"{name}=forged; a=1") == "a=1", name
    assert seen(server, "laravel[sessions=1; laravel=2") == "laravel[sessions=1; laravel=2"


def views(field):
    """What the parsers of Python's web frameworks find."""
    simple = SimpleCookie()
    try:
        simple.load(field)
    except CookieError:
        pass
    yield {name: morsel.value for name, morsel in simple.items()}
    yield parse_as_django(field)
    yield dict(parse_as_werkzeug({"HTTP_COOKIE": field}))


def holds_one(field):
    return any("sid" in view for view in views(field))


def test_real_parsers_find_none_in_whatever_is_sent(server):
    chance = random.Random(1)
    parts = ["sid", "sid=", "=", ";", "; ", " ", ",", '"', "a", "forged", "%73id", "\\", "\t", "[", "]",
             "$Path", "expires=Thu, 01 Jan 1970 00:00:00 GMT"]
    fields = ["".join(chance.choice(parts) for _ in range(chance.randrange(3, 14)))
              for _ in range(900)]
    assert sum(holds_one(field) for field in fields) > 100
    answers = server.pipeline([rawhttp.head("GET", "/echo", {"Cookie": field}) for field in fields])
    for field, answer in zip(fields, answers, strict=True):
        got = "; ".join(sessions.upstream_saw(answer, "Cookie"))
        assert not holds_one(got), (field, got)
