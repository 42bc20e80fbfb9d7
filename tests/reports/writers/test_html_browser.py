"""The HTML reports in a real browser: no accessibility violation, keyboard, sorting, phone and paper, no request.

Chromium and its driver come from the system (Debian: chromium, chromium-driver), axe-core from npm
(`npm ci --prefix tests/browser`). Where one is missing, these tests are skipped.
"""

import base64
import io
import json
import os
import shutil
from pathlib import Path

import pypdf
import pytest

from obstacles.reports.kinds import REPORTS

AXE = Path(__file__).parents[2] / "browser" / "node_modules" / "axe-core" / "axe.min.js"
KINDS = tuple(kind for kind in REPORTS if kind != "brief")  # a page of the research report
DESKTOP, PHONE = (1440, 900), (390, 844)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    """Chromium without a window and with a new profile."""
    webdriver = pytest.importorskip("selenium.webdriver", reason="selenium is not installed")
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.chrome.service import Service

    browser, program = shutil.which("chromium"), shutil.which("chromedriver")
    if browser is None or program is None:
        pytest.skip("chromium or chromedriver is not installed (Debian: chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    try:
        made = webdriver.Chrome(options=options, service=Service(program, env={**os.environ, "SE_OFFLINE": "true"}))
    except WebDriverException as error:
        pytest.skip(f"chromium does not start on this machine: {error.msg}")
    yield made
    made.quit()


@pytest.fixture(scope="module")
def prepared(driver, example, tmp_path_factory):
    """Open the report of a kind at a size of the window; the driver comes back."""
    from obstacles.reports.writers.render import to_page

    folder = tmp_path_factory.mktemp("pages")

    def load(kind, size=DESKTOP, *, script=True):
        path = folder / f"{kind}.html"
        if not path.exists():
            path.write_bytes(to_page(example(kind)))
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        driver.get(path.as_uri())
        return driver

    yield load
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_no_violation(prepared, kind, size):
    if not AXE.exists():
        pytest.skip("axe-core is not installed (npm ci --prefix tests/browser)")
    page = prepared(kind, size)
    page.execute_cdp_cmd("Page.enable", {})
    page.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
    found = page.execute_async_script("const done = arguments[0]; axe.run().then(done)")
    assert len(found["passes"]) > 30
    said = [f"{one['impact']} {one['id']}: {one['nodes'][0]['html'][:200]}" for one in found["violations"]]
    assert said == []


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_asked_for_and_nothing_goes_wrong(prepared, driver, kind):
    driver.get_log("performance")
    page = prepared(kind)
    asked = []
    for entry in page.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
    own = ("data:", "chrome:", "chrome-untrusted:")  # inside the page, and the browser's own first page
    assert [url.split(":", 1)[0] for url in asked if not url.startswith(own)] == ["file"]
    assert page.get_log("browser") == []
    assert page.execute_script("return document.fonts.check('600 12px \"Source Sans Pro\"')")


@pytest.mark.parametrize("size", [DESKTOP, (900, 1000), PHONE, (320, 700)])
@pytest.mark.parametrize("kind", KINDS)
def test_the_page_never_scrolls_sideways(prepared, kind, size):
    """WCAG 1.4.10: at 320 pixels only tables and charts scroll, in their own boxes."""
    page = prepared(kind, size)
    assert page.execute_script("return document.documentElement.scrollWidth") <= size[0]
    outside = page.execute_script(
        "return [...document.querySelectorAll('main *')]"
        ".filter(e => !e.closest('.scroll, .art') && e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.tagName + ' ' + e.className)"
    )
    assert outside == []


def test_on_a_phone_the_leader_its_value_and_its_places_are_on_the_first_screen(prepared):
    driver = prepared("research", PHONE)
    row = "document.querySelector('.dark .narrow .first')"
    assert driver.execute_script(f"return {row}.getBoundingClientRect().bottom") <= PHONE[1]
    texts = driver.execute_script(f"return [...{row}.querySelectorAll('span')].map(e => e.innerText)")
    assert texts[:3] == ["1", "Skills", "26.6"]
    assert driver.execute_script("return document.querySelector('.figure .scroll').offsetHeight") == 0


def test_the_contents_stay_in_view_on_a_wide_screen_only(prepared):
    top = "scrollTo(0, 3000); return document.querySelector('.contents').getBoundingClientRect().top"
    assert 0 <= prepared("research").execute_script(top) < 100
    assert prepared("research", PHONE).execute_script(top) < 0


def press(page, *keys):
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(page).send_keys(*keys).perform()


def focused(page, wanted="outerHTML"):
    return page.execute_script(f"return document.activeElement.{wanted}")


def test_a_keyboard_reaches_the_report_and_its_tables(prepared):
    from selenium.webdriver.common.keys import Keys

    page = prepared("research", PHONE)
    press(page, Keys.TAB)
    assert focused(page, "className") == "skip"
    assert page.execute_script("return document.activeElement.getBoundingClientRect().left") >= 0
    press(page, Keys.ENTER)
    assert page.execute_script("return location.hash") == "#section-summary"
    seen = []
    for _step in range(30):
        press(page, Keys.TAB)
        seen.append(focused(page, "tagName") + " " + focused(page, "className"))
        assert page.execute_script("return getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert "DIV scroll" in seen  # what is wider than a phone can be scrolled
    assert "BUTTON " in seen
    assert not any(one.startswith("A ") for one in seen)  # the contents were skipped


COLUMN = """
const table = document.querySelector(arguments[0] + ' table');
return [...table.tBodies[0].rows].map(row => row.cells[arguments[1]].textContent.trim())
"""


def sort_button(page, table, column):
    return page.execute_script(
        "return document.querySelectorAll(arguments[0] + ' thead th')[arguments[1]].querySelector('button')",
        table,
        column,
    )


def test_numbers_sort_by_their_value_and_what_is_hidden_stays_last(prepared):
    from selenium.webdriver.common.keys import Keys

    page, table = prepared("research"), "#table-group_department"
    before = page.execute_script(COLUMN, table, 1)
    assert before.count("[c]") == 2
    sort_button(page, table, 5).send_keys(Keys.ENTER)  # by keyboard
    heading = "return document.querySelectorAll(arguments[0] + ' thead th')[5].getAttribute('aria-sort')"
    assert page.execute_script(heading, table) == "descending"
    rates = page.execute_script(COLUMN, table, 5)
    shown = [float(rate) for rate in rates[:-2]]
    assert shown == sorted(shown, reverse=True)
    assert rates[-2:] == ["[c]", "[c]"]
    said = page.execute_script("return document.getElementById('said').textContent")
    assert said == "Sorted by Response %, largest first."
    sort_button(page, table, 5).click()
    rates = page.execute_script(COLUMN, table, 5)
    shown = [float(rate) for rate in rates[:-2]]
    assert shown == sorted(shown)
    assert rates[-2:] == ["[c]", "[c]"]
    sort_button(page, table, 5).click()
    assert page.execute_script(COLUMN, table, 1) == before
    assert page.execute_script(heading, table) is None


def test_names_sort_and_one_column_alone_is_marked(prepared):
    page, table = prepared("research"), "#table-ranking"
    sort_button(page, table, 1).click()
    sort_button(page, table, 0).click()
    names = page.execute_script(COLUMN, table, 0)
    assert names == sorted(names)
    marked = page.execute_script("return document.querySelectorAll(arguments[0] + ' [aria-sort]').length", table)
    assert marked == 1


def test_intervals_with_minus_signs_sort_by_their_lower_end(prepared):
    page, table = prepared("gap"), "#table-below"
    column = 6
    sort_button(page, table, column).click()
    lower = [
        float(t.split(" to ")[0].replace("−", "-")) for t in page.execute_script(COLUMN, table, column) if " to " in t
    ]
    assert lower == sorted(lower, reverse=True)
    assert min(lower) < 0 < max(lower)


def test_without_script_the_page_is_whole(prepared):
    page = prepared("gap", script=False)
    html = page.page_source
    assert "<button" not in html
    assert html.count("<table") > 4
    assert 'href="#section-' in html


@pytest.mark.parametrize("kind", KINDS)
def test_it_prints_from_the_browser_without_what_is_for_a_screen(prepared, kind, example):
    page = prepared(kind)
    printed = page.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    reader = pypdf.PdfReader(io.BytesIO(base64.b64decode(printed["data"])))
    text = " ".join(" ".join(one.extract_text() for one in reader.pages).split())
    assert "Skip to the report" not in text
    assert "Contents" not in text
    assert all(section.title in text for section in example(kind).sections)
    assert float(reader.pages[0].mediabox[2]) == pytest.approx(595, abs=1)
    assert 3 < len(reader.pages) < 20
    assert example(kind).title in " ".join(reader.pages[0].extract_text().split())  # nothing has pushed it away
    assert "Synthetic data" in reader.pages[0].extract_text()
