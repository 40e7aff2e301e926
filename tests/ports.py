"""Ports on loopback for the servers of tests, which run side by side in several processes."""

import fcntl
import os
import random
import socket
import tempfile

# Byte N is locked by the process that was given port N, until it ends.
_given = open(os.path.join(tempfile.gettempdir(), f"macaw-test-ports-{os.getuid()}"), "ab")
_own = set()


def free_port():
    """
    One that nobody else is given, be it bound now or later, or bound again after a restart.
    Below those that connections get.
    """
    while True:
        port = random.randrange(10000, 32000)
        if port in _own:
            continue
        try:
            fcntl.lockf(_given, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        _own.add(port)
        return port
