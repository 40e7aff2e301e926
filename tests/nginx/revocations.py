"""A gateway whose sessions can be revoked, and the commands that do it."""

import json

import rawhttp
import sessions

LOCATIONS = """
    location / { macaw_session_require 401; empty_gif; }
    location = /counters { macaw_session_use off; macaw_status; }
"""
CONTROL = """
server {
    listen unix:{dir}/control.sock;
    location / { macaw_session_control zone=kept; }
}
"""


def gateway_of(make, zone="save={dir}/revoked", *, size="1m", control=CONTROL, locations=LOCATIONS,
               options="", **how):
    """One definition, its zone, and a socket for commands."""
    http = f"macaw_session_zone name=kept:{size} {zone};" + how.pop("http", "") + control
    made = sessions.gateway_of(make, locations, "zone kept;" + options, http=http, **how)
    made.socket = str(made.dir / "control.sock")
    return made


def control(server, command, method=None, body=None, fields=()):
    """(status, JSON) of a command over the socket."""
    method = method or ("POST" if command.startswith("revoke") else "GET")
    head = rawhttp.head(method, "/control/" + command,
                        list(fields) + ([("Content-Length", str(len(body)))] if body else []))
    answer = rawhttp.exchange(server.socket, head + (body or b""), method)
    return answer.status, json.loads(answer.body) if answer.body else None


def revoke(server, what):
    status, answer = control(server, "revoke?" + what)
    assert status == 200, answer
    return answer


def listed(server, query="", limit=None):
    """All entries, in as many answers as it takes."""
    found, after = [], 0
    while after is not None:
        more = f"&limit={limit}" if limit else ""
        status, answer = control(server, f"list?after={after}{more}{query}")
        assert status == 200, answer
        found += answer["revoked"]
        after = answer["next"]
    return found


def zone_of(server):
    answer = rawhttp.exchange(server.address, rawhttp.head("GET", "/counters"))
    return json.loads(answer.body)["session_zones"][0]


def passes(server, token):
    """Whether a token is let in: by one worker or another."""
    status = sessions.send(server, "/", cookie=token).status
    assert status in (200, 401), status
    return status == 200


def passes_nowhere(server, token, tries=40):
    """Refused by every worker."""
    return not any(passes(server, token) for _ in range(tries))
