"""The pictures of surveys show the numbers of their tables."""

import io

import numpy as np
import pandas as pd
import pytest

import hearingai
from hearingai.errors import HearingAIError
from hearingai.plots import plot_data as flat

EFFORT = pd.DataFrame(
    {
        "fname": ["a.wav", "b.wav"],
        "time": ["2024-05-01T04:00:00Z", "2024-05-03T05:00:00Z"],
        "duration": [3600.0, 1800.0],
        "site": ["fen", "bog"],
    }
)
EVENTS = pd.DataFrame(
    {"fname": ["a.wav"] * 3, "start": [0, 9, 20], "end": [1, 10, 30], "label": ["x", "x", "y_$"]}
)


def saved(figure):
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return len(buffer.getvalue())


def cells(history, label=None):
    table = flat.detection_history(history, label)["cells"]
    return table[["x", "y", "rate"]].values.tolist()


def test_a_history_of_hours_is_days_by_hours():
    history = hearingai.detection_history(EVENTS, EFFORT, by="hour")
    assert cells(history) == [[0, 4, 3.0], [2, 5, 0.0]]
    assert cells(history, "x") == [[0, 4, 2.0], [2, 5, 0.0]]
    figure = hearingai.plot_detection_history(history, title="wrens")
    ax = figure.axes[0]
    values = ax.images[0].get_array().filled(np.nan)
    assert values.shape == (24, 3) and np.isfinite(values).sum() == 2 and values[4, 0] == 3
    assert [t.get_text() for t in ax.get_xticklabels()] == [
        *("2024-05-01", "2024-05-02", "2024-05-03")
    ]
    assert ax.get_ylabel() == "hour of the day" and saved(figure) > 1000


def test_a_history_of_days_is_sites_by_days():
    history = hearingai.detection_history(EVENTS, EFFORT)
    assert cells(history) == [[0, 0, 3.0], [2, 1, 0.0]]
    ax = hearingai.plot_detection_history(history).axes[0]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["fen", "bog"]


def test_activity_is_a_line_a_label():
    pattern = hearingai.activity_pattern(EVENTS, EFFORT)
    figure = hearingai.plot_activity(pattern)
    lines = figure.axes[0].lines
    assert [line.get_label() for line in lines] == ["x", "y_$"]
    assert lines[0].get_ydata()[4] == 2 and np.isnan(lines[0].get_ydata()[3])
    assert saved(figure) > 1000
    relative = pattern.rename(columns={"hour": "hours_from_sunset"})
    ax = hearingai.plot_activity(relative).axes[0]
    assert (ax.get_xlabel(), ax.get_xlim()) == ("hours from sunset", (-12, 12))


def test_density_of_bins_and_of_sites():
    scores = pd.DataFrame({"score": [0.1] * 90 + [0.9] * 10, "site": ["a", "b"] * 50})
    validated = scores.iloc[80:].assign(present=[0] * 10 + [1] * 10)
    one = hearingai.estimate_density(scores, validated, bins=[0.5])
    ax = hearingai.plot_density(one).axes[0]
    assert ax.lines[0].get_ydata().tolist() == [0, 1]
    assert ax.get_title().startswith("density 0.1, 95% interval ")
    assert [t.get_text() for t in ax.get_xticklabels()] == ["0.1 to 0.5", "0.5 to 0.9"]
    both = hearingai.estimate_density(scores, validated, bins=[0.5], by="site")
    figure = hearingai.plot_density(both, title="sites")
    assert [t.get_text() for t in figure.axes[0].get_xticklabels()] == ["a", "b"]
    assert saved(figure) > 1000


@pytest.mark.parametrize(
    ("plot", "data", "named"),
    [
        ("plot_detection_history", pd.DataFrame(), "`history` must have the columns"),
        ("plot_activity", pd.DataFrame({"label": [], "effort": [], "rate": []}), "no rows"),
        ("plot_activity", pd.DataFrame({"label": ["a"], "effort": 1, "rate": 1}), "column `hour`"),
        ("plot_density", pd.DataFrame(), "`density` must be what estimate_density"),
    ],
)
def test_what_cannot_be_drawn(plot, data, named):
    with pytest.raises(HearingAIError, match=named):
        getattr(hearingai, plot)(data)
