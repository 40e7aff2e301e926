"""macaw cookie inspect, schemes and guess.
Checklist: E1, E12, E14, E31, and the table of weaknesses."""

import base64
import hmac
import json
import math
import re
from fractions import Fraction

import pytest
from command import REPOSITORY, error, macaw, ok

KEY = bytes.fromhex("8f1d6b3a94c27e05bb1c4d7f60a9e2381754ce9082f3d6ab41097cbe5528d3f6")
NOW = 1700000000
ISSUED = ["sc1-mac", "sc1-aead", "sc1-handle", "plain", "fu", "liu", "liu-sealed", "liu-salted",
          "username-tag", "token-pair"]


@pytest.fixture(name="key")
def a_key(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(KEY)
    return path


def issue(scheme, key, *more):
    return ok("cookie", "issue", "--scheme", scheme, "-k", key, "--now", NOW, *more).strip()


def inspect(token, *more, status=None):
    done = macaw("cookie", "inspect", "--json", "--now", NOW + 1, *more, "--", token)
    assert status is None or done.returncode == status, done
    return json.loads(done.stdout)


def hints(token, *more):
    verdict = inspect(token, *more, status=1)["verdict"]
    assert not verdict["valid"]
    return verdict["hints"]


# ---- without a key ----

@pytest.mark.parametrize("scheme", ISSUED)
def test_every_format_is_recognised_without_a_key(scheme, key):
    best = inspect(issue(scheme, key, "--subject", "alice"), status=0)["candidates"][0]
    assert best["scheme"] == scheme or {best["scheme"], scheme} == {"liu", "liu-sealed"}
    assert best["verified"] is False
    assert best["weaknesses"] and best["server_state"] and best["revocable"]
    if "sealed" not in scheme and scheme not in ("sc1-aead", "sc1-handle", "token-pair", "liu-salted"):
        assert best["subject"] == "alice"


def test_an_encrypted_token_shows_only_what_is_in_clear(key):
    best = inspect(issue("sc1-aead", key, "--subject", "alice", "--kid", 9))["candidates"][0]
    assert (best["key_id"], best["issued"], best["age"]) == (9, NOW, 1)
    assert "subject" not in best and "payload" not in best


def test_a_forged_token_is_shown_and_marked(key):
    token = issue("plain", key, "--subject", "alice").replace("alice", "admin")
    assert inspect(token, status=0)["candidates"][0]["subject"] == "admin"
    text = ok("cookie", "inspect", token)
    assert text.startswith("plain, not verified: anybody can write this\n")


@pytest.mark.parametrize("around, words", [
    ("{}\n", "line end"), ('"{}"', "quotation"), ("Bearer {}", "Bearer"), ("{}==", "padded"),
    ("  {} ", "blanks"), ("sid={}", "behind its name")])
def test_damage_on_the_way(around, words, key):
    token = issue("sc1-mac", key, "--subject", "alice")
    best = inspect(around.format(token))["candidates"][0]
    assert best["scheme"] == "sc1-mac" and best["subject"] == "alice"
    assert any(words in repair for repair in best["repairs"])


@pytest.mark.parametrize("token, words", [
    ("Fe26.2**abc*def", "iron-session"), ("gAAAAABlU_EA" + "A" * 60, "Fernet"),
    ("v4.local.AAAA", "v4.local"), ("CfDJ8abcdef", "ASP.NET"), ("eyJ.a.b.c.d", "JWE"),
    ("0123456789abcdef0123", "opaque"), ("1|x", "Tornado, version 1")])
def test_formats_known_by_sight(token, words):
    report = inspect(token, status=1)
    assert words in report["other"] and report["candidates"] == []


def test_a_token_cut_off(key):
    token = issue("sc1-mac", key, "--subject", "alice")
    assert "sc1, cut off" in inspect(token[:40], status=1)["other"]


def test_nothing_a_token_holds_reaches_the_terminal(key):
    token = "s%3Aa%1B%5B31m." + "A" * 43
    done = macaw("cookie", "inspect", token)
    assert done.returncode == 0 and b"\x1b" not in done.stdout and b"a\\x1b[31m" in done.stdout


def test_dates_without_sense_make_a_format_less_likely():
    likely = [inspect(f"alice|{date}|" + "0" * 64)["candidates"][0]["likely"] for date in (NOW, 5, 10**12)]
    assert likely[0] > likely[1] == likely[2]


# ---- with a key ----

def test_a_valid_one(key):
    report = inspect(issue("sc1-mac", key, "--subject", "alice"), "-k", key, status=0)
    assert report["verdict"]["valid"] and report["verdict"]["subject"] == "alice"


@pytest.mark.parametrize("made, given, words", [
    (["--name", "__Host-s"], ["--name", "s"], "name __Host-s"),
    (["--name", "session"], [], "name session"),
    (["--purpose", "login"], [], "purpose login"),
    (["--purpose", "envelope"], [], "purpose envelope"),
    (["--audience", "macaw-serve"], [], "the audience macaw-serve"),
    ([], ["--audience", "shop"], "no audience"),
    ([], ["--bind", "192.0.2.7"], "bound to no client"),
    (["--kid", "7"], [], "id is 7"),
])
def test_another_context_is_found(made, given, words, key):
    found = hints(issue("sc1-mac", key, *made), "-k", key, *given)
    assert len(found) == 1 and words in found[0]


def test_two_mistakes_and_the_key_id(key):
    token = issue("sc1-aead", key, "--name", "sid", "--purpose", "login", "--kid", 3)
    found = hints(token, "-k", key)
    assert len(found) == 3
    assert "id is 3" in found[0] and "name sid" in found[1] and "purpose login" in found[2]


@pytest.mark.parametrize("spoil, words", [
    (lambda key: key + b"\n", "newline"),
    (lambda key: key.hex().encode(), "hexadecimal"),
    (lambda key: key.hex().encode() + b"\n", "hexadecimal"),
    (base64.b64encode, "base64"),
    (lambda key: base64.urlsafe_b64encode(key).rstrip(b"="), "base64")])
def test_a_key_file_that_is_not_the_key(spoil, words, key, tmp_path):
    (tmp_path / "spoilt").write_bytes(spoil(KEY))
    found = hints(issue("sc1-mac", key), "-k", tmp_path / "spoilt")
    assert len(found) == 1 and words in found[0]


def test_a_scheme_taken_for_another(key):
    found = hints(issue("nested-php", key, "--subject", "a"), "-k", key, "--scheme", "sc1-mac")
    assert found == ["it is a token of nested-php, not of sc1-mac"]


def test_another_hash(key):
    text = f"exp={NOW + 60}&data=alice"
    token = f"{text}&digest={hmac.new(KEY, text.encode(), 'sha1').hexdigest()}"
    assert hints(token, "-k", key) == ["the algorithm is hmac-sha1 (--alg)"]


def test_quotation_marks_are_found_to_be_the_reason(key):
    assert hints(f'"{issue("sc1-mac", key)}"', "-k", key) == ["it arrived in quotation marks"]


def test_no_mistake_that_people_make(key, tmp_path):
    (tmp_path / "other").write_bytes(KEY[::-1])
    found = hints(issue("sc1-mac", key), "-k", tmp_path / "other")
    assert len(found) == 1 and "none of the usual" in found[0]


def test_an_expired_one_needs_no_explanation(key):
    verdict = inspect(issue("sc1-mac", key, "--ttl", 1), "-k", key, status=1)["verdict"]
    assert (verdict["reason"], verdict["authentic"], verdict["hints"]) == ("expired", True, [])


def test_found_but_expired_besides(key):
    verdict = inspect(issue("sc1-mac", key, "--ttl", 1, "--name", "sid"), "-k", key)["verdict"]
    assert verdict["then"] == "expired" and "name sid" in verdict["hints"][0]


def test_a_derived_key_given_as_a_secret(tmp_path):
    """Of Flask, whose key is derived with SHA-1."""
    derived = hmac.digest(KEY, b"cookie-session", "sha1")
    b64 = lambda data: base64.urlsafe_b64encode(data).decode().rstrip("=")
    value = f"{b64(json.dumps({'_user_id': '7'}).encode())}.{b64(NOW.to_bytes(4, 'big'))}"
    token = f"{value}.{b64(hmac.digest(derived, value.encode(), 'sha1'))}"
    (tmp_path / "derived").write_bytes(derived)
    (tmp_path / "secret").write_bytes(KEY)
    assert inspect(token, "-k", tmp_path / "secret")["verdict"]["valid"]
    assert inspect(token, "-k", tmp_path / "derived", "--derived")["verdict"]["subject"] == "7"
    assert "derived key" in hints(token, "-k", tmp_path / "derived")[0]
    assert "not a derived key" in hints(token, "-k", tmp_path / "secret", "--derived")[0]


# ---- fields ----

def test_a_set_cookie_field_is_checked(key):
    token = issue("sc1-mac", key, "--subject", "alice")
    good = f"Set-Cookie: __Host-s={token}; Path=/; Secure; HttpOnly; SameSite=Lax"
    report = inspect(good, status=0)
    assert report["set_cookie"]["findings"] == []
    assert report["set_cookie"]["name"] == "__Host-s"
    assert report["candidates"][0]["subject"] == "alice"
    bad = inspect(f"s={token}; path=/", status=1)["set_cookie"]
    severe = {finding["code"] for finding in bad["findings"] if finding["severe"]}
    assert len(severe) >= 2
    assert inspect("x=y", "--set-cookie", status=1)["set_cookie"]["name"] == "x"
    error(macaw("cookie", "inspect", "--set-cookie", "=; Secure"), 2, "--set-cookie")


def test_a_cookie_field(key):
    token = issue("sc1-mac", key, "--subject", "alice")
    assert inspect(f"Cookie: s={token}")["candidates"][0]["subject"] == "alice"
    field = f"Cookie: a=b; s={token}"
    assert inspect(field, "--name", "s")["candidates"][0]["subject"] == "alice"
    error(macaw("cookie", "inspect", field), 2, "--name")
    error(macaw("cookie", "inspect", field, "--name", "t"), 2, "--name")


# ---- the table ----

def schemes():
    return {row["scheme"]: row for row in json.loads(ok("cookie", "schemes", "--json"))["schemes"]}


def test_every_scheme_has_its_weaknesses():
    for name, row in schemes().items():
        assert row["weaknesses"] not in ("", "not known"), name
        assert row["revocable"] != "not known" and row["server_state"] != "not known", name


def test_the_text_names_all():
    lines = ok("cookie", "schemes").splitlines()
    assert [line for line in lines if not line.startswith(" ")] == list(schemes())
    assert max(map(len, lines)) <= 80


def test_the_manual_has_the_same_table():
    page = (REPOSITORY / "man/macaw-cookie.1.scd").read_text(encoding="utf-8")
    entries = {}
    for line in page.split("\n# SCHEMES\n")[1].split("\n# ")[0].splitlines():
        if line.startswith("*"):
            entries[line.strip("*")] = ""
        elif line.startswith("\t"):
            name = list(entries)[-1]
            entries[name] = (entries[name] + " " + re.sub(r"\\(.)", r"\1", line.strip())).strip()
    assert list(entries) == list(schemes())
    for name, row in schemes().items():
        for member in ("about", "revocable", "server_state", "weaknesses"):
            assert row[member] in entries[name], (name, member)
        assert f"{row.get('size', '')} characters" in entries[name] or "size" not in row


def test_the_size_of_murdochs(key, tmp_path):
    (tmp_path / "password").write_text("p")
    user = ("--subject", "alice.example.com", "--password-file", tmp_path / "password")
    (tmp_path / "table").write_text(ok("cookie", "password", *user, "--rounds", 1))
    token = issue("murdoch", key, *user, "--password-table", tmp_path / "table")
    assert len(token) == schemes()["murdoch"]["size"]


@pytest.mark.parametrize("scheme", [*ISSUED, "nested-php"])
def test_the_sizes_are_those_of_tokens(scheme, key):
    size = schemes()[scheme].get("size")
    assert size is None or size == len(issue(scheme, key, "--subject", "alice.example.com"))
    assert size is not None or scheme == "liu-salted"


# ---- guessing ----

def guess(*arguments):
    return json.loads(ok("cookie", "guess", "--json", *arguments))


@pytest.mark.parametrize("size, sessions, rate, seconds", [
    (1, 1, 1, 10), (1, 200, 3, 5), (2, 100, 7, 60), (4, 1000, 1000, 3600), (8, 10**6, 10**4, 86400)])
def test_the_probability_of_a_guess(size, sessions, rate, seconds):
    report = guess("--bytes", size, "--sessions", sessions, "--rate", rate, "--time", f"{seconds}s")
    miss = 1 - Fraction(sessions, 2 ** (8 * size))
    if rate * seconds < 5000:
        want = float(1 - miss ** (rate * seconds))
    else:
        want = -math.expm1(rate * seconds * math.log1p(-sessions / 2 ** (8 * size)))
    assert math.isclose(report["probability"], want, rel_tol=1e-9)
    assert math.isclose(2 ** report["log2_probability"], want, rel_tol=1e-9)


def test_sixteen_bytes_are_enough():
    report = guess("--bytes", 16, "--sessions", 10**9, "--rate", 10**9, "--time", "52w")
    assert math.isclose(report["log2_probability"], math.log2(10**18 * 52 * 7 * 86400) - 128)
    assert report["years_to_half"] > 1e10
    tiny = guess("--bytes", 64, "--sessions", 1, "--rate", 1, "--time", "1s")
    assert tiny["log2_probability"] == -512 and tiny["probability"] < 1e-150


def test_every_id_is_valid():
    assert guess("--bytes", 1, "--sessions", 256, "--rate", 1, "--time", "1s")["probability"] == 1


@pytest.mark.parametrize("arguments, words", [
    ([], "--bytes"), (["--bytes", "8"], "--sessions"), (["--bytes", "8", "--sessions", "1"], "--rate"),
    (["--bytes", "65"], "--bytes"), (["--bytes", "1", "--sessions", "257", "--rate", "1"], "--sessions"),
    (["--bytes", "1", "--sessions", "1", "--rate", "1", "--time", "0s"], "--time")])
def test_wrong_use_of_guess(arguments, words):
    error(macaw("cookie", "guess", *arguments), 2, words)


