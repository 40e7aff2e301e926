"""tag and verify with nonces, one-time keys and keys of one length."""

import json

import pytest
from command import error, macaw, ok

ALGORITHMS = {a["name"]: a for a in json.loads(ok("algorithms", "--json"))["algorithms"]}
NONCED = [name for name, a in ALGORITHMS.items() if "nonce" in a["properties"]]
ONE_TIME = [name for name, a in ALGORITHMS.items() if "one-time" in a["properties"]]
ONE_SIZE = [name for name, a in ALGORITHMS.items() if a["key_min"] == a["key_max"]]


def key_of(name):
    return "hex:" + bytes(range(1, ALGORITHMS[name]["key_max"] + 1)).hex()


def nonce_of(name, size=None):
    return bytes(range(ALGORITHMS[name]["nonce"] if size is None else size)).hex()


def test_there_are_such_algorithms():
    assert {"cw-aes128", "poly1305-aes", "gmac-aes128", "gmac-aes256"} <= set(NONCED)
    assert {"poly-onetime", "poly1305"} <= set(ONE_TIME)


@pytest.mark.parametrize("name", NONCED)
def test_a_given_nonce_is_not_repeated_in_the_line(name, tmp_path):
    (tmp_path / "m").write_bytes(b"message")
    line = ok("tag", "-a", name, "-k", key_of(name), "-n", nonce_of(name), "m", cwd=tmp_path)
    tag = line.removesuffix("  m\n")
    assert len(tag) == 2 * ALGORITHMS[name]["tag"]
    both = ["verify", "-a", name, "-k", key_of(name)]
    assert ok(*both, "-t", tag, "-n", nonce_of(name), "m", cwd=tmp_path) == "m: verified\n"
    assert ok(*both, "-t", f"{nonce_of(name)}:{tag}", "m", cwd=tmp_path) == "m: verified\n"
    other = nonce_of(name)[:-2] + "ff"
    error(macaw(*both, "-t", tag, "-n", other, "m", cwd=tmp_path), 1, "not verified")
    error(macaw(*both, "-t", tag, "m", cwd=tmp_path), 2, "-n", "missing",
          str(ALGORITHMS[name]["nonce"]))


@pytest.mark.parametrize("name", NONCED)
def test_a_nonce_is_drawn_for_each_file(name, tmp_path):
    (tmp_path / "a").write_bytes(b"same")
    (tmp_path / "b").write_bytes(b"same")
    command = ["-a", name, "-k", key_of(name)]
    lines = ok("tag", *command, "a", "b", cwd=tmp_path).splitlines()
    claims = [line.split("  ")[0] for line in lines]
    assert len(set(claims)) == 2
    assert len({claim.split(":")[0] for claim in claims}) == 2
    for claim in claims:
        nonce, tag = claim.split(":")
        assert len(nonce) == 2 * ALGORITHMS[name]["nonce"]
        assert ok("verify", *command, "-t", claim, "a", cwd=tmp_path) == "a: verified\n"
        assert ok("tag", *command, "-n", nonce, "b", cwd=tmp_path) == f"{tag}  b\n"
    error(macaw("verify", *command, "-t", claims[0], "-n", nonce_of(name), "a", cwd=tmp_path), 2,
          "-t", "byte")
    error(macaw("tag", *command, "-n", nonce_of(name), "a", "b", cwd=tmp_path), 2, "one nonce")


@pytest.mark.parametrize("name", NONCED)
def test_a_nonce_has_one_length(name):
    for size in (0, 1, ALGORITHMS[name]["nonce"] - 1, ALGORITHMS[name]["nonce"] + 1, 64):
        for command in (["tag"], ["verify", "-t", "00" * ALGORITHMS[name]["tag"]]):
            error(macaw(*command, "-a", name, "-k", key_of(name), "-n", nonce_of(name, size)), 2,
                  "-n", f"{ALGORITHMS[name]['nonce']} bytes")


@pytest.mark.parametrize("name", ONE_TIME)
def test_a_one_time_key_is_for_one_file(name, tmp_path):
    (tmp_path / "a").write_bytes(b"A")
    command = ["tag", "-a", name, "-k", key_of(name)]
    assert ok(*command, "a", cwd=tmp_path).endswith("  a\n")
    error(macaw(*command, "a", "a", cwd=tmp_path), 2, "one key, one FILE")


@pytest.mark.parametrize("name", ONE_SIZE)
def test_a_key_of_another_length_names_the_right_one(name):
    right = ALGORITHMS[name]["key_max"]
    for size in (0, right - 1, right + 1):
        error(macaw("tag", "-a", name, "-k", "hex:" + "ab" * size), 2, "-k", f"takes {right}")


@pytest.mark.parametrize("name", ALGORITHMS)
def test_a_tag_of_another_length_names_the_right_one(name):
    nonce = ["-n", nonce_of(name)] if name in NONCED else []
    for digits in (2 * ALGORITHMS[name]["tag"] - 2, 2 * ALGORITHMS[name]["tag"] + 2):
        error(macaw("verify", "-a", name, "-k", key_of(name) if name in ONE_SIZE else "hex:" + "ab" * 32,
                    *nonce, "-t", "0" * digits), 2, "-t", f"{2 * ALGORITHMS[name]['tag']} digits")
