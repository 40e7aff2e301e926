"""macaw lab as a black box."""

import json
import os
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("MACAW_BUILD", REPOSITORY / "build")).resolve()
MACAW = BUILD / "macaw"


def lab(*arguments, timeout=1200, **more):
    """Run it; output is text."""
    return subprocess.run([str(MACAW), "lab", *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=timeout, check=False, **more)


def result(*arguments, status=0):
    """Run with --json, expect a status, return the document."""
    done = lab(*arguments, "--json")
    assert done.returncode == status, (done.returncode, done.stderr)
    return json.loads(done.stdout)


def document(*arguments):
    """The same where the status does not matter: 0 or 1."""
    done = lab(*arguments, "--json")
    assert done.returncode in (0, 1), (done.returncode, done.stderr)
    return json.loads(done.stdout)


def cards():
    """The names of all cards."""
    return [card["card"] for card in result("list")]
