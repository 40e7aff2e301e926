"""Who may send commands, and how commands are spelled."""

import json
import os
import stat
import subprocess
import sys
import time

import pytest

import rawhttp
import revocations
import signer
from revocations import control
from signer import Key, sign, unique

OPERATOR = Key("operator", use="control")
ZONE = "macaw_session_zone name=kept:1m save={dir}/revoked;"
SIGNED = """
    macaw_keys {keys}; macaw_replay main;
    location /control/ {
        macaw_verify x-authorization; macaw_sign_response on; macaw_session_control zone=kept;
    }
    location /open { macaw_verify x-authorization; empty_gif; }
"""


@pytest.fixture(scope="module")
def local(module_gateway):
    return revocations.gateway_of(module_gateway)


@pytest.fixture(scope="module")
def remote(module_gateway):
    return module_gateway(SIGNED, http=ZONE, keys=(OPERATOR, signer.ALICE), verify=False)


def new_sid():
    return os.urandom(12).hex()


# ---- refused when the configuration is loaded ----


def refused(make, pattern, http="", server="", servers=None, locations=""):
    made = make(locations, server=server, http=http, servers=servers, verify=False, start=False,
                keys=(OPERATOR, signer.ALICE))
    status, text = made.test()
    assert status != 0 and pattern in text, text


@pytest.mark.parametrize("zone, pattern", [
    ("name=kept", "say name=NAME:SIZE"),
    ("name=kept:", "invalid size"),
    ("name=kept:-1", "invalid size"),
    ("name=:1m", "invalid name"),
    ("name=a/b:1m", "invalid name"),
    ("name=off:1m", "invalid name"),
    ("subjects=5", "say name=NAME:SIZE as well"),
    ("name=kept:1m name=kept:1m", "twice"),
    ("name=kept:1m size=5", "unknown parameter"),
    ("name=kept:1m subjects=0", "invalid number of subjects"),
    ("name=kept:1m subjects=x", "invalid number of subjects"),
    ("name=kept:1m handles=0", "invalid number of handles"),
    ("name=kept:1m handle_data=5", "handle_data= without handles="),
    ("name=kept:1m handles=5 handle_data=70k", "handle_data= is not 0 to 65535"),
    ("name=kept:1m keep=0", "keep= is not"),
    ("name=kept:1m keep=11y", "keep= is not"),
    ("name=kept:1m save=", "save= names no file"),
    ("name=kept:100k", "is too small"),
    ("name=kept:1m handles=100000", "is too small"),
    ("name=main:1m", "already declared"),
])
def test_zones_that_are_refused(gateway, zone, pattern):
    refused(gateway, pattern, f"macaw_session_zone {zone};")


def test_zones_that_clash(gateway):
    refused(gateway, "there is already a zone", ZONE + "macaw_session_zone name=kept:2m;")
    refused(gateway, "two zones save to",
            ZONE + "macaw_session_zone name=other:1m save={dir}/revoked;")


TCP = "listen 127.0.0.1:{port}; macaw_keys {keys}; macaw_replay main;"
HERE = "location /control/ { macaw_session_control zone=kept; MORE }"


@pytest.mark.parametrize("server, more, pattern", [
    (TCP, "", "listens on more than Unix sockets"),
    (TCP + "listen unix:{dir}/s;", "", "listens on more than Unix sockets"),
    ("", "", "listens on more than Unix sockets"),  # port 80 is the default
    (TCP, "macaw_verify off;", "listens on more than Unix sockets"),
    (TCP, "macaw_verify x-authorization; macaw_mode observe;", "would let everybody"),
    (TCP, "macaw_verify x-authorization; macaw_replay off;", "could be replayed"),
    (TCP, "macaw_verify x-authorization-legacy x-authorization; macaw_insecure_legacy on;",
     "is insecure"),
    (TCP, "macaw_session_control zone=kept;", "is duplicate"),
    ("listen unix:{dir}/s;", "macaw_session_control zone=kept;", "is duplicate"),
])
def test_places_that_are_refused(gateway, server, more, pattern):
    refused(gateway, pattern, ZONE,
            servers="server { " + server + HERE.replace("MORE", more) + " }")


@pytest.mark.parametrize("argument", ["kept", "zone=", "name=kept"])
def test_arguments_that_are_refused(gateway, argument):
    refused(gateway, "say zone=NAME", ZONE, servers="server { listen unix:{dir}/s; location / { "
            f"macaw_session_control {argument}; }} }}")


def test_an_unknown_zone_is_refused(gateway):
    refused(gateway, "no macaw_session_zone \"kept\"", "",
            servers="server { listen unix:{dir}/s; location / { macaw_session_control zone=kept; } }")


def test_a_configuration_test_touches_nothing(gateway):
    made = gateway("", http=ZONE, verify=False, start=False)
    assert made.test()[0] == 0
    assert not list(made.dir.glob("revoked*"))


# ---- the socket ----


def test_the_socket_is_its_owners(local):
    mode = os.stat(local.socket).st_mode
    assert stat.S_ISSOCK(mode) and mode & 0o777 == 0o600
    assert local.reload()
    assert os.stat(local.socket).st_mode & 0o777 == 0o600
    assert control(local, "show")[0] == 200


CONNECT = """
import os, socket, sys
os.setgid(65534); os.setuid(65534)
s = socket.socket(socket.AF_UNIX)
try:
    s.connect(sys.argv[1])
except PermissionError:
    sys.exit(7)
s.sendall(b"POST /control/revoke?subject=x HTTP/1.0\\r\\n\\r\\n")
sys.stdout.buffer.write(s.recv(4096))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="changes its user")
def test_other_users_are_refused(gateway):
    site = revocations.gateway_of(gateway)
    done = subprocess.run([sys.executable, "-c", CONNECT, site.socket], capture_output=True,
                          check=False)
    assert done.returncode == 7, done
    # And whoever got a connection before the mode was changed.
    os.chmod(site.socket, 0o666)
    done = subprocess.run([sys.executable, "-c", CONNECT, site.socket], capture_output=True,
                          check=False)
    assert b" 403 " in done.stdout.splitlines()[0], done
    assert revocations.listed(site) == []


# ---- signed, over the network ----


def send(remote, target, key=OPERATOR, method="POST", body=None, ts=None):
    return remote.send(target, sign(target, ts, key, kid=True), method, body)


def test_a_signed_command(remote):
    sid = new_sid()
    answer = send(remote, f"/control/revoke?sid={sid}")
    assert answer.status == 200 and json.loads(answer.body)["sid"] == sid
    assert signer.check_response(answer, OPERATOR) == "ok"
    assert send(remote, f"/control/show?sid={sid}", method="GET").status == 200
    found = json.loads(send(remote, f"/control/list?limit={os.getpid() % 999 + 1}",
                            method="GET").body)
    assert sid in [e["sid"] for e in found["revoked"]]


def test_commands_that_nobody_of_control_signed(remote):
    sid = new_sid()
    target = f"/control/revoke?sid={sid}"
    assert remote.send(target, method="POST").status == 401
    assert send(remote, target, key=signer.ALICE).status == 401
    assert send(remote, target, key=Key("operator", use="control")).status == 401
    assert remote.send(target, sign("/control/revoke?sid=" + new_sid(), key=OPERATOR, kid=True),
                       "POST").status == 401
    assert send(remote, target, ts=signer.now() - 1000).status == 401
    assert send(remote, f"/control/show?sid={sid}", method="GET").status == 404


def test_a_replayed_command(remote):
    target, ts = f"/control/revoke?sid={new_sid()}", signer.now()
    assert send(remote, target, ts=ts).status == 200
    assert send(remote, target, ts=ts).status == 401


def test_keys_are_for_one_purpose(remote):
    target = unique("/open")
    assert send(remote, target, key=OPERATOR, method="GET").status == 401
    target = unique("/open")
    assert send(remote, target, key=signer.ALICE, method="GET").status == 200


def test_a_body_is_not_signed(remote):
    target = f"/control/revoke?sid={new_sid()}"
    assert send(remote, target, body=b"x").status == 401


def test_satisfy_any_lets_nobody_command(gateway):
    site = gateway("macaw_keys {keys}; macaw_replay main; location /control/ { satisfy any; "
                   "allow all; macaw_verify x-authorization; macaw_session_control zone=kept; }",
                   http=ZONE, keys=(OPERATOR,), verify=False)
    assert site.send("/control/show").status == 403
    assert send(site, "/control/show", method="GET").status == 200


# ---- spelling ----


@pytest.mark.parametrize("command, detail", [
    ("revoke", "say one of"),
    ("revoke?", "say one of"),
    ("revoke?sid=" + "0" * 24 + "&kid=1", "say one of"),
    ("revoke?sid=", "sid is not"),
    ("revoke?sid=" + "0" * 23, "sid is not"),
    ("revoke?sid=" + "0" * 25, "sid is not"),
    ("revoke?sid=" + "A" * 24, "sid is not"),
    ("revoke?sid=" + "0" * 23 + "g", "sid is not"),
    ("revoke?subject=", "subject is not"),
    ("revoke?subject=" + "x" * 256, "subject is not"),
    ("revoke?subject=%", "subject is not"),
    ("revoke?subject=%4", "subject is not"),
    ("revoke?subject=%zz", "subject is not"),
    ("revoke?kid=" + "x" * 65, "kid is not"),
    ("revoke?kid=%00", "kid is not"),
    ("revoke?subject=x&subject=y", "twice"),
    ("revoke?subject=x&", None),
    ("revoke?subject=x&&before=1", "unknown parameter"),
    ("revoke?Subject=x", "unknown parameter"),
    ("revoke?subject=x&limit=5", "unknown parameter"),
    ("revoke?subject=x&before=0", "before is not"),
    ("revoke?subject=x&before=-5", "before is not"),
    ("revoke?subject=x&before=now", "before is not"),
    ("revoke?subject=x&before=99999999999", "before is not"),
    ("revoke?subject=x&before=9999999999999999999", "before is not"),
    ("revoke?subject=x&generation=0", "generation is not"),
    ("revoke?subject=x&generation=65536", "generation is not"),
    ("revoke?kid=1&before=5", "are for subjects"),
    ("revoke?sid=" + "0" * 24 + "&generation=5", "are for subjects"),
    ("show?sid=" + "0" * 24 + "&kid=1", "say one of"),
    ("show?before=5", "unknown parameter"),
    ("list?kind=user", "kind is not"),
    ("list?limit=0", "limit is not"),
    ("list?limit=10001", "limit is not"),
    ("list?after=x", "after is not"),
])
def test_spellings_that_are_refused(local, command, detail):
    status, answer = control(local, command)
    if detail is None:
        assert status == 200
    else:
        assert status == 400 and detail in answer["detail"], answer
        assert answer["status"] == 400 and answer["title"] == "Bad Request"


def test_a_time_to_come_is_refused(local):
    assert control(local, f"revoke?subject=x&before={int(time.time()) + 60}")[0] == 400
    assert control(local, f"revoke?subject=x&before={int(time.time()) - 60}")[0] == 200


def test_methods(local):
    for command, method in (("revoke?kid=1", "GET"), ("revoke?kid=1", "PUT"), ("show", "POST"),
                            ("list", "DELETE")):
        status, answer = control(local, command, method)
        assert status == 405, answer
    head = rawhttp.exchange(local.socket, rawhttp.head("HEAD", "/control/show"), "HEAD")
    assert head.status == 200 and head.get("Content-Type") == "application/json"
    assert head.get("Cache-Control") == "no-store"


def test_other_paths(local):
    assert control(local, "destroy")[0] == 404
    assert control(local, "")[0] == 404


def test_a_command_has_no_body(local):
    status, answer = control(local, "revoke?kid=1", body=b"x")
    assert status == 400 and "no body" in answer["detail"]


def test_the_log_tells_what_was_done(local):
    sid = new_sid()
    revocations.revoke(local, f"sid={sid}")
    assert "[notice]" in local.wait_log("told to revoke .*" + sid)
