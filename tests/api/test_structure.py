"""The shape of the project: layers point one way, the shared library exports
what the headers declare, and the headers compile on their own."""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MACAW_BUILD", ROOT / "build"))
HEADERS = sorted((ROOT / "include/macaw").glob("*.h"))

# A layer may include its own folder and what is listed, nothing else.
LAYERS = {
    "base": set(),
    "prim": {"base"},
    "mac": {"base", "prim"},
    "key": {"base", "prim", "mac"},
    "session": {"base", "prim", "mac", "key"},
    "signing": {"base", "prim", "mac", "key"},
    "replay": {"base", "prim", "mac", "key"},
    "store": {"base", "prim", "mac", "key"},
}


def sources():
    return [p for p in (ROOT / "src").rglob("*.[ch]")]


@pytest.mark.parametrize("layer", sorted(p.name for p in (ROOT / "src").iterdir() if p.is_dir()))
def test_a_layer_includes_only_lower_ones(layer):
    allowed = LAYERS[layer] | {layer}
    for path in (ROOT / "src" / layer).rglob("*.[ch]"):
        for included in re.findall(r'#include "([^"]+)"', path.read_text()):
            assert included.split("/")[0] in allowed, f"{path.relative_to(ROOT)} includes {included}"


def test_no_header_of_the_faces_below_them():
    for path in sources():
        assert not re.search(r'#include "(cli|nginx|lab)/', path.read_text()), path


def declared():
    names = set()
    for header in HEADERS:
        text = re.sub(r"/\*.*?\*/|^#.*?$", " ", header.read_text(), flags=re.S | re.M)
        for declaration in re.findall(r"MACAW_API\s+([^;]+);", text):
            names.add(re.search(r"(macaw_\w+)\s*\(", declaration).group(1))
    return names


def exported():
    out = subprocess.run(["nm", "-D", "--defined-only", BUILD / "src/libmacaw.so"],
                         check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].split("@")[0] for line in out.splitlines()
            if line.split()[1] in "TDRBV"}


def test_exports_are_the_declarations():
    assert len(declared()) > 30
    assert exported() == declared()


@pytest.mark.parametrize("compiler", [["gcc", "-xc", "-std=c11"], ["gcc", "-xc++", "-std=c++11"],
                                      ["clang", "-xc", "-std=c11"],
                                      ["clang", "-xc++", "-std=c++17"]], ids=" ".join)
@pytest.mark.parametrize("header", HEADERS, ids=lambda h: h.name)
def test_header_compiles_alone(compiler, header):
    code = f"#include <macaw/{header.name}>\n"
    done = subprocess.run([*compiler, "-fsyntax-only", "-Wall", "-Wextra", "-Wpedantic", "-Werror",
                           f"-I{ROOT / 'include'}", "-"], input=code, text=True,
                          capture_output=True)
    assert done.returncode == 0, done.stderr
