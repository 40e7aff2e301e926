"""How often somebody may try to log in: by user and address, without locking others out."""

import threading
import time

import pytest

import logins
import sessions
from logins import BEHIND_PROXY, PASSWORD, Browser, address, alert, random_name

LIMITS = "macaw_session_attempts user=3 address=6 within=1m;"
MORE = "location /status { macaw_session_use off; macaw_status; }"


def site_of(gateway, limits=LIMITS, **how):
    return logins.site_of(gateway, http=limits + BEHIND_PROXY, more=MORE, workers=2, **how)


@pytest.fixture(scope="module")
def site(module_gateway):
    return site_of(module_gateway)


_next = iter(range(100000))


def somewhere():
    return address(next(_next))


def attempt(site, user, password="wrong", where=None):
    browser = Browser(site, {"X-Client": where or somewhere()})
    return browser.log_in(user, password)


def fail(site, user, times, where=None):
    """So many failures, whatever it takes."""
    for _ in range(times):
        assert attempt(site, user, where=where).status == 401


def refused(site, user, password="wrong", where=None):
    """The answer that asks to wait; on a machine that slept through a wait, a later one."""
    for _ in range(6):
        answer = attempt(site, user, password, where)
        if answer.status == 429:
            return answer
        attempt(site, user, where=where)  # the wait doubles
    raise AssertionError("nobody waits")


def test_a_user_much_guessed_at_is_waited_for(site):
    user = random_name()
    fail(site, user, 3)
    answer = refused(site, user)
    seconds = answer.get("Retry-After")
    assert alert(answer) == (f"Too many attempts. Please wait {seconds} "
                             f"second{'s' * (seconds != '1')} and try again.")
    assert user in answer.body.decode(), "the name is kept in the form"


def test_the_wait_doubles_and_attempts_during_it_change_nothing(site):
    user = random_name()
    fail(site, user, 3)
    failures, longest = 3, {}
    end = time.monotonic() + 120
    while failures < 6:
        answer = attempt(site, user)
        if answer.status == 429:
            wait = int(answer.get("Retry-After"))
            assert 1 <= wait <= 2 ** (failures - 3), "attempts during the wait made it longer"
            longest[failures] = max(wait, longest.get(failures, 0))
            time.sleep(0.1)
        else:
            assert answer.status == 401
            failures += 1
        assert time.monotonic() < end
    assert longest[5] >= 2


def test_users_who_do_not_exist_are_waited_for_as_well(site):
    """Or the limit would tell who exists."""
    for user in ("alice", random_name()):
        fail(site, user, 3)
        refused(site, user)


def test_an_address_that_guesses_at_many_is_waited_for(site):
    where = somewhere()
    for _ in range(6):
        assert attempt(site, random_name(), where=where).status == 401
    refused(site, random_name(), where=where)
    assert attempt(site, random_name()).status == 401, "others are not"


def test_ipv6_counts_by_64(site):
    net = f"2001:db8:{next(_next):x}:1:"
    for i in range(6):
        assert attempt(site, random_name(), where=f"{net}:{i + 1:x}").status == 401
    refused(site, random_name(), where=f"{net}ffff:1:2:3")
    assert attempt(site, random_name(), where=net[:-2] + "2::1").status == 401


def test_ipv4_in_ipv6_is_ipv4(site):
    for i in range(6):
        attempt(site, random_name(), where=f"::ffff:203.0.113.{i + 1}")
    assert attempt(site, random_name(), where="::ffff:203.0.113.77").status == 401
    where = somewhere()
    for _ in range(3):
        attempt(site, random_name(), where=where)
        attempt(site, random_name(), where=f"::ffff:{where}")
    refused(site, random_name(), where=where)


def test_nobody_locks_another_out_of_his_own_address(gateway):
    site = site_of(gateway)
    home = somewhere()
    assert attempt(site, "alice", PASSWORD, home).status == 303
    for _ in range(3):
        attempt(site, "alice")
    refused(site, "alice", PASSWORD)  # from elsewhere it is slow
    assert attempt(site, "alice", PASSWORD, home).status == 303
    # His address is not a place to guess from, either.
    fail(site, "alice", 3, home)
    refused(site, "alice", PASSWORD, home)
    for _ in range(6):
        attempt(site, random_name(), where=home)
    refused(site, random_name(), where=home)


def test_a_success_clears_nothing(gateway):
    """Else whoever guesses would log in to an account of his own in between."""
    site = site_of(gateway)
    where = somewhere()
    for _ in range(5):
        attempt(site, random_name(), where=where)
    assert attempt(site, "bob", logins.USERS["bob"], where).status == 303
    assert attempt(site, random_name(), where=where).status == 401
    refused(site, random_name(), where=where)
    assert attempt(site, "bob", logins.USERS["bob"], where).status == 303


def test_successes_do_not_count(gateway):
    site = site_of(gateway)
    where = somewhere()
    for _ in range(10):
        assert attempt(site, "alice", PASSWORD, where).status == 303
    for _ in range(5):
        assert attempt(site, "alice", PASSWORD).status == 303


def test_many_at_once_do_not_slip_through(gateway):
    """Attempts count from their beginning, not from the end of their hash."""
    slow = logins.lines({"alice": PASSWORD}, "$6$rounds=200000$abcdefgh")
    site = site_of(gateway, file=slow)
    browsers = [Browser(site, {"X-Client": somewhere()}) for _ in range(12)]
    for browser in browsers:
        browser.open()
    answers = []
    threads = [threading.Thread(target=lambda b=b: answers.append(b.log_in(password="x").status))
               for b in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(401) in (3, 4, 5) and answers.count(429) == 12 - answers.count(401)


def test_counts_survive_a_reload_and_are_of_all_workers(gateway):
    site = site_of(gateway)
    user = random_name()
    fail(site, user, 3)
    assert site.reload()
    assert attempt(site, user).status in (429, 401)
    fail_until_limited(site, user)
    assert site.reload()
    assert is_limited(site, user)


def is_limited(site, user):
    """Be it that one wait is over: the next one is longer."""
    return 429 in [attempt(site, user).status for _ in range(2)]


def fail_until_limited(site, user):
    """Until the wait is long enough for a reload."""
    end = time.monotonic() + 120
    while True:
        answer = attempt(site, user)
        if answer.status == 429 and int(answer.get("Retry-After")) >= 5:
            return
        assert time.monotonic() < end
        time.sleep(0.05)


def test_another_size_begins_anew_and_other_limits_do_not(gateway):
    site = site_of(gateway)
    user = random_name()
    fail(site, user, 3)
    fail_until_limited(site, user)
    site.write(http=site.parts["http"].replace("user=3", "user=4"))
    assert site.reload()
    assert is_limited(site, user)
    site.write(http=site.parts["http"].replace("within=1m", "within=1m size=128k"))
    assert site.reload()
    assert attempt(site, user).status == 401


def test_quiet_users_are_forgotten(gateway):
    site = site_of(gateway, "macaw_session_attempts user=2 address=100 within=1s;")
    user = random_name()
    fail(site, user, 2)
    refused(site, user)
    time.sleep(3.1)
    fail(site, user, 2)


def test_names_that_are_never_used_again_drop_no_counter(gateway):
    """A full table keeps what is much guessed at: 64 KiB have room for 900 names."""
    site = site_of(gateway, "macaw_session_attempts user=3 address=1000 within=1h size=64k;",
                   file=logins.lines({"alice": PASSWORD}, "$2b$04$abcdefghijklmnopqrstuu"))
    user = random_name()
    fail(site, user, 3)
    fail_until_limited(site, user)
    browser = Browser(site)
    browser.open()
    fields = browser.hidden()
    for i in range(1300):
        browser.fields["X-Client"] = somewhere()
        assert browser.post({**fields, "username": f"{user}-{i}", "password": "x"}).status == 401
    assert is_limited(site, user), "the count was lost"


def test_limited_attempts_are_counted(site):
    before = sessions.counters(site, "/status")["events"]["login-limited"]
    user = random_name()
    fail(site, user, 3)
    refused(site, user)
    assert sessions.counters(site, "/status")["events"]["login-limited"] == before + 1
    site.wait_log(r"too many attempts, \d s to wait")


@pytest.mark.parametrize("words, good", [
    ("user=1 address=1000 within=1d size=1024m", True), ("user=5", True), ("user=0", False),
    ("user=1001", False), ("user=-1", False), ("user=x", False), ("address=0", False),
    ("within=0", False), ("within=2d", False), ("size=63k", False), ("colour=1", False),
    ("user", False), ("within=", False), ("off", False),
])
def test_the_directive(gateway, words, good):
    site = site_of(gateway, f"macaw_session_attempts {words};", start=False)
    status, said = site.test()
    assert (status == 0) == good, said
    assert good or "macaw_session_attempts" in said


def test_the_directive_twice(gateway):
    status, said = site_of(gateway, LIMITS + LIMITS, start=False).test()
    assert status != 0 and "duplicate" in said
