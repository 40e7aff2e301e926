"""JSON of the library against Python's: the same texts are JSON, with the same members."""

import json
import random

import pytest
from session_cli import EFORMAT, ENOTFOUND, OK, Session

DEPTH = 32


@pytest.fixture(scope="module")
def members():
    with Session("itsdangerous", b"any") as session:
        yield session.member


def no_constant(text):
    raise ValueError(text)


def reference(text):
    """The value, or ValueError."""
    value = json.loads(text.decode("utf-8"), parse_constant=no_constant, parse_int=str,
                       parse_float=str)
    if depth_of(value) > DEPTH:
        raise ValueError("depth")
    return value


def depth_of(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
    return 0 if inner is None else 1 + max(map(depth_of, inner), default=0)


def pick(value, steps):
    for step in steps:
        value = value[step]
    return value


def pointer(steps):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def is_half(text):
    return any(0xd800 <= ord(c) <= 0xdfff for c in text)


def random_value(rng, depth):
    kind = rng.randrange(9 if depth else 7)
    if kind == 0:
        return rng.choice([None, True, False])
    if kind == 1:
        return rng.randrange(-10**rng.randrange(1, 30), 10**rng.randrange(1, 30))
    if kind == 2:
        return rng.random() * 10**rng.randrange(-20, 20)
    if kind < 7:
        return "".join(chr(rng.choice([rng.randrange(32, 127), rng.randrange(0, 0xd800),
                                       rng.randrange(0xe000, 0x110000), ord(rng.choice("/~\"\\"))]))
                       for _ in range(rng.randrange(6)))
    if kind == 7:
        return [random_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {random_value(rng, 0) if rng.random() < .1 else rng.choice(["a", "b", "", "~", "/", "\u00e9"]):
            random_value(rng, depth - 1) for _ in range(rng.randrange(4))}


def text_of(rng, value):
    return json.dumps(value, ensure_ascii=rng.random() < .5,
                      indent=rng.choice([None, None, 1, "\t"])).encode()


def paths(value, steps=()):
    yield steps, value
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(
        value, list) else ()
    for name, one in inner:
        yield from paths(one, steps + (name,))


def check_members(members, text):
    for steps, one in paths(reference(text)):
        if "\0" in pointer(steps) or is_half(pointer(steps)):
            continue
        status, got = members(text, pointer(steps), size=4000)
        if one is None or isinstance(one, (dict, list)):
            assert status == ENOTFOUND
        else:
            want = str(one).lower() if isinstance(one, bool) else one
            assert (status, got.decode()) == (OK, want)


@pytest.mark.parametrize("seed", range(10))
def test_members_are_pythons(members, seed):
    rng = random.Random(seed)
    for _ in range(60):
        check_members(members, text_of(rng, random_value(rng, 5)))


@pytest.mark.parametrize("seed", range(10))
def test_what_is_json_is_pythons(members, seed):
    """A byte changed, left out or added anywhere."""
    rng = random.Random(seed)
    for _ in range(2000):
        text = text_of(rng, random_value(rng, 4))
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.randrange(3))
        with_ = bytes(rng.choice([rng.randrange(256), ord(rng.choice('[]{}",:\\u0123eE+-. tfn'))])
                      for _ in range(rng.randrange(3)))
        changed = text[:at] + with_ + text[end:]
        try:
            reference(changed)
            good = True
        except (ValueError, RecursionError):
            good = False
        status, _ = members(changed, "/no such member")
        assert status == (ENOTFOUND if good else EFORMAT), changed


def test_what_python_takes_and_json_has_not(members):
    for text in (b"NaN", b"-Infinity", b'{"a":Infinity}'):
        json.loads(text)
        assert members(text, "/a")[0] == EFORMAT
    assert members(b"\xef\xbb\xbf{}", "/a")[0] == EFORMAT
    twice = b'{"a":1,"b":2,"b":3}'
    assert members(twice, "/a") == (OK, b"1") and members(twice, "/b")[0] == EFORMAT
