"""Cards on guessing, random functions, subkeys, nested MACs and pads."""

import hashlib

import pytest
from laboratory import lab, result


def test_guessing_takes_half_of_all_tags():
    """The mean of n uniform ones is within six deviations of (2^t + 1) / 2."""
    for case in result("run", "short-tag")["cases"]:
        if case["construction"] == "truncated-any" and case["settings"]["guesses"] == "0":
            tries, bits = case["measures"]["tries"], int(case["settings"]["tag-bits"])
            mean = sum(tries) / len(tries)
            assert abs(mean - (2**bits + 1) / 2) < 6 * 2**bits / (12 * len(tries)) ** 0.5
            assert max(tries) <= 2**bits


def test_sound_macs_are_random_functions():
    for case in result("run", "prf-game")["cases"]:
        told = sum(case["measures"]["told"])
        assert (told == 0) == (case["role"] == "control")


def test_half_of_the_bits_flip():
    """Means of 320 and more tags of 64 bits and more: within 0.05 of a half."""
    for case in result("run", "key-avalanche")["cases"]:
        flipped = case["measures"]["flipped"]
        if case["role"] == "control":
            assert abs(sum(flipped) / len(flipped) - 0.5) < 0.05
        if case["settings"]["of"] == "crc-xor":
            assert set(flipped) == {1 / 32}


def test_the_theorem_on_nested_macs():
    for case in result("run", "nested")["cases"]:
        (eps1,), (eps2,), (eps,) = (set(case["measures"][name]) for name in ("eps1", "eps2", "eps"))
        assert eps <= eps1 + eps2 + 1e-12
        assert eps == pytest.approx(case["predicted"])
        assert (eps1 == 1) == (case["settings"]["g"] == "colliding")
        assert eps2 == (1 if case["settings"]["f"] == "forgeable" else 0.2)


def test_pads_and_their_distance():
    distances = {(case["settings"]["ipad"], case["settings"]["opad"]): case["measures"]["distance"][0]
                 for case in result("run", "equal-pads")["cases"]}
    assert distances == {("54", "54"): 0, ("54", "92"): 256, ("54", "55"): 64}


def test_chosen_pads_are_hmac_s():
    """With those of RFC 2104 the inner digest is SHA-256 of the key, xored, and the text."""
    key = bytes(range(32))
    case = result("run", "equal-pads", "-o", f"key=hex:{key.hex()}")["cases"][1]
    digest = hashlib.sha256(bytes(b ^ 0x36 for b in key.ljust(64, b"\0")) + b"Pay 9,999 to Eve")
    assert digest.hexdigest() in str(case["trace"])


@pytest.mark.parametrize("card, option", [
    ("short-tag", "tag-bits=25"), ("short-tag", "tag-bits=0"), ("cmac-subkeys", "message="),
    ("cmac-subkeys", "message=0123456789abcdef"), ("nested", "f=random"), ("equal-pads", "ipad=256"),
    ("sponge-capacity", "capacity=65"),
])
def test_options_of_theory_are_checked(card, option):
    done = lab("run", card, "-o", option)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1
