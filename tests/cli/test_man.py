"""The manual: complete, and its marked examples run."""

import os
import re
import subprocess

import pytest
from command import BUILD, COMMANDS, REPOSITORY, ok
from gateway import Serve

MAN = REPOSITORY / "man"
PAGES = sorted(path.name.removesuffix(".1.scd") for path in MAN.glob("*.scd"))


def source(page):
    return (MAN / f"{page}.1.scd").read_text(encoding="utf-8")


def page_of(words):
    """A command below another has its own page or is in the one above."""
    own = "-".join(["macaw", *words])
    return own if own in PAGES else f"macaw-{words[0]}"


def options_of(text):
    """The options of a --help text: lines of two spaces, letter, name."""
    found = set()
    for line in text.splitlines():
        match = re.match(r"  (?:(-\w)(?:, )?|    )(--[\w-]+)?(?: |$)", line)
        if match:
            found |= {option for option in match.groups() if option}
    return found


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_option_is_in_the_manual(words):
    options = options_of(ok(*words, "--help"))
    assert "--help" in options and "-h" in options
    text = source(page_of(words))
    section = text[text.index("# OPTIONS"):]
    for option in options:
        assert f"*{option}*" in section, option


@pytest.mark.parametrize("page", sorted({page_of(words) for words in COMMANDS}))
def test_every_option_of_the_manual_exists(page):
    helps = "".join(ok(*words, "--help") for words in COMMANDS if page_of(words) == page)
    text = source(page)
    section = re.split(r"\n# ", text[text.index("# OPTIONS"):])[0]
    for line in re.findall(r"^\*-.*", section, re.MULTILINE):
        for option in re.findall(r"\*(--?[\w-]+)\*", line):
            assert option in options_of(helps), option


def test_every_command_has_a_page_and_is_named():
    main = source("macaw")
    for words in COMMANDS:
        assert page_of(words) in PAGES
        assert f"*{page_of(words)}*(1)" in main
    for page in PAGES:
        for other in re.findall(r"\*(macaw[\w-]*)\*\(1\)", source(page)):
            assert other in PAGES, other


@pytest.mark.parametrize("page", PAGES)
def test_the_built_page_is_a_manual_page(page):
    text = (BUILD / "man" / f"{page}.1").read_text(encoding="utf-8")
    assert f'.TH "{page}" "1"' in text
    for section in ("NAME", "SYNOPSIS", "DESCRIPTION", "SEE ALSO"):
        assert f".SH {section}" in text, section


def examples(page):
    """(kind, transcript) of each block marked with a comment."""
    return re.findall(r"^; example(?:: (\w+))?\n```\n(.*?)```", source(page), re.MULTILINE | re.DOTALL)


def steps(transcript):
    """(command, expected output) of each line that begins with a prompt."""
    parts = re.split(r"^\$ ", transcript, flags=re.MULTILINE)
    assert parts[0] == ""
    return [part.split("\n", 1) for part in parts[1:]]


def run_steps(transcript, folder, fill):
    """All in one shell, so that variables last; a mark separates the outputs."""
    script = "".join(f"{fill(command)}\nprintf '\\036'\n" for command, _ in steps(transcript))
    path = f"{BUILD}:{os.environ['PATH']}:/usr/sbin:/usr/bin:/bin"
    done = subprocess.run(["sh", "-eu", "-c", script], cwd=folder, env={**os.environ, "PATH": path},
                          capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done
    outputs = done.stdout.split("\036")[:-1]
    assert outputs == [fill(expected) for _, expected in steps(transcript)]


def test_there_are_examples():
    assert all(examples(page) for page in PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_the_examples_run_and_print_what_they_show(page, tmp_path):
    for kind, transcript in examples(page):
        if not kind:
            run_steps(transcript, tmp_path, lambda text: text)


@pytest.mark.parametrize("page", ["macaw-sign", "macaw-request", "macaw-serve"])
def test_the_examples_with_a_gateway(page, tmp_path):
    """As make run starts it, on another port."""
    (tmp_path / "build").mkdir()
    with Serve(tmp_path / "build/run", "--demo", cwd=tmp_path) as gateway:
        def fill(text):
            text = text.replace("127.0.0.1:8080", f"127.0.0.1:{gateway.port}")
            return re.sub(r"\$\(pgrep .*\)", str(gateway.process.pid), text)
        found = [transcript for kind, transcript in examples(page) if kind == "gateway"]
        assert found
        for transcript in found:
            run_steps(transcript, tmp_path, fill)
