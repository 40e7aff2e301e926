"""Workers that die in the middle of everything (pitfall 15)."""

import random
import threading
import time

import rawhttp
from signer import now, sign

KILLS = 8


def test_killed_workers_leave_no_replay_and_no_stuck_lock(gateway):
    server = gateway("location / { empty_gif; }", workers=2, size="8m",
                     server="keepalive_requests 1000000;", access="off")
    server.allow(r"exited on signal 9")
    stop = threading.Event()
    accepted, unknown = [], []
    lock = threading.Lock()

    def load(number):
        serial = 0
        connection = None
        while not stop.is_set():
            batch = []
            for _ in range(20):
                target = f"/kill/{number}/{serial}"
                serial += 1
                batch.append(rawhttp.head("GET", target, sign(target, ts=now() + serial % 200)))
            got = 0
            try:
                connection = connection or server.connect()
                connection.send(b"".join(batch))
                for data in batch:
                    answer = connection.receive()
                    if answer is None:
                        break
                    assert answer.status == 200, answer
                    got += 1
            except (ConnectionError, ValueError):
                pass
            with lock:
                accepted.extend(batch[:got])
                unknown.extend(batch[got:])
            if got < len(batch):
                connection = None

    failures = []

    def guarded(number):
        try:
            load(number)
        except Exception as failure:  # pylint: disable=broad-except
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(i,)) for i in range(6)]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        time.sleep(random.uniform(0.1, 0.4))
        server.kill_worker()
    before = len(accepted)
    end = time.monotonic() + 60
    while len(accepted) < before + 1000 and time.monotonic() < end:
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a worker hangs"
    assert not failures, failures[0]
    assert len(accepted) >= before + 1000, "nothing passed after the last kill"
    assert {answer.status for answer in server.pipeline(accepted, depth=100)} == {401}
    # Of what was under way at a kill, each may pass once at most.
    server.pipeline(unknown, depth=100)
    assert all(answer.status == 401 for answer in server.pipeline(unknown, depth=100))
    server.workers()
