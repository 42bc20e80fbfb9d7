"""The page in a real browser: journeys by click, with and without JavaScript; axe on every screen; no network.

`make browser` runs these. Chromium and its driver come from the system (Debian: chromium, chromium-driver), axe-core
from npm (`npm ci --prefix tests/browser`). Where one is missing they are skipped, and say so.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest_web import DEMO
from paths import ROOT

pytestmark = pytest.mark.browser
AXE = ROOT / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
SCREENS = ["files", "questions", "problems/1", "ranking", "change", "departments", "models?formula=grade", "reports",
           "items", "capability", "privacy", "method", "file", "nowhere", "ranking?level=2"]  # fmt: skip
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update")  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Start the program; gives what asks it for one more address that opens the door."""
    words = [sys.executable, "-m", "obstacles", "serve", str(tmp_path_factory.mktemp("work")), "--no-browser"]
    program = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert program.stdout is not None
    first = [program.stdout.readline(), program.stdout.readline()][1].strip()
    addresses = [first]

    def another() -> str:
        if not addresses:
            program.send_signal(10)  # SIGUSR1
            addresses.append(program.stdout.readline().strip())
        return addresses.pop()

    yield another
    program.terminate()
    program.wait(20)
    program.stdout.close()


def browser(folder: Path, *, script: bool = True, language: str = "en") -> Any:
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service

    chromium, program = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or program is None:
        pytest.skip("chromium or chromedriver is not installed (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={folder}", f"--lang={language}"):
        options.add_argument(flag)
    wanted: dict[str, Any] = {"intl.accept_languages": language}
    if not script:
        wanted["profile.managed_default_content_settings.javascript"] = 2
    options.add_experimental_option("prefs", wanted)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    try:
        return webdriver.Chrome(options=options, service=Service(program, env={**os.environ, "SE_OFFLINE": "true"}))
    except WebDriverException as error:
        pytest.skip(f"chromium does not start on this machine: {error.msg}")


@pytest.fixture(params=["en", "zh"], scope="module")
def sample(request: Any, address: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The sample study, opened by a click."""
    driver = browser(tmp_path_factory.mktemp("profile"), language=request.param)
    driver.get(address())
    root = driver.current_url
    click(driver, "form[action$=sample] button")
    until(driver, lambda: "/ranking" in driver.current_url)
    yield driver, root, driver.current_url.rpartition("/")[0], request.param
    driver.quit()


def find(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def click(driver: Any, selector: str) -> None:
    element = find(driver, selector)
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def until(driver: Any, true: Any, seconds: float = 40) -> None:
    from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException

    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        with suppress(NoSuchElementException, StaleElementReferenceException):  # the page is changing
            if true():
                return
        time.sleep(0.1)
    raise AssertionError(driver.current_url)


def show(driver: Any, base: str, name: str) -> None:
    driver.get(f"{base}/{name}")
    until(driver, lambda: not driver.find_elements("css selector", "[data-job]"), 60)


@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_and_nothing_goes_sideways(sample: Any, width: int) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: npm ci --prefix tests/browser")
    driver, root, base, language = sample
    code, found = AXE.read_text(encoding="utf-8"), {}
    driver.set_window_size(width, 900)
    for name in (None, *SCREENS):
        driver.get(root) if name is None else show(driver, base, name)
        driver.execute_script(code)
        violations = driver.execute_async_script(
            "const done = arguments[0]; axe.run().then(r => done(r.violations.map(v => v.id + ': ' + "
            "v.nodes.slice(0, 3).map(n => n.html.slice(0, 120)).join(' | '))))"
        )
        wide = driver.execute_script(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        if violations or wide > 0:
            found[name] = (violations, wide)
        assert driver.execute_script("return document.documentElement.lang") == language
        heads = "return [...document.querySelectorAll('table.grid thead th')].map(e => e.clientWidth)"
        assert min(driver.execute_script(heads), default=99) >= 44, name  # words, not a letter under another
    assert found == {}


def test_nothing_leaves_the_computer_and_nothing_is_said_on_the_console(sample: Any) -> None:
    driver, _root, base, _language = sample
    for name in ("ranking", "change", "files"):
        show(driver, base, name)
    messages = [
        one["message"]
        for one in driver.get_log("browser")
        if "404" not in one["message"] and "400" not in one["message"]
    ]
    assert messages == []
    sent = [json.loads(one["message"])["message"] for one in driver.get_log("performance")]
    asked = {
        one["params"]["request"]["url"].partition("://")[2].partition(":")[0]
        for one in sent
        if one["method"] == "Network.requestWillBeSent"
        and "127.0.0.1" in one["params"]["documentURL"]
        and one["params"]["request"]["url"].startswith("http")
    }
    assert asked == {"127.0.0.1"}


def test_a_level_is_changed_without_leaving_and_back_goes_back(sample: Any) -> None:
    driver, _root, base, _language = sample
    show(driver, base, "ranking")
    driver.set_window_size(1280, 900)
    driver.execute_script("document.body.dataset.same = 'yes'")
    click(driver, "input[name=level][value='0.8']")
    until(driver, lambda: "level=0.8" in driver.current_url)
    assert driver.execute_script("return document.body.dataset.same") == "yes"
    assert driver.execute_script("return document.activeElement.value") == "0.8"
    driver.back()
    until(driver, lambda: "level=" not in driver.current_url and "80" not in find(driver, "thead").text)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_from_two_exports_to_a_report_by_clicks(address: Any, tmp_path: Path, script: bool) -> None:
    driver = browser(tmp_path / "profile", script=script)
    try:
        driver.get(address())
        files = "\n".join(str(DEMO.resolve() / name) for name in ("responses_2022.csv", "responses_2024.csv"))
        find(driver, ".drop input[type=file]").send_keys(files)
        click(driver, "input[name=mode][value=researcher]")
        click(driver, ".drop button")
        until(driver, lambda: driver.current_url.endswith("/files"))
        click(driver, ".go a.button")
        asked = 0
        while driver.find_elements("css selector", "input[name=id]") and asked < 25:
            asked += 1
            before = find(driver, "input[name=was]").get_attribute("value")
            click(driver, "main form .go button")
            until(
                driver,
                lambda before=before: find(driver, "footer").text and before[:8] not in find(driver, "footer").text,
            )
        assert asked > 8
        click(driver, "main .go a.button")
        until(driver, lambda: "/ranking" in driver.current_url)
        assert "ranks first" in find(driver, "main").text
        click(driver, ".take button[value=html]")
        until(driver, lambda: "/reports" in driver.current_url or "/jobs/" in driver.current_url)
        for _turn in range(40):
            if "/reports" in driver.current_url:
                break
            time.sleep(1)
            driver.get(driver.current_url)
        assert driver.find_elements("css selector", "a[href$='.html']")
    finally:
        driver.quit()


def test_the_page_on_paper_has_no_controls(sample: Any) -> None:
    import base64
    import io

    pypdf = pytest.importorskip("pypdf")
    driver, _root, base, language = sample
    show(driver, base, "ranking")
    content = base64.b64decode(driver.print_page())
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    assert "1,083" in text
    assert "80" not in text or language == "zh" or "80 %" not in text
