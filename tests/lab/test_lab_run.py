"""macaw lab run: what a card must do, and the shapes of its output."""

import csv
import io
import math
import os
import pty
import resource
import select
import subprocess

import pytest
from laboratory import BUILD, cards, document, lab, result

FIGURES = ["construction", "verdict", "queries", "verifications", "success", "interval", "predicted"]
KINDS = {"ask", "answer", "show", "equation", "figure", "say"}
ROLES = {"plain", "chosen", "answer", "derived", "glue", "forged", "hidden"}


@pytest.fixture(scope="module", name="everything")
def run_everything():
    return {card["card"]: card for card in result("run", "--all")}


def test_all_cards_are_run_and_as_they_must_be(everything):
    assert list(everything) == cards()
    assert {name: card["ok"] for name, card in everything.items()} == dict.fromkeys(everything, True)
    assert not any(card["error"] for card in everything.values())


def test_each_card_has_a_pair(everything):
    for card in everything.values():
        assert card["target"]["verdict"] == "broken"
        assert card["control"] is None or card["control"]["verdict"] == "resists"
        for side in ("target", "control"):
            if card[side] is not None:
                assert set(FIGURES) <= set(card[side])
        for case in card["cases"]:
            assert case["role"] in ("target", "control", "curve")
            low, high = case["interval"]
            assert 0 <= low <= case["success"] <= high <= 1
            assert case["success"] == pytest.approx(case["successes"] / case["repeats"])
            assert 0 <= case["predicted"] <= 1


def chance_of(successes, repeats, rate):
    """How likely so many successes or fewer, and so many or more, are."""
    terms = [math.comb(repeats, i) * rate**i * (1 - rate)**(repeats - i)
             for i in range(repeats + 1)]
    return sum(terms[:successes + 1]), sum(terms[successes:])


def test_rates_are_as_predicted(everything):
    """The seed is fixed: nothing here is up to chance, and a wrong theory shows."""
    for card in everything.values():
        for case in card["cases"]:
            at_most, at_least = chance_of(case["successes"], case["repeats"], case["predicted"])
            assert min(at_most, at_least) > 1e-3, (card["card"], case["construction"], case["fixed"])


@pytest.mark.parametrize("name", cards())
def test_a_card_tells_what_it_does(name):
    card = document("run", name, "--repeat", "2")
    for case in card["cases"]:
        assert case["trace"], case["construction"]
        for event in case["trace"]:
            assert event["event"] in KINDS
            for value in event.get("values", []) + event.get("pieces", []):
                assert value["role"] in ROLES
                assert len(value["hex"]) == 2 * min(value["length"], 4096)


@pytest.mark.parametrize("name", cards())
def test_a_card_is_explained(name):
    text = lab("show", name).stdout
    (card,) = [one for one in result("list") if one["card"] == name]
    assert card["about"] in text and card["title"] in text
    assert card["items"] and card["targets"]
    for option in card["options"]:
        assert f"  {option['name']} " in text


def test_a_seed_repeats_a_run():
    def outcome(*arguments):
        card = document("run", "birthday", "--repeat", "3", *arguments)
        return [(case["successes"], case["trace"]) for case in card["cases"]]
    first = outcome("--seed", "5")
    assert outcome("--seed", "5") == first
    assert outcome("--seed", "6") != first


def test_the_verdict_line():
    text = lab("run", "cbc-two-block").stdout
    assert "FORGED existential, adaptive chosen text, 1 tag, 1 verification, offline work 0, " in text
    assert "NOT FORGED, adaptive chosen text, 1 tag, 1 verification, offline work 0, " in text
    assert "FORGED selective" in lab("run", "cbc-splice").stdout


def test_csv():
    rows = list(csv.DictReader(io.StringIO(lab("run", "birthday", "--repeat", "2", "--csv").stdout)))
    cases = document("run", "birthday", "--repeat", "2")["cases"]
    assert [row["construction"] for row in rows] == [case["construction"] for case in cases]
    for row, case in zip(rows, cases):
        assert float(row["success"]) == case["success"]
        assert row["settings"] == " ".join(f"{k}={v}" for k, v in case["fixed"].items())


def test_steps_give_reasons_before_answers():
    text = lab("run", "cbc-two-block", "--step", "--repeat", "1").stdout
    reason = text.index("The tag of one block m is E(m)")
    assert reason < text.index("message        = 5061") < text.index("tag            = ")
    assert "[Enter]" not in text


def step_on_a_terminal(no_color):
    """What a terminal shows while somebody answers each prompt with Enter."""
    master, slave = pty.openpty()
    with subprocess.Popen([BUILD / "macaw-lab", "run", "cbc-two-block", "--step", "--repeat", "1"],
                          stdin=slave, stdout=slave,
                          env={**os.environ, "NO_COLOR": no_color}) as process:
        os.close(slave)
        text = b""
        while True:
            ready, _, _ = select.select([master], [], [], 30)
            assert ready, text
            try:
                more = os.read(master, 4096)
            except OSError:  # how Linux says that the other end is closed
                break
            text += more
            if text.endswith(b"[Enter] "):
                assert process.poll() is None
                os.write(master, b"\n")
        assert process.wait(30) == 0
    os.close(master)
    return text


def test_on_a_terminal_a_step_waits_for_enter():
    text = step_on_a_terminal("1")
    asks = text.count(b"\r\n  tag: ") + text.count(b"\r\n  submit: ")
    assert text.count(b"[Enter]") == asks >= 10
    assert b"\033" not in text


def test_roles_are_coloured_on_a_terminal():
    text = step_on_a_terminal("")
    assert b"\033[31ma9ae82d6" in text  # forged: m2
    assert b"\033[33mf9cffbf6" in text  # an answer: t


def test_options_reach_the_attack():
    card = result("run", "cbc-two-block", "-o", "message=hex:" + "ab" * 16, "-o", "key=hex:" + "00" * 16)
    case = card["cases"][0]
    (query, *_) = case["trace"]
    assert query["values"][0]["hex"] == "ab" * 16
    # E(abab...) under the key of zeros, by another program
    done = subprocess.run(["openssl", "enc", "-aes-128-ecb", "-nopad", "-K", "00" * 16],
                          input=bytes.fromhex("ab" * 16), capture_output=True, check=True)
    assert case["trace"][1]["values"][0]["hex"] == done.stdout.hex()
    assert case["settings"]["key"] == "(secret)"


@pytest.mark.parametrize("arguments, words", [
    (["nothing"], ["nothing", "no such attack"]),
    ([], ["NAME", "missing"]),
    (["--all", "--step"], ["--all", "--step"]),
    (["--all", "-o", "q=3"], ["--all", "--set"]),
    (["birthday", "-o", "q"], ["-o", "NAME=VALUE"]),
    (["birthday", "-o", "z=3"], ["z", "no such option"]),
    (["birthday", "-o", "q=x"], ["q", "expected a number"]),
    (["birthday", "-o", "q=01"], ["q", "expected a number"]),
    (["birthday", "-o", "cipher=des"], ["cipher", "expected one of"]),
    (["birthday", "-o", "text=hex:0"], ["text", "hexadecimal"]),
    (["length-extension", "-o", "suffix="], ["suffix", "expected 1 to"]),
    (["birthday", "--json", "--csv"], ["--json", "only one"]),
    (["birthday", "--repeat", "0"], ["--repeat", "expected a number"]),
])
def test_wrong_use_is_named(arguments, words):
    done = lab("run", *arguments)
    assert done.returncode == 2 and done.stdout == "", done
    (line,) = done.stderr.splitlines()
    for word in words:
        assert word in line


def test_a_game_that_goes_wrong_is_an_error_and_no_success():
    done = lab("run", "length-extension", "-j", "1",
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (6, 6)))
    assert done.returncode == 3
    assert "ERROR: cannot start: Too many open files" in done.stdout
    assert done.stderr.splitlines() == [
        "macaw: length-extension: a game went wrong; its case says how"]


def test_a_target_that_holds_is_not_ok():
    """No key has 40 bytes, so that the guesses from 40 on all fail."""
    done = lab("run", "length-extension", "-o", "key-from=40", "--csv")
    assert done.returncode == 1 and ",target,prefix-md5,resists," in done.stdout


def test_weak_constructions_are_in_the_laboratory_only():
    def symbols(path):
        return subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout
    assert " lab_cbc_raw" in symbols(BUILD / "macaw-lab")
    for other in ("macaw", "src/libmacaw.a", "src/libmacaw.so"):
        assert "lab_cbc" not in symbols(BUILD / other)


def test_the_laboratory_is_found_where_it_is_installed(tmp_path):
    alone = tmp_path / "macaw"
    alone.write_bytes((BUILD / "macaw").read_bytes())
    alone.chmod(0o755)
    done = subprocess.run([alone, "lab", "list"], capture_output=True, text=True, check=False)
    if done.returncode != 0:  # unless one is installed on this machine
        assert done.returncode == 3 and "macaw-lab: not found" in done.stderr
    (tmp_path / "macaw-lab").symlink_to(BUILD / "macaw-lab")
    done = subprocess.run([alone, "lab", "list"], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "cbc-two-block" in done.stdout


def test_long_settings_are_cut_in_the_table_only():
    table = lab("run", "onetime-reuse", "--repeat", 1).stdout.split("onetime-reuse: ")[1]
    assert "second=Ship 3 boxes to Carol, by train,..\n" in table
    assert max(len(line) for line in table.splitlines()) < 160
