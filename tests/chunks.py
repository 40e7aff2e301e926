#!/usr/bin/python3
"""Run folders of Python tests side by side: tests/chunks.py FOLDER...

A folder is a run of pytest by itself, so that folders share no module names; a long one
is cut into runs of some files each. Each run prints when it ends; the last line is the sum.
"""

import collections
import concurrent.futures
import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
FILES = 5   # of one run


def chunks_of(folder):
    """Lists of test files."""
    files = sorted(folder.glob("test_*.py"))
    count = -(-len(files) // FILES)
    return [files[i::count] for i in range(count)]


def junit_counts(path):
    counts = collections.Counter()
    for suite in xml.etree.ElementTree.parse(path).getroot().iter("testsuite"):
        failed = int(suite.get("failures")) + int(suite.get("errors"))
        skipped = int(suite.get("skipped"))
        counts.update(failed=failed, skipped=skipped,
                      passed=int(suite.get("tests")) - failed - skipped)
    return counts


def run_chunk(files):
    """Counts of some files of one folder."""
    with tempfile.TemporaryDirectory() as temporary:
        report = Path(temporary) / "junit.xml"
        command = ["/usr/bin/python3", "-m", "pytest", "-q", "-p", "no:cacheprovider",
                   f"--junitxml={report}", *files]
        done = subprocess.run(command, cwd=REPOSITORY, check=False, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT,
                              env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
        counts = junit_counts(report) if report.exists() else collections.Counter()
    if done.returncode != 0 and not counts["failed"]:
        counts["failed"] += 1
    folder = files[0].parent.relative_to(REPOSITORY)
    print(f"== {folder}: {', '.join(f.stem[5:] for f in files)}\n"
          + done.stdout.decode(errors="replace"), flush=True)
    return counts


def submit(pool, folders):
    """Futures of counts, by the folder's name."""
    return {folder.name: [pool.submit(run_chunk, files) for files in chunks_of(folder)]
            for folder in folders}


def sum_of(futures):
    return sum((future.result() for future in futures), collections.Counter())


def main():
    folders = [Path(word).resolve() for word in sys.argv[1:]]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        total = sum_of([one for futures in submit(pool, folders).values() for one in futures])
    print(f"sum: {total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return 1 if total["failed"] or not total["passed"] else 0


if __name__ == "__main__":
    sys.exit(main())
