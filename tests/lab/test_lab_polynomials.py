"""Cards on one-time keys and nonces: what is special to them."""

import pytest
from laboratory import lab, result

Q = 2**128 + 51


def test_two_messages_give_the_key_away():
    for case in result("run", "onetime-reuse", "-o", "key=hex:" + "a7" * 32)["cases"]:
        if case["role"] == "target":
            assert case["level"] == "total-break"
            assert all(1 <= n <= int(case["settings"]["blocks"])
                       for n in case["measures"]["candidates"])
            (key,) = [value["hex"] for event in case["trace"] for value in event.get("values", [])
                      if value["name"] == "key"]
            assert key == "a7" * 32


def test_tags_are_those_of_the_formula():
    """By Python's numbers: P(m, k1) + k2 mod q, the first block the coefficient of x."""
    k1, k2 = int("a7" * 16, 16), int("5b" * 16, 16)
    card = result("run", "onetime-reuse", "-o", f"key=hex:{'a7' * 16}{'5b' * 16}")
    events = card["cases"][0]["trace"]
    ask, answer = events[1:3] if events[1]["event"] == "ask" else events[0:2]
    (message,) = [bytes.fromhex(v["hex"]) for v in ask["values"] if v["name"] == "message"]
    (tag,) = [v["hex"] for v in answer["values"] if v["name"] == "tag"]
    blocks = [int.from_bytes(message[i:i + 16], "big") for i in range(0, len(message), 16)]
    assert int(tag, 16) == (sum(m * k1**(i + 1) for i, m in enumerate(blocks)) + k2) % Q


def test_one_pair_is_worth_l_in_q():
    for case in result("run", "onetime-bound", "--repeat", "1000")["cases"][2:]:
        low, high = case["interval"]
        assert case["predicted"] == int(case["settings"]["blocks"]) / 101
        assert low - 0.02 < case["predicted"] < high + 0.02


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_lifting_leaves_one_key_or_two(seed):
    (case,) = [case for case in result("run", "nonce-reuse", "--seed", seed)["cases"]
               if case["construction"] == "cw-xor" and case["role"] == "target"]
    assert case["success"] == 1 and case["level"] == "total-break"
    assert all(1 <= n <= 4 for n in case["measures"]["candidates"])


def test_few_messages_are_too_few_for_lifting():
    case = result("run", "nonce-reuse", "-o", "q=16", status=1)["cases"][2]
    assert case["construction"] == "cw-xor" and case["success"] == 0


@pytest.mark.parametrize("card, option", [
    ("onetime-reuse", "blocks=16"), ("onetime-reuse", "blocks=0"), ("onetime-bound", "blocks=17"),
    ("nonce-reuse", "nonce=random9"), ("nonce-reuse", "q=1"),
])
def test_options_of_polynomials_are_checked(card, option):
    done = lab("run", card, "-o", option)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
