"""Revoking works at once, in every worker, and outlives whatever happens to nginx."""

import os
import signal
import subprocess
import threading
import time

import pytest

import gateway as gateways
import rawhttp
import revocations
import sessions
from revocations import control, listed, passes, passes_nowhere, revoke, zone_of
from sessions import token
from test_upgrade import Upgraded

KEEP = 16777215 + 86400  # seconds, without keep=


@pytest.fixture(scope="module")
def site(module_gateway):
    return revocations.gateway_of(module_gateway, workers=3)


# ---- what is revoked, in every worker, without a reload ----


def test_one_session_is_over_in_every_worker(site):
    sid, other = os.urandom(12), os.urandom(12)
    mine, renewed, theirs = token(sid=sid), token(sid=sid, age=5), token(sid=other)
    assert all(passes(site, t) for t in (mine, renewed, theirs))
    answer = revoke(site, f"sid={sid.hex()}")
    assert answer["kind"] == "sid" and answer["sid"] == sid.hex() and answer["durable"] is True
    assert abs(answer["until"] - time.time() - KEEP) < 60
    assert passes_nowhere(site, mine) and passes_nowhere(site, renewed)
    assert passes(site, theirs)
    assert sessions.send(site, "/", cookie=mine).get("X-Test-Reason") == "revoked"


def test_all_sessions_of_a_subject_up_to_now(site):
    before = token(b"bob", age=100)
    later = token(b"bob", age=-1)
    assert passes(site, before)
    answer = revoke(site, "subject=bob")
    assert answer["subject"] == "bob" and abs(answer["before"] - time.time()) < 60
    assert passes_nowhere(site, before)
    assert passes_nowhere(site, token(b"bob", age=0, since=answer["before"] and 50))
    assert passes(site, token(b"bobby", age=100))
    while time.time() <= answer["before"] + 1:
        time.sleep(0.05)
    assert passes(site, token(b"bob"))
    assert later


def test_sessions_of_a_subject_up_to_a_time(site):
    now = int(time.time())
    revoke(site, f"subject=carol&before={now - 100}")
    assert passes_nowhere(site, token(b"carol", since=110 + int(time.time()) - now), tries=5)
    assert passes_nowhere(site, token(b"carol", age=10, since=500), tries=5)
    assert passes(site, token(b"carol", since=90))


def test_sessions_of_older_generations(site):
    revoke(site, "subject=dave&generation=3")
    assert passes_nowhere(site, token(b"dave", generation=2), tries=5)
    assert passes(site, token(b"dave", generation=3))


def test_every_session_under_a_key(module_gateway):
    site = revocations.gateway_of(module_gateway)
    assert passes(site, token(key=sessions.KEY)) and passes(site, token(key=sessions.OLD))
    assert revoke(site, "kid=2")["until"] is None
    assert passes_nowhere(site, token(key=sessions.OLD), tries=5)
    assert passes(site, token(key=sessions.KEY))


def test_subjects_of_any_bytes(site):
    odd = 'ü"\\<&=%+ x'.encode()
    coded = "".join(f"%{c:02x}" for c in odd)
    assert passes(site, token(odd, age=5))
    assert revoke(site, "subject=" + coded)["subject"] == odd.decode()
    assert passes_nowhere(site, token(odd, age=5), tries=5)
    raw = b"\xff\xfe\x80"
    assert revoke(site, "subject=%FF%fe%80")["subject_hex"] == raw.hex()
    assert control(site, "show?subject=%ff%fe%80")[1]["subject_hex"] == raw.hex()
    long = "x" * 255
    revoke(site, "subject=" + long)
    assert control(site, "show?subject=" + long)[0] == 200


def test_how_long_it_is_kept(gateway):
    """At least as long as a session may last."""
    for keep, lifetime, expected in (("100d", "12h", 100 * 86400), ("60s", "2h", 7200 + 360)):
        site = revocations.gateway_of(gateway, f"keep={keep}", options=f"lifetime {lifetime};")
        until = revoke(site, f"sid={os.urandom(12).hex()}")["until"]
        assert abs(until - time.time() - expected) < 60


# ---- show, list, counters ----


def test_show(site):
    sid = os.urandom(12).hex()
    assert control(site, f"show?sid={sid}") == (404, {
        "type": "about:blank", "title": "Not Found", "status": 404, "detail": "not revoked"})
    revoke(site, f"sid={sid}")
    status, answer = control(site, f"show?sid={sid}")
    assert status == 200 and set(answer) == {"kind", "sid", "until"}
    status, zone = control(site, "show")
    assert status == 200 and zone["zone"] == "kept" and zone["live"]["sid"] >= 1


def test_list_gives_every_entry_once(module_gateway):
    site = revocations.gateway_of(module_gateway)
    assert listed(site) == []
    sids = {os.urandom(12).hex() for _ in range(150)}
    for sid in sids:
        revoke(site, f"sid={sid}")
    for name in ("ann", "bob"):
        revoke(site, f"subject={name}")
    revoke(site, "kid=9")
    for limit in (None, 1, 7, 1000):
        found = listed(site, limit=limit)
        assert len(found) == 153
        assert {e["sid"] for e in found if e["kind"] == "sid"} == sids
    assert {e["subject"] for e in listed(site, "&kind=subject")} == {"ann", "bob"}
    assert [e["kid"] for e in listed(site, "&kind=kid")] == ["9"]
    assert len(listed(site, "&kind=sid")) == 150


def test_status_counts(site):
    before = zone_of(site)
    revoke(site, f"sid={os.urandom(12).hex()}")
    revoke(site, f"subject={os.urandom(4).hex()}")
    after = zone_of(site)
    for kind, more in (("sid", 1), ("subject", 1), ("kid", 0)):
        assert after["revoked"][kind] == before["revoked"][kind] + more
        assert after["live"][kind] == before["live"][kind] + more
    assert after["journal"]["bytes"] > before["journal"]["bytes"]
    assert after["journal"]["failed"] is False and after["full"] == 0
    text = rawhttp.exchange(site.address, rawhttp.head("GET", "/counters?format=prometheus")).body
    assert b'macaw_revocation_live{zone="kept",kind="sid"} %d\n' % after["live"]["sid"] in text
    assert b'macaw_revocation_journal_failed{zone="kept"} 0\n' in text


# ---- it outlives nginx ----


def test_a_reload_keeps_and_goes_on(gateway):
    site = revocations.gateway_of(gateway, workers=2)
    one, two, three = (os.urandom(12) for _ in range(3))
    revoke(site, f"sid={one.hex()}")
    for _ in range(3):
        assert site.reload()
        assert passes_nowhere(site, token(sid=one), tries=5)
    revoke(site, f"sid={two.hex()}")
    site.kill_all()
    os.unlink(site.socket)
    site.start()
    assert passes_nowhere(site, token(sid=one), tries=5)
    assert passes_nowhere(site, token(sid=two), tries=5)
    revoke(site, f"sid={three.hex()}")
    assert passes_nowhere(site, token(sid=three), tries=5)


def test_without_a_file_a_reload_still_keeps(gateway):
    site = revocations.gateway_of(gateway, "subjects=20")
    sid = os.urandom(12)
    assert revoke(site, f"sid={sid.hex()}")["durable"] is False
    assert site.reload()
    assert passes_nowhere(site, token(sid=sid), tries=5)


def test_killed_right_after_an_answer(gateway):
    """SIGKILL to everything the moment an answer is there: nothing that was answered is lost."""
    site = revocations.gateway_of(gateway, workers=2)
    acknowledged = []
    for _ in range(6):
        stop = threading.Event()

        def work(mine):
            while not stop.is_set():
                sid = os.urandom(12)
                try:
                    if control(site, f"revoke?sid={sid.hex()}")[0] == 200:
                        mine.append(sid)
                except (OSError, AttributeError):
                    return

        lists = [[] for _ in range(4)]
        threads = [threading.Thread(target=work, args=(mine,)) for mine in lists]
        for thread in threads:
            thread.start()
        end = time.monotonic() + 30
        while not all(lists) and time.monotonic() < end:
            time.sleep(0.01)
        time.sleep(0.2)
        site.kill_all()
        stop.set()
        for thread in threads:
            thread.join()
        fresh = [sid for mine in lists for sid in mine]
        assert fresh
        acknowledged += fresh
        os.unlink(site.socket)
        site.start()
        there = {e["sid"] for e in listed(site, "&kind=sid")}
        assert there >= {sid.hex() for sid in acknowledged}
        assert passes_nowhere(site, token(sid=fresh[-1]), tries=5)


def test_a_killed_worker_harms_nobody(gateway):
    site = revocations.gateway_of(gateway, workers=2)
    for _ in range(10):
        sid = os.urandom(12)
        site.kill_worker()
        end = time.monotonic() + 30
        while True:
            try:
                revoke(site, f"sid={sid.hex()}")
                break
            except (OSError, AttributeError):
                assert time.monotonic() < end
        assert passes_nowhere(site, token(sid=sid), tries=5)


def test_it_reaches_the_disk_before_the_answer(gateway):
    """Each answer has its own record in the file, at that moment."""
    site = revocations.gateway_of(gateway)
    file = site.dir / "revoked"
    assert file.stat().st_mode & 0o777 == 0o600
    size = file.stat().st_size
    for n in range(1, 6):
        revoke(site, f"sid={os.urandom(12).hex()}")
        assert file.stat().st_size == size + 32 * n


# ---- files that cannot be used ----


def refuses_to_start(site, pattern):
    site.allow(r"\[emerg\]")
    with pytest.raises(RuntimeError) as failure:
        site.start()
    assert pattern in str(failure.value)


def stopped(gateway, entries=3):
    site = revocations.gateway_of(gateway)
    for _ in range(entries):
        revoke(site, f"sid={os.urandom(12).hex()}")
    site.stop()
    return site, site.dir / "revoked"


def test_a_damaged_file_refuses_to_start(gateway):
    site, file = stopped(gateway)
    data = bytearray(file.read_bytes())
    data[60] ^= 1
    file.write_bytes(data)
    refuses_to_start(site, "is damaged at byte 40")


def test_another_file_refuses_to_start(gateway):
    site, file = stopped(gateway)
    file.write_text("user alice\n")
    refuses_to_start(site, "is not a journal of revocations")


def test_a_file_that_others_may_write_refuses_to_start(gateway):
    site, file = stopped(gateway)
    file.chmod(0o666)
    refuses_to_start(site, "only its owner can write")


def test_a_file_that_does_not_fit_refuses_to_start(gateway):
    site, _ = stopped(gateway)
    site.write(http=site.parts["http"].replace("kept:1m", "kept:600k subjects=1"))
    site.start()
    site.stop()
    big = revocations.gateway_of(gateway, size="8m")
    for _ in range(30):
        revoke(big, f"subject={os.urandom(8).hex()}")
    big.stop()
    big.write(http=big.parts["http"].replace("kept:8m", "kept:8m subjects=2"))
    refuses_to_start(big, "do not fit into the table")


def test_a_missing_folder_refuses_to_start(gateway):
    site = revocations.gateway_of(gateway, "save={dir}/no/folder/revoked", start=False)
    refuses_to_start(site, "macaw_session_zone \"kept\": cannot")


def test_an_unfinished_record_is_cut_off(gateway):
    site, file = stopped(gateway)
    with open(file, "ab") as out:
        out.write(file.read_bytes()[40:60])
    site.start()
    site.wait_log("cut 20 bytes of an unfinished revocation")
    assert len(listed(site)) == 3


def test_two_gateways_cannot_share_a_file(gateway):
    first = revocations.gateway_of(gateway)
    second = revocations.gateway_of(gateway, f"save={first.dir}/revoked", start=False)
    refuses_to_start(second, "is in use by another process")
    sid = os.urandom(12).hex()
    revoke(first, f"sid={sid}")


def test_a_broken_file_keeps_a_reload_from_happening(gateway):
    """A reload that names another file, which cannot be used, changes nothing."""
    site = revocations.gateway_of(gateway)
    other = site.dir / "other"
    other.write_text("nonsense")
    site.allow(r"\[emerg\]")
    before = site.parts["http"]
    site.write(http=before.replace("save={dir}/revoked", "save={dir}/other"))
    assert not site.reload()
    sid = os.urandom(12).hex()
    revoke(site, f"sid={sid}")
    other.unlink()
    assert site.reload()
    assert [e["sid"] for e in listed(site)] == [sid]
    site.kill_all()
    os.unlink(site.socket)
    site.start()
    assert [e["sid"] for e in listed(site)] == [sid]


@pytest.mark.parametrize("save", ["save={dir}/revoked", ""], ids=["saved", "in memory"])
def test_a_zone_cannot_change_in_a_reload(gateway, save):
    site = revocations.gateway_of(gateway, save)
    sid = os.urandom(12)
    revoke(site, f"sid={sid.hex()}")
    site.allow(r"\[emerg\]")
    text = site.parts["http"]
    for other in ("kept:2m", "kept:1m subjects=30", "kept:1m handles=10"):
        site.write(http=text.replace("kept:1m", other))
        assert not site.reload()
        assert passes_nowhere(site, token(sid=sid), tries=5)
        revoke(site, f"sid={os.urandom(12).hex()}")


@pytest.mark.parametrize("harm", ["removed", "cut", "moved", "replaced"])
def test_a_reload_writes_a_lost_file_anew(gateway, harm):
    site = revocations.gateway_of(gateway)
    site.allow("will not outlive nginx")
    path, sids = site.dir / "revoked", [os.urandom(12).hex() for _ in range(3)]
    revoke(site, f"sid={sids[0]}")
    copy = path.read_bytes()
    revoke(site, f"sid={sids[1]}")
    if harm == "cut":
        os.truncate(path, len(copy))
    else:
        path.rename(site.dir / "elsewhere")
    if harm == "removed":
        (site.dir / "elsewhere").unlink()
    elif harm == "replaced":
        path.write_bytes(copy)
        path.chmod(0o600)
    assert control(site, f"revoke?sid={sids[2]}")[0] == (503 if harm in ("removed", "cut") else 200)
    assert zone_of(site)["journal"]["failed"] is True
    assert site.reload()
    assert zone_of(site)["journal"]["failed"] is False
    revoke(site, f"sid={sids[2]}")
    site.kill_all()
    os.unlink(site.socket)
    site.start()
    assert sorted(e["sid"] for e in listed(site)) == sorted(sids)


# ---- full, and no room on the disk ----


def test_a_full_zone_says_so_and_forgets_nobody(gateway):
    site = revocations.gateway_of(gateway, "subjects=5", size="64k")
    site.allow("revocation failed: ")
    done = []
    while True:
        status, answer = control(site, f"revoke?subject=user{len(done)}")
        if status != 200:
            break
        done.append(f"user{len(done)}")
    assert status == 507 and answer["detail"] == "the zone is full: nothing was revoked"
    assert len(done) >= 5
    assert {e["subject"] for e in listed(site)} == set(done)
    assert passes(site, token(f"user{len(done)}".encode(), age=5))
    assert zone_of(site)["full"] == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to mount a small file system")
def test_a_full_disk_says_so(gateway):
    site = revocations.gateway_of(gateway, "save={dir}/disk/revoked", start=False)
    disk = site.dir / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k,mode=755", "none", disk],
                             capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("may not mount")
    try:
        site.start()
        site.allow("will not outlive nginx")
        (disk / "ballast").write_bytes(bytes(4096))
        status, done = 200, 0
        while status == 200:
            sid = os.urandom(12)
            status, answer = control(site, f"revoke?sid={sid.hex()}")
            done += status == 200
        assert status == 503 and "not on the disk" in answer["detail"] and done > 50
        assert passes_nowhere(site, token(sid=sid), tries=5)
        (disk / "ballast").unlink()
        revoke(site, f"sid={os.urandom(12).hex()}")
        site.kill_all()
        os.unlink(site.socket)
        site.start()
        assert len(listed(site)) == done + 1
    finally:
        site.stop()
        subprocess.run(["umount", disk], check=True)


@pytest.mark.skipif(bool(gateways.PRELOAD), reason="the new binary of an upgrade has no sanitizer before it")
def test_an_upgrade_of_the_binary_is_refused(gateway):
    """Two masters with a table each would not know what the other has revoked."""
    site = revocations.gateway_of(gateway, start=False)
    site.allow(r"\[emerg\]|exited with code 1")
    running = Upgraded(site).start()
    sid = os.urandom(12)
    try:
        os.kill(running.masters[0], signal.SIGUSR2)
        site.wait_log("is in use by another process")
        revoke(site, f"sid={sid.hex()}")
        assert passes_nowhere(site, token(sid=sid), tries=5)
    finally:
        running.end(running.masters[0], signal.SIGTERM)
