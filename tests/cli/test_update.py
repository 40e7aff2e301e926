"""tag --update and tag --threads. Checklist: D29, D34."""

import hashlib
import json
import os
import random
import subprocess
import time

import pytest
from command import MACAW, error, macaw, ok

ALGORITHMS = ["pmac-aes128", "pmac-aes192", "pmac-aes256", "pmac1-aes128", "pmac1-aes192",
              "pmac1-aes256", "pmac-counter-aes128"]
KEY_LENGTHS = {a["name"]: a["key_min"] for a in json.loads(ok("algorithms", "--json"))["algorithms"]}


def key_of(alg):
    return "hex:" + hashlib.sha256(b"a key of these tests").hexdigest()[:2 * KEY_LENGTHS[alg]]


def tag_of(alg, message):
    return ok("tag", "-a", alg, "-k", key_of(alg), stdin=message).split()[0]


class Change:
    """A message in which some bytes change, and the files that say so."""

    def __init__(self, folder, alg, length, offset, count, seed=1):
        rng = random.Random(seed)
        self.alg, self.folder, self.length, self.offset = alg, folder, length, offset
        self.before = rng.randbytes(length)
        new = rng.randbytes(min(count, length - offset))
        self.after = self.before[:offset] + new + self.before[offset + len(new):]
        self.old = self.file("old", self.before[offset:offset + len(new)])
        self.new = self.file("new", new)
        self.tag = tag_of(alg, self.before)

    def file(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path

    def update(self, **other):
        options = {"update": self.tag, "length": self.length, "offset": self.offset,
                   "old": self.old, "new": self.new, **other}
        words = [word for name, value in options.items() if value is not None
                 for word in (f"--{name}", value)]
        return macaw("tag", "-a", self.alg, "-k", key_of(self.alg), *words)


@pytest.mark.parametrize("alg", ALGORITHMS)
@pytest.mark.parametrize("length, offset, count", [
    (1, 0, 1), (16, 0, 16), (17, 0, 16), (17, 16, 1), (32, 16, 16), (40, 0, 40), (40, 32, 8),
    (4096, 4080, 16), (100000, 4096, 16), (100000, 160, 50000), (100000, 99984, 16),
    (100007, 0, 100007)])
def test_the_tag_is_that_of_a_full_pass(alg, length, offset, count, tmp_path):
    change = Change(tmp_path, alg, length, offset, count)
    done = change.update()
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == f"{tag_of(alg, change.after)}  -\n"


def test_what_does_not_fit_is_refused(tmp_path):
    change = Change(tmp_path, "pmac-aes128", 100, 32, 32)
    error(change.update(offset=33), 2, "--offset", "multiple of 16", "pmac-aes128")
    error(change.update(offset=112), 2, "--offset", "--length")
    error(change.update(length=32), 2, "--offset", "--length")
    error(change.update(length=50), 2, "--old", "past the end")
    error(change.update(update=change.tag[2:]), 2, "--update", "32", "30")
    error(change.update(update="x" * 32), 2, "--update", "byte 0")
    error(change.update(new=change.file("short", bytes(31))), 2, "--new", "as many")
    error(change.update(new=change.file("long", bytes(33))), 2, "--new", "as many")
    ragged = change.file("ragged", bytes(20))
    error(change.update(old=ragged, new=ragged), 2, "--old", "multiple of 16")
    empty = change.file("empty", b"")
    error(change.update(old=empty, new=empty), 2, "--old", "empty")
    error(change.update(old=tmp_path / "none"), 3, "none")
    error(change.update(new=tmp_path), 3, str(tmp_path))
    for name in ("length", "offset", "old", "new"):
        error(change.update(**{name: None}), 2, f"--{name}", "missing")
        value = change.old if name in ("old", "new") else 16
        error(macaw("tag", "-a", "pmac-aes128", "-k", key_of("pmac-aes128"), f"--{name}", value),
              2, f"--{name}", "--update")
    for name in ("length", "offset"):
        error(change.update(**{name: "-1"}), 2, f"--{name}", "number")


def test_other_algorithms_and_uses_are_refused(tmp_path):
    change = Change(tmp_path, "pmac-aes128", 100, 32, 32)
    words = ["--update", change.tag, "--length", 100, "--offset", 32, "--old", change.old,
             "--new", change.new]
    error(macaw("tag", "-a", "cmac-aes128", "-k", key_of("pmac-aes128"), *words), 2, "--update",
          "cmac-aes128", "whole message")
    error(macaw("tag", "-a", "pmac-aes128", "-k", key_of("pmac-aes128"), "-l", 12, *words), 2, "-l")
    error(macaw("tag", "-a", "pmac-aes128", "-k", key_of("pmac-aes128"), *words, change.old), 2,
          "too many")


def test_an_update_takes_no_longer_for_a_long_message(tmp_path):
    """The tag of 1 GiB of zeros, one block changed: no time is asserted beyond what reading
    the message at memory's speed would take."""
    length, offset = 1 << 30, 1 << 29
    path = tmp_path / "large"
    with open(path, "wb") as file:
        file.truncate(length)
    words = ["tag", "-a", "pmac-aes128", "-k", key_of("pmac-aes128")]
    before = ok(*words, "--threads", 4, path).split()[0]
    (tmp_path / "old").write_bytes(bytes(16))
    (tmp_path / "new").write_bytes(b"sixteen new byte")
    start = time.monotonic()
    line = ok(*words, "--update", before, "--length", length, "--offset", offset, "--old",
              tmp_path / "old", "--new", tmp_path / "new")
    elapsed = time.monotonic() - start
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(b"sixteen new byte")
    assert line.split()[0] == ok(*words, path).split()[0]
    print(f"update of 1 GiB: {1000 * elapsed:.1f} ms")


@pytest.mark.parametrize("alg", [*ALGORITHMS, "hmac-sha256"])
def test_every_number_of_threads_gives_one_tag(alg, tmp_path):
    path = tmp_path / "message"
    key = key_of(alg) if alg in ALGORITHMS else key_of("pmac-aes256")
    for size in (0, 1, 65536, 65537, 1000000, 4 << 20):
        path.write_bytes(random.Random(size).randbytes(size))
        expected = ok("tag", "-a", alg, "-k", key, path)
        for threads in (1, 2, 3, 4, 16):
            assert ok("tag", "-a", alg, "-k", key, "--threads", threads, path) == expected


def test_threads_with_what_is_no_regular_file(tmp_path):
    words = ["tag", "-a", "pmac-aes128", "-k", key_of("pmac-aes128"), "--threads", 4]
    expected = tag_of("pmac-aes128", b"content")
    assert ok(*words, stdin=b"content") == f"{expected}  -\n"
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with subprocess.Popen(["sh", "-c", f"printf content > '{fifo}'"]) as writer:
        assert ok(*words, fifo) == f"{expected}  {fifo}\n"
        writer.wait(10)
    done = macaw(*words, tmp_path, tmp_path / "none")
    assert done.returncode == 3 and len(done.stderr.splitlines()) == 2
    for count in ("0", "257", "x", "-1"):
        error(macaw("tag", "-a", "pmac-aes128", "-k", key_of("pmac-aes128"), "--threads", count),
              2, "--threads", "256")


def test_threads_where_memory_is_short(tmp_path):
    """A file that cannot be mapped is read."""
    path = tmp_path / "large"
    with open(path, "wb") as file:
        file.truncate(1 << 29)
    words = ["tag", "-a", "pmac-aes128", "-k", key_of("pmac-aes128")]
    limited = ["sh", "-c", 'ulimit -v 262144; exec "$0" "$@"', MACAW]
    done = subprocess.run([*limited, *words, "--threads", "2", path], capture_output=True,
                          timeout=600, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() == ok(*words, path)
