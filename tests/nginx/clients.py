"""Real clients, and what source 002 asks and answers."""

import subprocess

from signer import sign

SAMPLE = b'{"result": "ok", "users": "test", "sub": 2840345654}'
USERS = "/example/users?user=test&institutionID=999&signature=7e745d74b69b7f62e8e2"


def curl(*arguments):
    return subprocess.run(["curl", "-sS", "--max-time", "30", "-w", "\n%{http_code}", *arguments],
                          capture_output=True, check=True, text=True).stdout


def curl_fields(target, **how):
    return [part for name, value in sign(target, **how).items()
            for part in ("-H", f"{name}: {value}")]
