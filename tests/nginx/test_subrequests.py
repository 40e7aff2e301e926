"""Parts of a page are judged by their own locations, once for a client request (pitfall 6)."""

import json

import pytest

from signer import ALICE, BOB, sign, unique

LOCATIONS = """
    add_header X-Test-Reason $macaw_reason always;
    add_header X-Test-Key-Id $macaw_key_id always;
    location /page/ { ssi on; ssi_types text/plain; alias {dir}/html/page/; }
    location /open/ { macaw_verify off; ssi on; ssi_types text/plain; alias {dir}/html/page/; }
    location = /bob { macaw_allow_key bob; alias {dir}/html/bob.txt; }
    location = /part { alias {dir}/html/part.txt; }
    location = /watched { macaw_mode observe; alias {dir}/html/part.txt; }
    location = /status { macaw_verify off; macaw_status; }
"""

INCLUDE = '<!--#include virtual="%s" -->'


@pytest.fixture
def server(gateway):
    made = gateway(LOCATIONS, keys=(ALICE, BOB), start=False)
    made.file("page/both", "a" + INCLUDE % "/bob" + "b" + INCLUDE % "/part" + "c")
    made.file("page/twice", INCLUDE % "/part" + INCLUDE % "/part" + INCLUDE % "/watched")
    made.file("bob.txt", "BOB")
    made.file("part.txt", "PART")
    return made.start()


def counted(server):
    return json.loads(server.send("/status").body)["requests"]["enforce"]


def test_a_part_for_another_key_is_left_out(server):
    answer = server.get(unique("/page/both"), kid=True)
    assert (answer.status, answer.get("X-Test-Reason")) == (200, "ok")
    assert answer.get("X-Test-Key-Id") == "alice"  # what the part said does not show
    assert b"BOB" not in answer.body and b"PART" in answer.body
    assert server.get(unique("/page/both"), key=BOB, kid=True).body == b"aBOBbPARTc"


def test_protected_parts_of_an_open_page_want_a_signature(server):
    answer = server.send(unique("/open/both"))
    assert answer.status == 200
    assert b"BOB" not in answer.body and b"PART" not in answer.body
    assert server.get(unique("/open/both"), key=BOB, kid=True).body == b"aBOBbPARTc"


def test_an_observed_part_of_an_open_page_is_shown(server):
    body = server.send(unique("/open/twice")).body
    assert body.count(b"PART") == 1


def test_a_replay_gets_no_protected_part_of_an_open_page(server):
    target = unique("/open/twice")
    fields = sign(target, kid=True)
    assert server.send(target, fields).body == b"PARTPARTPART"
    assert server.send(target, fields).body.count(b"PART") == 1  # the observed one


def test_parts_are_counted_once(server):
    server.get(unique("/open/twice"), kid=True)
    server.get(unique("/page/twice"), kid=True)
    assert counted(server)["ok"] == 2
    server.send(unique("/open/twice"))
    assert counted(server)["missing"] == 1
