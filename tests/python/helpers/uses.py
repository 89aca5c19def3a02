"""All that is done with a trained classifier, and what comes of it in numbers."""

import numpy as np

import hearingai


def numbers(table, prefix):
    """The columns of a table whose names begin so."""
    return table[[name for name in table if name.startswith(prefix)]].to_numpy()


def uses(model, clips, sound, folder):
    """Arrays by the name of the function that they come from.

    Args:
        model: A classifier of the words "down", "no" and "yes".
        clips: A table of clips.
        sound: A second or more at its rate, `(samples,)`.
        folder: Where to write.
    """
    found = {"predict": numbers(hearingai.predict(model, clips), "prob_")}
    measured = hearingai.evaluate(model, clips)
    found |= {"evaluate": [measured.accuracy, measured.loss]}
    found |= {"embed": numbers(hearingai.embed(model, clips), "embedding_")}
    rules = {"hop": 0.25, "smooth": 0, "threshold": 0.4}
    heard = hearingai.annotate(model, sound, **rules)
    found |= {"annotate": numbers(heard.windows, "prob_"), "events": times(heard.events)}
    stream, events = hearingai.Stream(model, **rules), []
    for block in np.array_split(sound, 7):
        events += stream.feed(block)
    events = sorted([*events, *stream.finish()])
    found |= {"stream": [[event.start, event.end] for event in events]}
    events = sorted(hearingai.listen(model, np.array_split(sound, 5), **rules))
    found |= {"listen": [[event.start, event.end] for event in events]}
    gated = hearingai.gate(model, sound, target="yes")
    found |= {"gate": gated.track["probability"], "gated": gated.sound}
    machine = hearingai.Gate(model, model.sample_rate, target="yes")
    found |= {"gate_stream": np.concatenate([machine.feed(sound), machine.finish()])}
    events = heard.events.assign(fname="a.wav")
    written = hearingai.write_events(events, folder / "events.csv", overwrite=True)
    there = hearingai.read_events(written)
    found |= {"detection": [hearingai.detection_metrics(there, there).to_dict()["summary"]["f1"]]}
    return {name: np.asarray(values, "float64") for name, values in found.items()}


def times(events):
    """Begin and end of each event of a table."""
    return events[["start", "end"]].to_numpy()
