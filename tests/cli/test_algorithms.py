"""macaw algorithms: the lists beside the plain one."""

import json
import math
import re

from command import error, macaw, ok


def names():
    return [alg["name"] for alg in json.loads(ok("algorithms", "--json"))["algorithms"]]


def limit(name, advantage, size):
    text = ok("algorithms", "--limits", "--advantage", str(advantage), "--size", str(size))
    line = next(line for line in text.splitlines() if line.startswith(name + " "))
    return float(re.search(r"2\^(\d+\.\d)", line).group(1))


def test_every_algorithm_has_a_limit_with_its_source():
    lines = ok("algorithms", "--limits").splitlines()
    listed = {line.split()[0]: line for line in lines if line and "2^" in line}
    for name in names():
        assert re.search(r"\(.+\)$|guessing the tag", listed[name]), name


def test_limits_follow_the_square_root():
    # 5 (q l)^2 / 2^128 <= 2^-a: log2 q = (128 - a - log2 5) / 2 - log2 l
    for advantage in (1, 20, 32, 64):
        for size in (16, 64, 1 << 20):
            blocks = size // 16 + 1
            want = (128 - advantage - math.log2(5)) / 2 - math.log2(blocks)
            assert abs(limit("cmac-aes128", advantage, size) - want) < 0.1
    # AES: half a chance near 2^64 blocks; 2^-32 at 2^48 messages of one block
    assert abs(limit("prf-aes128", 32, 16) - 48.5) < 0.1


def test_limits_of_each_kind_of_bound():
    """Square roots: of the values of a block for ECBC and PMAC (D12, D33), of a chaining
    value for NMAC (D23), of a nonce for Carter-Wegman (D40)."""
    for advantage in (20, 32):
        for blocks in (1, 2, 1 << 16):
            size, l = 16 * blocks - 1, math.log2(blocks)
            for name, want in {
                "ecbc-aes128": (128 - advantage) / 2 - l,
                "pmac-aes128": (128 - advantage - 1) / 2 - l,
                "pmac-counter-aes128": (128 - advantage - 1) / 2 - l,
                "nmac-sha256": (256 - advantage - math.log2(size // 64 + 1)) / 2,
                "cw-aes128": (129 - advantage - math.log2(3)) / 2,
            }.items():
                assert abs(limit(name, advantage, size) - want) < 0.1, (name, blocks)


def test_how_much_data_under_one_key():
    """Afraid of authenticating a lot under the same key? Not with HMAC-SHA256; soon with DES."""
    assert limit("cbc-mac-des", 32, 64) < 14
    assert 40 < limit("cmac-aes128", 32, 64) < 48
    assert limit("hmac-sha256", 32, 64) > 100


def test_a_small_block_has_a_hard_bound():
    text = ok("algorithms", "--limits")
    assert re.search(r"^cbc-mac-des .*refused after 2\^32 blocks", text, re.MULTILINE)


def test_profiles_name_algorithms_of_the_registry():
    lines = ok("algorithms", "--profiles").splitlines()[1:]
    known = set(names()) | {"(none)"}
    for line in lines:
        assert any(f" {name} " in line for name in known), line
    text = "\n".join(lines)
    for profile in ("HMAC-SHA1-96", "hmac-sha2-256", "HMAC_SHA256", "SSL 3.0 MAC"):
        assert profile in text


def test_whether_a_tag_is_deterministic():
    listed = json.loads(ok("algorithms", "--json"))["algorithms"]
    for alg in listed:
        assert alg["deterministic"] == (alg["nonce"] == 0)
    assert not all(alg["deterministic"] for alg in listed)


def test_one_list_at_a_time():
    error(macaw("algorithms", "--json", "--limits"), 2, "--limits", "one kind of list")
    error(macaw("algorithms", "--limits", "--advantage", "0"), 2, "--advantage", "")
