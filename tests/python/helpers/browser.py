"""A page served beside the tests, and Chromium without a window."""

import os
import shutil
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from fresh import need
from hearingai.explorer.serving import serve
from patience import PATIENCE, until

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_QUIET = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run")
_QUIET += ("--disable-background-networking", "--disable-component-update", "--disable-sync")
_QUIET += ("--hide-scrollbars", "--autoplay-policy=no-user-gesture-required")
_FAKE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@contextmanager
def served(classifier, options, **limits):
    """Serve a page in a thread; gives its address."""
    told, came = [], threading.Event()

    def ready(*answer):
        told.extend(answer)
        came.set()

    kwargs = limits | {"ready": ready}
    thread = threading.Thread(target=serve, args=(classifier, options), kwargs=kwargs)
    thread.start()
    try:
        assert came.wait(PATIENCE)
        yield told[0]
    finally:
        told[1]()
        thread.join(PATIENCE)


class Browser:
    """Chromium at a page.

    Args:
        folder: A new, empty folder for its profile.
        microphone: A wav that its microphone hears, again and again.
    """

    def __init__(self, folder, microphone=None):
        need("selenium")
        from selenium import webdriver

        binary = next(filter(None, map(shutil.which, _NAMES)), None)
        driver = shutil.which("chromedriver")
        if binary is None or driver is None:
            pytest.skip("no chromium and chromedriver here to open the page in")
        options = webdriver.ChromeOptions()
        options.binary_location = binary
        for argument in (*_QUIET, f"--user-data-dir={folder}"):
            options.add_argument(argument)
        if microphone is not None:
            for argument in (*_FAKE, f"--use-file-for-fake-audio-capture={microphone}"):
                options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(options, webdriver.ChromeService(driver))

    def open(self, url, width=1200, height=900, dark=False):
        """Open a page on a screen of that many pixels."""
        self.size(width, height)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        self.driver.get(url)
        self.until(lambda: self.text("about"))

    def size(self, width, height):
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)

    def find(self, name):
        return self.driver.find_element("id", name)

    def text(self, name):
        return self.find(name).text

    def run(self, code, *arguments):
        return self.driver.execute_script(code, *arguments)

    def until(self, check):
        """Wait until something is so."""
        return until(check, lambda: f"{self.text('status')}, error: {self.text('error')}")

    def send(self, path):
        """Choose a recording, and wait until it is heard."""
        self.find("file").send_keys(str(path))
        self.until(lambda: "event" in self.text("status") or self.text("error"))

    def press(self, *keys):
        """Press keys, wherever the focus is."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).send_keys(*keys).perform()

    def rows(self):
        """The table of events: lists of start, end, label, score as they are shown."""
        return self.run(
            "return [...document.querySelectorAll('#events tr')].map((row) => "
            "[...row.cells].slice(1).map((cell) => cell.textContent))"
        )

    def complaints(self):
        """What the browser logged as wrong."""
        return [e["message"] for e in self.driver.get_log("browser") if e["level"] == "SEVERE"]

    def picture(self, name):
        """Keep a picture of the whole page in the folder that HEARINGAI_SHOTS names, if it does."""
        folder = os.environ.get("HEARINGAI_SHOTS")
        if folder:
            width, height = self.run("return [innerWidth, document.documentElement.scrollHeight]")
            self.size(width, height)
            time.sleep(0.5)
            self.driver.save_screenshot(str(Path(folder) / f"{name}.png"))

    def quit(self):
        self.driver.quit()
