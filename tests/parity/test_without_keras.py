"""R uses an exported file where Python has neither Keras nor a backend of it."""

import os
from pathlib import Path

import numpy as np
import pytest

import hearingai
from fresh import need

ABSENT = Path(__file__).parents[1] / "python/helpers/without_keras"
USE = """
stopifnot(inherits(try(reticulate::import("keras"), silent = TRUE), "try-error"))
model <- load_exported("{model}")
clips <- read_clips("{folder}/clips.csv")
sound <- read_audio("{folder}/words.wav")$waveform
heard <- annotate(model, sound, hop = 0.25, smooth = 0, threshold = 0.4)
stream <- Stream(model, hop = 0.25, smooth = 0, threshold = 0.4)
told <- rbind(feed(stream, sound), finish(stream))
listened <- listen(model, list(sound), hop = 0.25, smooth = 0, threshold = 0.4)
machine <- Gate(model, 16000, target = "yes")
page <- explore(model, browser = FALSE)
stopifnot(page$py$running)
close(page)
found <- list(
  predict = unlist(predict(model, clips)[c(".pred_no", ".pred_yes")]),
  accuracy = evaluate(model, clips)$accuracy,
  embed = unlist(embed(model, clips)[2:129]),
  annotate = unlist(heard$windows[c(".pred_no", ".pred_yes")]),
  events = c(heard$events$start, heard$events$end),
  stream = sort(told$start), listen = sort(listened$start),
  gate = as.vector(gate(model, sound, target = "yes")$sound),
  machine = c(machine$feed(sound), machine$finish())
)
again <- unserialize(serialize(model, NULL))
stopifnot(identical(fingerprint(again), fingerprint(model)))
for (refused in c(fine_tune, few_shot)) {{
  message <- tryCatch(refused(model, clips), error = conditionMessage)
  stopifnot(grepl("with its own network", gsub("[[:space:]]+", " ", message)))
}}
for (name in names(found)) writeBin(as.double(found[[name]]), file.path("{folder}", name))
"""


@pytest.mark.parametrize(
    "name", [pytest.param("words.onnx", marks=pytest.mark.slow), "words.tflite"]
)
def test_r_uses_an_exported_file_in_every_way(rscript, folder, tmp_path, name):
    need(*{".onnx": ["onnxruntime", "tf2onnx"]}.get(Path(name).suffix, ["ai_edge_litert"]))
    classifier = hearingai.create_classifier("speech-commands-small", ["no", "yes"], seed=4)
    model = hearingai.export(classifier, tmp_path / name).path
    clips = hearingai.load_clips(folder)[:6]
    clips[["fname", "class"]].to_csv(tmp_path / "clips.csv", index=False)
    sound = np.concatenate([hearingai.read_audio(f)[0] for f in clips["fname"][:3]])
    hearingai.write_audio(tmp_path / "words.wav", sound, 16000)
    paths = (str(ABSENT), *filter(None, [os.environ.get("PYTHONPATH")]))
    rscript(USE.format(model=model, folder=tmp_path), {"PYTHONPATH": os.pathsep.join(paths)})
    found = {f.name: np.fromfile(f) for f in tmp_path.iterdir() if not f.suffix}
    sound, _ = hearingai.read_audio(tmp_path / "words.wav")
    columns = ["prob_no", "prob_yes"]
    close = {"atol": 1e-4}
    expected = hearingai.predict(classifier, clips)[columns].to_numpy().T.ravel()
    np.testing.assert_allclose(found["predict"], expected, **close)
    assert found["accuracy"] == hearingai.evaluate(classifier, clips).accuracy
    expected = hearingai.embed(classifier, clips).filter(like="embedding_").to_numpy().T.ravel()
    np.testing.assert_allclose(found["embed"], expected, **close)
    heard = hearingai.annotate(classifier, sound, hop=0.25, smooth=0, threshold=0.4)
    expected = heard.windows[columns].to_numpy().T.ravel()
    np.testing.assert_allclose(found["annotate"], expected, **close)
    assert len(found["events"]) == 2 * len(heard.events) > 0
    np.testing.assert_allclose(found["stream"], sorted(found["events"][: len(heard.events)]))
    np.testing.assert_allclose(found["listen"], found["stream"])
    gated = hearingai.gate(classifier, sound, target="yes").sound
    np.testing.assert_allclose(found["gate"], gated, atol=2e-3)
    np.testing.assert_allclose(found["machine"], gated, atol=2e-3)
