"""Definitions that are refused when the configuration is loaded, with the reason."""

import re

import pytest

import sessions
import signer
from gateway import free_port
from sessions import KEY, OTHER_USE, reason, send, token

PLACE = "location / { macaw_session_use main; empty_gif; }"
GOOD = "scheme sc1-mac; keys {sessions};"


@pytest.fixture
def check(gateway):
    """nginx -t on a definition and locations: (good, what was said)."""
    def run(definition, locations=PLACE, *, http="", keys=(KEY,), ring=None, mode=0o640, server=""):
        made = gateway(locations, server=server, http=definition + http, verify=False, start=False)
        path = made.dir / "ring.json"
        made.names["sessions"] = path
        if ring is not None:
            path.write_text(ring)
            path.chmod(mode)
        else:
            signer.write_keyring(path, *keys, mode=mode)
        made.write()
        status, said = made.test()
        return status == 0, said
    return run


def block(options, name="main"):
    return f"macaw_session {name} {{ {options} }}\n"


GOOD_ONES = [
    GOOD, "scheme sc1-mac sc1-aead; keys {sessions};", GOOD + "cookie sid; path /app;",
    GOOD + "secure off;", GOOD + "secure off; cookie sid; domain example.com; same_site strict;",
    GOOD + "cookie __Secure-sid; domain example.com; same_site none;",
    GOOD + "audience ''; purpose admin; idle 1h; lifetime 1d; renew off; hidden off;",
    GOOD + "bind $remote_addr; leeway 5s; max_age 1h; allow_no_expiry on; allow_no_subject on;",
    "scheme sc1-mac; keys {sessions} use=session for=sc1-mac;",
]


@pytest.mark.parametrize("options", GOOD_ONES)
def test_good_definitions(check, options):
    good, said = check(block(options))
    assert good, said
    assert "[warn]" not in said


BAD_ONES = [
    ("keys {sessions};", "scheme NAME"), ("scheme sc1-mac;", "keys FILE"),
    ("scheme sc1; keys {sessions};", '"sc1" is unknown; "macaw cookie schemes"'),
    ("scheme sc1-mac sc1-aead sc1-ed25519 flask django starlette tornado gorilla jwt; "
     "keys {sessions};", "wrong number"),
    ("scheme express; keys {sessions}; max_age 1h;", "express says no time of issue"),
    ("scheme sc1-mac sc1-mac; keys {sessions};", "named twice"),
    (GOOD + "scheme sc1-aead;", "scheme: twice"), (GOOD + "keys {sessions};", "two lines of keys"),
    ("scheme sc1-mac; keys /nowhere/ring.json;", "No such file"),
    ("scheme sc1-mac; keys {sessions} use=other;", "no key"),
    ("scheme sc1-mac; keys {sessions} use=;", "use=PURPOSE"),
    ("scheme sc1-mac; keys {sessions} for=rot13;", "for=SCHEME"),
    ("scheme sc1-mac; keys {sessions} use=session junk;", "for=SCHEME"),
    ("scheme jwt; keys {sessions} for=sc1-mac;", "keys FILE"),
    (GOOD + "cookie;", "wrong number"), (GOOD + "cookie 'a b';", "cookie"),
    (GOOD + "cookie '';", "cookie"), (GOOD + "cookie a=b;", "cookie"),
    (GOOD + "secure off; cookie __Host-x;", "browsers would refuse"),
    (GOOD + "secure off; cookie __Secure-x;", "browsers would refuse"),
    (GOOD + "domain example.com;", "browsers would refuse"),
    (GOOD + "path /app;", "browsers would refuse"), (GOOD + "cookie x; path app;", "browsers"),
    (GOOD + "cookie x; domain 'a; b';", "browsers would refuse"),
    (GOOD + "secure off; same_site none;", "browsers would refuse"),
    (GOOD + "same_site Lax;", "lax, strict or none"), (GOOD + "secure yes;", "on or off"),
    (GOOD + "idle 0;", "1s to 194d"), (GOOD + "idle 195d;", "1s to 194d"),
    (GOOD + "idle soon;", "1s to 194d"), (GOOD + "idle 2h; lifetime 1h;", "idle is longer"),
    (GOOD + "idle 1m; renew 1m;", "renew is not shorter"), (GOOD + "leeway 301s;", "0s to 300s"),
    (GOOD + "bind fixed;", "variable"),
    (GOOD + "zone nowhere;", 'no macaw_session_zone "nowhere"'), (GOOD + "colour red;", "unknown option"),
    (GOOD + "idle 1h; idle 2h;", "idle: twice"), ("scheme sc1-handle; keys {sessions};", "handles"),
    (GOOD + "subject user;", "subject"),
]


@pytest.mark.parametrize("options, why", BAD_ONES)
def test_bad_definitions(check, options, why):
    good, said = check(block(options))
    assert not good, said
    lines = [line for line in said.splitlines() if "[emerg]" in line]
    assert len(lines) == 1, said
    assert "macaw_session" in lines[0]
    assert why in lines[0], lines[0]
    assert re.search(r"nginx\.conf:\d+", lines[0]), lines[0]


PLACES = [
    ("macaw_session_use other;", "no macaw_session \"other\""),
    ("macaw_session_use main main;", '"main" twice'),
    ("macaw_session_use main; macaw_session_use main;", "duplicate"),
    ("macaw_session_require 401;", 'say "macaw_session_use NAME;"'),
    ("macaw_session_use main; macaw_session_require 403;", "not off, 401 or a path"),
    ("macaw_session_use main; macaw_session_require http://x/;", "not off, 401 or a path"),
    ("macaw_session_use main; macaw_session_require //x/;", "not off, 401 or a path"),
    ("macaw_session_use main; macaw_session_require /a#b;", "not off, 401 or a path"),
    ("macaw_session_use main; macaw_session_require 401; location /x { macaw_session_use off; }",
     'or "macaw_session_require off;"'),
    ("macaw_session_login on;", 'say "macaw_session_use NAME;"'),
    ("macaw_session_login maybe;", "on or off"), ("macaw_session_csrf maybe;", "on or off"),
    ("macaw_session_csrf on origin=shop.example;", "origin="),
    ("macaw_session_csrf on origin=https://shop.example/x;", "origin="),
    ("macaw_session_csrf on header=a:b;", "header="),
]


@pytest.mark.parametrize("directives, why", PLACES)
def test_bad_places(check, directives, why):
    good, said = check(block(GOOD), "location / { %s empty_gif; }" % directives)
    assert not good, said
    assert why in said, said


def test_a_name_twice(check):
    good, said = check(block(GOOD) + block(GOOD))
    assert not good and '"main" twice' in said


@pytest.mark.parametrize("name", ["off", "'a b'", "a/b", "''"])
def test_bad_names(check, name):
    good, said = check(block(GOOD, name), "location / { empty_gif; }")
    assert not good and "invalid name" in said


# ---- keys ----

def test_a_keyring_that_others_may_read_is_refused(check):
    good, said = check(block(GOOD), mode=0o644)
    assert not good and "640" in said


def test_short_and_published_keys_are_refused(check):
    for secret in (b"short", b"your_secret_key", bytes(32)):
        good, said = check(block(GOOD), keys=[signer.Key("1", secret, use="session")])
        assert not good, said
        assert secret.decode("latin-1") not in said or secret == bytes(32)


def test_a_key_that_is_marked_insecure_is_refused(check):
    weak = signer.Key("1", b"short", use="session", members={"insecure": True})
    good, said = check(block(GOOD), keys=[weak])
    assert not good and "insecure" in said


def test_key_ids_of_sc1_are_numbers(check):
    for kid in ("alice", "01", "65536", "-1"):
        good, said = check(block(GOOD), keys=[signer.Key(kid, use="session")])
        assert not good and "number" in said, said


def test_keys_of_another_purpose_do_not_count(check):
    good, said = check(block(GOOD), keys=[OTHER_USE])
    assert not good and "no key" in said


def test_what_is_no_keyring_is_refused(check):
    good, said = check(block(GOOD), ring="{}")
    assert not good and "ring.json" in said


# ---- warnings ----

def test_plain_http_beyond_loopback_is_warned_about(check):
    good, said = check(block(GOOD + "secure off;"), http="server { listen 0.0.0.0:{other}; }"
                       .replace("{other}", str(free_port())))
    assert good and "beyond loopback" in said


def test_a_login_without_a_zone_is_warned_about(check):
    good, said = check(block(GOOD), "location / { macaw_session_use main; macaw_session_login on; "
                       "empty_gif; }")
    assert good and "stays valid after a logout" in said


def test_a_login_by_what_issues_nothing_is_refused(check):
    good, said = check(block("scheme jwt; keys {sessions};"), "location / { macaw_session_use main; "
                       "macaw_session_login on; empty_gif; }",
                       keys=[signer.Key("a", use="session")])
    assert not good and "issues nothing" in said


def test_a_return_in_a_server_block_is_warned_about(check):
    good, said = check(block(GOOD), "", server="macaw_session_use main; macaw_session_require 401; "
                       "return 200 hello;")
    assert good and "answers everybody" in said


# ---- reloads ----

def test_a_reload_takes_new_keys_and_drops_old_ones(gateway):
    site = sessions.gateway_of(gateway, "location / { proxy_pass {app}; }", keys=[KEY])
    new = signer.Key("7", use="session")
    old_token, new_token = token(), token(key=new)
    assert reason(send(site, cookie=new_token)) == "unknown-key"
    signer.write_keyring(site.names["sessions"], new)
    assert site.reload()
    assert reason(send(site, cookie=new_token)) == "ok"
    assert reason(send(site, cookie=old_token)) == "unknown-key"


def test_a_reload_with_a_bad_keyring_keeps_what_runs(gateway):
    site = sessions.gateway_of(gateway, "location / { proxy_pass {app}; }", keys=[KEY])
    site.allow(r"\[emerg\].*macaw_session")
    site.names["sessions"].write_text("{}")
    assert not site.reload()
    assert reason(send(site, cookie=token())) == "ok"


@pytest.mark.parametrize("states, warned", [
    (["active"], False), (["active", "verify"], False), (["active", "active"], True),
    (["verify"], True)])
def test_keys_of_which_not_one_can_issue_are_warned_of(gateway, states, warned):
    """Otherwise the first login would tell."""
    keys = [signer.Key(str(i), use="session", members={"state": state})
            for i, state in enumerate(states)]
    site = sessions.gateway_of(gateway, "location / { proxy_pass {app}; }", keys=keys, start=False)
    status, said = site.test()
    assert status == 0
    assert ("nobody can log in, and nothing is renewed" in said) == warned
