"""The form of words in a browser."""

import importlib

import pandas as pd
import pytest

from browser import Browser, served


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    browser = Browser(tmp_path_factory.mktemp("profile"))
    yield browser
    browser.quit()


@pytest.fixture
def languages(monkeypatch):
    """Two languages, whatever is installed."""
    table = pd.DataFrame({"language": ["en", "de"], "name": ["English", "German"], "voices": 1})
    module = importlib.import_module("hearingai.synthesis.languages")
    monkeypatch.setattr(module, "languages", lambda: table)
    monkeypatch.setattr("hearingai.bodies.registry.get_body", lambda name: name)


def test_words_are_typed_and_heard(browser, languages, maker, ear, recording):
    with served(ear(), {"hop": 0.25}) as url:
        browser.open(url)
        browser.send(recording)
        assert {row[2] for row in browser.rows()} == {"loud", "quiet"}
        browser.find("words-title").click()
        browser.until(lambda: browser.find("words").is_enabled())
        assert browser.find("language").get_attribute("value") == "en"
        maker.go.clear()
        browser.find("words").send_keys("lights <b>on</b>, no\n")  # as by the button
        browser.until(lambda: browser.text("word-status") == "Speaking words …")
        assert browser.find("make").is_enabled() is False
        browser.picture("making")
        maker.go.set()
        browser.until(lambda: {row[2] for row in browser.rows()} == {"lights <b>on</b>"})
        assert browser.text("word-status") == "The page listens for lights <b>on</b>, no."
        assert browser.text("about").startswith("classifier: 4 labels")
        assert browser.text("labels-title") == "Labels (2 of 4)"
        assert browser.find("saved").is_displayed()
        browser.picture("made")
        browser.open(url, 320)
        browser.run("document.getElementById('words-box').open = true")
        assert browser.text("word-status") == "The page listens for lights <b>on</b>, no."
        assert browser.run("return document.documentElement.scrollWidth") <= 320
        browser.picture("narrow")
    assert browser.complaints() == []


def test_the_page_without_a_classifier_waits_for_words(browser, languages, maker, recording):
    with served(None, {}) as url:
        browser.open(url)
        assert browser.text("about") == "no classifier yet"
        for name in ("file", "listen"):
            assert browser.find(name).is_enabled() is False
        assert browser.text("listen-note") == "First, type words to listen for."
        browser.picture("none")
        browser.until(lambda: browser.find("words").is_enabled())
        maker.error = "`words`: cannot be said"
        browser.find("words").send_keys("yes")
        browser.find("make").click()
        browser.until(lambda: browser.text("word-error") == maker.error)
        maker.error = None
        maker.go.clear()
        browser.find("make").click()
        browser.until(lambda: browser.find("word-cancel").is_displayed())
        browser.find("word-cancel").click()
        maker.go.set()
        browser.until(lambda: browser.text("word-status") == "Cancelled.")
        browser.find("make").click()
        browser.until(lambda: browser.find("file").is_enabled())
        browser.send(recording)
        assert {row[2] for row in browser.rows()} == {"yes"}


def test_what_is_missing_for_words_is_said(browser, ear, languages, monkeypatch):
    import hearingai

    def missing(_):
        raise hearingai.HearingAIError("it is missing. Type: `pip install it`")

    monkeypatch.setattr("hearingai.bodies.registry.get_body", missing)
    with served(ear(), {}) as url:
        browser.open(url)
        browser.find("words-title").click()
        browser.until(lambda: browser.text("word-error").endswith("`pip install it`"))
        assert browser.find("make").is_enabled() is False
