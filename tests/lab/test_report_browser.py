"""The report and the interactive page in Chromium."""

import base64
import os
import sys
from pathlib import Path

import pytest
from laboratory import lab

sys.path.append(str(Path(__file__).resolve().parents[1] / "nginx"))
import chromium  # noqa: E402
from test_serve_lab import Server  # noqa: E402

REASON = chromium.missing()
pytestmark = pytest.mark.skipif(REASON is not None, reason=str(REASON))
SHOTS = os.environ.get("MACAW_SCREENSHOTS")  # a folder: keep the screenshots there
COLOURS = ("light", "dark")


@pytest.fixture(scope="module", name="browser")
def _browser():
    driver = chromium.start()
    yield driver
    chromium.end(driver)


@pytest.fixture(scope="module", name="report")
def _report(tmp_path_factory):
    page = tmp_path_factory.mktemp("report") / "report.html"
    done = lab("report", "--repeat", 4, "-o", page, "cbc-two-block", "cookie-splice",
               "session-fixation", "replay", "length-extension", timeout=600)
    assert done.returncode == 0, done.stderr
    return page.as_uri()


def media(browser, colours="", kind=""):
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "media": kind, "features": [{"name": "prefers-color-scheme", "value": colours}]})


def keep(browser, name):
    if SHOTS:
        browser.save_screenshot(str(Path(SHOTS) / f"{name}.png"))


def wait(browser, what, seconds=60):
    from selenium.webdriver.support.ui import WebDriverWait
    return WebDriverWait(browser, seconds).until(what)


def at(browser, name):
    return browser.find_element("id", name)


def choose(browser, name, value):
    from selenium.webdriver.support.ui import Select
    Select(at(browser, name)).select_by_value(value)


def serious(browser):
    """Findings of axe-core that matter."""
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": chromium.axe()})
    browser.set_script_timeout(240)
    found = browser.execute_async_script(
        "const done = arguments[0]; axe.run().then(r => done(r.violations))")
    return [(one["id"], one["nodes"][0]["html"]) for one in found
            if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("colours", COLOURS)
def test_the_report_opens_without_complaints(browser, report, colours):
    media(browser, colours)
    browser.get(report)
    assert not [line for line in browser.get_log("browser") if line["level"] == "SEVERE"]
    assert browser.execute_script("return performance.getEntriesByType('resource').filter("
                                  "e => !e.name.startsWith('data:')).length") == 0
    dark = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert dark == ("rgb(20, 24, 29)" if colours == "dark" else "rgb(255, 255, 255)")
    keep(browser, f"report-{colours}")


@pytest.mark.parametrize("colours", COLOURS)
def test_the_report_is_accessible(browser, report, colours):
    media(browser, colours)
    browser.get(report)
    assert serious(browser) == []


def test_the_report_does_not_run_over_the_side(browser, report):
    media(browser, "light")
    for width in (360, 1300):
        browser.set_window_size(width, 900)
        browser.get(report)
        assert browser.execute_script(
            "return document.documentElement.scrollWidth <= innerWidth"), width


def test_the_report_prints(browser, report):
    browser.get(report)
    printed = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})
    pdf = base64.b64decode(printed["data"])
    assert pdf.startswith(b"%PDF") and len(pdf) > 50000
    media(browser, "dark", "print")
    assert browser.execute_script(
        "return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    keep(browser, "report-print")
    browser.set_window_size(718, 900)  # A4 between Chromium's margins; wider is shrunk
    assert browser.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    media(browser, "light")


def test_a_learner_changes_runs_and_steps(browser):
    media(browser, "light")
    browser.set_window_size(1300, 1000)
    with Server() as server:
        browser.get(server.url + "#birthday")
        wait(browser, lambda b: at(b, "card").get_attribute("value") == "birthday")
        choose(browser, "option-cipher", "feistel20")  # another size of block
        at(browser, "seed").send_keys("7")
        at(browser, "run").send_keys("\n")
        wait(browser, lambda b: at(b, "result").is_displayed())
        assert browser.switch_to.active_element == at(browser, "result-title")
        assert "step 1 of" in at(browser, "where").text
        before = len(browser.find_elements("css selector", "#left > li"))
        at(browser, "next").send_keys("\n")
        assert len(browser.find_elements("css selector", "#left > li")) == before + 1
        at(browser, "back").send_keys("\n")
        assert len(browser.find_elements("css selector", "#left > li")) == before
        assert at(browser, "left-end").text == ""
        at(browser, "all").send_keys("\n")
        assert at(browser, "left-end").text != "" and at(browser, "right-end").text != ""
        assert len(browser.find_elements("css selector", "#rates tr")) > 5
        keep(browser, "serve")
        assert not [one for one in browser.get_log("browser") if one["level"] == "SEVERE"]


def test_a_figure_grows(browser):
    with Server() as server:
        browser.get(server.url + "#cbc-two-block")
        wait(browser, lambda b: b.find_elements("id", "option-message"))
        at(browser, "run").click()
        wait(browser, lambda b: at(b, "result").is_displayed())
        while not browser.find_elements("css selector", "#left svg"):
            at(browser, "next").click()
        later = len(browser.find_elements("css selector", "#left svg g.later"))
        assert later > 3
        at(browser, "next").click()
        assert len(browser.find_elements("css selector", "#left svg g.later")) == later - 1
        at(browser, "all").click()
        assert not browser.find_elements("css selector", "#left svg g.later")
        keep(browser, "serve-figure")


def test_a_wrong_option_is_said(browser):
    with Server() as server:
        browser.get(server.url + "#cbc-two-block")
        wait(browser, lambda b: b.find_elements("id", "option-key"))
        at(browser, "option-key").send_keys("hex:zz")
        at(browser, "run").click()
        wait(browser, lambda b: at(b, "status").text.startswith("Not run: macaw: "))
        assert not at(browser, "result").is_displayed()
        browser.get_log("browser")  # which tells of the answer 400


@pytest.mark.parametrize("colours", COLOURS)
def test_the_page_is_accessible(browser, colours):
    media(browser, colours)
    with Server() as server:
        browser.get(server.url + "#cbc-two-block")
        wait(browser, lambda b: b.find_elements("id", "option-message"))
        at(browser, "run").click()
        wait(browser, lambda b: at(b, "result").is_displayed())
        at(browser, "all").click()
        assert serious(browser) == []
