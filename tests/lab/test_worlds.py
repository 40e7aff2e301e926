"""Cards about protocols and use: what is special to each."""

import math

import pytest
from laboratory import document, lab, result

WORLDS = ["audit", "cookie-splice", "equal-plaintexts", "freshness-splice", "hash-flooding",
          "hijack", "key-leak", "minting-oracle", "name-reuse", "non-repudiation",
          "padding-oracle", "partial-coverage", "replay", "session-fixation", "stolen-token",
          "time-warp"]


def cases(name, *arguments):
    return result("run", name, *arguments)["cases"]


def answers(case):
    """Each action or submission with what became of it."""
    asks = [event for event in case["trace"] if event["event"] == "ask"]
    said = [event for event in case["trace"] if event["event"] == "answer"]
    return list(zip(asks, said))


def texts(event):
    return [bytes.fromhex(value["hex"]) for value in event["values"]]


def tail(successes, repeats, rate):
    """How likely it is to be so far off, on the side where it is."""
    terms = [math.comb(repeats, i) * rate**i * (1 - rate)**(repeats - i) for i in range(repeats + 1)]
    return min(sum(terms[:successes + 1]), sum(terms[successes:]))


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_works_for_honest_users(name):
    """A control that refuses everybody would prove nothing."""
    for case in document("run", name, "--repeat", "1")["cases"]:
        ask, said = answers(case)[0]
        assert said["accepted"], (case["construction"], ask["why"])


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize("seed", ["2", "77"])
def test_verdicts_hold_for_other_seeds(name, seed):
    assert result("run", name, "--seed", seed)["ok"]


def test_every_weak_world_names_the_sound_way():
    for card in result("list"):
        if card["card"] in WORLDS + ["timing", "verifier-zoo", "weak-keys", "cookie-volume"]:
            assert any(word in card["about"] for word in ("macaw", "sc1", "Ed25519")), card["card"]


def test_rates_of_wrong_verifiers():
    tries = 4096
    rates = {"verifier-strcmp": (1 / 256, 0), "verifier-char": (1 / 256, 1 / 256),
             "verifier-reversed": (1, 1)}
    for case in cases("verifier-zoo"):
        zeros, random = rates.get(case["construction"], (0, 0))
        for expected, name in ((zeros, "rate-of-zeros"), (random, "rate-of-random")):
            total = round(sum(case["measures"][name]) * tries)
            n = tries * case["repeats"]
            if expected in (0, 1):
                assert abs(total - expected * n) <= 4, case["construction"]
            else:
                deviation = math.sqrt(n * expected * (1 - expected))
                assert abs(total - n * expected) < 6 * deviation, (case["construction"], name)
        assert case["measures"]["accepted-one-byte"] == [
            1.0 if case["construction"] == "verifier-length" else 0.0] * case["repeats"]
        assert case["measures"]["accepted-empty"] == [
            1.0 if case["construction"] == "verifier-empty" else 0.0] * case["repeats"]


def test_replays_end_with_the_window_and_the_memory():
    first = {(case["construction"], case["fixed"].get("ahead")):
             case["measures"].get("replayed-after-seconds", [None])[0] for case in cases("replay")}
    assert first == {("replay-naive", None): 0, ("replay-window", None): 0,
                     ("replay-short-cache", None): 120, ("replay-cache", "240"): 360,
                     ("replay-spelling", None): 0, ("replay-table", None): None,
                     ("replay-table", "240"): None, ("replay-counter", None): None}
    count = {case["construction"]: case["measures"]["replays"][0] for case in cases("replay")}
    assert count["replay-naive"] == 13 and count["replay-window"] == 6
    assert count["replay-spelling"] == 1


def test_a_memory_of_the_window_suffices_where_clocks_agree():
    card = document("run", "replay", "-o", "ahead=0")
    by_name = {(case["construction"], case["fixed"].get("ahead")): case for case in card["cases"]}
    assert by_name["replay-cache", "240"]["verdict"] == "broken"
    assert by_name["replay-table", None]["verdict"] == "resists"


def test_a_digit_makes_a_request_eternal():
    one, two = cases("freshness-splice")[:2]
    assert one["measures"]["accepted-after-ten-years"] == [1.0] * one["repeats"]
    assert two["measures"]["accepted-at-once"] == [1.0] * two["repeats"]
    assert two["measures"]["accepted-after-ten-years"] == [0.0] * two["repeats"]


def test_alice1_becomes_alice():
    case = cases("cookie-splice")[0]
    (message,) = texts(answers(case)[-1][0])
    assert message.startswith(b"alice|11700003600|")


def test_comparisons_grow_as_squares_or_not_at_all():
    flood, sound = {}, {}
    for case in cases("hash-flooding"):
        n = int(case["settings"]["strings"])
        counts = case["measures"]["comparisons"]
        if case["construction"] in ("table-x31", "table-x31-seeded", "table-djb2",
                                    "table-djb2-seeded", "table-siphash-known"):
            flood[case["construction"], n] = set(counts)
        else:
            sound[case["construction"], n] = max(counts) / n
    for (_, n), counts in flood.items():
        assert counts == {n * (n - 1) / 2}
    assert max(sound.values()) < 4 and len(sound) >= 4


def test_volume_costs_the_same_and_nesting_twice():
    by_setting = {tuple(case["fixed"].items()): case for case in cases("cookie-volume")
                  if case["construction"] == "weak-short"}
    work = {setting: case["offline_work"] if "offline_work" in case else case["work"]
            for setting, case in by_setting.items()}
    assert work[()] == 2**14
    assert work[("nested", "1"),] == 2 * 2**14
    assert work[("cookies", "256"),] == 2**14 + 255
    assert work[("bits", "16"),] == 2**16


def test_nesting_changes_no_verdict():
    by_attack = {}
    for case in cases("nested-hmac"):
        key = (case["fixed"]["with"], case["role"])
        by_attack.setdefault(key, set()).add((case["verdict"], case["successes"]))
    assert len(by_attack) == 4
    assert all(len(verdicts) == 1 for verdicts in by_attack.values())


def test_the_sniffer_sees_real_bytes():
    weak, sound = cases("hijack")
    for case, there in ((weak, True), (sound, False)):
        (seen,) = [event for event in case["trace"] if event.get("name") == "what went by"]
        request = bytes.fromhex(seen["pieces"][0]["hex"])
        assert request.startswith(b"GET /logo.png HTTP/1.1\r\n") and request.endswith(b"\r\n\r\n")
        assert (b"Cookie: session=1" in request) == there


def test_printed_tags_are_identified():
    """The tags that a manual printed as HMACs."""
    request, response = cases("audit")[:2]
    for case, tag in ((request, b"1c73495878ccea24af9dd281a4c883c40a3551ba799d30f4ad7d9afb6a60fbd4"),
                      (response, b"529c33aac3e33bf2a95d534f8b3ac61dee2ed79232d729e571dc669417a1a2ae")):
        (sample,) = texts(answers(case)[0][1])
        assert sample.endswith(b"|" + tag)
        (claim,) = texts(answers(case)[-1][0])
        assert claim == b"SHA-256:mk your_secret_key"


def test_bob_makes_alices_bytes():
    mac, signature = cases("non-repudiation")
    assert set(mac["measures"]["byte-equal"]) == {1.0}
    assert set(signature["measures"]["byte-equal"]) == {0.0}


def test_what_is_not_covered_is_counted():
    counts = {case["construction"]: (case["measures"]["fields-uncovered"][0],
                                     case["measures"]["swapped"][0])
              for case in cases("partial-coverage")}
    assert counts == {"coverage-target": (2, 1), "coverage-body": (2, 1),
                      "coverage-request": (0, 0), "coverage-response": (0, 0)}


def test_equality_is_seen_or_guessed():
    eam, *others = cases("equal-plaintexts", "--repeat", "200")
    assert eam["successes"] == 200
    for case in others:
        assert tail(case["successes"], 200, 0.5) > 1e-6


@pytest.mark.parametrize("arguments, words", [
    (["replay", "-o", "ahead=301"], ["ahead", "expected"]),
    (["timing", "-o", "calls=0"], ["calls", "expected"]),
    (["cookie-volume", "-o", "bits=99"], ["bits", "expected"]),
    (["hash-flooding", "-o", "strings=many"], ["strings", "expected"]),
    (["nested-hmac", "-o", "with=luck"], ["with", "expected one of"]),
    (["hijack", "-o", "port=80"], ["port", "no such option"]),
])
def test_wrong_settings_are_named(arguments, words):
    done = lab("run", *arguments)
    assert done.returncode == 2 and done.stdout == ""
    for word in words:
        assert word in done.stderr
