"""What is compared: the same answer with and without the check, and made by others."""

import base64
import importlib.util
import json
import subprocess

from servers import HERE, NGINX_MODULES, Gunicorn, Nginx

ANSWER = "empty_gif;"  # a content handler: what `return` answers is never checked
VERIFY = ("macaw_keys {keys}; macaw_verify x-authorization; macaw_replay bench; "
          "macaw_window 300;")
SIGN = VERIFY + " macaw_sign_response on;"
ZONE = "macaw_replay_zone bench 64m save=bench.zone;"
PROXY = ('proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";')
UPSTREAM = "upstream backend {{ server 127.0.0.1:{port}; keepalive 128; }}"
LUA = [NGINX_MODULES / "ndk_http_module.so", NGINX_MODULES / "ngx_http_lua_module.so"]
LUA_HTTP = ('lua_package_path "{here}/?.lua;;"; lua_shared_dict replay 512m; '
            'init_by_lua_block {{ {init} }}')

SESSIONS = ("macaw_session_zone name=ended:64m; macaw_session bench {{ scheme sc1-mac; "
            "keys {keys}; zone ended; secure off; cookie session; }} ")
REQUIRE = "macaw_session_use bench; macaw_session_require 401; "

KID = "alice"


def write_keyring(path, key):
    k = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    entry = {"kty": "oct", "kid": KID, "alg": "hmac-sha256", "k": k, "use": "http"}
    path.write_text(json.dumps({"keys": [entry]}))
    path.chmod(0o640)
    return path


def session_cookie(macaw, folder, key):
    """A keyring of sessions, and a cookie under its key."""
    k = base64.urlsafe_b64encode(key).rstrip(b"=").decode()
    entry = {"kty": "oct", "kid": "1", "alg": "hmac-sha256", "k": k, "use": "session"}
    ring, secret = folder / "sessions.json", folder / "session.key"
    ring.write_text(json.dumps({"keys": [entry]}))
    secret.write_bytes(key)
    for path in (ring, secret):
        path.chmod(0o640)
    done = subprocess.run([macaw, "cookie", "issue", "--scheme", "sc1-mac", "-k", secret, "--kid", "1",
                           "--name", "session", "--subject", "alice", "--ttl", "86400",
                           "--cap", "86400"], capture_output=True, check=True)
    return ring, b"session=" + done.stdout.strip()


def lua_string(data):
    return '"' + "".join(f"\\{byte:03d}" for byte in data) + '"'


def apisix_way(cpu, key):
    init = f"way = require 'apisix_way' key = {lua_string(key)}"
    location = "access_by_lua_block { way.check(key, 300) } " + ANSWER
    return Nginx("lua-nginx-module, APISIX's way", cpu, location,
                 LUA_HTTP.format(here=HERE, init=init), LUA)


def kong_way(cpu, key):
    init = (f"way = require 'kong_way' consumers = {{ {KID} = {{ id = '1', custom_id = 'a', "
            f"username = '{KID}', secret = {lua_string(key)} }} }} "
            "required = { 'date', '@request-target' }")
    location = "access_by_lua_block { way.check(consumers, 300, required) } " + ANSWER
    return Nginx("lua-nginx-module, Kong's way", cpu, location,
                 LUA_HTTP.format(here=HERE, init=init), LUA)


def make(folder, module, key, cpu, backend_cpu, ring):
    """(every variant by its short name, the backend of those that proxy); ring: of sessions."""
    keys = write_keyring(folder / "keys.json", key)
    backend = Nginx("backend", backend_cpu, ANSWER)
    upstream = UPSTREAM.format(port=backend.port)

    def gateway(name, answer, directives, http=""):
        return Nginx(name, cpu, directives.format(keys=keys) + " " + answer, ZONE + " " + http,
                     [module])

    variants = {
        "plain": Nginx("nginx", cpu, ANSWER),
        "verify": gateway("macaw", ANSWER, VERIFY),
        "proxy": Nginx("nginx, proxy_pass", cpu, PROXY, upstream),
        "proxy-verify": gateway("macaw, proxy_pass", PROXY, VERIFY, upstream),
        "proxy-session": Nginx("macaw, proxy_pass, session", cpu, REQUIRE + PROXY,
                               SESSIONS.format(keys=ring) + upstream, [module]),
        "proxy-sign": gateway("macaw, proxy_pass, signed response", PROXY, SIGN, upstream),
    }
    if all(importlib.util.find_spec(name) for name in ("flask", "gunicorn")):
        variants["flask"] = Gunicorn("Flask under gunicorn", cpu, "flask_way", key)
    if all(path.exists() for path in LUA):
        variants["apisix"] = apisix_way(cpu, key)
        variants["kong"] = kong_way(cpu, key)
    return variants, backend
