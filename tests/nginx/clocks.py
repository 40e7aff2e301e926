"""nginx with a clock that a test sets."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

SOURCE = """
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>
int gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
    char text[32] = "";
    int fd = open(FILE, O_RDONLY | O_CLOEXEC), status = (int)syscall(SYS_gettimeofday, tv, zone);
    if (fd >= 0) {
        if (read(fd, text, sizeof text - 1) > 0) {
            tv->tv_sec += atol(text);
        }
        close(fd);
    }
    return status;
}
"""


class Clock:
    """Seconds ahead of the real one, for every process that has the environment."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="macaw-clock-")
        self.path = Path(self.folder.name)
        os.chmod(self.path, 0o755)
        self.file = self.path / "ahead"
        (self.path / "clock.c").write_text(SOURCE)
        subprocess.run(["cc", "-shared", "-fPIC", f'-DFILE="{self.file}"', "-o",
                        self.path / "clock.so", self.path / "clock.c"], check=True)
        self.set(0)

    def environment(self):
        return {**os.environ, "LD_PRELOAD": str(self.path / "clock.so")}

    def set(self, ahead):
        """nginx looks at it with its next event."""
        new = self.path / "new"
        new.write_text(str(ahead))
        new.chmod(0o644)
        new.replace(self.file)
        self.ahead = ahead

    def now(self):
        return time.time() + self.ahead

    def close(self):
        self.folder.cleanup()
