"""Labels that stand for several others."""

from collections.abc import Mapping, Sequence

import keras

from ..classifier.bodies import head_of, unused_name
from ..classifier.model import AudioClassifier, check_keras
from ..errors import HearingAIError, first_few, readable, warn
from ..networks import LabelGroups
from ..runtime.arguments import choose, name_list
from ..runtime.using_keras import using_keras
from .fine_tuning import copy_of, with_network

# Entries of a training record: of the labels before, and numbers of each label.
_OF_THE_LABELS = ("gate", "metrics", "spoken", "threshold", "validation_metrics")
_OF_EACH_LABEL = ("thresholds", "stream_odds")


@using_keras()
def merge_labels(
    classifier: AudioClassifier, groups: Mapping[str, Sequence[str]]
) -> AudioClassifier:
    """Give several labels of a classifier one name; its probability is the sum of theirs.

    Where clips may have any number of labels, it is the largest of theirs.

    A network that has learnt to tell many words apart knows better what is none of the ten that
    are wanted: train it on all, then merge the others into `unknown`. Nothing is trained here, and
    `embed` gives the same embeddings. Files, exported ones too, hold the merged labels alone.

    Args:
        classifier: An `AudioClassifier`; it stays as it is.
        groups: A dict from each new label to the labels that it stands for. A group of one renames
            a label.

    Returns:
        A new `AudioClassifier`: the labels that are in no group, in their order, then the groups.
        Its record is that of the training, with `merged`: the trained labels that each new one
        stands for, also where labels are merged again; and without the metrics, which were those of
        the labels before. Thresholds go with the labels that stay or are renamed.

    Raises:
        HearingAIError: A label is not the classifier's, is in two groups or would be there twice,
            or less than two labels would remain, where a clip has one of them.

    Warns:
        HearingAIWarning: Labels that are merged had thresholds, or odds in a stream, of their own.

    Example:
        >>> import hearingai
        >>> labels = ["bed", "bird", "no", "yes"]
        >>> classifier = hearingai.create_classifier("speech-commands-small", labels, seed=1)
        >>> hearingai.merge_labels(classifier, {"unknown": ["bed", "bird"]}).labels
        ['no', 'yes', 'unknown']
    """
    check_keras(classifier)
    merged = _checked(classifier.labels, groups, 1 if classifier.multi_label else 2)
    head_of(classifier.network)  # raises for networks whose layers cannot be told apart
    twin, name_of = copy_of(classifier), {old: new for new, olds in merged.items() for old in olds}
    kept = [label for label in twin.labels if label not in name_of]
    network = twin.network
    if network.output_shape[-1] > 1:  # one output is the probability of the target
        place = twin.labels.index
        positions = [[place(label) for label in olds] for olds in merged.values()]
        summed = LabelGroups(
            [place(label) for label in kept],
            positions,
            largest=twin.multi_label,
            name=unused_name("label_groups", network),
        )
        network = keras.Model(network.inputs, summed(network.outputs[0]), name=network.name)
    record = {k: v for k, v in twin.record.items() if k not in _OF_THE_LABELS}
    record |= {k: _carried(k, record[k], merged) for k in _OF_EACH_LABEL if record.get(k)}
    earlier = record.get("merged", {})
    told = {name: olds for name, olds in earlier.items() if name not in name_of}
    told |= {
        name: [label for old in olds for label in earlier.get(old, [old])]
        for name, olds in merged.items()
    }
    return with_network(
        twin,
        network,
        record | {"merged": told},
        [*kept, *merged],
        name_of.get(twin.target or "", twin.target),
    )


def _carried(
    entry: str, told: Mapping[str, float], merged: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """The numbers of labels by their new names; those of labels that are merged are lost."""
    new_of = {olds[0]: new for new, olds in merged.items() if len(olds) == 1}
    lost = {old for olds in merged.values() if len(olds) > 1 for old in olds if old in told}
    if lost:
        named = first_few(map(readable, sorted(lost)))
        warn(f"`{entry}` of {named} do not hold for what they are merged into")
    return {new_of.get(label, label): n for label, n in told.items() if label not in lost}


def _checked(
    labels: Sequence[str], groups: Mapping[str, Sequence[str]], least: int
) -> dict[str, list[str]]:
    """The groups, with each label as text and in one place."""
    if not isinstance(groups, Mapping) or not groups:
        raise HearingAIError(
            f"`groups` must name each new label and those that it stands for. Received: {groups!r}"
        )
    names = [str(name) for name in name_list("groups", list(groups))]
    merged = {
        name: [choose("groups", label, labels) for label in name_list("groups", olds)]
        for name, olds in zip(names, groups.values(), strict=True)
    }
    inside = [label for olds in merged.values() for label in olds]
    after = [label for label in labels if label not in inside] + names
    twice = {name for name in inside if inside.count(name) > 1}
    twice |= {name for name in after if after.count(name) > 1}
    if twice or not all(merged.values()):
        came = f"twice: {', '.join(sorted(twice))}" if twice else "a group without labels"
        stays = [name for name in names if name in labels and name not in inside]
        if stays:
            raise HearingAIError(
                f"`groups`: {stays[0]} is a label that stays; put it into its group, or choose "
                f"another name"
            )
        raise HearingAIError(f"`groups` must name labels, and each of them once. Received: {came}")
    if len(after) < least:
        raise HearingAIError(
            f"`groups` must leave two labels or more. Received: {', '.join(after)}, of "
            f"{', '.join(labels)}"
        )
    return merged
