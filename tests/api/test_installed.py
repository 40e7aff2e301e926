"""What make install puts where, and that it works from there."""
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("MACAW_BUILD", ROOT / "build"))
COMPILERS = {"C": ["gcc", "-xc", "-std=c11"], "C++": ["g++", "-xc++", "-std=c++11"]}

TAG = """
#include <macaw/macaw.h>
#include <stdio.h>
int main(void)
{
    macaw_key *key;
    unsigned char tag[32];
    macaw_msg m = {NULL, "this_is_a_message", 17};
    if (macaw_key_new(&key, macaw_alg_find("hmac-sha256"), "secret", 6, NULL) != MACAW_OK ||
        macaw_tag(key, &m, tag, sizeof tag) != MACAW_OK)
        return 1;
    printf("%02x%02x\\n", tag[0], tag[1]);
    macaw_key_free(key);
    return 0;
}
"""

SESSION = """
#include <macaw/macaw.h>
#include <stdio.h>
int main(void)
{
    static unsigned char work[MACAW_SESSION_WORK];
    static const char master[] = "32 bytes that nobody else knows.";
    macaw_session_config config = macaw_session_config();
    macaw_session_key_spec spec = macaw_session_key_spec();
    macaw_session_grant grant = macaw_session_grant();
    macaw_session_token token = macaw_session_token();
    macaw_session_claims claims;
    macaw_session *session;
    char text[MACAW_SESSION_TOKEN_MAX + 1];

    config.scheme = macaw_session_scheme_find("sc1-aead");
    spec.kid = "1";
    spec.secret = master;
    spec.secret_len = 32;
    spec.state = MACAW_ACTIVE;
    grant.subject = macaw_str{"alice", 5};
    grant.issued = 1700000000;
    grant.ttl = 60;
    token.text.data = text;
    if (macaw_session_new(&session, &config, NULL) != MACAW_OK ||
        macaw_session_add_key(session, &spec, NULL) != MACAW_OK ||
        macaw_session_issue(session, &grant, text, &token.text.len) != MACAW_OK)
        return 1;
    macaw_session_verify(session, &token, 1700000059, work, &claims);
    printf("%s %.*s\\n", macaw_session_reason_name(claims.reason), (int)claims.subject.len,
           claims.subject.data);
    text[token.text.len - 2] = text[token.text.len - 2] == 'A' ? 'B' : 'A';
    macaw_session_verify(session, &token, 1700000059, work, &claims);
    printf("%s\\n", macaw_session_reason_name(claims.reason));
    macaw_session_free(session);
    return 0;
}
"""

PROGRAMS = {"tag": (TAG, "ce9b\n"), "session": (SESSION, "ok alice\nmismatch\n")}


def in_c(source):
    """C++ makes an empty struct T(), and a struct of values T{...}: C has literals."""
    source = re.sub(r"= macaw_(\w+)\(\);", "= {0};", source)
    return source.replace("= macaw_str{", "= (macaw_str){")


@pytest.fixture(name="root", scope="module")
def an_installation(tmp_path_factory):
    folder = tmp_path_factory.mktemp("installed")
    subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet"], check=True,
                   env={**os.environ, "DESTDIR": str(folder)}, capture_output=True)
    return folder


@pytest.fixture(name="flags", scope="module")
def flags_of_pkg_config(root):
    (pc,) = root.rglob("macaw.pc")
    env = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent), "PKG_CONFIG_SYSROOT_DIR": str(root)}
    return subprocess.run(["pkg-config", "--cflags", "--libs", "macaw"], env=env, check=True,
                          capture_output=True, text=True).stdout.split()


@pytest.mark.parametrize("language", COMPILERS)
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_finds_the_library_through_pkg_config(flags, tmp_path, name, language):
    """Memory is released, too: valgrind fails on what is lost or was never written."""
    text, out = PROGRAMS[name]
    source, program = tmp_path / "use.c", tmp_path / "use"
    source.write_text(in_c(text) if language == "C" else text)
    subprocess.run([*COMPILERS[language], "-Wall", "-Wextra", "-Werror", source, "-o", program,
                    "-xnone", *flags], check=True)
    libdir = next(flag[2:] for flag in flags if flag.startswith("-L"))
    done = subprocess.run(["valgrind", "-q", "--leak-check=full", "--error-exitcode=9", program],
                          check=False, capture_output=True, text=True,
                          env={**os.environ, "LD_LIBRARY_PATH": libdir})
    assert (done.returncode, done.stdout) == (0, out), done.stderr


def test_nothing_is_missing_and_nothing_more_is_there(root):
    """By kind of file, and each header and manual page of the tree."""
    there = {re.sub(r".*/(?=(bin|include|lib|libexec|share)/)", "", str(path))
             for path in root.rglob("*") if not path.is_dir()}
    there = {re.sub(r"^lib/[^/]+-linux-gnu/", "lib/", path) for path in there}
    expected = {"bin/macaw", "libexec/macaw/macaw-lab", "lib/pkgconfig/macaw.pc", "lib/libmacaw.a",
                "lib/libmacaw.so", "lib/libmacaw.so.0", "lib/libmacaw.so.0.1.0",
                "lib/nginx/modules/ngx_http_macaw_module.so"}
    expected |= {f"include/macaw/{path.name}" for path in (ROOT / "include/macaw").glob("*.h")}
    expected |= {f"share/man/man1/{path.stem}" for path in (ROOT / "man").glob("*.1.scd")}
    assert there == expected


def test_the_command_looks_for_its_laboratory_where_it_was_put(root):
    (macaw,) = root.rglob("bin/macaw")
    (lab,) = root.rglob("macaw-lab")
    done = subprocess.run([macaw, "lab", "list"], capture_output=True, text=True, check=False)
    if done.returncode != 0:  # not at the root of this file system, but of the installation
        named = done.stderr.split(" or in ")[1].strip()
        assert root / named.lstrip("/") == lab.parent
    assert subprocess.run([lab, "list"], capture_output=True, check=False).returncode == 0


def test_nginx_loads_the_module(root, tmp_path):
    (module,) = root.rglob("ngx_http_macaw_module.so")
    (tmp_path / "nginx.conf").write_text(
        f"load_module {module};\npid {tmp_path}/pid;\nerror_log stderr;\nevents {{}}\n"
        "http { access_log off; macaw_replay_zone z 4m; }\n")
    done = subprocess.run([os.environ.get("MACAW_NGINX", "/usr/sbin/nginx"), "-t", "-p", tmp_path,
                           "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
