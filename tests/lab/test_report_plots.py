"""The plots that cards name: theory beside the results, each as SVG, as CSV and on the page."""

import csv
import json
import math
import re
import subprocess
import xml.etree.ElementTree as ElementTree

import pytest
from laboratory import MACAW, cards, result

SVG = "{http://www.w3.org/2000/svg}"

# id: curves of theory, or points of it, that stand in it
PLOTS = {
    "birthday-all": ["1 − exp(−q²/2^(t+1))"],
    "birthday-16": ["1 − exp(−q²/2^(t+1))"],
    "birthday-20": ["1 − exp(−q²/2^(t+1))"],
    "birthday-24": ["1 − exp(−q²/2^(t+1))"],
    "birthday-32": ["1 − exp(−q²/2^(t+1))"],
    "cookie-volume-birthday": ["64 bits: DES", "128 bits: AES", "256 bits: HMAC-SHA-256"],
    "cookie-volume-bits": ["slope 1: 2^b, times *"],
    "cookie-volume-cookies": ["no slope, times *"],
    "costs-calls": ["blocks of the message: the least"],
    "costs-change": [],
    "costs-limits": [],
    "crc-errors-map": [],
    "crc-errors-missed": ["2^−w"],
    "equal-pads-distance": [],
    "equal-pads-rate": ["theory"],
    "hash-flooding-comparisons": ["n(n−1)/2: slope 2", "n/2: slope 1"],
    "hash-flooding-seconds": ["slope 2, times *"],
    "key-avalanche-flipped": [],
    "key-avalanche-spread": ["256 coins", "64 coins"],
    "length-extension-state": [],
    "nested-bound": [],
    "nested-hmac-rate": [],
    "nested-hmac-seconds": [],
    "nonce-reuse-rate": ["8 bits", "16 bits", "24 bits", "32 bits", "64 bits", "128 bits"],
    "onetime-bound-rate": ["L / q, q = 101"],
    "onetime-reuse-candidates": ["expected: 1 for L = 1, else 2", "never more than L"],
    "partial-coverage-map": [],
    "prf-game-advantage": ["theory: 1 or 0"],
    "replay-accepted": [],
    "short-tag-rate": ["g / 256"],
    "short-tag-seconds": ["2^t, times *"],
    "short-tag-tries": ["(2^t + 1) / 2"],
    "small-state-mean": ["√(π/2) · 2^(s/2)"],
    "small-state-searches": ["x · exp(−x²/2)"],
    "small-state-usable": ["theory: 1 and 1/3"],
    "sponge-capacity-rate": ["2^−c"],
    "suffix-collision-difference": [],
    "timing-bytes": [],
    "timing-histogram-early": [],
    "timing-histogram-library": [],
    "timing-welch": [],
    "verifier-zoo-map": [],
    "verifier-zoo-random": ["theory"],
    "verifier-zoo-zeros": ["theory"],
}


def number(text):
    return float(text) if text else math.nan


def table(folder, name):
    """{series: {x: (y, low, high)}} of a CSV; x as it is written."""
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as rows:
        ret = {}
        for row in csv.DictReader(rows):
            ret.setdefault(row["series"], {})[row["x"]] = tuple(
                number(row[one]) for one in ("y", "low", "high"))
    return ret


def curve(folder, name, label):
    """[(x, y)] of a curve of theory."""
    return [(float(x), y) for x, (y, _, _) in table(folder, name)[label].items()]


def cases(folder, card, **settings):
    results = json.loads((folder / "results.json").read_text())
    (one,) = [one for one in results["cards"] if one["card"] == card]
    return [case for case in one["cases"]
            if settings.items() <= {**case["settings"], "construction": case["construction"],
                                    "role": case["role"]}.items()]


# ---- what is there ----

@pytest.mark.parametrize("name", PLOTS)
def test_a_plot_says_what_it_shows(folder, name):
    root = ElementTree.parse(folder / f"{name}.svg").getroot()
    title, about = root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text
    assert root.get("role") == "img" and len(title) > 12 and about.endswith(".")
    assert not re.fullmatch(r"[a-z0-9-]+: .*", title)
    labels = [one.text for one in root.iter(f"{SVG}text") if one.get("class") == "mp-label"]
    assert len(labels) == (1 if name.endswith("-map") else 2)
    text = " ".join(one.text for one in root.iter(f"{SVG}text"))
    assert not re.search(r"\b(nan|inf)\b", text)
    page = (folder / "index.html").read_text()
    assert page.count(f'id="{name}-title"') == 1
    assert re.search(rf'id="{name}-title".*?</svg>\s*<figcaption>[^<]+</figcaption>\s*'
                     r"<details><summary>The numbers of .*?<table>", page, re.DOTALL)


@pytest.mark.parametrize("name", [name for name, theory in PLOTS.items() if theory])
def test_theory_stands_beside_the_results(folder, name):
    series = table(folder, name)
    for label in PLOTS[name]:
        start = label.removesuffix("*")
        (found,) = [one for one in series if one.startswith(start)
                    and (label.endswith("*") or one == label)]
        assert all(math.isfinite(y) for y, _, _ in series[found].values())
    measured = len(series) - len(PLOTS[name])
    assert measured >= (0 if name == "cookie-volume-birthday" else 1)


def test_no_other_plots_are_drawn(folder):
    """Each plot of a card is in the list above, so that it is tested."""
    found = {one.stem for one in folder.glob("*.csv")}
    names = cards() + ["costs"]
    assert {one for one in found if any(one.startswith(f"{name}-") for name in names)} == set(PLOTS)


# ---- theory ----

@pytest.mark.parametrize("name, label, formula", [
    ("birthday-16", "1 − exp(−q²/2^(t+1))", lambda q: -math.expm1(-q * q / 2**17)),
    ("birthday-all", "1 − exp(−q²/2^(t+1))", lambda c: 1 - math.exp(-c * c / 2)),
    ("cookie-volume-birthday", "64 bits: DES", lambda n: -math.expm1(-n * n / 2**65)),
    ("crc-errors-missed", "2^−w", lambda w: 2**-w),
    ("hash-flooding-comparisons", "n(n−1)/2: slope 2", lambda n: n * (n - 1) / 2),
    ("nonce-reuse-rate", "64 bits", lambda q: -math.expm1(-q * (q - 1) / 2**65)),
    ("onetime-bound-rate", "L / q, q = 101", lambda length: length / 101),
    ("short-tag-rate", "g / 256", lambda g: g / 256),
    ("short-tag-tries", "(2^t + 1) / 2", lambda t: (2**t + 1) / 2),
    ("small-state-mean", "√(π/2) · 2^(s/2)", lambda s: math.sqrt(math.pi / 2) * 2**(s / 2)),
    ("sponge-capacity-rate", "2^−c", lambda c: 2**-c),
])
def test_curves_are_those_of_their_names(folder, name, label, formula):
    points = curve(folder, name, label)
    assert len(points) > 100
    for x, y in points:
        assert y == pytest.approx(formula(x), rel=1e-6, abs=1e-9)


def test_densities_add_up_to_one(folder):
    """Over the width of a bin, which they are multiplied with."""
    points = curve(folder, "small-state-searches", "x · exp(−x²/2)")
    step = points[1][0] - points[0][0]
    assert sum(y for _, y in points) * step / 0.25 == pytest.approx(1 - math.exp(-8), abs=2e-3)
    for coins in ("256 coins", "64 coins"):
        points = curve(folder, "key-avalanche-spread", coins)
        step = points[1][0] - points[0][0]
        assert sum(y for _, y in points) * step / (1 / 32) == pytest.approx(1, abs=2e-3)


def test_what_is_fitted_has_its_slope_and_goes_through_the_points(folder):
    points = dict(curve(folder, "short-tag-seconds", next(
        one for one in table(folder, "short-tag-seconds") if one.startswith("2^t"))))
    xs = sorted(points)
    assert math.log2(points[xs[-1]] / points[xs[0]]) == pytest.approx(xs[-1] - xs[0])
    measured = table(folder, "short-tag-seconds")["measured, with 95 % interval"]
    off = [math.log(y / points[min(xs, key=lambda at, x=x: abs(at - float(x)))])
           for x, (y, _, _) in measured.items()]
    assert abs(sum(off) / len(off)) < 0.5  # the grid is coarse


# ---- results ----

def test_means_are_those_of_the_games(folder):
    measured = table(folder, "short-tag-tries")["measured, with 95 % interval"]
    for case in cases(folder, "short-tag", construction="truncated-any", guesses="0"):
        tries = case["measures"]["tries"]
        mean, low, high = measured.pop(case["settings"]["tag-bits"])
        assert mean == pytest.approx(sum(tries) / len(tries))
        variance = sum((y - mean)**2 for y in tries) / (len(tries) - 1)
        half = 3.18245 * math.sqrt(variance / len(tries))  # Student's t, 3 degrees of freedom
        assert (mean - low, high - mean) == pytest.approx((half, half), rel=1e-4)
    assert not measured


def test_rates_and_intervals_are_those_of_the_cases(folder):
    measured = table(folder, "onetime-bound-rate")["measured, with 95 % interval"]
    for case in cases(folder, "onetime-bound", construction="onetime-small"):
        assert measured.pop(case["settings"]["blocks"]) == pytest.approx(
            (case["success"], *case["interval"]), abs=1e-9)
    assert not measured


def test_advantages_are_twice_the_rate_less_one(folder):
    measured = table(folder, "prf-game-advantage")["measured, with 95 % interval"]
    for case in cases(folder, "prf-game"):
        y, low, high = measured[case["settings"]["of"]]
        assert (y, low, high) == pytest.approx(
            [2 * one - 1 for one in (case["success"], *case["interval"])], abs=1e-9)


def test_errors_missed_are_counted_by_the_try(folder):
    missed = table(folder, "crc-errors-missed")
    for case in cases(folder, "crc-errors", errors="random", crc="crc64", construction="crc-plain"):
        tries = sum(case["measures"]["errors"])
        y, low, high = missed["random errors, with 95 % interval"]["64"]
        assert y == low == 0
        assert high == pytest.approx(1 - 0.025 ** (1 / tries))
    assert {x: y for x, (y, _, _) in missed["errors chosen by an attacker"].items()} == {
        "8": 1, "16": 1, "32": 1, "64": 1}


def test_shares_of_samples_add_up(folder):
    for name in ("small-state-searches", "key-avalanche-spread"):
        for label, points in table(folder, name).items():
            if label not in PLOTS[name]:
                assert sum(y for y, _, _ in points.values()) == pytest.approx(1)
    ((_, points),) = [one for one in table(folder, "small-state-searches").items()
                      if one[0] == "s = 16 bits"]
    games = sum(len(case["measures"]["evaluations"]) for case in cases(
        folder, "small-state", construction="suffix-small", search="state", **{"state-bits": "16"}))
    counts = [y * games for y, _, _ in points.values()]
    assert counts == pytest.approx([round(one) for one in counts], abs=1e-6)


def test_times_are_kept_as_counts_in_bins(folder):
    for case in cases(folder, "timing"):
        first, last = (case["points"][name] for name in ("first-byte-wrong", "last-byte-wrong"))
        assert first["x"] == last["x"] and len(first["x"]) == 32
        assert max(sum(first["y"]), sum(last["y"])) <= 400
        assert sum(first["y"]) + sum(last["y"]) >= 760
    early = table(folder, "timing-bytes")["stops early"]
    assert max(y for y, _, _ in early.values()) == 15
    assert max(y for y, _, _ in table(folder, "timing-bytes")["library"].values()) < 15


def test_the_bound_is_above_what_is_counted(folder):
    bars = table(folder, "nested-bound")
    for name, (eps, _, _) in bars["eps of f(g(x)), counted"].items():
        assert eps <= bars["eps1: g collides"][name][0] + bars["eps2: f is forged"][name][0] + 1e-9
        _, low, high = bars["eps, played, with 95 % interval"][name]
        assert low <= 1 and high >= 0


def test_what_digests_leave_out(folder):
    missing = {name.removeprefix("prefix-"): y for name, (y, _, _) in
               table(folder, "length-extension-state")["missing: to be guessed"].items()}
    assert missing == {"md5": 0, "sha1": 0, "sha224": 32, "sha256": 0, "sha384": 128, "sha512": 0,
                       "sha512-256": 256, "sha3-256": 1344}


def test_states_meet_at_the_end_of_the_published_pairs(folder):
    series = table(folder, "suffix-collision-difference")
    assert series["MD5, 128 bytes"]["0"][0] == series["MD5, 128 bytes"]["2"][0] == 0
    assert series["MD5, 128 bytes"]["1"][0] > 0
    assert series["SHA-1, 320 bytes"]["4"][0] > 0 == series["SHA-1, 320 bytes"]["5"][0]
    assert series["MD5, 72 letters: a non-example"]["1"][0] > 0


def test_the_map_of_the_coverage(folder):
    with open(folder / "partial-coverage-map.csv", encoding="utf-8", newline="") as rows:
        seen = {(row["row"], row["column"]): float(row["value"]) for row in csv.DictReader(rows)}
    assert {column for (row, column), value in seen.items()
            if row == "coverage-target" and value == 1} == {"method", "body", "exchange"}
    assert not any(value for (row, _), value in seen.items()
                   if row in ("coverage-request", "coverage-response"))


# ---- costs ----

def test_calls_of_the_cipher(folder):
    series = table(folder, "costs-calls")
    for length in map(int, series["cmac-aes128"]):
        blocks, whole = max(1, -(-length // 16)), length > 0 and length % 16 == 0
        calls = {name: points[str(length)][0] for name, points in series.items()}
        assert calls == {"cmac-aes128": blocks, "pmac-aes128": blocks, "cbc-mac-aes128": blocks,
                         "pmac-counter-aes128": blocks + whole, "ecbc-aes128": blocks + whole + 1,
                         "blocks of the message: the least": blocks}


def test_one_changed_block(folder):
    series = table(folder, "costs-change")
    assert {y for y, _, _ in series["pmac-aes128, from the old tag: 4"].values()} == {4}
    assert all(y == int(n) for n, (y, _, _) in series["cmac-aes128, begun anew: n"].items())


def test_limits_are_those_that_are_printed(folder):
    text = subprocess.run([MACAW, "algorithms", "--limits", "--size", "64"], check=True,
                          capture_output=True, text=True).stdout
    for name, points in table(folder, "costs-limits").items():
        (printed,) = re.findall(rf"^{name}\s+2\^([0-9.]+) ", text, re.MULTILINE)
        assert math.log2(points["64"][0]) == pytest.approx(float(printed), abs=0.051)


def test_points_are_in_the_results():
    case = result("run", "suffix-collision", "--repeat", 1)["cases"][0]
    assert case["points"]["difference"]["x"] == [0, 1, 2]
    assert case["points"]["difference"]["y"][2] == 0
