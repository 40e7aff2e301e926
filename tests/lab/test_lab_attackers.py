"""macaw lab: an attacker has what its game gives it, and what users set counts."""

import os
import pty
import re
import select
import signal
from pathlib import Path

import pytest
from laboratory import MACAW, cards, lab, result

OPTIONS = {card["card"]: card["options"] for card in result("list")}
SECRET = b"a key of someone's own"


def processes_below(pid):
    below = [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return below + [one for child in below for one in processes_below(child)]


def memory_of(pid):
    """What can be read of it."""
    parts = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            low, high = (int(word, 16) for word in line.split()[0].split("-"))
            if " rw" in line:
                memory.seek(low)
                parts.append(memory.read(high - low))
    return b"".join(parts)


@pytest.fixture(name="stopped")
def stop_before_a_query():
    """The processes of a game that waits at its first step: attacker, challenger."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(MACAW, [str(MACAW), "lab", "run", "cbc-two-block", "--step", "-o",
                         "key=" + SECRET.decode()])
    seen = b""
    while b"[Enter]" not in seen:
        assert select.select([terminal], [], [], 60)[0], seen
        seen += os.read(terminal, 65536)
    yield processes_below(pid)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(terminal)


def test_an_attacker_does_not_have_the_key_of_its_user(stopped):
    attacker, _ = stopped
    try:
        memory = memory_of(attacker)
    except PermissionError:
        pytest.skip("this system shows no memory of other processes")
    assert b"cbc-two-block" in memory and SECRET not in memory


def test_an_attacker_has_two_descriptors_of_its_own(stopped):
    attacker, _ = stopped
    others = [int(one) for one in os.listdir(f"/proc/{attacker}/fd") if int(one) > 2]
    assert len(others) == 2


@pytest.mark.parametrize("card", cards())
def test_what_users_set_has_an_effect(card):
    shown = lab("show", card).stdout
    pairs = re.findall(r"^  (?:target  |control ) (.*)$", shown, re.M)
    for option in OPTIONS[card]:
        assert ("each case sets its own" in option["help"] or
                any(f" {option['name']}=" not in one for one in pairs)), option["name"]


@pytest.mark.parametrize("card", [card for card, options in OPTIONS.items()
                                  if any(option["name"] == "key" for option in options)])
def test_a_key_too_long_is_wrong_use(card):
    done = lab("run", card, "-o", "key=" + "k" * 5000)
    assert done.returncode == 2 and done.stderr.startswith("macaw: key: expected ")


@pytest.mark.parametrize("size", [0, 1, 15, 17, 32])
def test_a_key_beside_the_message_may_have_any_size(size):
    for card in ("crc-linear", "crc-patch"):
        assert result("run", card, "-o", f"key-bytes={size}", "--repeat", 2)["ok"]


def test_what_a_padding_oracle_decrypts_is_the_secret():
    for case in result("run", "padding-oracle", "--repeat", 2)["cases"]:
        if case["construction"] != "channel-clear":
            assert set(case["measures"]["decrypted"]) == {float(case["verdict"] == "broken")}
