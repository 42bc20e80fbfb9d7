"""Draw screens of `obstacles serve` into docs/pictures (`make pictures`); needs chromium and chromedriver."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from gallery import FOLDER

SCREENS = ("files", "ranking", "departments")
WIDTH, HEIGHT = 1280, 1100
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--lang=en")


def main() -> None:
    """Start the page on a folder that goes, open the sample study, and keep what a window shows."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        print("No chromium: the pictures of the page are as they were (Debian: chromium, chromium-driver).")
        return
    with TemporaryDirectory() as folder:
        words = [sys.executable, "-m", "obstacles", "serve", f"{folder}/work", "--no-browser"]
        program = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        try:
            assert program.stdout is not None
            address = [program.stdout.readline(), program.stdout.readline()][1].strip()
            shoot(address, chromium, driver, Path(folder) / "profile")
        finally:
            program.terminate()
            program.wait(20)


def shoot(address: str, chromium: str, driver: str, profile: Path) -> None:
    """Draw the start screen and those of the sample study."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={profile}", f"--window-size={WIDTH},{HEIGHT}"):
        options.add_argument(flag)
    browser = webdriver.Chrome(options=options, service=Service(driver, env={**os.environ, "SE_OFFLINE": "true"}))
    browser.implicitly_wait(60)
    try:
        browser.get(address)
        keep(browser, "start")
        browser.find_element("css selector", "form[action$=sample] button").click()
        browser.find_element("css selector", "table.rank")
        base = browser.current_url.rpartition("/")[0]
        for name in SCREENS:
            browser.get(f"{base}/{name}")
            browser.find_element("css selector", "main table, main .go, main .files")
            if name == "departments":
                browser.find_element("css selector", "table.grid")
            keep(browser, name)
    finally:
        browser.quit()


def keep(browser: object, name: str) -> None:
    """Write what the window shows, in few colours."""
    import io

    from PIL import Image

    shown = Image.open(io.BytesIO(browser.get_screenshot_as_png())).convert("RGB")  # type: ignore[attr-defined]
    few = shown.quantize(96, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(FOLDER / f"page-{name}.png", optimize=True)


if __name__ == "__main__":
    main()
