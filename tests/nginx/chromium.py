"""Headless Chromium, driven by its own driver, on loopback."""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from gateway import BUILD

NPM = Path(__file__).resolve().parent / "npm"
NO_NETWORK = re.compile(r"ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|EHOSTUNREACH"
                        r"|ETIMEDOUT|ERR_SOCKET_TIMEOUT")
OPTIONS = ["--headless=new", "--disable-gpu", "--disable-quic", "--no-first-run",
           "--disable-background-networking", "--disable-component-update", "--disable-sync",
           "--disable-dev-shm-usage", "--force-device-scale-factor=2", "--window-size=760,720"]


def missing():
    for program in ("chromium", "chromedriver"):
        if shutil.which(program) is None:
            return f"{program} is not installed"
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "python3-selenium is not installed"
    return None


def start():
    """A driver; quit() ends it."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    profile = tempfile.mkdtemp(prefix="macaw-chromium-")
    for option in [*OPTIONS, f"--user-data-dir={profile}"]:
        options.add_argument(option)
    if os.geteuid() == 0:  # its sandbox does not work for root
        options.add_argument("--no-sandbox")
    driver = webdriver.Chrome(service=Service(shutil.which("chromedriver"), log_path=os.devnull),
                              options=options)
    driver.set_page_load_timeout(90)
    driver.profile = profile
    return driver


def end(driver):
    driver.quit()
    shutil.rmtree(driver.profile, ignore_errors=True)


def axe():
    """The source of axe-core, fetched once."""
    folder = BUILD / "tests" / "axe"
    source = folder / "node_modules" / "axe-core" / "axe.min.js"
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed, and Debian does not package axe-core")
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not source.exists():
            for name in ("package.json", "package-lock.json"):
                shutil.copy(NPM / name, folder)
            made = subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline",
                 "--fetch-retries=1", "--fetch-timeout=30000"],
                cwd=folder, capture_output=True, text=True, timeout=600)
            if made.returncode != 0 and NO_NETWORK.search(made.stderr):
                pytest.skip("npm has no network, and Debian does not package axe-core")
            assert made.returncode == 0, made.stderr
    return source.read_text()
