"""Where macaw lab report writes: disks that are full, devices, files that are not there."""

import resource
import signal
import subprocess

import pytest

from laboratory import MACAW, lab


def small_files():
    """For a child: a disk that is full after 4 KiB."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))


def test_a_full_disk_leaves_the_old_report(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("old")
    done = lab("report", "--repeat", 2, "-o", page, "cbc-two-block", preexec_fn=small_files)
    assert done.returncode == 3 and done.stderr == f"macaw: {page}: File too large\n"
    assert page.read_text() == "old" and list(tmp_path.iterdir()) == [page]
    assert lab("report", "--repeat", 2, "-o", page, "cbc-two-block").returncode == 0
    assert page.read_text().endswith("</html>\n") and list(tmp_path.iterdir()) == [page]


def test_a_device_behind_a_link_is_not_replaced(tmp_path):
    link = tmp_path / "link"
    link.symlink_to("/dev/full")
    done = lab("report", "--repeat", 2, "-o", link, "cbc-two-block")
    assert (done.returncode, done.stderr) == (3, f"macaw: {link}: No space left on device\n")
    assert link.is_symlink()


def test_a_full_output_is_said_once():
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([MACAW, "lab", "report", "--repeat", "2", "cbc-two-block"], stdout=full,
                              stderr=subprocess.PIPE, text=True, timeout=600, check=False)
    assert (done.returncode, done.stderr) == (3, "macaw: standard output: No space left on device\n")


def test_a_full_folder_is_said_once(tmp_path):
    done = lab("report", "--repeat", 2, "--folder", tmp_path / "full", "cbc-two-block",
               preexec_fn=small_files)
    assert done.returncode == 3
    assert done.stderr == f"macaw: {tmp_path}/full/index.html: File too large\n"
    assert list((tmp_path / "full").iterdir()) == []


@pytest.mark.parametrize("option", ["-o", "--folder"])
def test_where_nothing_can_be_written_nothing_is_run(option, tmp_path):
    where = tmp_path / "nowhere" / "page"
    done = lab("report", "--repeat", 1000000, option, where, "short-tag", timeout=60)
    assert (done.returncode, done.stderr) == (3, f"macaw: {where}: No such file or directory\n")


def test_results_that_are_not_there(tmp_path):
    done = lab("report", "--from", "/nothing")
    assert (done.returncode, done.stderr) == (3, "macaw: /nothing: No such file or directory\n")
    (tmp_path / "half.json").write_text("{")
    done = lab("report", "--from", tmp_path / "half.json")
    assert done.returncode == 2 and "half.json: line 1: " in done.stderr
