"""Drawn figures: every text inside the frame and apart from others, Chinese shown, files repeatable."""

import logging
from itertools import combinations
from pathlib import Path

import matplotlib
import pytest
from figure_examples import EXAMPLES
from matplotlib.backends.backend_agg import FigureCanvasAgg

from experiments.plots import gallery, style, typeface


def drawn(data):
    figure = gallery.draw(data)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return figure, canvas.get_renderer()


def tick_labels(axis):
    """Labels of the ticks in view; matplotlib also keeps some that are never drawn."""
    low, high = sorted(axis.get_view_interval())
    pairs = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=False)
    return [label for place, label in pairs if low <= place <= high]


def visible_texts(figure, renderer):
    """Texts that show ink, with their boxes."""
    texts = [*figure.texts]  # the suptitle is among them
    for legend in figure.legends:
        texts += [legend.get_title(), *legend.get_texts()]
    for axes in (axes for axes in figure.axes if axes.get_visible()):
        texts += [*axes.texts, axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label]
        texts += [*tick_labels(axes.xaxis), *tick_labels(axes.yaxis)]
    shown = [text for text in texts if text.get_visible() and text.get_text().strip()]
    return [(text.get_text(), text.get_window_extent(renderer)) for text in shown]


@pytest.fixture(autouse=True)
def _house_style():
    with matplotlib.rc_context(style.settings()):
        yield


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_text_lies_inside_the_figure(name):
    figure, renderer = drawn(EXAMPLES[name])
    frame = figure.bbox
    for text, box in visible_texts(figure, renderer):
        assert box.x0 >= frame.x0 - 1, text
        assert box.x1 <= frame.x1 + 1, text
        assert box.y0 >= frame.y0 - 1, text
        assert box.y1 <= frame.y1 + 1, text


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_text_covers_another(name):
    figure, renderer = drawn(EXAMPLES[name])
    for (first, one), (second, other) in combinations(visible_texts(figure, renderer), 2):
        width = min(one.x1, other.x1) - max(one.x0, other.x0)
        height = min(one.y1, other.y1) - max(one.y0, other.y0)
        assert width <= 1 or height <= 1, (first, second)


@pytest.mark.parametrize("name", EXAMPLES)
def test_title_states_the_finding_and_axes_are_labelled(name):
    figure, _ = drawn(EXAMPLES[name])
    assert figure.get_suptitle().replace("\n", " ") == EXAMPLES[name].title
    labels = [axes.get_xlabel() for axes in figure.axes] + [axes.get_ylabel() for axes in figure.axes]
    assert any(labels)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_figure_says_that_it_is_simulated_unless_it_is_not(name):
    def marks(figure):
        return [text for text in figure.texts if text.get_text() == style.SIMULATED]

    [mark] = marks(gallery.draw(EXAMPLES[name]))
    assert mark.get_fontsize() == style.MARK_POINTS
    assert marks(gallery.draw(EXAMPLES[name], simulated=False)) == []


def test_saved_twice_is_equal_and_keeps_text_as_text(tmp_path: Path, caplog):
    with caplog.at_level(logging.WARNING):
        for folder in ("one", "two"):
            assert gallery.save({"budget": EXAMPLES["budget"]}, tmp_path / folder) == []
    for name in ("budget.png", "budget.svg"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    svg = (tmp_path / "one" / "budget.svg").read_text(encoding="utf-8")
    assert "小红书KOL种草" in svg
    assert "dc:date" not in svg
    assert caplog.records == []  # no font is looked for in vain


def test_chinese_shows_with_the_shipped_fonts_only(tmp_path: Path):
    with matplotlib.rc_context({"font.family": ["DejaVu Sans", typeface.SHIPPED_FAMILY]}):
        figure, _ = drawn(EXAMPLES["budget"])  # a missing glyph would warn, and a warning fails the test
    assert figure.axes


def test_missing_glyphs_are_told_once(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(typeface, "families", lambda: ["DejaVu Sans", typeface.SHIPPED_FAMILY])
    from dataclasses import replace

    rare = replace(EXAMPLES["funnel"], title="A character no shipped font draws: \U0002a6b2\U0002a6b3")
    assert len(gallery.save({"funnel": rare}, tmp_path)) == 1


def test_shipped_font_holds_common_chinese():
    characters = typeface.shipped_characters()
    assert (
        set(
            "小红书种草微博话题抖音信息流直播搜索天猫旗舰店企业微信社群线下门店口碑美妆新品全域首发，。（）！"
        )
        <= characters
    )
    assert len([c for c in characters if "\u4e00" <= c <= "\u9fff"]) == 6763


def test_shipped_labels_can_be_drawn_by_the_shipped_font():
    import scenarios

    folder = Path(scenarios.__file__).parent
    wide = {c for path in folder.glob("*.yaml") for c in path.read_text(encoding="utf-8") if ord(c) > 0x2E7F}
    assert wide <= typeface.shipped_characters()


def test_titles_break_to_the_width_with_wide_characters_counted_twice():
    lines = style.wrapped("most into 小红书小红书小红书 and most out of 微博", 30).split("\n")
    assert all(style.text_width(line) <= 30 for line in lines)
    assert len(lines) == 2
