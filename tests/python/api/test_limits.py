"""What is too much for the API, or takes too long, and who must wait."""

import threading

import numpy as np
import soundfile

from patience import PATIENCE
from refusals import refused


def test_too_large_a_recording_is_refused(opened, ear):
    api = opened(ear(), max_mb=0.01)
    assert "0.01 MB" in refused(api.post("/v1/predict", b"x" * 10001), 413)
    headers = {"content-length": str(10**15)}
    refused(api.post("/v1/predict", b"x", headers=headers), 413)
    refused(api.client.post("/v1/predict", content=iter([b"x" * 1000] * 20)), 413)
    refused(api.client.post("/v1/predict", files={"file": b"x" * 10001}), 413)
    assert "0.01 MB" in refused(api.client.post("/v1/predict", files={"file": b"x" * 60_000}), 413)
    assert not any(api.folder.iterdir())


def silence(path, minutes, rate=8000):
    with soundfile.SoundFile(path, "w", rate, 1) as file:
        for _ in range(minutes):
            file.write(np.zeros(rate * 60, "int16"))
    return path.read_bytes()


def test_what_unpacks_to_too_much_is_refused(opened, ear, tmp_path):
    """Hours of silence are kilobytes of FLAC, and its header may not tell them."""
    content = silence(tmp_path / "a.flac", 360)
    assert len(content) < 600_000
    hidden = bytearray(content)
    hidden[21] &= 0xF0  # 36 bits of STREAMINFO
    hidden[22:26] = bytes(4)
    api = opened(ear(), max_hours=0.5)
    for sent in (content, bytes(hidden)):
        for path in ("/v1/predict", "/v1/annotate"):
            told = refused(api.post(path, sent, {"name": "a.flac"}), 422)
            assert told == "a.flac: is longer than 0.5 hours (`max_hours`)"


def test_a_prediction_holds_no_more_sound_than_fits(opened, ear, tmp_path):
    """A day at 1 Hz is small, but not at the classifier's rate."""
    content = silence(tmp_path / "a.flac", 600)
    api = opened(ear(sample_rate=16000), max_hours=24.0)
    assert "/v1/annotate" in refused(api.post("/v1/predict", content, {"name": "a.flac"}), 422)


def test_one_computes_at_a_time_and_a_few_wait(held, recording):
    content, answers = recording.read_bytes(), []

    def ask():
        answers.append(held.post("/v1/predict", content).status_code)

    first, second = threading.Thread(target=ask), threading.Thread(target=ask)
    first.start()
    assert held.asked.wait(PATIENCE)
    second.start()
    while held.turns._taken < 2:
        threading.Event().wait(0.01)
    answer = held.post("/v1/predict", content)
    assert "busy" in refused(answer, 503)
    assert int(answer.headers["retry-after"]) > 0
    assert held.get("/v1/health").status_code == 200
    held.go.set()
    first.join(PATIENCE)
    second.join(PATIENCE)
    assert answers == [200, 200]
    assert held.post("/v1/predict", content).status_code == 200
    assert not any(held.folder.iterdir())


def test_a_request_that_takes_too_long_is_ended(opened, ear, recording):
    go = threading.Event()

    class Slow(ear):
        def probabilities(self, clips):
            go.wait(PATIENCE)
            return super().probabilities(clips)

    api = opened(Slow(), timeout=0.3)
    answer = api.post("/v1/annotate", recording.read_bytes())
    go.set()
    assert "0.3 s (`timeout`)" in refused(answer, 503)
    assert api.turns._taken == 0
    assert api.post("/v1/predict", recording.read_bytes()).status_code == 200
