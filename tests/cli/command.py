"""The command as a black box, and what the tests know about it."""

import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
from ports import free_port  # noqa: E402, F401  (tests/ports.py)

REPOSITORY = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("MACAW_BUILD", REPOSITORY / "build")).resolve()
MACAW = BUILD / "macaw"

COMMANDS = [["tag"], ["verify"], ["sum"], ["check"], ["algorithms"], ["key", "new"],
            ["key", "list"], ["key", "show"], ["key", "rotate"], ["key", "retire"],
            ["key", "public"], ["key", "derive"], ["key", "audit"], ["cookie", "issue"],
            ["cookie", "verify"], ["cookie", "inspect"], ["cookie", "schemes"],
            ["cookie", "guess"], ["cookie", "password"], ["session", "revoke"],
            ["session", "list"], ["session", "show"], ["sign"], ["request"], ["audit"],
            ["serve"], ["bench"], ["lab", "list"], ["lab", "show"], ["lab", "run"],
            ["lab", "matrix"], ["lab", "family"], ["lab", "entropy"],
            ["lab", "report"], ["lab", "serve"]]
SCHEME = ("--scheme", "x-authorization")


def macaw(*arguments, stdin=b"", env=None, cwd=None, timeout=600, **more):
    """Run it; stdout and stderr are bytes."""
    return subprocess.run([str(MACAW), *map(str, arguments)], input=stdin, capture_output=True,
                          env={**os.environ, **(env or {})}, cwd=cwd, timeout=timeout,
                          check=False, **more)


def ok(*arguments, **more):
    """Run it, expect status 0, return stdout as text."""
    done = macaw(*arguments, **more)
    assert done.returncode == 0, done
    return done.stdout.decode()


def error(done, status, *words):
    """Expect a status and one error line of the agreed form with these words."""
    lines = done.stderr.decode().splitlines()
    assert done.returncode == status, done
    assert lines and re.match(r"macaw: [^:].*: .", lines[-1]), done
    others = [line for line in lines[:-1] if ": warning: " not in line]
    assert not others, f"more than one line: {lines}"
    for word in words:
        assert word in lines[-1], (word, lines[-1])
    return lines[-1]


def warnings(done):
    return [line for line in done.stderr.decode().splitlines() if ": warning: " in line]


def new_key(ring, kid="k", *more):
    """A key of a keyring; returns KID@FILE."""
    ok("key", "new", "--keyring", ring, "--kid", kid, *more)
    return f"{kid}@{ring}"


def secret_of(ring, kid):
    return ok("key", "show", "--keyring", ring, "--kid", kid, "--secret").strip()
