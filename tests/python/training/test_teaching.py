"""Knowledge distillation: a classifier learns the answers of another one."""

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.clips.labelled import Store
from hearingai.clips.packed import PackedClips
from hearingai.training._batches import ClipBatches
from hearingai.training.teaching import OWN, teach
from small_bodies import energy_body

RECIPE, RATE = "speech-commands-small", 16000


@pytest.fixture(scope="module")
def clips():
    return hearingai.spoken_words(["no", "yes"], n=12, seed=1)


@pytest.fixture(scope="module")
def teacher(clips):
    return hearingai.fit(RECIPE, clips, epochs=2, seed=1, validation=False, progress=False)


def swapped(classifier):
    """The same answers, with the labels in the other order."""
    names = {label: [label] for label in reversed(classifier.labels)}
    return hearingai.merge_labels(classifier, names)


def test_targets_are_half_the_class_and_half_the_answer(clips, teacher):
    rng = np.random.default_rng(1)
    sound = rng.integers(-9000, 9000, (3, 40, RATE)).astype("int16")
    truth = np.arange(40) % 2
    store = Store(PackedClips(sound[0]), truth, pd.DataFrame({"fname": [""] * 40}))
    store.copies = [PackedClips(sound[1]), PackedClips(sound[2])]
    student = hearingai.create_classifier(RECIPE, ["no", "yes"], seed=2)
    other = swapped(teacher)
    assert other.labels == ["yes", "no"]
    told = teach(other, student, store, None)
    wanted = [
        OWN * np.eye(2)[truth] + (1 - OWN) * teacher.probabilities(version) for version in sound
    ]
    np.testing.assert_allclose(store.targets, wanted, atol=1e-6)
    assert told["teacher"] == {"fingerprint": other.fingerprint(), "bodies": {}}
    assert told["trained_on"] == teacher.trained_on


def test_a_copy_is_answered_with_its_own_target():
    clips = np.arange(20, dtype="float32").reshape(20, 1)
    copies = [clips + 100, clips + 200]
    targets = np.stack([np.concatenate([x, -x], axis=1) for x in [clips, *copies]])
    batches = ClipBatches(clips, np.zeros(20, int), 2, 8, seed=1, copies=copies, targets=targets)
    for epoch in range(3):
        batches.start_epoch(epoch)
        for i in range(batches.num_batches):
            x, y = batches[i]
            np.testing.assert_array_equal(y, np.concatenate([x, -x], axis=1))


@pytest.mark.slow
def test_who_taught_is_recorded_and_what_it_was_trained_on(clips, teacher, tmp_path):
    fresh = hearingai.spoken_words(["no", "yes"], n=12, seed=9)
    recipe = hearingai.get_recipe("words", copies=2, epochs=1)
    both = hearingai.ensemble([teacher, swapped(teacher)])
    made = hearingai.fit(recipe, fresh, teacher=both, seed=1, validation=False, store=False)
    assert made.record["teacher"]["fingerprint"] == both.fingerprint()
    assert teacher.trained_on < made.trained_on
    with pytest.warns(hearingai.HearingAIWarning, match="24 of 24 clips were used in training"):
        hearingai.evaluate(made, clips, progress=False)
    path = tmp_path / "made.keras"
    hearingai.save_classifier(made, path)
    opened = hearingai.load_classifier(path)
    assert opened.record["teacher"] == made.record["teacher"]
    assert "It learnt the answers of the classifier" in str(hearingai.model_card(opened))
    again = hearingai.fit(recipe, fresh, teacher=both, seed=1, validation=False, store=False)
    assert again.fingerprint() == made.fingerprint()


def test_the_body_of_a_teacher_and_its_licence_are_recorded(clips):
    body = energy_body()
    head = hearingai.few_shot(body, clips, seed=1, progress=False, duration=1.0)
    recipe = hearingai.get_recipe(
        RECIPE, sample_rate=body.sample_rate, duration=1.0, crop="loudest", epochs=1
    )
    made = hearingai.fit(recipe, clips, teacher=head, seed=1, validation=False, store=False)
    assert made.record["teacher"]["bodies"] == {body.name: body.licence}


@pytest.mark.slow
def test_the_bodies_behind_a_teacher_are_all_recorded(clips, teacher):
    body = energy_body()
    taught = hearingai.fine_tune(teacher, clips, epochs=1, seed=1, validation=False)
    taught.record["teacher"] = {"fingerprint": "x", "bodies": {"birdnet": "CC BY-NC-SA 4.0"}}
    head = hearingai.few_shot(body, clips, seed=1, progress=False, duration=1.0)
    recipe = hearingai.get_recipe(
        RECIPE, sample_rate=body.sample_rate, duration=1.0, crop="loudest", epochs=1
    )
    pupil = hearingai.fit(recipe, clips, teacher=head, seed=1, validation=False, store=False)
    inner = hearingai.ensemble([head, pupil])
    both = hearingai.ensemble([inner, pupil])
    made = hearingai.fit(recipe, clips, teacher=both, seed=1, validation=False, store=False)
    assert made.record["teacher"]["bodies"] == {body.name: body.licence}
    further = hearingai.fit(RECIPE, clips, teacher=taught, epochs=1, seed=1, validation=False)
    assert further.record["teacher"]["bodies"] == {"birdnet": "CC BY-NC-SA 4.0"}
    tuned = hearingai.fine_tune(further, clips, epochs=1, seed=1, validation=False)
    assert tuned.record["teacher"] == further.record["teacher"]


def test_what_a_teacher_was_trained_on_may_be_unknown(clips, teacher):
    unknown = hearingai.merge_labels(teacher, {label: [label] for label in teacher.labels})
    unknown.record["from_generator"] = True
    made = hearingai.fit(RECIPE, clips, teacher=unknown, epochs=1, seed=1, validation=False)
    assert made.trained_on is None
    assert "a teacher knew others" in hearingai.model_card(made)


def test_a_checkpoint_of_another_teacher_is_refused(clips, teacher, tmp_path):
    how = {"seed": 1, "validation": False, "checkpoint": tmp_path / "c.keras"}
    hearingai.fit(RECIPE, clips, epochs=1, teacher=teacher, **how)
    with pytest.raises(hearingai.HearingAIError, match="its teacher differ"):
        hearingai.fit(RECIPE, clips, epochs=1, **how)


def test_a_pupil_that_is_trained_further_remembers_its_teacher(clips, teacher, tmp_path):
    how = {"seed": 1, "validation": False, "epochs": 1}
    made = hearingai.fit(RECIPE, clips, teacher=teacher, **how)
    told = made.record["teacher"]
    for _ in range(2):  # the second goes on from the checkpoint
        hearingai.fit(made, clips, checkpoint=tmp_path / "c.keras", **how)
        assert made.record["teacher"] == told


def test_validation_clips_that_the_teacher_knows_are_told(clips, teacher):
    with pytest.warns(hearingai.HearingAIWarning, match="teacher was trained on 6 of 6 validation"):
        hearingai.fit(RECIPE, clips, epochs=1, teacher=teacher, seed=1, validation=0.25)


def test_a_teacher_that_does_not_fit_is_refused(clips, teacher):
    wrong = {
        "`teacher` must be a classifier": "oracle",
        "must have the labels": hearingai.create_classifier(RECIPE, ["no", "maybe"]),
        "must hear the same clips": hearingai.create_classifier("sounds", ["no", "yes"]),
        "as many labels": hearingai.create_classifier(RECIPE, ["no", "yes"], multi_label=True),
    }
    for words, other in wrong.items():
        with pytest.raises(hearingai.HearingAIError, match=words):
            hearingai.fit(RECIPE, clips, teacher=other, seed=1)
    with pytest.raises(hearingai.HearingAIError, match="which has a body"):
        hearingai.fit("head", clips, body=energy_body(), teacher=teacher, seed=1)
