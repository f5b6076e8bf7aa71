"""The report in a real browser: it asks for nothing, says nothing to the console, and fits its window."""

import os
import shutil

import pytest
from pages import KINDS, make

from experiments.report.page import report

pytestmark = pytest.mark.browser

#: Where Chromium is, unless OMNIFUNNEL_CHROMIUM says otherwise.
NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]
WIDTHS = {"phone": 390, "desk": 1200}
#: Width and height of an A4 page less its margins, at 96 pixels an inch.
PRINTED = (673, 978)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """A fresh Chromium without a window."""
    api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install '.[browser]'"
    )
    found = os.environ.get("OMNIFUNNEL_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no Chromium on the path ({', '.join(NAMES)}); set OMNIFUNNEL_CHROMIUM")
    with api.sync_playwright() as play:
        profile = str(tmp_path_factory.mktemp("profile"))
        context = play.chromium.launch_persistent_context(
            profile, executable_path=found, headless=True, args=ARGUMENTS
        )
        yield context
        context.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Every kind of page in both languages, as files."""
    root = tmp_path_factory.mktemp("pages")
    for kind in KINDS:
        make(kind, root / kind)
        for lang in ("en", "zh"):
            (root / f"{kind}-{lang}.html").write_text(report(root / kind, lang), encoding="utf-8")
    return root


def opened(browser, path, width):
    """The page, and what it asked for and complained of."""
    page, heard = browser.new_page(), []
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(path.as_uri())
    return page, heard


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_asks_for_nothing_and_fits(browser, pages, kind, lang):
    path = pages / f"{kind}-{lang}.html"
    for width in WIDTHS.values():
        page, heard = opened(browser, path, width)
        assert [one for one in heard if one != path.as_uri() and not one.startswith("data:")] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("[...document.querySelectorAll('svg')].every(s => s.getBBox().height > 50)")
        page.close()


def test_a_page_that_asks_or_complains_is_caught(browser, tmp_path):
    path = tmp_path / "bad.html"
    path.write_text('<img src="http://127.0.0.1:9/x.png"><script>nonsense(</script>', encoding="utf-8")
    page, heard = opened(browser, path, 390)
    page.wait_for_load_state("load")
    assert any(one.startswith("http://127.0.0.1:9/") for one in heard)
    assert any("SyntaxError" in one or "Unexpected" in one for one in heard)
    page.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", ["optimize", "cheapest"])
def test_the_first_screen_needs_no_scrolling(browser, pages, kind, lang):
    """Money, gain, what it rests on and the action, in this order, in a window of 1100 by 800."""
    page, _ = opened(browser, pages / f"{kind}-{lang}.html", 1100)
    page.set_viewport_size({"width": 1100, "height": 800})
    tops = [
        page.evaluate(f"document.querySelector('.first {look}').getBoundingClientRect().top")
        for look in (".heading", ".lead", ".basis", ".action")
    ]
    assert tops == sorted(tops)
    assert page.evaluate("document.querySelector('.first .action').getBoundingClientRect().bottom") <= 800
    page.close()


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_printed_first_page_is_full(browser, pages, kind, lang):
    """What must not break moves to the second page with its heading, and leaves less than 30 % empty."""
    page, _ = opened(browser, pages / f"{kind}-{lang}.html", PRINTED[0])
    page.emulate_media(media="print")
    boxes = page.evaluate(
        "[...document.querySelectorAll('figure, tr, li, dl, p, h2:not(.unseen)')].map(e => [e.tagName, "
        "e.getBoundingClientRect()]).map(([name, box]) => [name, box.top, box.bottom])"
    )
    for before, (_, top, bottom) in zip([["", 0.0, 0.0], *boxes], boxes, strict=False):
        if top < PRINTED[1] < bottom:
            assert (before[1] if before[0] == "H2" else top) > 0.7 * PRINTED[1]
    page.close()


def test_a_page_prints_to_a4(browser, pages):
    page, _ = opened(browser, pages / "optimize-en.html", 1200)
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594.95996 841.91998]" in printed or b"/MediaBox [0 0 595" in printed
    page.close()
