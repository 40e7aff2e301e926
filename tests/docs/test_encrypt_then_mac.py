"""The program of docs/encrypt-then-mac.md compiles and prints what the page says.
Checklist: E13."""

import os
import re
import subprocess
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("MACAW_BUILD", REPOSITORY / "build")).resolve()
PAGE = (REPOSITORY / "docs/encrypt-then-mac.md").read_text(encoding="utf-8")
(PROGRAM,) = re.findall(r"^```c\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
(PRINTED,) = re.findall(r"^It prints\n\n```\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def run(folder, program):
    source, target = folder / "etm.c", folder / "etm"
    source.write_text(program, encoding="utf-8")
    subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Werror", f"-I{REPOSITORY / 'include'}",
                    str(source), "-o", str(target), f"-L{BUILD / 'src'}", "-lmacaw", "-lcrypto",
                    f"-Wl,-rpath,{BUILD / 'src'}"], check=True)
    return subprocess.run([str(target)], check=True, capture_output=True, text=True,
                          timeout=600).stdout


def test_the_program_prints_what_the_page_shows(tmp_path):
    assert run(tmp_path, PROGRAM) == PRINTED


@pytest.mark.parametrize("right, wrong", [
    ("macaw_update(ctx, sealed, len)", "macaw_update(ctx, sealed + NONCE, len - NONCE)"),
    ("macaw_update(ctx, ad, ad_len)", "macaw_update(ctx, ad, 0)"),
    ("rc = macaw_finish_verify(&ctx, sealed + body, TAG);", "macaw_ctx_end(&ctx);")])
def test_what_the_rules_forbid_shows(tmp_path, right, wrong):
    """The page's own checks notice a nonce or data outside the MAC, or no verification."""
    assert PROGRAM.count(right) == 1
    assert run(tmp_path, PROGRAM.replace(right, wrong)) != PRINTED
