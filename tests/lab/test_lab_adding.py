"""The card that docs/lab.md shows compiles and runs as it stands there."""

import json
import re
import subprocess

import pytest
from laboratory import BUILD, REPOSITORY

MAIN = """
#include "harness/run.h"

extern const lab_card lab_card_tag_reuse;

int main(void)
{
    const lab_card *cards[] = {&lab_card_tag_reuse, NULL};
    lab_run run = {.seed = 1, .jobs = 2, .tracing = true};
    json_t *results = lab_run_cards(&run, cards);

    return results != NULL ? json_dumpf(results, stdout, 0) : 1;
}
"""


@pytest.fixture(scope="module", name="card")
def run_card(tmp_path_factory):
    folder = tmp_path_factory.mktemp("card")
    page = (REPOSITORY / "docs/lab.md").read_text(encoding="utf-8")
    (source,) = re.findall(r"^```c\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    (folder / "card.c").write_text(source)
    (folder / "main.c").write_text(MAIN)
    flags = [f"-I{REPOSITORY / name}" for name in ("lab", "cli", "src", "include")]
    subprocess.run(["gcc", "-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wconversion", "-Werror",
                    *flags, "card.c", "main.c", "-o", "program", BUILD / "lab/liblab.a",
                    BUILD / "src/libmacaw.a", "-lcrypto", "-ljansson", "-lz", "-lgmp", "-lm"],
                   cwd=folder, check=True)
    done = subprocess.run([folder / "program"], capture_output=True, text=True, timeout=600, check=True)
    (card,) = json.loads(done.stdout)
    return card


def test_the_card_of_the_page_runs(card):
    assert card["ok"] and not card["error"]
    assert [case["verdict"] for case in card["cases"]] == ["resists", "resists"]


def test_it_tells_what_it_does(card):
    for case in card["cases"]:
        assert [event["event"] for event in case["trace"]] == [
            "ask", "answer", "say", "ask", "answer"]
        assert case["trace"][-1]["accepted"] is False
