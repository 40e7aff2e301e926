"""nginx's own configure builds the same module as Meson."""

import os
import re
import subprocess
from pathlib import Path

import pytest

import gateway as gw
import signer

pytestmark = pytest.mark.skipif(bool(gw.PRELOAD), reason="what a build without sanitizers makes")

SOURCE = Path(os.environ.get("MACAW_NGINX_SOURCE", "/usr/share/nginx/src"))
LIBRARY = gw.BUILD / "src" / "libmacaw.a"

BUILD_SCRIPT = """
set -e
cd "$SOURCE"
[ ! -r conf_flags ] || . ./conf_flags
[ -z "${MACAW_NGINX_FLAGS-}" ] || eval "NGX_CONF_FLAGS=($MACAW_NGINX_FLAGS)"
./configure "${NGX_CONF_FLAGS[@]}" --with-cc-opt="-g -O2 -fPIC" --with-ld-opt="-fPIC" \\
    --add-dynamic-module="$ADDON" --builddir="$OBJS"
make -j2 -f "$OBJS/Makefile" modules
"""

# What nginx looks up in a module file, and the modules themselves.
EXPORTS = {"ngx_modules", "ngx_module_names", "ngx_module_order", "ngx_http_macaw_module",
           "ngx_http_macaw_filter_module", "ngx_http_macaw_session_module"}


@pytest.fixture(scope="module")
def configured(tmp_path_factory):
    """The module as nginx's configure and make build it."""
    if not (SOURCE / "configure").exists():
        pytest.skip(f"no nginx sources in {SOURCE}")
    objs = tmp_path_factory.mktemp("objs")
    environment = {**os.environ, "SOURCE": str(SOURCE), "OBJS": str(objs),
                   "ADDON": str(gw.REPOSITORY / "nginx"), "MACAW_LIB": str(LIBRARY)}
    done = subprocess.run(["bash", "-c", BUILD_SCRIPT], env=environment, capture_output=True,
                          text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return objs / "ngx_http_macaw_module.so"


def exports(module):
    """Defined dynamic symbols that are strong."""
    listing = subprocess.run(["nm", "-D", "--defined-only", module], check=True,
                             capture_output=True, text=True).stdout
    return {line.split()[2] for line in listing.splitlines() if line.split()[1] not in "wVW"}


def signature(module):
    """The string by which nginx tells whether a module fits it."""
    found = set(re.findall(rb"8,4,8,[01]{30,}", module.read_bytes()))
    assert len(found) == 1, found
    return found.pop()


def undefined(module):
    listing = subprocess.run(["nm", "-D", "--undefined-only", module], check=True,
                             capture_output=True, text=True).stdout
    return {line.split()[-1] for line in listing.splitlines()}


def test_both_builds_export_what_nginx_looks_up_and_no_more(configured):
    assert exports(configured) == EXPORTS
    assert exports(gw.MODULE) == EXPORTS


def test_both_builds_have_nginx_s_signature(configured):
    assert signature(configured) == signature(gw.MODULE) == signature(Path(gw.NGINX))


def test_neither_build_misses_a_function_of_the_library(configured):
    for module in (configured, gw.MODULE):
        assert not {name for name in undefined(module) if "macaw" in name}, module


def test_nginx_loads_the_configured_module_and_it_works(configured, gateway, monkeypatch):
    monkeypatch.setattr(gw, "MODULE", configured)
    configured.parent.chmod(0o755)
    server = gateway("location / { empty_gif; }")
    assert server.get(signer.unique("/")).status == 200
    assert server.send(signer.unique("/")).status == 401
