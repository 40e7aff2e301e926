"""The registry as the command prints it, the command itself, and messages."""

import functools
import json
import os
import random
import subprocess

from library import BUILD

MACAW = BUILD.resolve() / "macaw"
LONGEST = 1025

# Where buffers and blocks of every construction begin and end.
EDGES = sorted({at + step for at in (0, 8, 16, 32, 64, 72, 104, 128, 136, 144, 168, 256, 512, 1024)
                for step in (-1, 0, 1) if 0 <= at + step <= LONGEST} | set(range(18)) | {LONGEST})


def command(*arguments, **more):
    return subprocess.run([MACAW, *map(str, arguments)], capture_output=True, text=True,
                          check=False, timeout=600, **more)


LISTED = json.loads(command("algorithms", "--json").stdout)["algorithms"]
ALGORITHMS = {a["name"]: a for a in LISTED}


def having(word):
    return [name for name, a in ALGORITHMS.items() if word in a["properties"]]


NONCED, ONE_TIME, FIXED = having("nonce"), having("one-time"), having("fixed-size")
REUSABLE = [name for name in ALGORITHMS if name not in ONE_TIME + FIXED]


def one_block(name):
    """An algorithm for messages of a block only."""
    return name.startswith("prf-")


def lengths(name, wanted=range(LONGEST + 1)):
    return [16] if one_block(name) else list(wanted)


@functools.cache
def seed():
    """What a failure prints and MACAW_SEED repeats."""
    return int(os.environ.get("MACAW_SEED") or random.SystemRandom().getrandbits(48))


def rng_of(*what):
    """Numbers of their own for each test, whichever tests run."""
    return random.Random(f"{seed()} {what}")


def random_key(rng, name):
    """A key of a size that the algorithm takes; long ones are rare in life, not here."""
    a = ALGORITHMS[name]
    return rng.randbytes(rng.randint(max(a["key_min"], min(a["key_safe"], a["key_max"])),
                                     min(a["key_max"], 300)))


def random_nonce(rng, name):
    return rng.randbytes(ALGORITHMS[name]["nonce"])
