"""Make a detector of words from their text; list the languages."""

from typing import Annotated

import typer

from .console import print_json, print_line, print_table, stdout_for_answers
from .models import numbers, of_split, trained
from .options import (
    Background,
    BodyLicence,
    BodyRate,
    Device,
    Duration,
    Epochs,
    Json,
    Kind,
    NewModel,
    Overwrite,
    Partial,
    Place,
    Seed,
    body_from,
    place,
    there,
)
from .root import app
from .texts import list_from


@app.command()
def words(
    texts: Annotated[
        str,
        typer.Argument(
            metavar="WORDS",
            help="Words or phrases with commas between; label=text|text for a label that is said "
            "in several ways, of which [[...]] is in phonemes.",
        ),
    ],
    *,
    out: NewModel,
    language: Annotated[
        str, typer.Option(help="Their language, see `hearingai languages`.")
    ] = "en",
    body: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE",
            help="Another body: a name, see `hearingai bodies`, or an ONNX or LiteRT file; `none` "
            "for a network of its own, which `hearingai export` writes for small devices.",
        ),
    ] = None,
    body_rate: BodyRate = None,
    body_licence: BodyLicence = None,
    voices: Annotated[int, typer.Option(help="Speakers of each word.")] = 160,
    others: Annotated[
        str | None, typer.Option(help="Further texts that are not to be taken for the words.")
    ] = None,
    clips: Annotated[
        Place | None,
        typer.Option(
            parser=place,
            callback=there,
            help="Clips of real people: a folder, or a CSV.",
        ),
    ] = None,
    background: Background = None,
    duration: Duration = None,
    epochs: Epochs = None,
    seed: Seed = None,
    device: Device = "auto",
    partial: Partial = False,
    kind: Kind = None,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Make a detector of words from their text.

    Clips of real people, if there are any, count many times as much, and those of other classes
    are `unknown`; those marked `test` are not trained on, and the metrics printed are for them.
    """
    import hearingai

    from ..runtime.files import writable_artifact
    from ..words.texts import texts_from
    from ..words.word_classifier import among_words

    writable_artifact(out, overwrite)
    table = None if clips is None else hearingai.load_clips(clips, kind=kind)
    with stdout_for_answers():
        learnt = hearingai.word_classifier(
            texts_from(texts),
            language=language,
            body=None
            if body == "none"
            else body_from(body or "speech-embedding", body_rate, body_licence),
            voices=voices,
            others=list_from(others) or (),
            clips=table,
            background=background,
            duration=duration,
            epochs=epochs,
            seed=seed,
            device=device,
            partial=partial,
        )
        hearingai.save_classifier(learnt, out, overwrite=overwrite)
        result = trained(learnt, out)
        unseen = None if table is None else of_split(table, "test")
        if unseen is not None:
            unseen = among_words(unseen, learnt.labels)
        if unseen is not None and len(unseen):
            measured = hearingai.evaluate(learnt, unseen, device=device, partial=partial)
            result |= {"measured_on": "test"} | numbers(measured)
    if as_json:
        return print_json(result)
    if "accuracy" in result:
        print_line(f"Accuracy {result['accuracy']:.4f} on {result['n']} clips marked `test`.")
    return print_line(
        f"Saved {out}: {', '.join(learnt.labels)} (seed {result['seed']}, "
        f"fingerprint {result['fingerprint'][:12]})."
    )


@app.command()
def languages(as_json: Json = False) -> None:
    """List the languages in which `hearingai words` speaks."""
    import hearingai

    table = hearingai.languages()
    if as_json:
        return print_json(table.to_dict("records"))
    return print_table(table, "Languages")
