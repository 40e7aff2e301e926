"""macaw lab entropy: distributions by themselves. Checklist: B14, B18 to B21."""

import collections
import json
import math
import os
import random
import subprocess
from fractions import Fraction
from pathlib import Path

import family_reference as ref
import pytest

BUILD = Path(os.environ.get("MACAW_BUILD", Path(__file__).resolve().parents[2] / "build")).resolve()


def run(*arguments):
    return subprocess.run([str(BUILD / "macaw-lab"), "entropy", *map(str, arguments)],
                          capture_output=True, text=True, timeout=600, check=False)


def entropy(*arguments):
    done = run(*arguments, "--json")
    assert done.returncode == 0, done
    return json.loads(done.stdout)


def exact(value):
    return ref.parse_exact(value["exact"])


def text(weights):
    return ",".join(map(str, weights))


@pytest.mark.parametrize("weights, want", [
    ([1], "0"), ([5], "0"), ([0, 3, 0], "0"), ([1, 1], "1"), ([1, 1, 2], "3/2"), ([1] * 8, "3"),
    ([1, 1, 1], "log2(3)"), ([1, 2], "-2/3 + log2(3)"),
    ([1, 2, 3, 4], "-3/10*log2(3) + log2(5)"),
])
def test_entropy(weights, want):
    got = entropy(text(weights))["H"]
    assert got["exact"] == want
    assert exact(got) == ref.entropy(Fraction(w, sum(weights)) for w in weights)


def test_random_distributions():
    rng = random.Random(5)
    for _ in range(30):
        weights = [rng.randrange(0, 50) for _ in range(rng.randint(1, 12))] + [1]
        got = entropy(text(weights))
        want = ref.entropy(Fraction(w, sum(weights)) for w in weights)
        assert exact(got["H"]) == want
        assert got["H"]["decimal"] == pytest.approx(ref.decimal(want), abs=1e-12)
        values = sum(1 for w in weights if w)
        assert got["uniform"] is (len({w for w in weights if w}) == 1)
        assert got["H"]["decimal"] <= math.log2(values) + 1e-12


@pytest.mark.parametrize("tosses", [1, 2, 10, 53, 62])
def test_n_tosses_have_n_bits(tosses):
    assert entropy("--coins", tosses)["H"] == {"decimal": float(tosses), "exact": str(tosses)}


def test_joint_entropy_is_the_sum_only_if_independent():
    rng = random.Random(6)
    independent = 0
    for _ in range(60):
        rows, columns = rng.randint(1, 4), rng.randint(1, 4)
        if rng.random() < 0.4:
            a, b = ([rng.randint(1, 4) for _ in range(n)] for n in (rows, columns))
            table = [[x * y for y in b] for x in a]
        else:
            table = [[rng.randrange(4) for _ in range(columns)] for _ in range(rows)]
            table[0][0] += 1
        total = sum(map(sum, table))
        got = entropy("--joint", "/".join(map(text, table)))
        p = [[Fraction(w, total) for w in row] for row in table]
        px, py = [sum(row) for row in p], [sum(column) for column in zip(*p)]
        product = all(p[i][j] == px[i] * py[j] for i in range(rows) for j in range(columns))
        assert exact(got["H_X"]) == ref.entropy(px)
        assert exact(got["H_Y"]) == ref.entropy(py)
        assert exact(got["H_XY"]) == ref.entropy(q for row in p for q in row)
        conditional = collections.defaultdict(Fraction)
        for i, row in enumerate(p):
            if px[i]:
                ref.add(conditional, ref.entropy(q / px[i] for q in row), px[i])
        assert exact(got["H_Y_given_X"]) == ref.clean(conditional)
        assert got["independent"] is got["sum"] is product
        independent += product
    assert 10 < independent < 50


# ---- Jensen ----

def test_jensen_for_the_logarithm_is_exact():
    got = entropy("1,1,1", "--jensen", "log2(x)", "--values", "1,2,4")
    assert got["exact_mean_of_f"]["exact"] == "1"
    assert got["exact_f_of_mean"]["exact"] == "-log2(3) + log2(7)"
    assert got["shape"] == "concave" and got["holds"] and not got["equal"]
    same = entropy("1,5,0", "--jensen", "log2(x)", "--values", "7,7,3")
    assert same["equal"] and same["holds"]


@pytest.mark.parametrize("function, shape, f", [
    ("log2(x)", "concave", math.log2), ("sqrt(x)", "concave", math.sqrt),
    ("x^2", "convex", lambda x: x * x), ("exp2(x)", "convex", lambda x: 2 ** x),
    ("1/x", "convex", lambda x: 1 / x), ("x*log2(x)", "convex", lambda x: x * math.log2(x)),
    ("3*x-2", "linear", lambda x: 3 * x - 2), ("-(x-2)^2", "concave", lambda x: -(x - 2) ** 2),
    ("-x^2+1", "concave", lambda x: 1 - x * x), ("x^3-6*x^2", "neither", lambda x: x ** 3 - 6 * x * x),
    ("2^x/4", "convex", lambda x: 2 ** x / 4), ("1.5", "linear", lambda x: 1.5),
])
def test_jensen_for_any_function(function, shape, f):
    rng = random.Random(7)
    for _ in range(5):
        values = rng.sample(range(1, 9), 4)
        values[0], values[1] = 1, 8
        weights = [rng.randint(1, 9) for _ in values]
        got = entropy(text(weights), "--jensen", function, "--values", text(values))
        total = sum(weights)
        assert got["shape"] == shape and got["holds"]
        assert got["mean_of_f"] == pytest.approx(
            sum(w * f(x) for w, x in zip(weights, values)) / total)
        assert got["f_of_mean"] == pytest.approx(
            f(sum(w * x for w, x in zip(weights, values)) / total))


@pytest.mark.parametrize("arguments, words", [
    ([], ["one of them"]), (["1", "--coins", "3"], ["one of them"]), (["--coins", "0"], ["1 to 62"]),
    (["--coins", "63"], ["1 to 62"]), (["0,0"], ["all weights are 0"]), (["1,"], ["byte 2"]),
    (["1,-1"], ["byte 2"]), (["1,2.5"], ["byte 2"]), (["1/2"], ["--joint"]),
    (["1000001"], ["1000000"]), (["--joint", "1,2/3"], ["shorter"]),
    (["--joint", "1/2,3"], ["longer"]), (["--joint", "1,1", "--jensen", "x"], ["--jensen"]),
    (["1,1", "--values", "1,2"], ["--values"]),
    (["1,1", "--jensen", "x", "--values", "1"], ["as many"]),
    (["1,1", "--jensen", "x", "--values", "0,1"], ["values are 1"]),
    (["1,1", "--jensen", ""], ["expected a number"]), (["1,1", "--jensen", "x+"], ["byte 2"]),
    (["1,1", "--jensen", "(x"], ["byte 2", "closing"]), (["1,1", "--jensen", "x x"], ["operator"]),
    (["1,1", "--jensen", "log2(x-1)"], ["no value at x = 1"]),
    (["1,1", "--jensen", "(" * 100 + "x"], ["parentheses"]),
    (["1,1", "--jensen", "1e5"], ["operator"]), (["1,1", "--jensen", ".5"], ["expected a number"]),
])
def test_wrong_use(arguments, words):
    done = run(*arguments)
    assert done.returncode == 2 and done.stdout == "", done
    assert len(done.stderr.splitlines()) == 1
    for word in words:
        assert word in done.stderr


def test_plots(tmp_path):
    made = "".join(run(*arguments, "--svg", tmp_path / "p").stdout for arguments in
                   (["1,2,3"], ["1,2,3", "--jensen", "sqrt(x)"], ["--joint", "1,0/2,3"],
                    ["--coins", "5"]))
    for name in ("entropy", "jensen", "joint", "coins", "bias"):
        assert f"/p/{name}.svg" in made
        assert "<title" in (tmp_path / "p" / f"{name}.svg").read_text(encoding="utf-8")
