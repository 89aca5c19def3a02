"""Export."""

from pathlib import Path
from typing import Annotated

import typer

from ..runtime.sizes import size_text
from .console import print_json, print_line, stdout_for_answers
from .options import Json, Overwrite, Place, Target, Trained, open_trained, place
from .root import app


@app.command()
def export(
    model: Trained,
    out: Annotated[Path, typer.Option(help="The output: NAME.onnx, NAME.tflite, or a folder.")],
    format: Annotated[
        str | None,
        typer.Option(help="onnx, litert, saved_model, int8 or c; default: by the ending of OUT."),
    ] = None,
    int8: Annotated[
        bool, typer.Option("--int8", help="LiteRT: the network in 8 bits; needs --data.")
    ] = False,
    data: Annotated[
        Place | None,
        typer.Option(
            parser=place,
            help="Recordings to verify it on: a folder, or a CSV with fname, class.",
        ),
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="What --data is, if in doubt: esc50, folder, ...")
    ] = None,
    target: Target = None,
    verify: Annotated[bool, typer.Option(help="Run the file and compare its predictions.")] = True,
    tolerance: Annotated[float, typer.Option(help="By how much a probability may differ.")] = 1e-4,
    overwrite: Overwrite = False,
    as_json: Json = False,
) -> None:
    """Export a classifier to a file that other programs run.

    SavedModel, ONNX or LiteRT: it takes waveforms, returns probabilities, and contains labels and
    sample rate. Commands that use a classifier take such files too. Of a classifier with a body it
    may hold the head alone, and names the body.

    For small devices: --format int8 puts the network wholly in 8 bits, --format c writes it and its
    front end as C99 sources, into the folder OUT. Both need --data.
    """
    import hearingai

    clips = None if data is None else hearingai.load_clips(data, kind, words=None, target=target)
    with stdout_for_answers():
        classifier = open_trained(model)
        if clips is not None and "class" in clips and clips["class"].isin(classifier.labels).any():
            clips = clips[clips["class"].isin(classifier.labels)]
        done = hearingai.export(
            classifier,
            out,
            format=format,
            int8=int8,
            clips=clips,
            verify=verify,
            tolerance=tolerance,
            overwrite=overwrite,
        )
    if as_json:
        return print_json(vars(done))
    kind = "litert in int8" if done.int8 and done.format == "litert" else done.format
    print_line(f"Saved {done.path} ({kind}, {size_text(done.bytes)}).")
    if done.arena is not None:
        print_line(f"Its network computes in {size_text(done.arena)} of memory.")
    if classifier.body is not None and done.body is not None:
        print_line(
            f"It holds the head alone. The body {done.body} (licence {classifier.body.licence}) is "
            f"looked for beside it, and where it is now."
        )
    if done.agreement is not None:
        print_line(
            f"On {done.n} clips: the same label for {100 * done.agreement:.1f} %, probabilities "
            f"within {done.max_difference:.1g}, {done.milliseconds:.2f} ms a clip on one core."
        )
    if done.accuracy is not None:
        print_line(f"Accuracy {done.accuracy:.4f}, the classifier's {done.accuracy_before:.4f}.")
    return None
