"""mine_false_alarms(): what is taken for a word where none occurs becomes `unknown`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
from typing_extensions import Unpack

from .._typing import Device, OnError, Progress, Recordings
from ..audio.doubts import collected_doubts
from ..classifier.model import AudioClassifier, check_keras
from ..errors import HearingAIError, warn
from ..events.options import EventOptions, WindowOptions
from ..events.rules import grid_and_rules
from ..runtime.arguments import flag, number, positive, whole
from ..runtime.backend import draw_seed
from ..runtime.shared_options import pick, shared_options
from ..tables.clip_table import check_classes
from ..tables.rest_labels import UNKNOWN, is_unknown
from ..training.few_shots import few_shot
from ..training.fine_tuning import copy_of, on_same_body
from ..training.fitting import fit
from ..training.settings import Recorded
from ._apart import divided
from ._heard import Hearing, hear
from ._judging import Judge, Judged
from ._mined_clips import mined_windows, with_mined
from .word_classifier import among_words, check_relearning, relearnt

_MINED = ("fname", "start", "end", "class", "label", "score", "round")


@dataclass
class MinedFalseAlarms:
    """The result of `mine_false_alarms`.

    Attributes:
        classifier: The new classifier.
        summary: DataFrame with a row a round, 0 before the first: `round`, `n_mined` (clips so
            far), and on the recordings kept apart `false_accepts` and `false_accepts_per_hour`;
            `accuracy` on the clips that the table marks `test` (NaN without such).
        per_label: DataFrame `label`, `before` and `after`: its false accepts an hour there.
        mined: The mined clips, a table to train on: `fname`, `start`, `end`, `class`, and `label`
            (what they were taken for), `score` (the smoothed probability) and `round`.
        recordings: DataFrame `fname`, `start`, `seconds` and `side`: `"mined"`, or `"test"` where
            the recording was kept apart.
        errors: DataFrame `fname`, `error` of recordings that could not be read.
        notes: DataFrame `fname`, `note` of those that were read in part.
    """

    classifier: AudioClassifier
    summary: pd.DataFrame
    per_label: pd.DataFrame
    mined: pd.DataFrame
    recordings: pd.DataFrame
    errors: pd.DataFrame
    notes: pd.DataFrame

    def __repr__(self) -> str:
        rates = self.summary["false_accepts_per_hour"]
        kept = self.recordings["seconds"][self.recordings["side"] == "test"].sum() / 3600
        return (
            f"<MinedFalseAlarms: {len(self.mined)} clips mined; {rates.iloc[0]:.3g} false accepts "
            f"an hour before, {rates.iloc[-1]:.3g} after, in {kept:.3g} h kept apart>"
        )


@shared_options
@collected_doubts()
def mine_false_alarms(
    classifier: AudioClassifier,
    recordings: Recordings,
    *,
    clips: pd.DataFrame | None = None,
    rounds: int = 1,
    most: int = 100,
    above: float = 0.1,
    test: float = 0.5,
    background: Recorded | None = None,
    penalty: float | None = None,
    epochs: int | None = None,
    seed: int | None = None,
    batch_size: int = 64,
    device: Device = "auto",
    on_error: OnError = "report",
    partial: bool = False,
    progress: Progress = None,
    **options: Unpack[EventOptions],
) -> MinedFalseAlarms:
    """Teach a classifier what it takes for its words in recordings where none occurs.

    A part of the recordings is heard window by window. The windows with the highest smoothed
    probabilities of a word become clips of the class `unknown`, which a classifier without it
    gets. Then it learns again from its training clips and these: a new head is solved on a body,
    as `few_shot` does; a network is trained further by `fit`. Before and after each round the false
    accepts are counted in the other recordings, which are never mined, by the rules of events that
    are given and the same thresholds.

    Recordings are kept apart by file, or by the table's column `recording`; of a single one, the
    end is kept. Fewer false accepts may cost recognised words: `summary` tells the accuracy on
    clips that `clips` marks `test`. `choose_thresholds` then sets the thresholds anew.

    Args:
        classifier: An `AudioClassifier` of sound; it stays as it is.
        recordings: A path, a folder (with all below it), a list of those, or a table with a column
            `fname` (and `start` and `end`, in seconds). None of the words may occur in them.
        clips: The table of the clips that the classifier was trained on: `fname` and `class`. One
            that `word_classifier` made has those that were spoken again by itself, and takes here
            those of real people, if there were any.
        rounds: How often it is mined and learnt.
        most: Clips mined for a label in a round, those of the highest probability.
        above: Smoothed probability from which a window is mined.
        test: Share of the sound that is kept apart.
        background: Recordings for the class `background`, as in the training, see `fit`.
        penalty: With a body, see `few_shot`; not for one that `word_classifier` made.
        epochs: Without a body: passes over the clips in a round; `None` takes the recipe's.
        **options: Windows and rules of events, see `EventOptions`.
        seed: Whole number that decides which recordings are kept apart, and what training draws;
            `None` draws one and records it.
        batch_size: Windows a batch.
        device: {device}
        on_error: {on_error}
        partial: {partial}
        progress: {progress}

    Returns:
        A `MinedFalseAlarms`. Its classifier keeps the thresholds of `choose_thresholds`, and its
        record says in `mined` how many clips were mined, and in `tuned_from` the fingerprint of the
        one it came from.

    Raises:
        HearingAIError: An argument is out of range, a class has no clips, recordings are too short
            to be divided, or cannot be read.

    Warns:
        HearingAIWarning: Nothing was taken for a word; the classifier is then as it was.

    Source:
        A. Shrivastava et al., "Training Region-based Object Detectors with Online Hard Example
        Mining", CVPR 2016, on bootstrapping, which this is.

    Example:
        >>> import hearingai, numpy, os, tempfile
        >>> clips = hearingai.spoken_words(["no", "yes"], n=8, seed=1)
        >>> classifier = hearingai.fit("speech-commands-small", clips, epochs=1, seed=1)
        >>> path = os.path.join(tempfile.mkdtemp(), "noise.wav")
        >>> noise = numpy.random.default_rng(1).normal(0, 0.1, 160000)
        >>> hearingai.write_audio(path, noise, 16000)
        >>> mined = hearingai.mine_false_alarms(
        ...     classifier, path, clips=clips, hop=0.5, epochs=1, seed=1
        ... )
        >>> mined.classifier.labels, list(mined.summary["round"])
        (['no', 'yes', 'unknown'], [0, 1])
    """
    check_keras(classifier)
    if classifier.multi_label:
        raise HearingAIError(
            "`classifier` must give a clip one class, since mined clips are of the class "
            "`unknown`; one of any number of labels learns them as clips without labels, see fit()"
        )
    if "spoken" in classifier.record:
        check_relearning(classifier, background)
    rounds, seed = whole("rounds", rounds, low=1), draw_seed(seed)
    most, above = positive("most", most, whole=True), _share("above", above)
    grid, rules = grid_and_rules(classifier, options)
    sides = divided(recordings, grid, _share("test", test), seed, partial=flag("partial", partial))
    unknown = next((name for name in classifier.labels if is_unknown(name)), UNKNOWN)
    labels = [*classifier.labels, *([] if unknown in classifier.labels else [unknown])]
    clips = _clips_of(classifier, clips, labels)
    windows = pick(WindowOptions, options)
    hearing: dict[str, Any] = {
        "batch_size": positive("batch_size", batch_size, whole=True),
        "device": device,
        "on_error": on_error,
        "partial": partial,
        "progress": progress,
    }
    learning = {n: hearing[n] for n in ("device", "on_error", "partial", "progress")}
    learning |= {"background": background, "seed": seed}
    learning |= _only_with(classifier, penalty=penalty, epochs=epochs)
    judge = Judge(classifier, sides["test"], clips, options, hearing)
    names = ("thresholds", "classes") if labels == classifier.labels else ("thresholds",)
    kept = {name: classifier.record[name] for name in names if name in classifier.record}
    judged, n_mined, current = [judge(classifier)], [0], classifier
    mined = pd.DataFrame({name: [] for name in _MINED})
    for n in range(1, rounds + 1):
        heard = hear(current, sides["mined"], windows, **hearing, text="Mining false alarms")
        _, rules = grid_and_rules(current, options)
        found = mined_windows(heard, rules, grid, mined, most, above)
        if not len(found):
            break
        found["class"], found["round"] = unknown, n
        found = found[list(_MINED)]
        mined = pd.concat([mined, found], ignore_index=True) if len(mined) else found
        current = _learnt(current, with_mined(clips, mined), labels, learning)
        told = {"mined": len(mined), "tuned_from": classifier.fingerprint()}
        current.record = {**current.record, **kept, **told}
        judged, n_mined = [*judged, judge(current)], [*n_mined, len(mined)]
    if not len(mined):
        warn(f"nothing in `recordings` was taken for a word with `above={above:g}` or more")
    apart = judged[-1].hearing
    rates = {"before": judged[0].per_hour, "after": judged[-1].per_hour}
    return MinedFalseAlarms(
        classifier=copy_of(classifier) if current is classifier else current,
        summary=_summary(judged, n_mined),
        per_label=pd.DataFrame(rates).rename_axis("label").reset_index(),
        mined=mined,
        recordings=_table({"mined": heard, "test": apart}),
        errors=pd.concat([heard.errors, apart.errors], ignore_index=True),
        notes=pd.concat([heard.notes, apart.notes], ignore_index=True),
    )


def _clips_of(
    classifier: AudioClassifier, clips: pd.DataFrame | None, labels: list[str]
) -> pd.DataFrame:
    if clips is not None and "spoken" in classifier.record:
        clips = among_words(check_classes(clips), labels)
    if clips is not None:
        return check_classes(clips, labels)
    if "spoken" not in classifier.record:
        raise HearingAIError("`clips` must be the table that `classifier` was trained on")
    if learnt := len(classifier.record.get("trained_on", ())):
        raise HearingAIError(
            f"`clips` must be given: `classifier` has learnt {learnt} clips of real sound beside "
            f"its spoken words, and would forget them"
        )
    return pd.DataFrame({name: [] for name in ("fname", "class", "class_id")}, dtype=object)


def _only_with(classifier: AudioClassifier, **given: Any) -> dict[str, Any]:
    """The setting of the kind of learning that suits a classifier; another is refused."""
    on_body = classifier.body is not None
    used, unused = ("penalty", "epochs") if on_body else ("epochs", "penalty")
    if given[unused] is not None:
        kind = "without" if on_body else "with"
        raise HearingAIError(f"`{unused}` is for classifiers {kind} a body. Give `{used}`, if any")
    if "spoken" not in classifier.record:
        return {used: given[used]}
    if given["penalty"] is not None:
        raise HearingAIError("`penalty` is not for classifiers that word_classifier() made")
    return {"epochs": given["epochs"]}


def _learnt(
    classifier: AudioClassifier,
    clips: pd.DataFrame,
    labels: list[str],
    learning: dict[str, Any],
) -> AudioClassifier:
    """The classifier that also knows the mined clips."""
    if "spoken" in classifier.record:
        return relearnt(classifier, clips, **learning)
    if classifier.body is not None:
        return few_shot(classifier, clips, labels=labels, **learning)
    same = classifier.labels == labels
    tuned = copy_of(classifier) if same else on_same_body(classifier, labels, learning["seed"])
    return fit(tuned, clips, **learning)


def _summary(judged: Sequence[Judged], n_mined: Sequence[int]) -> pd.DataFrame:
    """A row a round."""
    return pd.DataFrame(
        {
            "round": range(len(judged)),
            "n_mined": n_mined,
            "false_accepts": [int(one.counts.sum()) for one in judged],
            "false_accepts_per_hour": [float(one.per_hour.sum()) for one in judged],
            "accuracy": [one.accuracy for one in judged],
        }
    )


def _table(sides: dict[str, Hearing]) -> pd.DataFrame:
    """Which recordings were mined, and which were kept apart."""
    rows = [
        (one.fname, one.start, one.seconds, side)
        for side, hearing in sides.items()
        for one in hearing.recordings
    ]
    return pd.DataFrame(rows, columns=["fname", "start", "seconds", "side"])


def _share(argument: str, value: Any) -> float:
    """A number between 0 and 1."""
    return number(argument, value, above=0, below=1)
