"""__Host- cookies over TLS, HTTP/1.1 and HTTP/2, with a client that keeps a cookie jar (E12)."""

import subprocess

import pytest

import rawhttp
import sessions
from sessions import COOKIE, set_cookies, token

SERVERS = """
server {
    listen 127.0.0.1:{port} ssl http2;
    server_name gateway.test;
    ssl_certificate {pem}/cert.pem;
    ssl_certificate_key {pem}/key.pem;
    macaw_session_use main;
    location / { macaw_session_require /login; proxy_pass {app}; }
    location /login { macaw_session_login on; proxy_pass {app}/set; }
    location /logout { macaw_session_login on; macaw_session_require 401; proxy_pass {app}/set; }
}
"""


@pytest.fixture(scope="module")
def site(module_gateway, tmp_path_factory):
    folder = sessions.certificate(tmp_path_factory.mktemp("tls"))
    folder.chmod(0o755)
    made = module_gateway(servers=SERVERS, http=sessions.define(), start=False, workers=2,
                          names={"sessions": "", "pem": folder})
    made.names["sessions"] = made.dir / "ring.json"
    sessions.signer.write_keyring(made.dir / "ring.json", *sessions.RING)
    made.write()
    made.pem = folder
    return made.start()


def curl(site, jar, path, *options, version="--http2"):
    """(status, head and body); the jar keeps what a browser would."""
    out = subprocess.run(["curl", "-sS", "-i", version, "--max-time", "30", "--cacert",
                          site.pem / "cert.pem", "--resolve", f"gateway.test:{site.port}:127.0.0.1",
                          "-b", jar, "-c", jar, *options, f"https://gateway.test:{site.port}{path}"],
                         capture_output=True, text=True, check=True).stdout
    return int(out.split()[1]), out


@pytest.mark.parametrize("version", ["--http1.1", "--http2"])
def test_a_client_logs_in_uses_the_session_and_logs_out(site, tmp_path, version):
    jar = tmp_path / "jar"
    assert curl(site, jar, "/echo", version=version)[0] == 401
    status, said = curl(site, jar, "/login?X-Macaw-Login=subject%3Dalice", version=version)
    assert status == 200 and "macaw-login" not in said.lower()
    line = next(line for line in jar.read_text().splitlines() if COOKIE in line)
    assert line.startswith("#HttpOnly_gateway.test\tFALSE\t/\tTRUE\t")  # no subdomains, Secure
    status, said = curl(site, jar, "/echo", version=version)
    assert status == 200 and '"X-Macaw-User","alice"' in said.replace(" ", "")
    assert curl(site, jar, "/logout?X-Macaw-Logout=1", version=version)[0] == 200
    assert COOKIE not in jar.read_text()
    assert curl(site, jar, "/echo", version=version)[0] == 401


def test_the_redirect_to_the_login_page_stays_on_the_site(site, tmp_path):
    status, said = curl(site, tmp_path / "jar", "/page?x=1", "-H", "Sec-Fetch-Mode: navigate")
    assert status == 303
    assert "location: /login?return=%2Fpage%3Fx%3D1" in said.lower().replace("%2f", "%2F").replace(
        "%3f", "%3F").replace("%3d", "%3D")


@pytest.mark.parametrize("origin, status", [
    ("https://gateway.test:{port}", 200), ("http://gateway.test:{port}", 403),
    ("https://gateway.test", 403), ("null", 403),
])
def test_a_page_that_came_over_plain_http_may_not_post(site, tmp_path, origin, status):
    jar = tmp_path / "jar"
    curl(site, jar, "/login?X-Macaw-Login=subject%3Dalice")
    got, _ = curl(site, jar, "/echo", "-d", "x=1", "-H",
                  "Origin: " + origin.replace("{port}", str(site.port)))
    assert got == status


def test_renewal_over_tls(site):
    got = rawhttp.exchange(site.address, rawhttp.head("GET", "/echo", {
        "Cookie": f"{COOKIE}={token(age=400)}"}), tls=True)
    assert got.status == 200
    [(_, attributes)] = set_cookies(got)
    assert "Secure" in attributes
