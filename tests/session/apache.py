"""The Apache httpd with one authentication module, on loopback: does it accept a cookie?"""

import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1]))
from ports import free_port  # noqa: E402  (tests/ports.py)

MODULES = Path("/usr/lib/apache2/modules")
CONFIG = """
ServerRoot {folder}
ServerName 127.0.0.1
Listen 127.0.0.1:{port}
PidFile {folder}/pid
ErrorLog {folder}/log
DocumentRoot {folder}/www
User www-data
Group www-data
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authn_core_module {modules}/mod_authn_core.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule authz_user_module {modules}/mod_authz_user.so
LoadModule headers_module {modules}/mod_headers.so
LoadModule {module}_module {modules}/mod_{module}.so
StartServers 1
{server}
<Location />
    Require valid-user
    TKTAuthLoginURL http://127.0.0.1:9/login
    Header always set X-User expr=%{{REMOTE_USER}}
    {location}
</Location>
"""


class Apache:
    def __init__(self, module, server, location, **files):
        if not (MODULES / f"mod_{module}.so").exists():
            pytest.skip(f"no mod_{module}.so; Debian's two ticket modules exclude each other")
        self.folder = Path(tempfile.mkdtemp())
        self.folder.chmod(0o755)
        self.port = free_port()
        (self.folder / "www").mkdir()
        (self.folder / "www" / "index.html").write_text("in")
        (self.folder / "conf").write_text(CONFIG.format(
            folder=self.folder, port=self.port, modules=MODULES, module=module,
            server=server.format(folder=self.folder), location=location))
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
        self.process = None

    def __enter__(self):
        path = os.environ["PATH"] + ":/usr/sbin"
        self.process = subprocess.Popen(
            ["apache2", "-f", self.folder / "conf", "-DFOREGROUND"], env={**os.environ, "PATH": path},
            stderr=subprocess.PIPE, text=True)
        for _ in range(600):
            if self.process.poll() is not None:
                pytest.fail(self.process.stderr.read())
            try:
                self.user(b"none=1")
                return self
            except OSError:
                time.sleep(0.05)
        pytest.fail("apache2 does not answer: " + (self.folder / "log").read_text())

    def __exit__(self, *exception):
        self.process.terminate()
        self.process.wait(timeout=600)
        self.process.stderr.close()
        shutil.rmtree(self.folder)

    def user(self, cookie):
        """Whom a Cookie field lets in; None: nobody."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        client.request("GET", "/index.html", headers={"Cookie": cookie})
        answer = client.getresponse()
        answer.read()
        client.close()
        assert answer.status in (200, 307, 302), answer.status
        return answer.getheader("X-User", "") if answer.status == 200 else None
