"""The reference of sc1 prints the vectors and the worked example of docs/sc1.md.
Checklist: E16."""

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sc1

HERE = Path(__file__).resolve().parent
PAGE = (HERE.parents[1] / "docs/sc1.md").read_text(encoding="utf-8")
CONTEXT = sc1.Context(b"__Host-session", b"session", b"shop.example")
CLAIMS = sc1.Claims(1700000000, 1700007200, 3600, 43200, 7, 3, bytes(range(0xe0, 0xec)),
                    b"alice@example.com", {sc1.DATA: b'{"role":"ed"}'})


def test_the_vectors_are_printed_by_the_reference():
    printed = subprocess.run([sys.executable, HERE / "sc1.py"], check=True, capture_output=True,
                             text=True).stdout
    assert printed == (HERE.parent / "vectors/sc1.txt").read_text(encoding="utf-8")


def shown(scheme):
    """The lines below "As `scheme`" in the page."""
    text = PAGE.split(f"As `{scheme}`")[1].split("\n\n")[1]
    return dict(re.findall(r"^ {4}(\w+) +(\S+)$", text, re.M))


def computed(scheme):
    number, salt = sc1.TYPES[scheme], bytes(range(16))
    claims = replace(CLAIMS, handle=bytes(range(0x80, 0xa0)))
    key = sc1.PRIVATE if number == 3 else sc1.MASTER
    token = sc1.issue(scheme, key, CONTEXT, claims, salt)
    blob = sc1.decode(token)
    secret, nonce = sc1.token_key(key, CONTEXT, salt)
    return {
        "context": CONTEXT.of(number).hex(),
        "K": (secret if number == 2 else sc1.hkdf(key, CONTEXT.of(number), 32)).hex(),
        "nonce": nonce.hex(),
        "header": blob[:32].hex(),
        "body": blob[32:-sc1.MAC_LENGTH[number]].hex(),
        "sealed": blob[48:-16].hex(),
        "MAC": blob[-sc1.MAC_LENGTH[number]:].hex(),
        "private": key.hex(),
        "public": sc1.public_of(key).hex(),
        "record": hashlib.sha256(claims.handle).hexdigest(),
        "token": token,
    }


@pytest.mark.parametrize("scheme", sc1.TYPES)
def test_the_worked_example(scheme):
    page, right = shown(scheme), computed(scheme)
    assert "token" in page and len(page) >= 3
    assert page == {name: right[name] for name in page}


@pytest.mark.parametrize("scheme", sc1.TYPES)
def test_the_sizes_in_the_table(scheme):
    size = int(re.search(rf"^\| `{scheme}` .* (\d{{3}}) ?[^|]*\|$", PAGE, re.M).group(1))
    claims = replace(CLAIMS, fields=CLAIMS.fields if scheme == "sc1-aead" else {}, handle=bytes(32))
    assert len(sc1.issue(scheme, sc1.MASTER, CONTEXT, claims, bytes(16))) == size
