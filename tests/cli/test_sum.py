"""Manifests: what sum writes, what check accepts, and everything it must refuse."""

import hashlib
import hmac
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest
from command import MACAW, error, macaw, new_key, ok, warnings

SECRET = hashlib.sha256(b"files").digest()
KEY = "hex:" + SECRET.hex()
ALG = "hmac-sha256"
NAMES = ["a", "b c", "new\nline", "back\\slash", "return\r", "*star", "#hash", "-dash", "ünicode"]


def manifest_tag(secret, signed):
    """As docs/manifest.md says."""
    prk = hmac.digest(bytes(32), secret, "sha256")
    key = hmac.digest(prk, b"macaw manifest\x01", "sha256")
    return hmac.new(key, signed, hashlib.sha256).hexdigest().encode()


def sign(lines, secret=SECRET, alg=ALG, count=None):
    signed = b"".join(lines) + b"# macaw-manifest %s %d " % (
        alg.encode(), len(lines) if count is None else count)
    return signed + manifest_tag(secret, signed) + b"\n"


def line(name, data):
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    tag = hmac.new(SECRET, data, hashlib.sha256).hexdigest()
    return f"{'' if escaped == name else chr(92)}{tag}  {escaped}\n".encode()


@pytest.fixture(name="files")
def make_files(tmp_path):
    """{name: content} in a folder of their own."""
    folder = tmp_path / "files"
    folder.mkdir()
    contents = {name: name.encode() * n for n, name in enumerate(NAMES)}
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder, contents


def sum_of(folder, *arguments, alg=ALG, key=KEY, **more):
    return macaw("sum", "-a", alg, "-k", key, *arguments, cwd=folder, **more)


def check(folder, text, *arguments, key=KEY):
    return macaw("check", "-k", key, *arguments, cwd=folder, stdin=text)


def operands(names):
    return ["--", *names]


# ---- the format ----

def test_the_manifest_is_what_the_document_says(files):
    folder, contents = files
    done = sum_of(folder, *operands(contents))
    assert done.returncode == 0
    assert done.stdout == sign([line(name, data) for name, data in contents.items()])


def test_the_lines_are_those_of_tag_and_of_sha256sum(files):
    folder, contents = files
    lines = sum_of(folder, *operands(contents)).stdout.splitlines(keepends=True)
    tags = macaw("tag", "-a", ALG, "-k", KEY, *operands(contents), cwd=folder).stdout
    assert b"".join(lines[:-1]) == tags
    theirs = subprocess.run(["sha256sum", "--", *contents], cwd=folder, capture_output=True,
                            check=True).stdout.splitlines()
    assert [one.split(b"  ", 1)[1] for one in lines[:-1]] == \
           [one.split(b"  ", 1)[1] + b"\n" for one in theirs]
    assert [one[:1] == b"\\" for one in lines[:-1]] == [one[:1] == b"\\" for one in theirs]


def test_sha256sum_passes_over_the_last_line(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    done = sum_of(tmp_path, "a")
    theirs = subprocess.run(["sha256sum", "-c", "--strict"], input=done.stdout, cwd=tmp_path,
                            capture_output=True, check=False)
    assert theirs.stdout == b"a: FAILED\n"
    assert b"improperly" not in theirs.stderr


def test_the_default_algorithm_is_in_the_manifest_and_needs_no_option(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 100)
    key = "hex:" + "5c" * 8 + "a1" * 8
    text = macaw("sum", "-k", key, "a", cwd=tmp_path).stdout
    assert b"# macaw-manifest pmac-aes128 1 " in text
    assert check(tmp_path, text, key=key).stdout == b"a: OK\n"


def test_a_key_of_a_keyring_brings_its_algorithm(tmp_path):
    key = new_key(tmp_path / "ring", "f", "--use", "file", "--alg", "hmac-sha512")
    (tmp_path / "a").write_bytes(b"x")
    text = ok("sum", "-k", key, "a", cwd=tmp_path).encode()
    assert b" hmac-sha512 1 " in text
    assert check(tmp_path, text, key=key).returncode == 0


def test_standard_input_and_names_given_twice(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    text = sum_of(tmp_path, "a", "-", "a", stdin=b"in").stdout
    assert text == sign([line("a", b"x"), line("-", b"in")])
    assert sum_of(tmp_path, stdin=b"in").stdout == sign([line("-", b"in")])


@pytest.mark.parametrize("alg, why", [("gmac-aes128", "nonce"), ("poly-onetime", "any length"),
                                      ("cbc-mac-aes128", "any length"), ("nonsense", "unknown")])
def test_algorithms_that_fit_no_manifest_are_refused(tmp_path, alg, why):
    error(sum_of(tmp_path, alg=alg), 2, "-a", why)


# ---- what check says ----

def test_every_verdict(files):
    folder, contents = files
    text = sum_of(folder, *operands(contents)).stdout
    assert check(folder, text).returncode == 0
    (folder / "a").write_bytes(b"other")
    (folder / "b c").unlink()
    done = check(folder, text)
    lines = done.stdout.decode().splitlines()
    assert lines[:3] == ["a: FAILED", "b c: FAILED open or read", "\\new\\nline: OK"]
    assert done.returncode == 1
    quiet = check(folder, text, "--quiet")
    assert quiet.stdout.decode().splitlines() == lines[:2] and quiet.returncode == 1
    silent = check(folder, text, "--status")
    assert silent.stdout == b"" and silent.returncode == 1
    (folder / "a").write_bytes(contents["a"])
    assert check(folder, text).returncode == 3
    assert check(folder, text, "--ignore-missing").returncode == 0


def test_nothing_verified_is_no_success(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    text = sum_of(tmp_path, "a").stdout
    (tmp_path / "a").unlink()
    error(check(tmp_path, text, "--ignore-missing"), 1, "no file was verified")


def test_an_empty_manifest_holds(tmp_path):
    (tmp_path / "list").write_bytes(b"")
    text = sum_of(tmp_path, "--from-list", "list").stdout
    assert text == sign([])
    assert check(tmp_path, text).returncode == 0


REFUSED = {
    "a line dropped": lambda t: t[1:],
    "a line added": lambda t: t[:1] + t,
    "two lines swapped": lambda t: [t[1], t[0], *t[2:]],
    "the end gone": lambda t: t[:-1],
    "the last newline gone": lambda t: [*t[:-1], t[-1][:-1]],
    "a newline more": lambda t: [*t, b"\n"],
    "nothing": lambda t: [],
    "another name": lambda t: [t[0].replace(b"  a", b"  b"), *t[1:]],
    "another algorithm": lambda t: [*t[:-1], t[-1].replace(b"hmac-sha256", b"hmac-sha224")],
    "another count": lambda t: [*t[:-1], t[-1].replace(b" 9 ", b" 8 ")],
    "a count with a zero before": lambda t: [*t[:-1], t[-1].replace(b" 9 ", b" 09 ")],
    "upper case": lambda t: [*t[:-1], t[-1][:-65] + t[-1][-65:].upper()],
    "the last line twice": lambda t: [*t, t[-1]],
    "two manifests in one": lambda t: [*t, *t],
    "a line after the last": lambda t: [*t, t[0]],
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_changed_manifest_is_refused_and_no_file_is_looked_at(files, what):
    folder, contents = files
    lines = sum_of(folder, *operands(contents)).stdout.splitlines(keepends=True)
    text = b"".join(REFUSED[what](lines))
    assert text != b"".join(lines)
    done = check(folder, text)
    error(done, 1, "not verified", "nothing was checked")
    assert done.stdout == b""


def test_every_changed_byte_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    text = sum_of(tmp_path, "a").stdout
    for i in range(0, len(text), 5):
        changed = text[:i] + bytes([text[i] ^ 1]) + text[i + 1:]
        assert check(tmp_path, changed).returncode == 1, i


def test_another_key_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    text = sum_of(tmp_path, "a").stdout
    error(check(tmp_path, text, key="hex:" + "a7" * 32), 1, "another key")


def test_the_manifest_key_is_not_the_file_key(tmp_path):
    """A tag of a file with a manifest's bytes is no manifest tag."""
    signed = line("a", b"x") + b"# macaw-manifest hmac-sha256 1 "
    tag = ok("tag", "-a", ALG, "-k", KEY, stdin=signed).split()[0]
    assert check(tmp_path, signed + tag.encode() + b"\n").returncode == 1


@pytest.mark.parametrize("count", [0, 2])
def test_a_wrong_count_is_refused_whoever_signed_it(tmp_path, count):
    (tmp_path / "a").write_bytes(b"x")
    error(check(tmp_path, sign([line("a", b"x")], count=count)), 1, "nothing was checked")


def test_another_algorithm_than_asked_for_is_refused(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    text = sum_of(tmp_path, "a").stdout
    error(check(tmp_path, text, "-a", "hmac-sha512"), 2, "-a", "hmac-sha256")
    assert check(tmp_path, text, "-a", ALG).returncode == 0


@pytest.mark.parametrize("bad", [
    b"\n", b"# note\n", line("a", b"x")[:-3] + b"\n", line("a", b"x").upper(),
    line("a", b"x").replace(b"  ", b" *"), line("a", b"x").replace(b"  ", b" "),
    b"\\" + line("a", b"x"), line("q\\", b"x")[1:], line("q\\", b"x").replace(b"q", b"\\q"),
    line("a", b"x").replace(b"a\n", b"a\0b\n"), line("a", b"x").replace(b"a\n", b"a\r\n"),
    line("a", b"x")[2:], line("b", b"")], ids=range(13))
def test_lines_of_another_form(tmp_path, bad):
    (tmp_path / "b").write_bytes(b"")
    text = sign([line("b", b""), bad])
    done = check(tmp_path, text)
    assert done.returncode == 0 and done.stdout == b"b: OK\n"
    assert "line 2" in warnings(done)[0]
    assert check(tmp_path, text, "--strict").returncode == 2


# ---- which files ----

def tree(tmp_path):
    folder = tmp_path / "tree"
    (folder / "sub/deep").mkdir(parents=True)
    for name in ("sub/deep/z", "sub/a", "b", "B"):
        (folder / name).write_bytes(name.encode())
    os.mkfifo(folder / "fifo")
    (folder / "link").symlink_to("b")
    (folder / "around").symlink_to("sub")
    return folder


def names_of(text):
    return [one.split(b"  ", 1)[1].decode() for one in text.splitlines()[:-1]]


def test_folders(tmp_path):
    tree(tmp_path)
    error(sum_of(tmp_path, "tree"), 2, "tree", "directory")
    done = sum_of(tmp_path, "-r", "tree", "tree/b")
    assert done.returncode == 0
    assert names_of(done.stdout) == ["tree/B", "tree/b", "tree/link", "tree/sub/a",
                                     "tree/sub/deep/z"]
    assert len(warnings(done)) == 1 and "around" in warnings(done)[0]
    assert check(tmp_path, done.stdout).returncode == 0


def test_lists(tmp_path):
    tree(tmp_path)
    (tmp_path / "x\ny").write_bytes(b"1")
    done = sum_of(tmp_path, "--from-list", "-", "-0", stdin=b"x\ny\0tree/b\0tree/b")
    assert done.stdout == sign([line("x\ny", b"1"), line("tree/b", b"b")])
    done = sum_of(tmp_path, "-r", "tree/B", "--from-list", "-", stdin=b"tree/sub\ntree/b\n")
    assert names_of(done.stdout) == ["tree/B", "tree/sub/a", "tree/sub/deep/z", "tree/b"]
    error(sum_of(tmp_path, "--from-list", "-", stdin=b"a\n\nb\n"), 2, "empty")
    error(sum_of(tmp_path, "--from-list", "-", stdin=b"a\0b\n"), 2, "-0")
    error(sum_of(tmp_path, "--from-list", "-", stdin=b"-\n"), 2, "list already")
    error(sum_of(tmp_path, "--from-list", "none"), 3, "none")
    error(sum_of(tmp_path, "-0"), 2, "-0")


def test_a_named_fifo_is_read_and_one_in_a_manifest_is_not(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    writer = threading.Thread(target=(tmp_path / "fifo").write_bytes, args=(b"through",))
    writer.start()
    text = sum_of(tmp_path, "fifo").stdout
    writer.join()
    assert text == sign([line("fifo", b"through")])
    done = check(tmp_path, text)
    assert done.stdout == b"fifo: FAILED open or read\n" and done.returncode == 3


def test_what_cannot_be_read_is_named_and_the_rest_is_done(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    (tmp_path / "dangling").symlink_to("nowhere")
    done = sum_of(tmp_path, "dangling", "a", "none")
    assert done.returncode == 3
    assert done.stdout == sign([line("a", b"x")])
    assert b"macaw: dangling: No such file" in done.stderr
    assert b"macaw: none: No such file" in done.stderr


# ---- large, sparse, many, changing ----

# Started from a small process, since the peak begins with that of the one before exec.
MEASURE = """
import os, sys
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, used = os.wait4(child, 0)
print(used.ru_maxrss, file=sys.stderr)
sys.exit(status != 0)
"""


def rss_of(*arguments, cwd):
    """(KB at most, output) of a run."""
    done = subprocess.run(["/usr/bin/python3", "-IS", "-c", MEASURE, MACAW, *arguments], cwd=cwd,
                          capture_output=True, check=True)
    return int(done.stderr), done.stdout


@pytest.mark.parametrize("alg", ["pmac-aes128", "cmac-aes128"])
def test_every_number_of_threads_prints_the_same(tmp_path, alg):
    sizes = [0, 1, 15, 16, 17, 4096, 262143, 262144, 262145, (8 << 20) - 1, 8 << 20, (8 << 20) + 1,
             (12 << 20) + 5, (16 << 20), 0, 7]
    data = os.urandom(1 << 20) * 17
    for n, size in enumerate(sizes):
        (tmp_path / f"f{n:02}").write_bytes(data[n:n + size])
    key = "hex:" + SECRET[:16].hex()
    names = [f"f{n:02}" for n in range(len(sizes))]
    expected = ok("tag", "-a", alg, "-k", key, *names, cwd=tmp_path)
    outputs = {sum_of(tmp_path, "--threads", n, *names, alg=alg, key=key).stdout.decode()
               for n in (1, 2, 3, 4, 16, 256)}
    assert len(outputs) == 1
    assert outputs.pop().startswith(expected + "# macaw-manifest ")


def test_a_sparse_file_in_little_memory(tmp_path):
    with open(tmp_path / "sparse", "wb") as file:
        file.seek(1 << 30)
        file.write(b"end")
    key = "hex:" + SECRET[:16].hex()
    outputs = set()
    for threads in ("1", "4"):
        used, out = rss_of("sum", "-k", key, "--threads", threads, "sparse", cwd=tmp_path)
        assert used < 64 * 1024
        outputs.add(out)
    assert len(outputs) == 1


def test_many_files_in_order(tmp_path):
    for n in range(3000):
        (tmp_path / f"{n}").write_bytes(b"%d" % n)
    names = [str(n) for n in range(3000)]
    names.reverse()
    text = sum_of(tmp_path, "--from-list", "-", stdin="\n".join(names).encode()).stdout
    assert text == sign([line(name, name.encode()) for name in names])
    assert check(tmp_path, text).stdout == "".join(f"{n}: OK\n" for n in names).encode()


@pytest.mark.parametrize("threads", [1, 4])
def test_a_file_that_changes_meanwhile_is_noticed(tmp_path, threads):
    (tmp_path / "growing").write_bytes(bytes(64 << 20))
    stop = threading.Event()

    def grow():
        with open(tmp_path / "growing", "ab") as file:
            while not stop.is_set():
                file.write(b"x")
                file.flush()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        for _ in range(50):  # the writer may have had no turn
            done = sum_of(tmp_path, "--threads", threads, "growing", alg="pmac-aes128",
                          key="hex:" + SECRET[:16].hex())
            if done.returncode != 0:
                break
    finally:
        stop.set()
        writer.join()
    error(done, 3, "growing", "changed while it was read")


def wait_until_it_reads(process, name):
    end = time.monotonic() + 60
    while True:
        open_files = Path(f"/proc/{process.pid}/fd")
        try:
            if any(os.readlink(one).endswith(name) for one in open_files.iterdir()):
                return
        except OSError:
            pass
        assert time.monotonic() < end
        time.sleep(0.01)


def test_an_interrupt_leaves_nothing_but_a_manifest_that_is_refused(tmp_path):
    with open(tmp_path / "sparse", "wb") as file:
        file.truncate(1 << 36)
    (tmp_path / "a").write_bytes(b"x")
    before = sorted(os.listdir(tmp_path))
    with subprocess.Popen([MACAW, "sum", "-a", ALG, "-k", KEY, "a", "sparse"], cwd=tmp_path,
                          stdout=subprocess.PIPE) as process:
        wait_until_it_reads(process, "sparse")
        process.send_signal(signal.SIGINT)
        out = process.stdout.read()
        assert process.wait() == -signal.SIGINT
    assert sorted(os.listdir(tmp_path)) == before
    assert check(tmp_path, out).returncode == 1


def on_terminal(*arguments, cwd):
    """What is on standard error where that is a terminal."""
    reader, writer = os.openpty()
    with subprocess.Popen([MACAW, *arguments], cwd=cwd, stdout=subprocess.DEVNULL,
                          stderr=writer) as process:
        os.close(writer)
        shown = b""
        try:
            while chunk := os.read(reader, 4096):
                shown += chunk
        except OSError:
            pass # the terminal's way to say that it ended
        assert process.wait() == 0
    os.close(reader)
    return shown


def test_progress_on_a_terminal_only(tmp_path):
    with open(tmp_path / "sparse", "wb") as file:
        file.truncate(1 << 30)
    arguments = ("sum", "-a", "kmac128", "-k", KEY, "sparse")
    shown = on_terminal(*arguments, cwd=tmp_path)
    assert b"% of 1073 MB" in shown and shown.endswith(b"\r\033[K")
    assert macaw(*arguments, cwd=tmp_path).stderr == b""


def test_algorithms_of_every_kind(tmp_path):
    """Those that fit a manifest make one that check accepts."""
    (tmp_path / "a").write_bytes(os.urandom(9 << 20))
    for alg in ("hmac-sha1", "cmac-aes256", "pmac1-aes128", "pmac-counter-aes128", "siphash-2-4",
                "blake2b", "kmac128", "xcbc-aes128"):
        length = {"cmac-aes256": 32, "pmac-counter-aes128": 32, "blake2b": 32}.get(alg, 16)
        key = "hex:" + SECRET[:length].hex()
        text = sum_of(tmp_path, "a", alg=alg, key=key).stdout
        assert check(tmp_path, text, key=key).stdout == b"a: OK\n", alg
