"""docs/adding-an-algorithm.md, followed to the letter in a copy of the tree."""
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GUIDE = (ROOT / "docs/adding-an-algorithm.md").read_text()


def run(*command, **more):
    return subprocess.run([str(c) for c in command], check=True, capture_output=True, text=True,
                          **more).stdout


@pytest.fixture(scope="module")
def build(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adding")
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns("build", "build-*", ".git", "__pycache__"))

    code = re.search(r"```c\n(.*?)```", GUIDE, re.DOTALL).group(1)
    (tree / "src/mac/hmac_sm3.c").write_text(code)
    line = re.search(r"^ +(X\(\w+\))$", GUIDE, re.MULTILINE).group(1)
    registry = tree / "src/mac/registry.c"
    text = registry.read_text()
    first = re.search(r"^ +X\(\w+\) +\\$", text, re.MULTILINE).group(0)
    registry.write_text(text.replace(first, f"    {line} \\\n{first}"))
    sources = tree / "src/mac/meson.build"
    sources.write_text(sources.read_text().replace("  'hmac.c',", "  'hmac.c',\n  'hmac_sm3.c',"))

    run("meson", "setup", "-Dnginx=disabled", "-Dtests=enabled", "-Dwerror=true", folder / "build",
        tree)
    run("ninja", "-C", folder / "build", "macaw", "tests/test_laws")
    return folder / "build"


def test_it_is_right(build):
    message = b"this_is_a_message"
    tag = subprocess.run([build / "macaw", "tag", "-a", "hmac-sm3", "-k", "hex:736563726574"],
                         input=message, capture_output=True, check=True).stdout.split()[0]
    want = subprocess.run(["openssl", "dgst", "-sm3", "-hmac", "secret"], input=message,
                          capture_output=True, check=True).stdout.split()[-1]
    assert tag == want


def test_it_obeys_every_law(build):
    run(build / "tests/test_laws")


def test_it_is_listed(build):
    assert "hmac-sm3" in run(build / "macaw", "algorithms")
