"""Ten million revocations: loaded from the file, found, and added to; fewer under sanitizers."""

import os
import subprocess

import pytest

import revocations
from gateway import BUILD, PRELOAD
from revocations import control, passes, passes_nowhere, revoke, zone_of
from sessions import token

N = 100_000 if PRELOAD else 10_000_000
MASK = (1 << 64) - 1


def splitmix64(state):
    state = (state + 0x9e3779b97f4a7c15) & MASK
    z = state
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9 & MASK
    z = (z ^ z >> 27) * 0x94d049bb133111eb & MASK
    return state, z ^ z >> 31


def sid_of(number):
    """The session id that revocation_rates gives to a number."""
    state, first = splitmix64(number)
    _, second = splitmix64(state)
    return first.to_bytes(8, "little") + second.to_bytes(8, "little")[:4]


def test_ten_million(gateway):
    program = BUILD / "tests/revocation_rates"
    if not program.exists():
        pytest.skip("no test programs in this build")
    site = revocations.gateway_of(gateway, size=f"{N * 224 * 1024 // 10_000_000}k", workers=2, start=False)
    done = subprocess.run([program, str(N), site.dir / "revoked"], capture_output=True, text=True,
                          timeout=600, check=True)
    print(done.stdout)
    site.start(timeout=600)
    zone = zone_of(site)
    assert zone["live"]["sid"] == N and zone["size"] <= 24 * N
    for number in (0, 1, N // 2 - 1, N - 1):
        assert passes_nowhere(site, token(sid=sid_of(number)), tries=4)
        assert control(site, f"show?sid={sid_of(number).hex()}")[0] == 200
    for number in (N, N + 1):
        assert passes(site, token(sid=sid_of(number)))
    revoke(site, f"sid={sid_of(N).hex()}")
    assert passes_nowhere(site, token(sid=sid_of(N)), tries=4)
    site.kill_all()
    os.unlink(site.socket)
    site.start(timeout=600)
    assert passes_nowhere(site, token(sid=sid_of(N)), tries=4)
    assert zone_of(site)["live"]["sid"] == N + 1
