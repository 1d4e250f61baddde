"""The 挂图 on their paper, and the tile map by keyboard (R300)."""

import re

import pytest

pytestmark = pytest.mark.browser
WALLS = ("distribution", "campaign", "pairing")
# Points of the sheet, and CSS pixels between its margins: width and height (96 an inch).
PAPERS = {"a3": ((1191, 842), (1512, 1046)), "a1": ((2384, 1684), (3027, 2093))}


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("wall", WALLS)
def test_a_wall_fills_the_first_sheet_of_its_paper(sign_in, site, wall, paper):
    """Landscape, of the asked size; the map and its key wholly on the first sheet, nothing beyond the margins."""
    page = sign_in("district")
    page.goto(f"{site.url}/wall/{wall}/?paper={paper}")
    points, (width, height) = PAPERS[paper]
    printed = page.pdf(prefer_css_page_size=True)
    sheets = re.findall(rb"/MediaBox ?\[ ?0 0 ([0-9.]+) ([0-9.]+) ?\]", printed)
    assert sheets and {(round(float(w)), round(float(h))) for w, h in sheets} == {points}
    page.emulate_media(media="print")
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    if wall == "distribution":
        ends = page.locator(".wall-map").bounding_box()
        assert ends is not None and height * 0.7 < ends["y"] + ends["height"] < height


def test_the_tiles_are_reached_and_opened_by_keyboard(sign_in, site):
    page = sign_in("district")
    page.goto(f"{site.url}/dashboards/")
    page.locator(".seg a").last.focus()
    page.keyboard.press("Tab")
    name = page.evaluate("() => document.activeElement.textContent")
    assert name == page.locator(".tile .name").first.text_content()
    ring = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
    assert ring == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"area=\d{12}"))
    assert name in (page.locator("h1").text_content() or "")
