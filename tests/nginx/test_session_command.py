"""macaw session against a gateway: what an operator types."""

import json
import os
import re
import subprocess
import time

import pytest

import revocations
import signer
from gateway import MACAW, REPOSITORY
from revocations import listed, passes_nowhere
from sessions import token
from signer import Key

OPERATOR = Key("operator", use="control")


@pytest.fixture(scope="module")
def site(module_gateway):
    return revocations.gateway_of(module_gateway, workers=2)


def macaw(*arguments, env=None):
    return subprocess.run([str(MACAW), "session", *map(str, arguments)], capture_output=True,
                          text=True, timeout=600, check=False, env={**os.environ, **(env or {})})


def ok(*arguments, **more):
    done = macaw(*arguments, **more)
    assert done.returncode == 0, done
    return done.stdout


def fails(status, words, *arguments):
    done = macaw(*arguments)
    assert done.returncode == status, done
    assert done.stdout == ""
    assert re.fullmatch(r"macaw: .+: .+\n", done.stderr), done
    assert words in done.stderr, done


def test_one_session(site):
    sid = os.urandom(12)
    text = ok("revoke", "--socket", site.socket, "--sid", sid.hex())
    assert re.fullmatch(rf"sid     until 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ  {sid.hex()}\n", text)
    assert passes_nowhere(site, token(sid=sid), tries=10)
    assert ok("show", "--socket", site.socket, "--sid", sid.hex()) == text
    fails(1, "not revoked", "show", "--socket", site.socket, "--sid", "0" * 24)


def test_a_user(site):
    now = int(time.time())
    answer = json.loads(ok("revoke", "--socket", site.socket, "--subject", "bob", "--json"))
    assert answer["subject"] == "bob" and 0 <= answer["before"] - now < 60
    answer = json.loads(ok("revoke", "--socket", site.socket, "--subject", "carol", "--before",
                           now - 100, "--json"))
    assert answer["before"] == now - 100
    answer = json.loads(ok("revoke", "--socket", site.socket, "--subject", "dave", "--before",
                           "now", "--json"))
    assert 0 <= answer["before"] - now < 60
    answer = json.loads(ok("revoke", "--socket", site.socket, "--subject", "eve", "--generation",
                           "3", "--json"))
    assert answer["generation"] == 3 and "before" not in answer
    assert passes_nowhere(site, token(b"bob", age=10), tries=10)


def test_names_of_all_kinds(site):
    for name in ("ü & ?=%+#/ x", "a" * 255, "-", "x\x1b[31m"):
        answer = json.loads(ok("revoke", "--socket", site.socket, "--subject=" + name, "--json"))
        assert answer["subject"] == name
        assert json.loads(ok("show", "--socket", site.socket, "--subject=" + name,
                             "--json"))["subject"] == name
    assert "\x1b" not in ok("list", "--socket", site.socket, "--kind", "subject")


def test_a_key(site):
    text = ok("revoke", "--socket", site.socket, "--key", "77")
    assert text == "kid     for ever                    77\n"


def test_list(module_gateway):
    site = revocations.gateway_of(module_gateway)
    assert ok("list", "--socket", site.socket) == ""
    assert json.loads(ok("list", "--socket", site.socket, "--json")) == []
    sids = {os.urandom(12).hex() for _ in range(1100)}  # more than one answer holds
    for sid in sids:
        revocations.revoke(site, "sid=" + sid)
    ok("revoke", "--socket", site.socket, "--subject", "bob")
    found = json.loads(ok("list", "--socket", site.socket, "--json"))
    assert {e["sid"] for e in found if e["kind"] == "sid"} == sids and len(found) == 1101
    lines = ok("list", "--socket", site.socket).splitlines()
    assert all(line.split()[1] == "until" for line in lines)
    assert len(lines) == 1101 and {line.split()[3] for line in lines} == sids | {"bob"}
    assert len(ok("list", "--socket", site.socket, "--kind", "subject").splitlines()) == 1
    assert ok("list", "--socket", site.socket, "--kind", "kid") == ""


def test_the_store(site):
    text = ok("show", "--socket", site.socket)
    assert re.search(r"^sessions +\d+ revoked, room for \d+$", text, re.MULTILINE)
    assert re.search(r"^file +\d+ bytes$", text, re.MULTILINE)
    assert json.loads(ok("show", "--socket", site.socket, "--json"))["zone"] == "kept"


def test_memory_only_is_said(gateway):
    site = revocations.gateway_of(gateway, "")
    done = macaw("revoke", "--socket", site.socket, "--subject", "bob")
    assert done.returncode == 0 and "warning: the gateway keeps it in memory only" in done.stderr


def test_the_usual_socket(gateway, tmp_path):
    site = revocations.gateway_of(gateway)
    (tmp_path / "macaw").mkdir()
    (tmp_path / "macaw/control.sock").symlink_to(site.socket)
    ok("revoke", "--subject", "bob", env={"XDG_STATE_HOME": str(tmp_path)})
    assert [e["subject"] for e in listed(site)] == ["bob"]


# ---- over the network ----


@pytest.fixture(scope="module")
def remote(module_gateway):
    made = module_gateway("""
        macaw_keys {keys}; macaw_replay main;
        location /control/ {
            macaw_verify x-authorization; macaw_sign_response on; macaw_session_control zone=kept;
        }
        location /silent/ { macaw_verify x-authorization; macaw_session_control zone=kept; }
        location /other/ { macaw_verify off; return 200 "{}"; }
        """, http="macaw_session_zone name=kept:1m save={dir}/revoked;",
        keys=(OPERATOR, signer.ALICE), verify=False)
    made.allow("certificate")
    return made


def gateway_at(remote, path="control", kid="operator"):
    return ("--url", f"http://127.0.0.1:{remote.port}/{path}", "-k", f"{kid}@{remote.keyring}")


def test_signed_commands(remote):
    sid = os.urandom(12).hex()
    assert sid in ok("revoke", *gateway_at(remote), "--sid", sid)
    assert sid in ok("show", *gateway_at(remote), "--sid", sid)
    assert sid in ok("list", *gateway_at(remote, "control/"))
    fails(1, "not revoked", "show", *gateway_at(remote), "--key", "1")


def test_the_same_command_twice_is_no_replay(remote):
    for _ in range(2):
        ok("revoke", *gateway_at(remote), "--subject", "bob", "--before", "1600000000")


def test_answers_that_anybody_can_have_given(remote):
    fails(1, "not signed", "revoke", *gateway_at(remote, "silent"), "--key", "5")
    fails(1, "not signed", "show", *gateway_at(remote, "other"))


def test_keys_for_another_purpose(remote, tmp_path):
    fails(2, "is for http, not for control", "show", *gateway_at(remote, kid="alice"))
    ring = signer.write_keyring(tmp_path / "ring", Key("operator", use="control"))
    fails(1, "401", "show", "--url", f"http://127.0.0.1:{remote.port}/control", "-k",
          f"operator@{ring}")


# ---- what goes wrong ----


def test_nobody_answers(site, tmp_path):
    fails(3, "none.sock: no gateway answers here (No such file", "list", "--socket", tmp_path / "none.sock")
    fails(3, "127.0.0.1:9/: ", "list", "--url", "http://127.0.0.1:9/", "-k", f"operator@{_ring(tmp_path)}")
    fails(3, "not as a gateway", "show", "--socket", _stranger(tmp_path))


def _ring(folder):
    return signer.write_keyring(folder / "ring", OPERATOR)


def _stranger(folder):
    """A socket where something else listens."""
    path = folder / "stranger.sock"
    script = ("import socket,sys;s=socket.socket(socket.AF_UNIX);s.bind(sys.argv[1]);s.listen();"
              "print(flush=True);c,_=s.accept();c.recv(9999);"
              "c.sendall(b'HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\n[]');c.close()")
    server = subprocess.Popen(["/usr/bin/python3", "-c", script, path], stdout=subprocess.PIPE)
    server.stdout.readline()
    return path


def test_a_full_store(gateway):
    site = revocations.gateway_of(gateway, "subjects=5", size="64k")
    site.allow("revocation failed: ")
    for n in range(100):
        done = macaw("revoke", "--socket", site.socket, "--subject", f"user{n}")
        if done.returncode != 0:
            break
    assert done.returncode == 3 and "nothing was revoked" in done.stderr


@pytest.mark.parametrize("words, arguments", [
    ("one of", ["revoke"]),
    ("one of", ["revoke", "--sid", "0" * 24, "--key", "1"]),
    ("hexadecimal", ["revoke", "--sid", "0" * 23]),
    ("hexadecimal", ["revoke", "--sid", "A" * 24]),
    ("1 to 255", ["revoke", "--subject", ""]),
    ("1 to 64", ["revoke", "--key", "x" * 65]),
    ("only with --subject", ["revoke", "--key", "1", "--before", "now"]),
    ("only with --subject", ["revoke", "--key", "1", "--generation", "2"]),
    ("not a Unix time", ["revoke", "--subject", "x", "--before", "yesterday"]),
    ("say a Unix time", ["revoke", "--subject", "x", "--before", "now", "--generation", "2"]),
    ("65535", ["revoke", "--subject", "x", "--generation", "65536"]),
    ("too many", ["revoke", "--key", "1", "x"]),
    ("twice", ["revoke", "--key", "1", "--key", "2"]),
    ("not sid", ["list", "--kind", "user"]),
    ("not signed", ["list", "-k", "k@ring"]),
    ("missing", ["list", "--url", "http://127.0.0.1/"]),
    ("either", ["list", "--url", "http://127.0.0.1/", "--socket", "x"]),
    ("a query", ["list", "--url", "http://127.0.0.1/?x", "-k", "k@ring"]),
    ("http://", ["list", "--url", "gopher://x", "-k", "operator@{ring}"]),
    ("107 bytes", ["list", "--socket", "x" * 108]),
    ("no TLS", ["list", "--cacert", "x"]),
])
def test_wrong_use(words, arguments, tmp_path):
    arguments = [a.replace("{ring}", str(tmp_path / "ring")) for a in arguments]
    _ring(tmp_path)
    fails(2, words, *arguments)


# ---- the manual ----


def test_the_examples_of_the_manual(gateway, tmp_path):
    site = revocations.gateway_of(gateway)
    text = (REPOSITORY / "man/macaw-session.1.scd").read_text()
    (tmp_path / "control.sock").symlink_to(site.socket)
    found = re.findall(r"^; example: control\n```\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    assert found
    for transcript in found:
        for step in re.split(r"^\$ ", transcript, flags=re.MULTILINE)[1:]:
            command, expected = step.split("\n", 1)
            done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True,
                                  text=True, timeout=600, check=False,
                                  env={**os.environ, "PATH": f"{MACAW.parent}:{os.environ['PATH']}"})
            assert done.stdout == expected, done
