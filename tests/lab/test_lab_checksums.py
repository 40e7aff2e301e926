"""Cards on checksums and collisions: what is special to them."""

import binascii
import hashlib

import pytest
from laboratory import document, lab, result


def test_a_pair_gives_keys_away():
    levels = {case["construction"]: case["level"] for case in result("run", "crc-linear")["cases"]}
    assert levels["crc-init"] == levels["crc-xor"] == "total-break"
    assert levels["crc-both"] == "selective" and levels["crc-encrypted"] == "nothing"


def values(case, name):
    return [bytes.fromhex(value["hex"]) for event in case["trace"]
            for value in event.get("values", []) + event.get("pieces", [])
            if value["name"] == name]


def test_patched_messages_have_the_checksum():
    case = result("run", "crc-patch", "-o", "crc=crc32")["cases"][-2]
    assert case["construction"] == "crc-both"
    texts = {text for text in values(case, "message")}
    assert len(texts) == 2
    assert len({binascii.crc32(text) for text in texts}) == 1


def test_a_patch_needs_room():
    done = lab("run", "crc-patch", "-o", "place=60")
    assert done.returncode == 1 and "no room for the patch" in done.stdout


def test_bursts_never_pass_and_random_errors_do():
    cases = result("run", "crc-errors")["cases"]
    seen = {errors: [case for case in cases if case["settings"]["errors"] == errors]
            for errors in ("burst", "random", "chosen")}
    assert [case["successes"] for case in seen["burst"]] == [0] * 4
    assert seen["random"][0]["successes"] > 0
    assert {case["construction"]: case["success"] for case in seen["chosen"]} == {
        "crc-plain": 1, "hmac-sha256": 0}
    assert all(set(case["measures"]["errors"]) == {1} for case in seen["chosen"]
               if case["construction"] == "crc-plain")


@pytest.mark.parametrize("card, option", [
    ("crc-linear", "crc=crc24"), ("crc-linear", "key-max=65"), ("crc-errors", "errors=none"),
    ("suffix-collision", "pair=md6"), ("small-state", "state-bits=41"),
    ("small-state", "state-bits=15"), ("small-state", "search=tag"),
])
def test_options_are_checked(card, option):
    done = lab("run", card, "-o", option)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 1


# ---- collisions ----

@pytest.fixture(scope="module", name="collisions")
def run_collisions():
    return result("run", "suffix-collision")["cases"]


def test_collisions_that_are_none_of_states(collisions):
    """Every pair collides as it says; only where the states meet does it forge."""
    seen = {}
    for case in collisions:
        seen[case["construction"], case["settings"]["pair"]] = case
        assert len(set(case["measures"]["states-meet"])) == 1
    for name, pair, meet in [("suffix-md5", "md5-wang", 1), ("suffix-sha1", "sha1-shattered", 1),
                             ("suffix-md5", "md5-text", 0), ("suffix-sha256-32", "sha256-cut", 0)]:
        assert seen[name, pair]["measures"]["states-meet"][0] == meet
        assert seen[name, pair]["success"] == meet
    for name, pair in [("hmac-md5", "md5-wang"), ("hmac-sha1", "sha1-shattered"),
                       ("prefix-md5", "md5-wang"), ("prefix-sha1", "sha1-shattered")]:
        assert seen[name, pair]["measures"]["states-meet"][0] == 1
        assert seen[name, pair]["success"] == 0


@pytest.mark.parametrize("pair, digest", [
    ("md5-wang", "79054025255fb1a26e4bc422aef54eb4"),
    ("md5-text", "faad49866e9498fc1719f5289e7a0269"),
    ("sha1-shattered", "f92d74e3874587aaf443d1db961d4e26dde13e9c"),
])
def test_the_published_pairs(pair, digest):
    """The pair as it is, with nothing behind it, against another implementation."""
    case = document("run", "suffix-collision", "-o", "suffix=", "-o", f"pair={pair}")["cases"][2]
    assert case["construction"] == "hmac-md5" and case["settings"]["pair"] == pair
    first, second = dict.fromkeys(values(case, "message"))
    assert first != second
    for text in first, second:
        assert hashlib.new(pair.split("-")[0], text).hexdigest() == digest


def test_a_pair_of_one_s_own(tmp_path):
    case = document("run", "suffix-collision", "-o", "suffix=")["cases"][0]
    for name, text in zip("ab", dict.fromkeys(values(case, "message"))):
        (tmp_path / name).write_bytes(text + b"the same in both")
    card = document("run", "suffix-collision", "-o", "pair=file", "-o", f"a={tmp_path}/a",
                    "-o", f"b={tmp_path}/b")
    assert card["cases"][0]["success"] == 1 and card["cases"][0]["construction"] == "suffix-md5"


@pytest.mark.parametrize("a, b, status, words", [
    ("one", None, 2, "two files that differ"),
    ("one", "one", 2, "two files that differ"),
    ("one", "empty", 2, "b: expected 1 to 65536 bytes"),
    ("one", "large", 2, "b: expected 1 to 65536 bytes"),
    ("one", "none", 3, "No such file"),
])
def test_pairs_that_are_none(tmp_path, a, b, status, words):
    for name, text in ("one", b"1"), ("empty", b""), ("large", b"1" * 65537):
        (tmp_path / name).write_bytes(text)
    files = [f"{option}={tmp_path}/{name}" for option, name in (("a", a), ("b", b)) if name]
    done = lab("run", "suffix-collision", "-o", "pair=file", *(x for f in files for x in ("-o", f)))
    assert done.returncode == status and done.stdout == "" and words in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture(scope="module", name="searches")
def run_searches():
    return result("run", "small-state")["cases"]


def test_searches_take_what_birthdays_take(searches):
    """The mean of 20 is within a half of 1.25 * 2^(s/2): five deviations and more."""
    for case in searches:
        if "evaluations" in case["measures"] and case["repeats"] >= 20:
            bits = int(case["settings"]["state-bits"])
            found = case["measures"]["evaluations"]
            assert 0.5 < sum(found) / len(found) / (1.2533 * 2 ** (bits / 2)) < 1.5


def test_one_collision_of_digests_in_three_is_one_of_states(searches):
    (case,) = [case for case in searches
               if case["settings"]["search"] == "digest"]
    assert sum(case["measures"]["usable"]) == case["successes"]
    assert case["interval"][0] < 1 / 3 < case["interval"][1]
