"""The alluvial diagram: flows, blocks, labels, and what is hidden."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch, Rectangle

from hearingai.plots import canvas, plot_alluvial

COUNTS = np.array([[50, 20, 3], [19, 60, 0], [0, 21, 30]])


def table(counts):
    labels = [f"word{i}" for i in range(len(counts))]
    pairs = [(t, p) for t in labels for p in labels]
    return pd.DataFrame(pairs, columns=["truth", "predicted"]).assign(n=np.ravel(counts))


def ribbons(figure):
    return [p for p in figure.axes[0].patches if isinstance(p, PathPatch)]


def spans(ribbon):
    """Height of a ribbon at its left and right end."""
    corners = ribbon.get_path().vertices
    left, right = (corners[corners[:, 0] == x, 1] for x in (0, 1))
    return np.ptp(left), np.ptp(right)


def test_alluvial_has_one_ribbon_a_flow_right_blue_wrong_purple_and_hatched():
    figure = plot_alluvial(table(COUNTS))
    drawn = ribbons(figure)
    wrong = [p for p in drawn if p.get_hatch()]
    right = [p for p in drawn if not p.get_hatch()]
    assert sorted(spans(p)[0] for p in right) == pytest.approx([30, 50, 60])
    assert sorted(spans(p)[0] for p in wrong) == pytest.approx([20, 21])
    for ribbon in drawn:
        assert spans(ribbon)[0] == pytest.approx(spans(ribbon)[1])
    assert {to_hex(p.get_facecolor()) for p in right} == {canvas.RIGHT.lower()}
    assert {to_hex(p.get_facecolor()) for p in wrong} == {canvas.WRONG.lower()}
    legend = figure.legends[0]
    assert [t.get_text() for t in legend.get_texts()] == ["right", "wrong"]
    assert [bool(p.get_hatch()) for p in legend.get_patches()] == [False, True]


@pytest.mark.parametrize("predicted", ["pred_class", "label"])
def test_alluvial_draws_predictions_beside_their_classes(predicted):
    known = table(COUNTS)
    counted = known.rename(columns={"truth": "class", "predicted": predicted})
    rows = counted.loc[counted.index.repeat(counted["n"])].drop(columns="n")
    wanted = [spans(ribbon) for ribbon in ribbons(plot_alluvial(known, min_n=1))]
    for same in (counted, rows):
        drawn = [spans(ribbon) for ribbon in ribbons(plot_alluvial(same, min_n=1))]
        np.testing.assert_allclose(drawn, wanted)


def test_alluvial_names_what_is_hidden():
    figure = plot_alluvial(table(COUNTS))
    assert figure.axes[0].get_xlabel() == "flows under 20 clips hidden (22 of 203 clips)"
    assert len(ribbons(plot_alluvial(table(COUNTS), min_n=21))) == 4
    for all_of_them in (0, 1):
        figure = plot_alluvial(table(COUNTS), min_n=all_of_them)
        assert len(ribbons(figure)) == 7
        assert figure.axes[0].get_xlabel() == ""


def test_alluvial_blocks_are_as_high_as_their_clips_hidden_or_not():
    ax = plot_alluvial(table(COUNTS)).axes[0]
    blocks = [p for p in ax.patches if isinstance(p, Rectangle)]
    left = [p.get_height() for p in blocks if p.get_x() < 0]
    right = [p.get_height() for p in blocks if p.get_x() > 0]
    assert left == COUNTS.sum(axis=1).tolist()
    assert right == COUNTS.sum(axis=0).tolist()


def test_alluvial_flows_join_their_blocks_without_overlap():
    ax = plot_alluvial(table(COUNTS), min_n=1).axes[0]
    blocks = [p for p in ax.patches if isinstance(p, Rectangle)]
    for x, at_left in ((0, True), (1, False)):
        ends = []
        for p in ax.patches:
            if isinstance(p, PathPatch):
                y = p.get_path().vertices[p.get_path().vertices[:, 0] == x, 1]
                ends.append((y.min(), y.max()))
        ends.sort()
        assert all(a[1] <= b[0] + 1e-9 for a, b in zip(ends, ends[1:], strict=False))
        side = [p for p in blocks if (p.get_x() < 0) == at_left]
        for block in side:
            inside = [e for e in ends if block.get_y() - 1e-9 <= e[0] < block.get_bbox().y1]
            assert inside[0][0] == pytest.approx(block.get_y())
            assert inside[-1][1] == pytest.approx(block.get_bbox().y1)


def test_large_counts_are_written_out():
    text = plot_alluvial(table(np.diag([1_234_567, 5]))).axes[0].get_xlabel()
    assert text == "flows under 20 clips hidden (5 of 1234572 clips)"


def test_alluvial_may_hide_everything():
    figure = plot_alluvial(table([[3, 1], [0, 2]]))
    assert ribbons(figure) == []
    assert figure.axes[0].get_xlabel() == "flows under 20 clips hidden (6 of 6 clips)"
    assert figure._repr_png_()


def crowded(n_labels):
    """A few huge labels among tiny ones, and one that is never predicted."""
    counts = np.diag([3 if i % 3 else 900 for i in range(n_labels)])
    counts[0, 1] = 40
    counts[5, 5], counts[5, 0] = 0, 1
    return counts


@pytest.mark.parametrize("n_labels", [10, 35, 60])
def test_alluvial_labels_do_not_overlap_and_sit_at_their_blocks(n_labels):
    figure = plot_alluvial(table(crowded(n_labels)))
    figure._repr_png_()  # lays out
    ax = figure.axes[0]
    middles = [p.get_y() + p.get_height() / 2 for p in ax.patches if isinstance(p, Rectangle)]
    assert [t.get_position()[1] for t in ax.texts] == pytest.approx(middles)
    assert len(ax.texts) == 2 * n_labels - 1
    for align in ("left", "right"):
        boxes = [t.get_window_extent() for t in ax.texts if t.get_ha() == align]
        assert all(a.y0 >= b.y1 - 1 for a, b in zip(boxes, boxes[1:], strict=False))
        assert all(b.x0 >= 0 and b.x1 <= figure.bbox.x1 for b in boxes)
        assert all(b.y0 >= 0 and b.y1 <= figure.bbox.y1 for b in boxes)
