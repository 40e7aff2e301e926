"""The gateway under load against bare nginx, against Lua and against Flask."""

import os
import re
import shutil
import subprocess
import sys

import rounds
from report import Absent, Row


def version(command, pattern):
    """The version a program prints, to name what was compared with."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    found = re.search(pattern, done.stdout + done.stderr)
    return found[1] if found else ""


def package_version(name):
    return version(["dpkg-query", "-W", "-f", "${Version}", name], r"^(?:\d+:)?(\d[\d.]*)")


def gateway_names():
    nginx = "nginx " + version(["/usr/sbin/nginx", "-v"], r"nginx/(\S+)")
    lua = "lua-nginx-module " + package_version("libnginx-mod-http-lua")
    gunicorn = version([sys.executable, "-m", "gunicorn", "--version"], r"version ([\d.]+)")
    flask = package_version("python3-flask")
    return {"plain": nginx, "proxy": nginx + ", proxy_pass", "apisix": f"{lua}, APISIX's way",
            "kong": f"{lua}, Kong's way", "flask": f"Flask {flask}, gunicorn {gunicorn}"}


CHECK = "gateway, verify + replay claim"
GATEWAY_ROWS = [  # what, variant, other, figure, bar, at least
    (CHECK + ": worker CPU a request", "verify", "plain", "cpu_us", 1.25, False),
    ("gateway, proxy_pass + verify + replay claim: worker CPU a request", "proxy-verify", "proxy",
     "cpu_us", 1.15, False),
    ("gateway, proxy_pass + session required, revocations asked: worker CPU a request",
     "proxy-session", "proxy", "cpu_us", 1.15, False),
    ("gateway, proxy_pass + verify + replay claim + signed response: worker CPU a request", "proxy-sign", "proxy",
     "cpu_us", 1.25, False),
    (CHECK + ": requests a second", "verify", "plain", "rps", None, True),
    (CHECK + ": requests a second", "verify", "apisix", "rps", 2.2, True),
    (CHECK + ": requests a second", "verify", "kong", "rps", 4.0, True),
    (CHECK + ": requests a second", "verify", "flask", "rps", 15.0, True),
    (CHECK + ": worker CPU a request", "verify", "apisix", "cpu_us", None, False),
    (CHECK + ": worker CPU a request", "verify", "kong", "cpu_us", None, False),
]
FORMATS = {"cpu_us": "{:.2f} µs : {:.2f} µs", "rps": "{:,.0f} : {:,.0f} /s",
           "p99_ms": "{:.2f} ms : {:.2f} ms", "p50_ms": "{:.2f} ms : {:.2f} ms"}


def gateway_rows(done, names):
    rows = []
    for what, name, other, figure, bar, least in GATEWAY_ROWS:
        if other not in done[0]:
            continue
        value, low, high = rounds.ratio(done, name, other, figure)
        figures = FORMATS[figure].format(rounds.median(done, name, figure),
                                         rounds.median(done, other, figure))
        if figure == "rps":  # a worker that idles waited for the load, not the other way round
            figures += (f", worker {rounds.median(done, name, 'busy'):.0%} : "
                        f"{rounds.median(done, other, 'busy'):.0%} busy")
        rows.append(Row(what, value, names[other], bar, least, "x", low, high, figures))
    for figure, bar in (("p50_ms", None), ("p99_ms", 0.5)):
        value, low, high = rounds.difference(done, "verify", "plain", figure)
        figures = FORMATS[figure].format(rounds.median(done, "verify", figure),
                                         rounds.median(done, "plain", figure))
        rows.append(Row(f"{CHECK}: {figure[:3]} at saturation, added", value, names["plain"], bar,
                        False, "ms", low, high, figures))
    return rows


def measure(options, say):
    module = options.build / "nginx" / "ngx_http_macaw_module.so"
    cpus = sorted(os.sched_getaffinity(0))
    for what, why in (("nginx", shutil.which("nginx", path="/usr/sbin")), ("wrk", shutil.which("wrk")),
                      ("the nginx module", module.exists())):
        if not why:
            return [Absent("gateway", f"no {what}")]
    if len(cpus) < 3:
        return [Absent("gateway", "server, backend and load need a processor each")]
    bench = rounds.Bench(module, cpus, options.seconds)
    try:
        done = bench.run(options.rounds, say)
    finally:
        bench.close()
    results = gateway_rows(done, gateway_names())
    for variant, what, why in (
            ("apisix", "lua-nginx-module", "libnginx-mod-http-lua is not installed"),
            ("flask", "Flask", "python3-flask or gunicorn is not installed")):
        if variant not in done[0]:
            results.append(Absent(what, why))
    return results
