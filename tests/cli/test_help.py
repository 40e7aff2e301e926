"""Dispatch, help, and how wrong use is reported."""

import subprocess

import pytest
from command import COMMANDS, MACAW, error, macaw, ok

NAMES = [" ".join(words) for words in COMMANDS]


@pytest.mark.parametrize("words", COMMANDS, ids=NAMES)
def test_every_command_explains_itself(words):
    text = ok(*words, "--help")
    assert text.startswith(f"usage: macaw {' '.join(words)} ")
    assert "--help" in text
    assert ok("help", *words) == text
    asked = macaw(*words, "--help", "an operand")
    assert (asked.returncode, asked.stdout.decode(), asked.stderr) == (0, text, b"")
    assert max(map(len, text.splitlines())) <= 100


@pytest.mark.parametrize("words", COMMANDS, ids=NAMES)
def test_an_unknown_option_is_named(words):
    error(macaw(*words, "--nonsense"), 2, "--nonsense", "unknown option")
    error(macaw(*words, "-Z"), 2, "-Z", "unknown option")


def test_without_a_command_the_help_is_printed_and_the_use_is_wrong():
    done = macaw()
    assert done.returncode == 2
    assert done.stdout.decode() == ok("--help") == ok("help") == ok("-h")


def test_the_table_of_commands_is_complete():
    text = ok("--help")
    for words in COMMANDS:
        assert f"  {words[0]} " in text
    for words in COMMANDS:
        if words[0] == "key":
            assert f"  {words[1]} " in ok("key", "--help")


def test_version():
    assert ok("--version") == "macaw 0.1.0\n"


@pytest.mark.parametrize("arguments, what", [
    (["tga"], "tga"), (["--nonsense"], "--nonsense"), (["key", "destroy"], "destroy"),
    (["help", "tga"], "tga"), (["tag\nmacaw: fine"], "tag\\x0amacaw"), (["key", "--keyring"], "--keyring")])
def test_an_unknown_command_is_one_line(arguments, what):
    error(macaw(*arguments), 2, what, "unknown")


@pytest.mark.parametrize("option", ["-a", "-k", "-l", "-n", "--algorithm", "--key"])
def test_a_missing_value_is_named(option):
    error(macaw("tag", option), 2, option, "needs a value")


def test_a_value_too_many_is_named():
    error(macaw("verify", "--quiet=yes"), 2, "takes no value")


@pytest.mark.parametrize("option", ["-a", "-k", "-n"])
def test_an_option_given_twice_is_refused(option):
    error(macaw("tag", option, "x", option, "x"), 2, option, "twice")


def test_operands_too_many_are_refused():
    error(macaw("algorithms", "x"), 2, "x", "too many")
    error(macaw("verify", "a", "b"), 2, "b", "too many")


@pytest.mark.parametrize("arguments", [["--help"], ["algorithms"], ["algorithms", "--json"],
                                       ["tag", "-a", "hmac-sha256", "-k", "hex:" + "00" * 16]])
def test_a_full_disk_is_a_failure(arguments):
    with open("/dev/full", "wb") as full:
        done = macaw_to(full, *arguments)
    error(done, 3, "standard output", "No space left")


def macaw_to(stdout, *arguments):
    return subprocess.run([MACAW, *arguments], stdin=subprocess.DEVNULL, stdout=stdout,
                          stderr=subprocess.PIPE, timeout=600, check=False)


def test_a_closed_standard_output_is_a_failure():
    done = subprocess.run(["sh", "-c", '"$0" --version >&-', MACAW], capture_output=True,
                          timeout=600, check=False)
    error(done, 3, "standard output")
