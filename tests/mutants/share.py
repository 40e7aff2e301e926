"""Which seeded bugs a change is about, and a tenth of the others."""

import subprocess

SHARES = 10


def git(root, *words):
    """What git says, or None where there is no repository or no such commit."""
    done = subprocess.run(["git", "-C", root, *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def base_of(root):
    """Where a branch left main; on main, the commit before."""
    base = git(root, "merge-base", "HEAD", "origin/main") or git(root, "merge-base", "HEAD", "main")
    head = git(root, "rev-parse", "HEAD")
    return git(root, "rev-parse", "HEAD~1") if base in (None, head) else base


def rows_at(root, commit):
    """The list as it was."""
    names = {}
    exec(git(root, "show", f"{commit}:tests/mutants/mutants.py") or "MUTANTS = []", names)
    return set(names["MUTANTS"])


def test_file(test):
    folder, _, name = test.rpartition("/")
    return f"tests/{folder}/test_{name}.py" if folder else f"tests/unit/test_{name}.c"


def of(root, mutants):
    """The rows to try; prints which and why."""
    base = base_of(root)
    changed = set((git(root, "diff", "--name-only", base) or "").splitlines()) if base else set()
    rows = rows_at(root, base) if "tests/mutants/mutants.py" in changed else set(mutants)
    head = git(root, "rev-parse", "HEAD")
    share = int(head[:8], 16) % SHARES if head else 0
    about = [m for m in mutants if m[0] in changed or test_file(m[3]) in changed or m not in rows]
    chosen = [m for i, m in enumerate(mutants) if m in about or i % SHARES == share]
    since = f"{len(about)} of what changed since {base[:7]}" if base else "no commit to compare with"
    print(f"share: seeded bugs: {len(chosen)} of {len(mutants)} ({since}, and share "
          f"{share + 1} of {SHARES}); all: make mutants", flush=True)
    return chosen
