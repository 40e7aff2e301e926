"""What is known of a refused token stays readable while another scheme looks at its text."""

import base64
import hmac
import json
import os
import time

import pytest

import revocations
import sessions
from signer import Key

JWT = Key("jwt-1", os.urandom(32), use="jwt")
FLASK = Key("flask-1", os.urandom(20), alg="hmac-sha1", use="flask")
SUBJECT = "Zoë Ärmel of a name that is long enough"
LOCATIONS = """
    location / { proxy_pass {app}; }
    location = /everywhere { macaw_session_logout both all; }
"""
DEFINITION = """
    macaw_session both {
        scheme SCHEMES; keys {sessions} use=flask for=flask; keys {sessions} use=jwt for=jwt;
        cookie both; secure off; subject /sub; max_age 1m; zone kept;
    }
"""


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def flask_token(age):
    """Its content has an "alg", so that it looks like a JWT, too."""
    content = b64u(json.dumps({"sub": SUBJECT, "alg": "HS256"}).encode())
    text = content + b"." + b64u((int(time.time()) - age).to_bytes(4, "big"))
    return (text + b"." + b64u(hmac.digest(FLASK.secret, text, "sha1"))).decode()


@pytest.mark.parametrize("schemes", ["flask jwt", "jwt flask"])
def test_logout_everywhere_with_a_token_that_is_over(gateway, schemes):
    """Its MAC is right, so its subject counts, whatever other schemes make of the text."""
    server = revocations.gateway_of(gateway, locations=LOCATIONS, keys=[*sessions.RING, JWT, FLASK],
                                    http=DEFINITION.replace("SCHEMES", schemes))
    fields = {"Cookie": f"both={flask_token(3600)}", "Origin": "http://gateway.test"}
    assert server.send("/everywhere", fields, method="POST").status == 303
    assert [entry["subject"] for entry in revocations.listed(server)] == [SUBJECT]
