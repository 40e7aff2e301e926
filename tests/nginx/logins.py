"""Login pages of gateways, and a browser's part of using them."""

import ctypes
import html
import os
import re
import urllib.parse

import sessions

PASSWORD = "correct horse battery staple"
HOST = "gateway.test"
SAME = {"Origin": f"http://{HOST}"}
COOKIE = "macaw-session"
FORM_COOKIE = "macaw-session-login"

# The cheapest of each kind: tests are to be quick. bcrypt's least is what htpasswd -B takes.
YESCRYPT = "$y$j75$abcdefghijklmnop"
KINDS = {
    "yescrypt": YESCRYPT,
    "bcrypt-b": "$2b$05$abcdefghijklmnopqrstuu",
    "bcrypt-y": "$2y$05$abcdefghijklmnopqrstuu",
    "sha512": "$6$rounds=1000$abcdefgh",
    "sha512-default": "$6$abcdefgh",
    "sha256": "$5$rounds=1000$abcdefgh",
}

_libcrypt = ctypes.CDLL("libcrypt.so.1")
_libcrypt.crypt.restype = ctypes.c_char_p


def crypt(password, setting=YESCRYPT):
    made = _libcrypt.crypt(password.encode(), setting.encode())
    assert made and not made.startswith(b"*"), setting
    return made.decode()


USERS = {"alice": PASSWORD, "bob": "hunter2 but longer"}


def lines(users=None, setting=YESCRYPT):
    return "".join(f"{name}:{crypt(word, setting)}\n" for name, word in (users or USERS).items())


PLAIN = f"secure off; cookie {COOKIE};"


def site_of(make, page="", *, more="", options="", file=None, mode=0o640, listen="",
            definition=PLAIN, **how):
    """A gateway whose /login logs in to "main", over plain HTTP unless said."""
    start = how.pop("start", True)
    locations = listen + """
        location = /login { macaw_session_login_page main htpasswd={users} PAGE; }
        location = /logout { macaw_session_logout main; }
        location /open/ { proxy_pass {app}; }
        location / { macaw_session_require /login; proxy_pass {app}; }
        """.replace("PAGE", page) + more
    names = {"users": "{dir}/users", **how.pop("names", {})}
    made = sessions.gateway_of(make, locations, definition + options,
                               names=names, start=False, **how)
    path = made.dir / "users"
    made.names["users"] = path
    path.write_text(lines() if file is None else file)
    path.chmod(mode)
    made.write()
    return made.start() if start else made


class Browser:
    """Cookies, and the fields of the last page."""

    def __init__(self, server, fields=None):
        self.server = server
        self.fields = fields or {}
        self.cookies = {}
        self.page = None

    def send(self, target, method="GET", body=None, fields=None):
        sent = {"Host": HOST, **self.fields, **(fields or {})}
        if self.cookies and "Cookie" not in sent:
            sent["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        answer = self.server.send(target, sent, method=method, body=body)
        self.keep(answer)
        return answer

    def keep(self, answer):
        for line in answer.get_all("Set-Cookie"):
            name, _, value = line.split(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        if "text/html" in answer.get("Content-Type", ""):
            self.page = answer.body.decode()

    def open(self, target="/login"):
        return self.send(target)

    def hidden(self):
        return {name: html.unescape(value) for name, value in
                re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.page)}

    def post(self, fields, target="/login", same=SAME, body=None,
             content_type="application/x-www-form-urlencoded"):
        body = urllib.parse.urlencode(fields).encode() if body is None else body
        sent = {**same, **({"Content-Type": content_type} if content_type else {})}
        return self.send(target, "POST", body, sent)

    def log_in(self, user="alice", password=PASSWORD, target="/login", **how):
        """Open the page unless it is open, fill it in."""
        if self.page is None or 'name="password"' not in self.page:
            self.open(target)
        return self.post({**self.hidden(), "username": user, "password": password}, **how)

    def user(self):
        """Who the application thinks this is."""
        answer = self.send("/open/echo")
        names = sessions.upstream_saw(answer, "X-Macaw-User")
        return names[0] if names else None


def alert(answer):
    found = re.search(r'role="alert">(.*?)</p>', answer.body.decode(), re.S)
    return found.group(1) if found else None


def address(i):
    """One of many addresses for X-Forwarded-For."""
    return f"198.51.{i // 250}.{i % 250 + 1}"


BEHIND_PROXY = "set_real_ip_from 127.0.0.1; real_ip_header X-Client;"


def random_name():
    return "user-" + os.urandom(6).hex()
