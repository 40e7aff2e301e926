"""macaw lab family: forgery probabilities and entropies, exactly.

The table's figures come from counting by hand and by another program; the reference
in family_reference.py recomputes all of it from the definitions.
Checklist: A18, B4, B11 to B18, B20 to B28."""

import json
import os
import random
import subprocess
from fractions import Fraction
from pathlib import Path

import family_reference as ref
import pytest

BUILD = Path(os.environ.get("MACAW_BUILD", Path(__file__).resolve().parents[2] / "build")).resolve()


def lab(*arguments, status=0):
    done = subprocess.run([str(BUILD / "macaw-lab"), "family", *map(str, arguments)],
                          capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == status, done
    return done.stdout if status == 0 else done.stderr


def measured(spec, *options):
    return json.loads(lab(spec, "--json", *options))


def log(p, times=1):
    return f"log2({p})" if times == 1 else f"{times}*log2({p})"


# spec, n, m, l, alpha, beta, 2-universal, H(K), H(K|X,Y), bound on alpha. Entropies exactly,
# or in decimals where the exact form is long.
TABLE = [
    *[(f"affine:p={p}", p, p, p * p, f"1/{p}", f"1/{p}", True,
       "2" if p == 2 else log(p, 2), "1" if p == 2 else log(p), f"1/{p}") for p in (2, 3, 5, 7)],
    ("affine:p=4", 4, 4, 16, "1/4", "1/2", False, "4", "2", "1/4"),
    ("affine:p=6", 6, 6, 36, "1/6", "1/2", False, 5.1699, 2.5850, "1/6"),
    ("affine:p=5,a!=0", 5, 5, 20, "1/5", "1/4", False, 4.3219, "2", "1/5"),
    ("affine:p=5,x=0..9", 10, 5, 25, "1/5", "1/1", False, 4.6439, 2.3219, "1/5"),
    ("shift:p=5", 5, 5, 5, "1/5", "1/1", False, 2.3219, "0", "1/5"),
    ("dot:p=3,d=2,domain=all", 9, 3, 9, "1/1", "1/1", False, 3.1699, 1.7611, .3766),
    ("dot:p=3,d=2,domain=nonzero", 8, 3, 9, "1/3", "1/1", False, 3.1699, 1.5850, "1/3"),
    *[(f"dot:p={p},d={d},domain=01", n, p, p ** d, f"1/{p}", f"1/{p}", True,
       log(p, d), log(p, d - 1), f"1/{p}") for p, d, n in ((3, 2, 3), (5, 2, 3), (3, 3, 7))],
    *[(f"dot:p={p},d={d},domain=projective", n, p, p ** d, f"1/{p}", f"1/{p}", True,
       log(p, d), log(p, d - 1), f"1/{p}") for p, d, n in ((3, 2, 4), (3, 3, 13), (5, 2, 6))],
    *[(f"dot:p={p},d={d},domain=all,plus-b", p ** d, p, p ** (d + 1), f"1/{p}", f"1/{p}", True,
       log(p, d + 1), log(p, d), f"1/{p}") for p, d in ((3, 2), (5, 2), (3, 3))],
    *[(f"poly:q={q},len={n}", q ** n, q, q * q, f"1/{q}", f"{n}/{q}", n == 1,
       log(q, 2), log(q), f"1/{q}") for q, n in ((5, 1), (5, 2), (5, 3), (7, 2), (7, 3))],
    ("poly:q=5,len=1..2", 30, 5, 25, "1/5", "1/1", False, log(5, 2), log(5), "1/5"),
    ("poly:q=5,len=1..2,monic", 30, 5, 25, "1/5", "3/5", False, log(5, 2), log(5), "1/5"),
    ("functions:n=3,m=2", 3, 2, 8, "1/2", "1/2", True, "3", "2", "1/2"),
    ("affine:p=5,mod=2", 5, 2, 25, "3/5", "3/5", False, 4.6439, 3.6729, .5102),
    ("affine:p=5,weights=a0:4", 5, 5, 25, "1/5", "1/2", False, 4.3219, 2, "1/5"),
    ("affine:p=5,weights=b0:4", 5, 5, 25, "1/2", "1/2", False, 4.3219, 2.0644, .2091),
    ("constant:m=25,n=10", 10, 25, 25, "1/1", "1/1", False, 4.6439, .4644, .0552),
    ("hmac:keys=64,keybytes=1,messages=8,bits=2", 8, 4, 64, "3/8", "2/3", False,
     "6", 4.0405, .2571),
    ("hmac:keys=4096,keybytes=2,messages=8,bits=2", 8, 4, 4096, "137/512", "303/1015", False,
     "12", 10.0008, .2501),
]


def check_value(value, want):
    if isinstance(want, str):
        assert value["exact"] == want
    else:
        assert round(value["decimal"], 4) == want


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_the_expected_values(row):
    spec, n, m, l, alpha, beta, two_universal, h_k, h_k_given_xy, bound = row
    got = measured(spec)
    assert (got["n"], got["m"], got["l"]) == (n, m, l)
    assert (got["alpha"], got["beta"]) == (alpha, beta)
    assert got["two_universal"] is two_universal
    check_value(got["H_K"], h_k)
    check_value(got["H_K_given_XY"], h_k_given_xy)
    check_value(got["bound_alpha"], bound)
    assert all(b["holds"] for b in got["bounds"])
    assert got["identities"]["H(K)-H(K|X,Y) = H(Y|X)"]


# ---- against the definitions ----

REFERENCES = {
    "affine:p=6": ref.affine(6),
    "affine:p=5,a!=0": ref.affine(5, nonzero=True),
    "affine:p=5,x=0..9": ref.affine(5, range(10)),
    "affine:p=5,x=3..7": ref.affine(5, range(3, 8)),
    "affine:p=5,mod=2": ref.truncated(ref.affine(5), 2),
    "affine:p=5,mod=1": ref.truncated(ref.affine(5), 1),
    "affine:p=5,weights=a0:4": ref.weighted(ref.affine(5), lambda k: 4 if k < 5 else 1),
    "affine:p=5,weights=a0:4+b1:3": ref.weighted(
        ref.affine(5), lambda k: (4 if k < 5 else 1) * (3 if k % 5 == 1 else 1)),
    "affine:p=3,a!=0,weights=a1:2": ref.weighted(
        ref.affine(3, nonzero=True), lambda k: 2 if k < 3 else 1),
    "affine:p=3,xweights=0:4+2:7": ref.Family(ref.affine(3).h, 3, None, [4, 1, 7]),
    "shift:p=7": ref.shift(7),
    "shift:p=20": ref.shift(20),
    "dot:p=3,d=2,domain=all": ref.dot(3, 2, "all"),
    "dot:p=4,d=2,domain=nonzero": ref.dot(4, 2, "nonzero"),
    "dot:p=3,d=3,domain=01": ref.dot(3, 3, "01"),
    "dot:p=3,d=2,domain=projective,weights=k1=0:4": ref.weighted(
        ref.dot(3, 2, "projective"), lambda k: 4 if k < 3 else 1),
    "dot:p=2,d=3,domain=all,plus-b,weights=b1:5": ref.weighted(
        ref.dot(2, 3, "all", True), lambda k: 5 if k % 2 else 1),
    "poly:q=3,len=2": ref.poly(3, [2]),
    "poly:q=3,len=1..2,monic": ref.poly(3, [1, 2], True),
    "functions:n=3,m=3": ref.functions(3, 3),
    "functions:n=1,m=3": ref.functions(1, 3),
    "constant:m=6,n=4": ref.constant(6, 4),
    "hmac:keys=24,keybytes=1,messages=5,bits=3": ref.hmac_family(24, 1, 5, 3),
    "hmac:keys=24,keybytes=2,messages=4,bits=3,mod=5": ref.truncated(
        ref.hmac_family(24, 2, 4, 3), 5),
}


def compare(got, family):
    want = ref.measure(family)
    for name in ("n", "m", "l"):
        assert got[name] == want[name]
    for name in ("H_K", "H_X", "H_Y", "H_XY", "H_K_given_XY", "H_K_given_M2"):
        if name in want:
            assert ref.parse_exact(got[name]["exact"]) == want[name], name
            assert got[name]["decimal"] == pytest.approx(ref.decimal(want[name]), abs=1e-12)
    assert Fraction(got["alpha"]) == want["alpha"]
    assert (got["beta"] is None) == ("beta" not in want)
    if "beta" in want:
        assert Fraction(got["beta"]) == want["beta"]
        assert got["two_universal"] is want["two_universal"]
        assert Fraction(got["universal"]["probability"]) == want["universal"]
        if got["delta_universal"] is not None:
            assert Fraction(got["delta_universal"]["probability"]) == want["delta_universal"]
            assert Fraction(got["xor_universal"]["probability"]) == want["xor_universal"]
        assert got["identities"]["H(K|M^2) = H(K|M)-H(Y'|M,X')"]
        if got["two_universal"]:
            assert got["alpha"] == got["beta"] == f"1/{got['m']}"
        assert got["two_universal"] is (Fraction(got["beta"]) == Fraction(1, got["m"]))
    assert got["identities"]["H(K)-H(K|X,Y) = H(Y|X)"]
    assert got["identities"]["H(K|X,Y) = H(K)+H(X)-H(X,Y)"]
    assert got["identities"]["H(X,Y) = H(X)+H(Y)"] is got["independent_XY"]
    assert all(bound["holds"] for bound in got["bounds"]), got["bounds"]


@pytest.mark.parametrize("spec", REFERENCES)
def test_formulas_against_the_definitions(spec):
    compare(measured(spec), REFERENCES[spec])


def random_family(rng):
    n, m, l = rng.randint(1, 5), rng.randint(1, 5), rng.randint(1, 12)
    h = [[rng.randrange(m) for _ in range(n)] for _ in range(l)]
    weights = rng.choice([[1], [1, 2], [1, 3, 6, 10]])
    return ref.Family(h, m, [rng.choice(weights) for _ in range(l)],
                      [rng.choice(weights) for _ in range(n)])


@pytest.mark.parametrize("seed", range(60))
def test_random_tables_against_the_definitions(tmp_path, seed):
    family = random_family(random.Random(seed))
    ref.write_csv(tmp_path / "f.csv", family)
    compare(measured(f"csv:{tmp_path}/f.csv,tags={family.m}", "-j", 1 + seed % 3), family)


def test_the_forgeries_named_have_their_chances(tmp_path):
    for seed in range(20):
        family = random_family(random.Random(1000 + seed))
        ref.write_csv(tmp_path / "f.csv", family)
        got = measured(f"csv:{tmp_path}/f.csv,tags={family.m}")
        x, y = int(got["impersonation"]["message"][1:]), int(got["impersonation"]["tag"])
        assert sum(p for p, row in zip(family.pk, family.h) if row[x] == y) == \
            Fraction(got["alpha"])
        if got["substitution"]:
            s = got["substitution"]
            x, y, o, z = int(s["message"][1:]), int(s["tag"]), int(s["other_message"][1:]), \
                int(s["other_tag"])
            assert x != o
            both = sum(p for p, row in zip(family.pk, family.h) if (row[x], row[o]) == (y, z))
            seen = sum(p for p, row in zip(family.pk, family.h) if row[x] == y)
            assert both / seen == Fraction(got["beta"])


def test_the_table_of_alpha_and_beta():
    rows = [line.split(",") for line in lab("affine:p=5,weights=a0:4", "--table").splitlines()]
    assert rows[0] == ["message", "tag", "alpha", "beta"]
    assert len(rows) == 26
    assert all(row[2:] == ["1/5", "1/2"] for row in rows[1:])
    zero = lab("constant:m=5,n=3", "--table").splitlines()
    assert zero[1] == "0,0,1/1,1/5" and zero[2] == "0,1,0/1,0/1"


# ---- what the sources leave open ----

def test_equivalence_needs_equiprobable_keys(tmp_path):
    """ax+b mod 3 with one key in two halves: beta = 1/3, but 10 keys are not 9 times anything."""
    whole = ref.affine(3)
    split = ref.Family(whole.h + [whole.h[0]], 3, [1] + [2] * 8 + [1])
    ref.write_csv(tmp_path / "split.csv", split)
    got = measured(f"csv:{tmp_path}/split.csv")
    assert (got["l"], got["alpha"], got["beta"]) == (10, "1/3", "1/3")
    assert got["two_universal"] is True
    assert got["two_universal_keys"] is False
    assert got["counts"]["keys_min"] == 1 and got["counts"]["keys_max"] == 2


def test_weights_and_counts_of_keys_are_told_apart():
    got = measured("affine:p=5,weights=a0:4")
    assert (got["two_universal"], got["two_universal_keys"]) == (False, True)


def test_two_universal_families_meet_the_array_bound():
    for spec in ("dot:p=3,d=2,domain=projective", "dot:p=3,d=3,domain=projective",
                 "dot:p=5,d=2,domain=projective"):
        bounds = {b["name"]: b for b in measured(spec)["bounds"]}
        assert bounds["l >= n(m-1)+1"]["equal"] and bounds["l >= m^2"]["holds"]


def test_the_histogram_of_a_two_universal_family_is_one_spike():
    got = measured("affine:p=7")
    assert got["counts"]["histogram"] == [[1, 21 * 49]] and got["counts"]["expected"] == "1/1"
    spread = measured("hmac:keys=64,keybytes=1,messages=8,bits=2")["counts"]["histogram"]
    assert sum(times for _, times in spread) == 28 * 16 and len(spread) > 5


def test_universal_is_weaker_than_two_universal():
    got = measured("shift:p=5")
    assert got["universal"]["holds"] and not got["two_universal"]
    assert got["delta_universal"]["probability"] == "1/1"


def test_mod_q_hashing_is_universal_for_differences_not_for_xor():
    """Without the added key: what Carter-Wegman with a xor mask relies on fails."""
    got = measured("dot:p=5,d=1,domain=nonzero")
    assert got["delta_universal"]["holds"]
    assert not got["xor_universal"]["holds"]


def test_the_dot_product_compresses():
    got = measured("dot:p=5,d=2,domain=01")
    assert got["tag_bits"] == pytest.approx(2.321928)
    got = measured("dot:p=3,d=3,domain=projective")
    assert got["message_bits"] > 2 * got["tag_bits"] and got["two_universal"]


def test_all_functions_are_counted():
    assert measured("functions:n=5,m=3")["l"] == 3 ** 5
    assert measured("functions:n=4,m=4")["two_universal"] is True


def test_counter_cases():
    cases = json.loads(lab("--counter-cases", "--json"))
    assert len(cases) >= 7 and all(case["shown"] for case in cases)
    assert lab("--counter-cases").count("shown: ") == len(cases)


# ---- sweeps ----

def sweep(spec, kind, *more):
    lines = lab(spec, "--sweep", kind, *more).splitlines()
    names = lines[0].split(",")
    return [dict(zip(names, line.split(","))) for line in lines[1:]]


def test_skewed_keys():
    rows = sweep("affine:p=5", "skew")
    assert [int(row["weight"]) for row in rows] == [2 ** i for i in range(11)]
    for row in rows:
        weight = int(row["weight"])
        assert row["alpha"] == "1/5"
        assert Fraction(row["beta"]) == Fraction(weight, weight + 4)
    assert [row["alpha"] for row in sweep("affine:p=5", "skew", "--rule", "b0")][2] == "1/2"


def test_truncation_is_a_staircase():
    rows = sweep("affine:p=7", "truncate")
    for row in rows:
        m = int(row["mod"])
        assert Fraction(row["alpha"]) == Fraction(-(-7 // m), 7)


def test_length_costs_a_factor():
    rows = sweep("poly:q=7,len=1", "length")
    assert len(rows) >= 4
    for row in rows:
        assert Fraction(row["beta"]) == Fraction(int(row["len"]), 7)


# ---- threads, size ----

def test_threads_do_not_change_the_result():
    specs = ("affine:p=11,xweights=3:2+5:9,weights=a0:3", "hmac:keys=300,keybytes=2,messages=40,bits=6",
             "shift:p=67")
    for spec in specs:
        assert measured(spec, "-j", 1) == measured(spec, "-j", 3) == measured(spec)


def test_large_family():
    got = measured("affine:p=101")
    assert (got["alpha"], got["beta"], got["two_universal"]) == ("1/101", "1/101", True)
    assert got["H_K"]["exact"] == "2*log2(101)"


# ---- plots ----

def test_plots(tmp_path):
    out = lab("poly:q=5,len=2", "--svg", tmp_path / "plots").splitlines()
    names = {Path(line).name for line in out}
    assert names == {f"{name}.{ending}" for ending in ("svg", "csv") for name in
                     ("skew", "truncate", "length", "counts", "beta", "alpha")}
    for line in out:
        assert Path(line).stat().st_size > 0
