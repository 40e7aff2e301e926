"""macaw cookie issue and verify: the options, the report, wrong use.
Checklist: A1, A21, E1, E3, E9, E10, E11, E19."""

import base64
import hashlib
import hmac
import json
import os
import re
import subprocess

import pytest
from command import MACAW, error, macaw, new_key, ok, warnings

KEY = bytes.fromhex("8f1d6b3a94c27e05bb1c4d7f60a9e2381754ce9082f3d6ab41097cbe5528d3f6")
NOW = 1700000000
SC1 = ["sc1-mac", "sc1-aead", "sc1-handle"]
STUDY = ["plain", "nested-php", "fu", "liu", "liu-sealed", "liu-salted", "username-tag", "token-pair"]


@pytest.fixture(name="key")
def a_key(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(KEY)
    return path


def issue(scheme, key, *more):
    return ok("cookie", "issue", "--scheme", scheme, "-k", key, "--now", NOW, *more).strip()


def verify(scheme, key, token, *more, now=NOW + 1, stdin=b""):
    done = macaw("cookie", "verify", "--scheme", scheme, "-k", key, "--now", now, *more, "--", token,
                 stdin=stdin)
    report = json.loads(done.stdout)
    assert report["scheme"] == scheme
    assert done.returncode == (0 if report["valid"] else 1)
    assert report["valid"] == ("reason" not in report)
    return report


def reason(*arguments, **more):
    return verify(*arguments, **more)["reason"]


@pytest.mark.parametrize("scheme", SC1 + STUDY)
def test_what_is_issued_is_verified(scheme, key):
    report = verify(scheme, key, issue(scheme, key, "--subject", "alice"))
    assert report["valid"]
    assert re.fullmatch("[0-9a-f]{24}", report["session_id"])
    if scheme not in ("sc1-handle", "token-pair"):
        assert report["subject"] == "alice"
    if scheme in SC1:
        assert report["key_id"] == 0
        assert (report["login"], report["issued"]) == (NOW, NOW)
        assert (report["expires"], report["cap"]) == (NOW + 3600, NOW + 43200)
    assert scheme in ("username-tag", "token-pair") or report["expires"] == NOW + 3600


@pytest.mark.parametrize("scheme", SC1)
def test_the_context_of_sc1(scheme, key):
    context = {"--kid": "7", "--name": "__Host-s", "--purpose": "login", "--audience": "shop",
               "--bind": "192.0.2.7"}
    token = issue(scheme, key, *sum(context.items(), ()))
    assert verify(scheme, key, token, *sum(context.items(), ()))["key_id"] == 7
    for option in context:
        other = {**context, option: "8"}
        want = "unknown-key" if option == "--kid" else "mismatch"
        report = verify(scheme, key, token, *sum(other.items(), ()))
        assert report["reason"] == want
        assert set(report) <= {"valid", "scheme", "reason", "authentic", "detail"}
        assert report["authentic"] is False


def test_each_second_of_the_clock(key):
    token = issue("sc1-mac", key, "--subject", "u", "--ttl", 100, "--cap", 150, "--login", NOW - 80)
    at = lambda now, *more: verify("sc1-mac", key, token, *more, now=now).get("reason")
    assert at(NOW - 1) == "early"
    assert at(NOW) is None and at(NOW + 69) is None
    assert at(NOW + 70) == "ended"
    assert at(NOW + 50, "--max-age", 50) == "expired"
    assert at(NOW + 49, "--max-age", 50) is None
    assert at(NOW - 20, "--leeway", 20) is None and at(NOW - 21, "--leeway", 20) == "early"
    token = issue("sc1-mac", key, "--ttl", 100)
    assert verify("sc1-mac", key, token, now=NOW + 100)["reason"] == "expired"
    assert verify("sc1-mac", key, token, now=NOW + 99)["valid"]


def test_a_cap_shorter_than_the_ttl_ends_the_token(key):
    for options in (["--ttl", 90, "--cap", 60], ["--cap", 60]):
        token = issue("sc1-mac", key, *options)
        report = verify("sc1-mac", key, token, now=NOW + 59)
        assert report["valid"] and report["expires"] == report["cap"] == NOW + 60
        assert verify("sc1-mac", key, token, now=NOW + 60)["reason"] == "ended"


@pytest.mark.parametrize("scheme", ["sc1-handle", "token-pair"])
def test_what_belongs_in_the_record_is_said(scheme, key):
    done = macaw("cookie", "issue", "--scheme", scheme, "-k", key, "--subject", "alice", "--data", "x")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1
    assert [line.split(": ")[1] for line in warnings(done)] == ["--subject", "--data"]


def test_a_report_is_one_line(key):
    done = macaw("cookie", "verify", "--scheme", "sc1-mac", "-k", key, "x")
    assert done.stdout.count(b"\n") == 1 and done.stdout.endswith(b"}\n")


def test_an_expired_token_still_says_who(key):
    report = verify("sc1-mac", key, issue("sc1-mac", key, "--subject", "alice"), now=NOW + 4000)
    assert (report["reason"], report["authentic"], report["subject"]) == ("expired", True, "alice")


def test_what_a_login_can_say(key):
    token = issue("sc1-mac", key, "--subject", "Zoë", "--generation", 9, "--session-id", "0b" * 12,
                  "--data", '{"role": ["ed", null]}')
    report = verify("sc1-mac", key, token)
    assert report["subject"] == "Zoë"
    assert report["generation"] == 9
    assert report["session_id"] == "0b" * 12
    assert report["payload"] == {"role": ["ed", None]}
    for text in ("17", '"x"', "plain text", '{"a":1,"a":2}', "{"):
        assert verify("sc1-mac", key, issue("sc1-mac", key, "--data", text))["payload"] == text


def test_content_that_is_no_text(key):
    done = subprocess.run([os.fsencode(a) for a in (
        MACAW, "cookie", "issue", "--scheme", "sc1-mac", "-k", str(key), "--now",
        str(NOW), "--data")] + [b"\xff\xfe"], capture_output=True, check=True)
    report = verify("sc1-mac", key, done.stdout.decode().strip())
    assert "payload" not in report
    assert report["payload_base64"] == "__4"


def test_a_token_from_standard_input_is_not_in_ps(key):
    token = issue("sc1-mac", key)
    assert verify("sc1-mac", key, "-", stdin=token.encode())["valid"]
    assert verify("sc1-mac", key, "-", stdin=token.encode() + b"\n")["valid"]
    assert reason("sc1-mac", key, "-", stdin=token.encode() + b"\n\n") == "malformed"
    assert reason("sc1-mac", key, "-", stdin=b"") == "missing"
    assert reason("sc1-mac", key, "-", stdin=b"1" * 70000) == "malformed"
    assert reason("sc1-mac", key, "-", stdin=token.encode() + b"\0") == "malformed"


@pytest.mark.parametrize("scheme", SC1)
def test_no_other_spelling(scheme, key):
    token = issue(scheme, key, "--subject", "alice")
    for other in (token + "=", " " + token, token + " ", token[:-1], token.replace("1", "2", 1),
                  "%31" + token[1:], '"' + token + '"', token.replace("A", "a", 1)):
        assert reason(scheme, key, other) in ("malformed", "mismatch", "unknown-key", "algorithm")
    assert reason(scheme, key, "") == "missing"
    assert reason(scheme, key, "1" * 5000) == "malformed"


def test_types_of_sc1_are_no_choice_of_the_token(key):
    for scheme in SC1:
        for other in SC1:
            if other != scheme:
                assert reason(other, key, issue(scheme, key)) == "algorithm"


# ---- the literature, computed here ----

def mac(key, text, name="sha256"):
    return hmac.new(key, text.encode(), name).hexdigest()


def test_the_cookie_of_the_question(key):
    token = f"alice|{NOW + 60}|" + mac(KEY, f"alice|{NOW + 60}")
    assert issue("plain", key, "--subject", "alice", "--ttl", 60) == token
    assert verify("plain", key, token)["expires"] == NOW + 60
    assert reason("plain", key, token.replace("alice", "admin")) == "mismatch"
    assert reason("plain", key, token, now=NOW + 60) == "expired"


def test_php_keys_the_second_hmac_with_digits(key):
    text = f"alice|{NOW + 3600}"
    assert issue("nested-php", key, "--subject", "alice") == f"{text}|" + mac(mac(KEY, text).encode(), text)


@pytest.mark.parametrize("digest", ["sha256", "sha1", "md5"])
def test_fu_with_the_hashes_of_its_time(digest, key):
    text = f"exp={NOW + 3600}&data=alice"
    token = f"{text}&digest=" + mac(KEY, text, digest)
    assert verify("fu", key, token, "--digest", digest)["subject"] == "alice"
    assert verify("fu", key, token, "--alg", f"hmac-{digest}")["valid"]


def test_a_password_in_the_cookie_of_murdoch(key, tmp_path):
    password, table = tmp_path / "password", tmp_path / "table"
    password.write_text("correct horse\n")
    row = ok("cookie", "password", "--subject", "alice", "--password-file", password, "--rounds", 10)
    table.write_text("# users\n\n" + row)
    token = issue("murdoch", key, "--subject", "alice", "--password-table", table, "--password-file",
                  password)
    assert verify("murdoch", key, token, "--password-table", table)["subject"] == "alice"
    user, salt, rounds, verifier = row.strip().split(":")
    auth = hashlib.sha256(bytes.fromhex(salt) + b"correct horse").digest()
    for _ in range(int(rounds)):
        auth = hashlib.sha256(auth + b"correct horse").digest()
    assert (user, hashlib.sha256(auth).hexdigest()) == ("alice", verifier)
    assert f"auth={auth.hex()}" in token
    public = tmp_path / "public"
    public.write_text(f"alice:{verifier}\n")
    assert verify("murdoch", key, token, "--password-table", public)["valid"]
    error(macaw("cookie", "issue", "--scheme", "murdoch", "-k", key, "--subject", "alice",
                "--password-table", public, "--password-file", password), 2, "salt")
    # the key alone makes none: it leaks, and the table with it
    text = f"exp={NOW + 3600}&data=alice&auth={verifier}"
    forged = f"{text}&digest={mac(KEY, text)}"
    assert reason("murdoch", key, forged, "--password-table", table) == "verifier"
    assert verify("plain", key, issue("plain", key, "--subject", "alice"))["valid"]
    table.write_text(row.replace("alice", "bob"))
    assert reason("murdoch", key, token, "--password-table", table) == "verifier"
    password.write_text("wrong")
    error(macaw("cookie", "issue", "--scheme", "murdoch", "-k", key, "--subject", "bob",
                "--password-table", table, "--password-file", password), 1, "--password-file")


@pytest.mark.parametrize("line, words", [
    ("alice:00:10", "line 1"), ("a:00:10:" + "0" * 62, "verifier"), ("a:0:10:" + "0" * 64, "salt"), ("a:" + "0" * 62, "verifier"), ("alice", "line 1"),
    ("a:00:0:" + "0" * 64, "rounds"), (":00:1:" + "0" * 64, "USER"), ("a:00:1:" + "0" * 64 + ":", "USER"),
    (("a:00:1:" + "0" * 64 + "\n") * 2, "line 2")])
def test_a_broken_password_table(line, words, key, tmp_path):
    (tmp_path / "table").write_text(line)
    error(macaw("cookie", "verify", "--scheme", "murdoch", "-k", key, "--password-table",
                tmp_path / "table", "x"), 2, words)


# ---- keys ----

def test_keys_of_a_keyring(tmp_path):
    ring = tmp_path / "ring"
    one = new_key(ring, "1", "--use", "session")
    token = issue("sc1-mac", one, "--subject", "alice")
    assert verify("sc1-mac", one, token)["key_id"] == 1
    two = new_key(ring, "2", "--use", "session")
    assert reason("sc1-mac", two, token) == "unknown-key"
    ok("key", "retire", "--keyring", ring, "--kid", "1")
    assert reason("sc1-mac", one, token, now=4102444800) == "key-state"
    error(macaw("cookie", "issue", "--scheme", "sc1-mac", "-k", one), 2, "-k", "signs nothing")
    error(macaw("cookie", "issue", "--scheme", "sc1-mac", "-k", f"3@{ring}"), 2, "no key 3")
    error(macaw("cookie", "issue", "--scheme", "sc1-mac", "-k", two, "--kid", 2), 2, "--kid")
    named = new_key(ring, "name", "--use", "session")
    error(macaw("cookie", "issue", "--scheme", "sc1-mac", "-k", named), 2, "number")


def test_a_login_server_signs_and_others_verify(tmp_path):
    login, edge = tmp_path / "login", tmp_path / "edge"
    private = new_key(login, "5", "--alg", "EdDSA", "--public", edge)
    token = issue("sc1-ed25519", private, "--subject", "alice")
    assert verify("sc1-ed25519", f"5@{edge}", token)["subject"] == "alice"
    assert verify("sc1-ed25519", private, token)["valid"]
    error(macaw("cookie", "issue", "--scheme", "sc1-ed25519", "-k", f"5@{edge}"), 2, "-k", "public")


def test_master_keys_have_32_bytes(tmp_path):
    (tmp_path / "short").write_bytes(KEY[:31])
    error(macaw("cookie", "issue", "--scheme", "sc1-mac", "-k", tmp_path / "short"), 2, "31 bytes")
    done = macaw("cookie", "issue", "--scheme", "sc1-mac", "-k", "hex:" + "00" * 32)
    assert done.returncode == 0 and "published" in warnings(done)[0]


# ---- wrong use ----

@pytest.mark.parametrize("arguments, words", [
    ([], ["--scheme", "missing"]),
    (["--scheme", "nonsense"], ["--scheme", "nonsense"]),
    (["--scheme", "sc1-mac"], ["-k", "missing"]),
    (["--scheme", "sc1-mac", "-k", "-"], ["-k", "standard input"]),
    (["--scheme", "flask", "-k", "hex:00"], ["--scheme", "verified only"]),
    (["--scheme", "sc1-mac", "-k", "hex:00", "--ttl", "0"], ["--ttl"]),
    (["--scheme", "sc1-mac", "-k", "hex:00", "--ttl", "16777216"], ["--ttl"]),
    (["--scheme", "sc1-mac", "-k", "hex:00", "--generation", "65536"], ["--generation"]),
    (["--scheme", "sc1-mac", "-k", "hex:00", "--session-id", "00"], ["--session-id"]),
    (["--scheme", "sc1-mac", "-k", "hex:00", "--now", "100", "--login", "101"], ["--login"]),
    (["--scheme", "sc1-mac", "-k", "hex:00", "--now", "100000", "--login", "1"], ["--cap", "over"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--kid", "65536"], ["--kid", "number"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--kid", "01"], ["--kid", "number"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--data", "x" * 4000], ["--data", "long"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--bind", "x" * 1025], ["--bind", "long"]),
    (["--scheme", "liu", "-k", "hex:07", "--subject", "u", "--data", "a|b"], ["--data"]),
    (["--scheme", "plain", "-k", "hex:07", "--subject", "u", "--data", "x"], ["--data", "none"]),
    (["--scheme", "fu", "-k", "hex:07"], ["--subject", "missing"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--subject", "a\nb"], ["--subject"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--subject", "a" * 256], ["--subject"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--subject", "\n", "--data", "x", "--bind", "y"],
     ["--subject"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--name", "a b"], ["cookie name"]),
    (["--scheme", "plain", "-k", "hex:" + "07" * 32, "--subject", "a|9"], ["--subject"]),
    (["--scheme", "sc1-mac", "-k", "hex:00", "extra"], ["extra"]),
])
def test_wrong_use_of_issue(arguments, words):
    error(macaw("cookie", "issue", *arguments), 2, *words)


@pytest.mark.parametrize("arguments, words", [
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32], ["TOKEN", "missing"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "a", "b"], ["b"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--max-age", "0", "a"], ["--max-age"]),
    (["--scheme", "express", "-k", "hex:07", "--max-age", "9", "a"], ["--max-age", "no time of issue"]),
    (["--scheme", "plain", "-k", "hex:07", "--max-age", "9", "a"], ["--max-age", "plain"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--leeway", "301", "a"], ["--leeway"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--alg", "hmac-sha512", "a"], ["-k", "hmac-sha512"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--derived", "a"], ["--derived"]),
    (["--scheme", "sc1-mac", "-k", "hex:" + "07" * 32, "--signature", "s", "a"], ["--signature"]),
    (["--scheme", "fu", "-k", "hex:07", "--alg", "hmac-md5", "--digest", "md5", "a"], ["--digest"]),
])
def test_wrong_use_of_verify(arguments, words):
    error(macaw("cookie", "verify", *arguments), 2, *words)


@pytest.mark.parametrize("options", [["-k", "/nonexistent"], ["-k", "1@/nonexistent"], ["-k", "/"],
                                     ["-k", "hex:07", "--password-table", "/nonexistent"]])
def test_a_file_that_cannot_be_read_is_the_machines_failure(options):
    error(macaw("cookie", "verify", "--scheme", "murdoch", *options, "a"), 3)


# ---- spellings of the frameworks ----

def test_express_as_it_comes(key):
    signature = base64.b64encode(hmac.digest(KEY, b"s1/x+y", "sha256")).decode().rstrip("=")
    bare = f"s1/x+y.{signature}"
    quoted = "s%3A" + "".join(c if c.isalnum() or c in "-_.!~*'()" else f"%{ord(c):02X}" for c in bare)
    for token in (bare, "s:" + bare, quoted):
        assert verify("express", key, token)["payload"] == "s1/x+y", token
    assert reason("express", key, bare.replace("s1", "s2")) == "mismatch"


def test_cookie_session_in_two_cookies(key):
    value = base64.b64encode(b'{"user":7}').decode()
    signature = base64.urlsafe_b64encode(hmac.digest(KEY, f"sess={value}".encode(), "sha1")).decode().rstrip("=")
    name = ("--name", "sess", "--subject-pointer", "/user")
    assert verify("cookie-session", key, value, "--signature", signature, *name)["subject"] == "7"
    field = f"a=b; sess={value}; sess.sig={signature}"
    assert verify("cookie-session", key, field, *name)["payload"] == {"user": 7}
    assert reason("cookie-session", key, value, *name) == "malformed"
    assert verify("cookie-session", key, field, "--subject-pointer", "/user")["subject"] == "7"
    assert verify("cookie-session", key, f"sess.sig={signature};sess={value}")["payload"] == {"user": 7}
    for other in (("--name", "other"), ("--name", "ses")):
        assert reason("cookie-session", key, field, *other) == "malformed"
    for at in range(len(field) - 5):
        changed = field[:5 + at] + chr(ord(field[5 + at]) ^ 1) + field[6 + at:]
        assert reason("cookie-session", key, changed) in ("malformed", "mismatch"), changed
    candidate = json.loads(ok("cookie", "inspect", "--json", field))["candidates"][0]
    assert (candidate["scheme"], candidate["payload"]) == ("cookie-session", {"user": 7})
