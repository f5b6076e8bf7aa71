"""The waterfall and the synergy matrix as data: bars that meet, and titles that say what the numbers say."""

import warnings

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from truth_example import LABELS, around, example

from experiments.plots import gallery
from experiments.plots.synergy import synergy_data
from experiments.plots.waterfall import waterfall_data


@pytest.mark.parametrize("measure", ["orders", "profit"])
@pytest.mark.parametrize("shapley", [True, False])
def test_every_bar_starts_where_the_last_one_ended(measure, shapley):
    data = waterfall_data(example(shapley=shapley), measure)
    first, *middle, last = data.steps
    assert (first.label, last.label) == ("no channel", "full plan")
    level = first.end
    for step in middle:
        assert step.start == pytest.approx(level)
        level = step.end
    assert last.end == pytest.approx(level)


def test_the_largest_part_stands_first_and_in_the_title():
    data = waterfall_data(example(), "orders")
    assert [step.label for step in data.steps][1:3] == ["小红书KOL种草", "口碑"]
    assert data.steps[-2].label == "抖音直播"
    assert data.steps[-2].end < data.steps[-2].start
    assert data.title == (
        "All channels together bring 73.8 k of the plan's 77.4 k orders; "
        "the largest part is 小红书KOL种草's (16.2 k, 22 %)"
    )


def test_lifts_leave_a_rest_that_says_so():
    data = waterfall_data(example(shapley=False), "profit")
    assert data.steps[-2].kind == "rest"
    assert "taking away only 小红书KOL种草 loses 3.46 M" in data.title
    assert data.unit == "margin less spend, CNY"
    assert [step.kind for step in waterfall_data(example(), "profit").steps].count("rest") == 0


def test_cells_lie_below_the_diagonal_and_brackets_mark_chance():
    data = synergy_data(example(), "orders", "full")
    assert len(data.cells) == 36
    assert all(cell.row > cell.column for cell in data.cells)
    assert [cell.told for cell in data.cells[:4]] == [True, False, False, False]
    assert (
        data.title == "抖音信息流 and 口碑 bring 7.20 k more orders together than apart inside the full plan"
    )


def test_nothing_to_tell_is_said():
    title = synergy_data(example(), "profit", "nothing").title
    assert title == "No pair's synergy in margin less spend can be told from chance with no other channel"


def few(count, label=None):
    """Channels whose intervals are a hundred times as wide as what they bring."""
    names = list(LABELS.items())[:count]
    found = example(channels={name: label.format(name) if label else shown for name, shown in names})
    for one in found["channels"].values():
        one["shapley"]["orders"] = around(one["shapley"]["orders"]["mean"], 500_000.0)
    return found


@pytest.mark.parametrize("count", [1, 2])
def test_few_channels_with_wide_intervals_fit_their_page(count, tmp_path):
    figures = {"truth": waterfall_data(few(count), "orders")}
    if count > 1:
        figures["synergy"] = synergy_data(few(count), "orders", "nothing")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gallery.save(figures, tmp_path)
    figure = gallery.draw(waterfall_data(few(count, "Channel {}"), "orders"))
    FigureCanvasAgg(figure).draw()
    (axes,) = figure.axes
    low, high = axes.get_xlim()
    assert all(low <= text.get_position()[0] <= high for text in axes.texts)
    widest = max(bar.get_x() + bar.get_width() for bar in axes.patches)
    assert high < 2 * widest
    assert len(axes.texts) == count + 2
    top = axes.get_tightbbox().y1
    assert figure._suptitle.get_window_extent().y0 > top


def test_the_only_channel_is_not_the_largest_part_of_several():
    title = waterfall_data(few(1), "orders").title
    assert title.startswith("抖音信息流 brings 1.80 k of the plan's ")
