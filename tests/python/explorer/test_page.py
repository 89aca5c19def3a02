"""The page in a browser: what is shown, heard and pressed."""

import urllib.request
from pathlib import Path

import numpy as np
import pytest

import hearingai
from browser import Browser, served
from hearingai.explorer import app
from slow import slow

RULES = {"hop": 0.1, "threshold": 0.7}
CONTROLS = ["file", "listen", "place", "play", "earlier", "later", "closer", "wider", "whole"]
CONTROLS += ["threshold", "smooth", "min_duration", "min_gap", "hop", "reset"]
CONTROLS += ["csv", "audacity", "raven"]


@pytest.fixture(scope="module")
def address(trained):
    with served(trained, RULES) as url:
        yield url


@pytest.fixture(scope="module")
def word(words, tmp_path_factory):
    """A word and a pause, as a microphone has them."""
    path = tmp_path_factory.mktemp("word") / "word.wav"
    clip = words[(words["class"] == "yes") & (words["split"] == "test")]["fname"].iloc[0]
    sound = hearingai.resample(hearingai.read_audio(clip)[0], 16000, 48000)
    pause = np.random.default_rng(1).normal(size=48000) * 1e-3
    hearingai.write_audio(path, np.concatenate([pause, sound, pause]).clip(-1, 1), 48000)
    return path


@pytest.fixture(scope="module")
def browser(tmp_path_factory, word):
    browser = Browser(tmp_path_factory.mktemp("profile"), word)
    yield browser
    browser.quit()


@pytest.fixture(scope="module")
def laid(words, tmp_path_factory):
    """Half a minute of words in noise."""
    folder = tmp_path_factory.mktemp("laid")
    noise = np.random.default_rng(1).normal(size=16000 * 30) * 1e-3
    hearingai.write_audio(folder / "noise.wav", noise, 16000)
    clips = words[words["split"] == "test"][:8]
    hearingai.lay_clips(folder / "noise.wav", clips, folder / "laid.flac", snr_db=20, seed=1)
    return folder / "laid.flac"


def clock(seconds):
    minutes = int(round(seconds, 2) // 60)
    return f"{minutes}:{seconds - 60 * minutes:05.2f}"


def shown(annotation):
    """The events as the table shows them, without scores, which round in two languages."""
    return [[clock(e.start), clock(e.end), e.label] for e in annotation.events.itertuples()]


def table(browser):
    return [row[:3] for row in browser.rows()]


def test_a_recording_is_heard_and_events_follow_the_settings(browser, address, laid, trained):
    from selenium.webdriver.common.keys import Keys

    browser.open(address)
    browser.send(laid)
    assert table(browser) == shown(hearingai.annotate(trained, laid, **RULES))
    assert len(table(browser)) > 3
    assert "laid.flac" in browser.text("name")
    browser.find("threshold").send_keys(Keys.ARROW_RIGHT * 25)
    assert browser.text("threshold-value") == "0.95"
    strict = shown(hearingai.annotate(trained, laid, **(RULES | {"threshold": 0.95})))
    browser.until(lambda: table(browser) == strict)
    browser.find("smooth").send_keys(Keys.HOME)
    rules = RULES | {"threshold": 0.95, "smooth": 0}
    browser.until(lambda: table(browser) == shown(hearingai.annotate(trained, laid, **rules)))
    asked = browser.run("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert not [name for name in asked if "/analyse?" in name]
    assert all(name.startswith(address) for name in asked)
    browser.find("reset").click()
    browser.until(lambda: table(browser) == shown(hearingai.annotate(trained, laid, **RULES)))
    browser.run(
        "document.getElementById('hop').value = 0.5;"
        "document.getElementById('hop').dispatchEvent(new Event('change'))"
    )
    rules = RULES | {"hop": 0.5}
    browser.until(lambda: table(browser) == shown(hearingai.annotate(trained, laid, **rules)))
    assert browser.complaints() == []


def test_events_are_downloaded(browser, address, laid, trained, tmp_path):
    browser.open(address)
    browser.send(laid)
    whole = hearingai.annotate(trained, laid, **RULES).events
    for name, ending in (("csv", "csv"), ("audacity", "txt"), ("raven", "selections.txt")):
        with urllib.request.urlopen(browser.find(name).get_attribute("href")) as answer:
            (tmp_path / f"e.{ending}").write_bytes(answer.read())
        events = hearingai.read_events(tmp_path / f"e.{ending}")
        np.testing.assert_allclose(events["start"], whole["start"], atol=1e-6)
        assert list(events["label"]) == list(whole["label"])


def test_everything_can_be_done_from_the_keyboard(browser, address, laid):
    from selenium.webdriver.common.keys import Keys

    browser.open(address)
    browser.send(laid)
    browser.run("document.activeElement.blur(); scrollTo(0, 0)")
    reached, hidden = [], []
    for _ in range(60):
        browser.press(Keys.TAB)
        name, outlined = browser.run(
            "const at = document.activeElement;"
            "const seen = at.id === 'file' ? at.nextElementSibling : at;"
            "return [at.id || at.tagName, getComputedStyle(seen).outlineStyle]"
        )
        if name == "BODY":
            break
        reached.append(name)
        hidden += [name] if outlined == "none" else []
    assert [name for name in reached if name in CONTROLS] == CONTROLS
    assert "labels-title" in reached
    assert reached.count("BUTTON") == len(browser.rows())
    assert hidden == []
    browser.run("document.getElementById('play').focus()")
    browser.press(Keys.SPACE)
    browser.until(lambda: browser.run("return document.getElementById('audio').currentTime > 0.3"))
    assert browser.text("play") == "Pause"
    browser.press(Keys.ENTER)
    browser.until(lambda: browser.text("play") == "Play")
    browser.run("document.getElementById('place').focus()")
    browser.press(Keys.HOME, Keys.ARROW_RIGHT * 100)
    assert browser.find("place").get_attribute("aria-valuetext") == "0:03.00"
    left = browser.run("return parseFloat(document.getElementById('cursor').style.left)")
    assert left == pytest.approx(10, abs=0.1)
    browser.run("document.getElementById('closer').focus()")
    browser.press(Keys.ENTER)
    browser.until(
        lambda: "from 0:00.0 to 0:15.0" in browser.find("picture").get_attribute("aria-label")
    )
    browser.run("document.querySelector('#labels-title').focus()")
    browser.press(Keys.ENTER)
    browser.press(Keys.TAB, Keys.TAB, Keys.TAB)
    browser.press(Keys.SPACE)
    browser.until(lambda: browser.text("labels-title") == "Labels (2 of 3)")
    browser.until(lambda: "down" not in {row[2] for row in browser.rows()})


def test_an_event_is_played_from_its_row(browser, address, laid):
    browser.open(address)
    browser.send(laid)
    start, end, _, _ = browser.rows()[1]
    browser.run(
        "window.times = []; const audio = document.getElementById('audio');"
        "audio.ontimeupdate = () => window.times.push(audio.currentTime)"
    )
    browser.driver.find_elements("css selector", "#events button")[1].click()
    audio = "const audio = document.getElementById('audio');"
    browser.until(lambda: browser.run(f"{audio} return audio.played.length && audio.paused"))
    times = browser.run(f"{audio} return [...window.times, audio.currentTime]")
    assert min(times) >= float(start[2:]) - 0.01
    assert max(times) >= float(end[2:])
    assert browser.run(f"{audio} return audio.ended") is False  # how soon it stops is the browser's


def test_the_microphone_is_heard_live_and_then_as_a_recording(browser, address):
    browser.open(address)
    browser.find("listen").click()
    browser.until(lambda: "yes" in browser.text("status"))
    assert browser.text("listen") == "Stop listening"
    assert browser.find("threshold").is_enabled() is False
    live = [row for row in table(browser) if row[2] == "yes"]
    browser.picture("live")
    browser.find("listen").click()
    browser.until(lambda: browser.text("name").startswith("microphone "))
    browser.until(lambda: "event" in browser.text("status"))
    assert live[-1] in table(browser)
    assert browser.find("csv").is_displayed()
    assert browser.complaints() == []


def test_the_reason_why_the_microphone_ended_stays_to_be_read(browser, trained):
    from selenium.webdriver.common.keys import Keys

    with served(trained, RULES, max_mb=0.2) as url:
        browser.open(url)
        browser.find("listen").click()
        browser.until(lambda: "event" in browser.text("status"))
        assert browser.text("name").startswith("microphone ")
        assert browser.text("listen") == "Use the microphone"
        assert browser.text("error").startswith("stopped: this is the longest recording")
        browser.picture("ended")
        browser.find("threshold").send_keys(Keys.ARROW_RIGHT)
        browser.until(lambda: browser.text("threshold-value") == "0.71")
        assert "the longest recording" in browser.text("error")


def test_a_page_that_is_left_while_it_listens_frees_the_classifier(browser, address, laid):
    browser.open(address)
    browser.find("listen").click()
    browser.until(lambda: browser.text("status").startswith("Listening"))
    browser.open(address)
    browser.send(laid)
    assert len(browser.rows()) > 3


def test_a_full_disk_is_said_in_the_page(browser, ear, laid, full_device, monkeypatch):
    receive = app.receive

    async def full(request, path, most):
        path.symlink_to(full_device)
        await receive(request, path, most)

    with served(ear(), {}) as url:
        browser.open(url)
        with monkeypatch.context() as patch:
            patch.setattr(app, "receive", full)
            browser.send(laid)
        assert browser.text("error").endswith("cannot write to its disk: No space left on device")
        browser.picture("full")
        browser.send(laid)
        browser.until(lambda: browser.text("error") == "")


def test_a_damaged_recording_is_named_in_the_page(browser, address, tmp_path, laid):
    (tmp_path / "bad.wav").write_bytes(b"this is no sound")
    browser.open(address)
    browser.send(tmp_path / "bad.wav")
    assert browser.text("error").startswith("bad.wav: is not audio that can be read")
    assert browser.find("error").get_attribute("role") == "alert"
    browser.send(laid)
    browser.until(lambda: browser.text("error") == "")
    assert len(browser.rows()) > 3


@pytest.mark.parametrize(
    ("width", "dark"), [(320, False), slow(360, True), slow(1200, False), slow(1200, True)]
)
def test_many_and_long_labels_fit_any_screen(browser, ear, recording, tmp_path, width, dark):
    class Many(ear):
        labels = [f"label {i}" for i in range(28)] + ["<b id=bold>bold</b>", "Donaudampf" * 12]

        def probabilities(self, clips):
            loud = super().probabilities(clips)[:, :1]
            return np.concatenate([np.roll(loud, i, 0) for i in range(30)], axis=1)

    path = tmp_path / "<img src=x onerror=document.title=1>.wav"
    path.write_bytes(recording.read_bytes())
    with served(Many(), {"hop": 0.25}) as url:
        browser.open(url, width, 800, dark)
        browser.send(path)
        assert browser.text("name") == path.name
        assert {row[2] for row in browser.rows()} == set(Many.labels)
        assert browser.run("return document.getElementById('bold')") is None
        assert browser.run("return document.images.length") == 0
        assert browser.run("return document.title") == "hearingai"
        wide, high = browser.run(
            "const [page, rows] = [document.documentElement, document.getElementById('rows')];"
            "return [page.scrollWidth, rows.clientHeight]"
        )
        assert wide <= width
        assert high < 600
        browser.picture(f"many-{width}-{'dark' if dark else 'light'}")


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
def test_colours_can_be_told_apart(scheme):
    """By the contrasts that WCAG 2 asks for at level AA."""
    css = (Path(app.__file__).parent / "page" / "page.css").read_text()
    blocks = css.split(":root {")[1:]
    lines = [line.split(":") for line in blocks[scheme].split("}")[0].splitlines() if "--" in line]
    colours = {name.strip()[2:]: value.strip(" ;") for name, value in lines}
    for ground in ("ground", "panel"):
        for text in ("ink", "soft", "accent", "wrong"):
            assert contrast(colours[text], colours[ground]) >= 4.5
        for mark in ("control", "curve", "event"):
            assert contrast(colours[mark], colours[ground]) >= 3
    assert contrast(colours["on-accent"], colours["accent"]) >= 4.5
    assert abs(luminance(colours["curve"]) - luminance(colours["event"])) > 0.01
