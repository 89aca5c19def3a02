"""What the pictures show: the data, its units, and what is left out."""

import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from fresh import python
from hearingai.errors import HearingAIError
from hearingai.plots import (
    canvas,
    plot_alluvial,
    plot_confusion,
    plot_history,
    plot_spectrogram,
    plot_waveform,
)

COUNTS = np.array([[50, 20, 3], [19, 60, 0], [0, 21, 30]])


def table(counts, labels=None):
    counts = np.asarray(counts)
    labels = [f"word{i}" for i in range(len(counts))] if labels is None else labels
    return pd.DataFrame(
        {
            "truth": np.repeat(labels, len(labels)),
            "predicted": np.tile(labels, len(labels)),
            "n": counts.ravel(),
        }
    )


def history(epochs=3):
    epoch = np.arange(1, epochs + 1)
    return pd.DataFrame(
        {
            "epoch": epoch,
            "loss": 3 / epoch,
            "accuracy": 1 - 1 / (epoch + 1),
            "val_loss": 4 / epoch,
            "val_accuracy": 0.9 - 1 / (epoch + 1),
        }
    )


def size_of_saved(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return len(buffer.getvalue())


FIGURES = {
    plot_waveform: lambda **k: plot_waveform(np.sin(np.arange(100)), 8000, **k),
    plot_spectrogram: lambda **k: plot_spectrogram(np.eye(5, 9), **k),
    plot_history: lambda **k: plot_history(history(), **k),
    plot_confusion: lambda **k: plot_confusion(table([[30, 1], [25, 40]]), **k),
    plot_alluvial: lambda **k: plot_alluvial(table([[30, 1], [25, 40]]), **k),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=[f.__name__ for f in FIGURES])
def test_every_figure_saves_shows_in_notebooks_and_takes_a_title(draw):
    figure = draw(title="a title")
    assert isinstance(figure, Figure)
    assert figure.get_suptitle() == "a title"
    assert draw().get_suptitle() == ""
    assert size_of_saved(figure) > 3000
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_no_pyplot_and_no_keras():
    code = (
        "import sys, hearingai.plots as p; p.plot_waveform([0.0, 1.0], 2);"
        "assert not {'matplotlib.pyplot', 'keras', 'tensorflow'} & set(sys.modules)"
    )
    python(code)


def test_waveform_is_drawn_against_seconds():
    waveform = np.array([0.0, 0.5, -0.25, 0.1], dtype="float32")
    ax = plot_waveform(waveform, 8).axes[0]
    np.testing.assert_array_equal(ax.lines[0].get_xdata(), [0, 0.125, 0.25, 0.375])
    np.testing.assert_array_equal(ax.lines[0].get_ydata(), waveform)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (s)", "amplitude")
    assert ax.get_ylim() == pytest.approx((-0.525, 0.525))


def test_channels_are_stacked_on_one_scale():
    waveform = np.random.default_rng(0).uniform(-1, 1, (3, 50))
    axes = plot_waveform(waveform, 100).axes
    assert [ax.get_title("left") for ax in axes] == ["channel 1", "channel 2", "channel 3"]
    for ax, channel in zip(axes, waveform, strict=True):
        np.testing.assert_array_equal(ax.lines[0].get_ydata(), channel)
    assert len({ax.get_ylim() for ax in axes}) == 1
    tops = [ax.get_position().y0 for ax in axes]
    assert tops == sorted(tops, reverse=True)


def test_a_long_waveform_keeps_its_extremes():
    waveform = np.random.default_rng(0).uniform(-0.5, 0.5, 160_001)
    waveform[[70_000, 160_000]] = 0.9, -0.8
    line = plot_waveform(waveform, 16000).axes[0].lines[0]
    assert len(line.get_xdata()) <= 50_000
    assert (line.get_ydata().max(), line.get_ydata().min()) == (0.9, -0.8)
    assert line.get_xdata()[line.get_ydata().argmax()] == pytest.approx(70_000 / 16000, abs=1e-3)
    assert line.get_xdata()[-1] == pytest.approx(10, abs=1e-3)


def test_silence_can_be_drawn():
    assert plot_waveform(np.zeros(10), 8000).axes[0].get_ylim() == (-1.05, 1.05)


@pytest.mark.parametrize("shape", [(98, 257), (98, 257, 1)])
def test_spectrogram_has_seconds_and_kilohertz(shape):
    image = np.random.default_rng(0).normal(size=shape)
    figure = plot_spectrogram(image)
    ax, bar = figure.axes
    picture = ax.images[0]
    np.testing.assert_array_equal(picture.get_array(), image.reshape(98, 257).T)
    assert picture.origin == "lower"
    # the first frame is centred on 15 ms and the last on 985 ms; the bins on 0 and 8 kHz
    half_bin = 8 / 256 / 2
    assert picture.get_extent() == pytest.approx((0.010, 0.990, -half_bin, 8 + half_bin))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (s)", "frequency (kHz)")
    assert bar.get_ylabel() == "log power"


def test_spectrogram_follows_rate_stride_and_size():
    figure = plot_spectrogram(np.ones((4, 3)), 44100, window_stride_ms=20, window_size_ms=40)
    extent = figure.axes[0].images[0].get_extent()
    assert extent == pytest.approx((0.010, 0.090, -22.05 / 4, 22.05 * 5 / 4))


def test_history_tells_training_and_validation_apart():
    figure = plot_history(history())
    for ax, measure in zip(figure.axes, ("loss", "accuracy"), strict=True):
        training, validation = ax.lines
        assert ax.get_ylabel() == measure
        assert ax.get_xlabel() == "epoch"
        np.testing.assert_array_equal(training.get_xdata(), [1, 2, 3])
        np.testing.assert_array_equal(training.get_ydata(), history()[measure])
        np.testing.assert_array_equal(validation.get_ydata(), history()["val_" + measure])
        assert training.get_color() != validation.get_color()
        assert training.get_linestyle() != validation.get_linestyle()
        assert training.get_marker() != validation.get_marker()
    assert [t.get_text() for t in figure.legends[0].get_texts()] == ["training", "validation"]


@pytest.mark.parametrize("epochs", [1, 2, 3, 10, 100])
def test_epochs_are_whole(epochs):
    ticks = plot_history(history(epochs)).axes[0].get_xticks()
    np.testing.assert_array_equal(ticks, np.round(ticks))


def test_history_without_validation_or_with_gaps():
    alone = plot_history(history()[["epoch", "loss", "accuracy"]])
    assert [len(ax.lines) for ax in alone.axes] == [1, 1]
    gaps = history()
    gaps.loc[1, "val_loss"] = np.nan
    line = plot_history(gaps).axes[0].lines[1]
    np.testing.assert_array_equal(line.get_xdata(), [1, 3])


def test_confusion_shows_rates_by_row_and_counts():
    ax = plot_confusion(table([[30, 10], [0, 5]], ["no", "yes"])).axes[0]
    np.testing.assert_allclose(ax.images[0].get_array(), [[0.75, 0.25], [0, 1]])
    assert [t.get_text() for t in ax.texts] == ["30", "10", "0", "5"]
    assert [t.get_position() for t in ax.texts] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert [t.get_text() for t in ax.get_xticklabels()] == ["no", "yes"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["no", "yes"]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "truth")
    assert ax.get_ylim()[0] > ax.get_ylim()[1]  # the first label on top


def luminance(colour):
    channels = np.array([int(to_hex(colour)[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_counts_are_readable_on_every_shade():
    counts = np.stack([np.arange(101), 100 - np.arange(101)], axis=1)
    for pair in counts:
        ax = plot_confusion(table([pair, [1, 1]])).axes[0]
        for text, rate in zip(ax.texts[:2], pair / 100, strict=True):
            light = sorted([luminance(text.get_color()), luminance(canvas.RATES(rate))])
            assert (light[1] + 0.05) / (light[0] + 0.05) > 3, rate


@pytest.mark.parametrize(("n_labels", "n_texts"), [(2, 4), (20, 400), (21, 0), (35, 0)])
def test_counts_are_left_out_beyond_20_labels(n_labels, n_texts):
    ax = plot_confusion(table(np.eye(n_labels, dtype=int) * 7)).axes[0]
    assert len(ax.texts) == n_texts
    assert len(ax.get_xticklabels()) == n_labels


def test_labels_keep_the_order_of_the_table_or_its_categories():
    rows = table([[1, 0], [0, 1]], ["b", "a"])
    assert [t.get_text() for t in plot_confusion(rows).axes[0].get_yticklabels()] == ["b", "a"]
    kind = pd.CategoricalDtype(["z", "a", "b"])
    rows = rows.astype({"truth": kind, "predicted": kind})
    ax = plot_confusion(rows).axes[0]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["z", "a", "b"]
    np.testing.assert_array_equal(ax.images[0].get_array(), [[0, 0, 0], [0, 1, 0], [0, 0, 1]])


def test_labels_are_never_read_as_formulas():
    rows = table([[30, 0], [0, 30]], ["$a_b$", "_c"])
    for plot in (plot_alluvial, plot_confusion):
        figure = plot(rows)
        size_of_saved(figure)
        ax = figure.axes[0]
        texts = [*ax.texts, *ax.get_xticklabels(), *ax.get_yticklabels()]
        shown = [t for t in texts if t.get_text() == "$a_b$"]
        assert len(shown) == 2
        assert not any(t.get_parse_math() for t in shown)


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (lambda: plot_waveform(np.zeros((2, 3, 4)), 8000), r"`waveform` .*\(2, 3, 4\)"),
        (lambda: plot_waveform(np.zeros((100, 2)), 8000), r"`waveform` .*\(100, 2\)"),
        (lambda: plot_waveform([], 8000), r"`waveform` .*\(0,\)"),
        (lambda: plot_waveform([0.0, float("nan")], 8000), "`waveform` must be finite"),
        (lambda: plot_waveform("tree.wav", 8000), "`waveform` must be samples"),
        (lambda: plot_waveform([[0.0], [0.0, 1.0]], 8000), "`waveform` must be samples"),
        (lambda: plot_waveform([0.0], 0), "`sample_rate` must be a positive whole number"),
        (lambda: plot_spectrogram(np.zeros(9)), r"`image` .*\(9,\)"),
        (lambda: plot_spectrogram(np.zeros((8, 98, 257, 1))), r"`image` .*\(8, 98, 257, 1\)"),
        (lambda: plot_spectrogram(np.zeros((98, 257, 3))), r"`image` .*\(98, 257, 3\)"),
        (lambda: plot_spectrogram(np.zeros((0, 257))), r"`image` .*\(0, 257\)"),
        (lambda: plot_spectrogram(np.full((2, 2), -np.inf)), "`image` .*not finite"),
        (lambda: plot_spectrogram(np.zeros((2, 2)), window_stride_ms=-1), "`window_stride_ms`"),
        (lambda: plot_spectrogram(np.zeros((2, 2)), window_size_ms="30"), "`window_size_ms`"),
        (lambda: plot_history({"loss": [1]}), "`history` must be a table.*dict"),
        (lambda: plot_history(history().drop(columns="loss")), "`history` .*Received: epoch, acc"),
        (lambda: plot_history(history()[:0]), "`history` has no rows"),
        (lambda: plot_confusion(COUNTS), "`confusion` must be a table.*ndarray"),
        (lambda: plot_confusion(table(COUNTS)[["truth", "n"]]), "`confusion` .*: truth, n"),
        (lambda: plot_confusion(table(-COUNTS)), r"`confusion..n..` must count clips"),
        (lambda: plot_confusion(table(COUNTS * 0)), "not all 0"),
        (lambda: plot_confusion(table(COUNTS.astype(str))), r"`confusion..n..` must count clips"),
        (lambda: plot_alluvial(table(COUNTS).replace("word1", None)), "missing a label"),
        (lambda: plot_alluvial(table(COUNTS)[:0]), "`confusion` has no rows"),
        (lambda: plot_alluvial(table(COUNTS), min_n=-1), "`min_n` .*Received: -1"),
        (lambda: plot_alluvial(table(COUNTS), min_n="20"), "`min_n` .*Received: '20'"),
        (lambda: plot_alluvial(table(COUNTS), min_n=None), "`min_n` .*Received: None"),
    ],
)
def test_unfit_input_is_named(draw, message):
    with pytest.raises(HearingAIError, match=message):
        draw()
