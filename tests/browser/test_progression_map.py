"""The map of a progression in a real browser: panned, followed, printed, and the same without a script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import check

pytestmark = pytest.mark.browser

MAP = "/progressions/4.NX.A.2"


@pytest.fixture
def without_script(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 375, "height": 800})
    yield context.new_page()
    context.close()


def code_in_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.querySelector('.map-code')?.textContent ?? ''"))


def focus_center(page: Page) -> None:
    page.locator(".map-box--center").first.focus()


def scroll_of(page: Page) -> tuple[float, float]:
    left, top = page.evaluate(
        "[document.getElementById('map-frame').scrollLeft, document.getElementById('map-frame').scrollTop]"
    )
    return left, top


def scale(page: Page) -> int:
    return int(page.locator("#map-scale").inner_text().rstrip("%"))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("progression", MAP),
        ("progression-heading", "/progressions/4.NX"),
        ("progression-framework", "/progressions/NUM"),
        ("progression-refused", f"{MAP}?before=9"),
    ],
)
def test_a_map_can_be_used_by_everybody(page: Page, filled: Site, name: str, path: str) -> None:
    page.goto(filled.url + path)
    check(page, name)


def test_the_arrow_keys_follow_the_links_and_home_leads_back(page: Page, filled: Site) -> None:
    page.goto(filled.url + MAP)
    focus_center(page)
    for key, code in [
        ("ArrowRight", "4.NX.B.3"),
        ("ArrowRight", "5.NX.A.1"),
        ("ArrowRight", "5.NX.A.1"),
        ("Home", "4.NX.A.2"),
        ("ArrowLeft", "4.NX.A.1"),
        ("ArrowUp", "4.NX.A.1"),
    ]:
        page.keyboard.press(key)
        assert code_in_focus(page) == code
        expect(page.locator(".map-box:focus")).to_be_in_viewport(ratio=0.9)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("4.NX.A.1")


def test_one_press_of_tab_enters_the_picture_and_one_leaves_it(page: Page, filled: Site) -> None:
    page.goto(filled.url + MAP)
    page.get_by_role("link", name="Read as a table").focus()
    page.keyboard.press("Tab")
    assert code_in_focus(page) == "4.NX.A.2"
    page.keyboard.press("Tab")
    assert not page.evaluate("document.getElementById('map-picture').contains(document.activeElement)")


def test_a_box_in_focus_shows_its_links_and_neighbors_by_wider_lines(page: Page, filled: Site) -> None:
    page.goto(filled.url + MAP)
    line = ".map-link--near .map-line"
    assert page.locator(line).count() == 0
    plain = page.locator(".map-line").first.evaluate("line => parseFloat(getComputedStyle(line).strokeWidth)")
    focus_center(page)
    assert page.locator(line).count() == 2
    assert page.locator(".map-box--near").count() == 2
    page.wait_for_timeout(200)
    assert page.locator(line).first.evaluate("line => parseFloat(getComputedStyle(line).strokeWidth)") > plain


def test_the_buttons_are_large_and_change_the_size(page: Page, filled: Site) -> None:
    page.goto(filled.url + MAP)
    for control in page.locator("#map-tools button, .map-steps button, .map-steps select").all():
        size = control.bounding_box()
        assert size and size["width"] >= 44 and size["height"] >= 44
    before = scale(page)
    page.get_by_role("button", name="Zoom in").click()
    assert scale(page) > before
    page.get_by_role("button", name="Fit").click()
    fitting = scale(page)
    frame = page.locator("#map-frame")
    assert frame.evaluate("frame => frame.scrollWidth - frame.clientWidth") <= 1
    page.get_by_role("button", name="Zoom out").click()
    assert scale(page) < fitting


def test_dragging_moves_the_picture_and_follows_no_link(page: Page, filled: Site) -> None:
    page.goto(filled.url + MAP)
    for _ in range(5):
        page.get_by_role("button", name="Zoom in").click()
    page.get_by_role("button", name="Center").click()
    box = page.locator("#map-frame").bounding_box()
    assert box
    page.wait_for_timeout(600)
    before = scroll_of(page)
    middle = box["x"] + box["width"] / 2, box["y"] + min(box["height"], 200) / 2
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] - 60, middle[1], steps=4)
    page.mouse.up()
    assert scroll_of(page)[0] == pytest.approx(before[0] + 60, abs=2)
    expect(page).to_have_url(filled.url + MAP)


def test_the_wheel_with_ctrl_changes_the_size_and_keeps_the_place(page: Page, filled: Site) -> None:
    page.goto(filled.url + MAP)
    page.locator("#map-frame").scroll_into_view_if_needed()
    before = scale(page)
    page.locator("#map-frame").hover(position={"x": 100, "y": 60})
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    expect(page.locator("#map-scale")).not_to_have_text(f"{before}%")
    assert scale(page) > before


def test_no_text_is_wider_than_its_box(page: Page, filled: Site) -> None:
    page.goto(filled.url + MAP)
    page.wait_for_function("document.fonts.status === 'loaded'")
    wider = page.evaluate(
        """[...document.querySelectorAll('.map-box')].flatMap(box => {
          const edge = box.querySelector('rect').getBBox();
          return [...box.querySelectorAll('text')].map(text => text.getBBox())
            .filter(text => text.x < edge.x || text.x + text.width > edge.x + edge.width
              || text.y < edge.y || text.y + text.height > edge.y + edge.height);
        }).length"""
    )
    assert wider == 0


def test_the_printed_map_is_as_wide_as_the_paper_and_has_no_controls(page: Page, filled: Site) -> None:
    page.goto(filled.url + MAP)
    page.get_by_role("button", name="Zoom in").click()
    page.evaluate("window.print = () => { document.title = 'printed' }")
    page.get_by_role("button", name="Print").click()
    assert page.title() == "printed"
    page.emulate_media(media="print")
    for hidden in ("#map-tools", ".map-steps", ".map-skip", ".oer-header", ".oer-footer"):
        expect(page.locator(hidden)).to_be_hidden()
    frame, picture = page.locator("#map-frame").bounding_box(), page.locator("#map-picture").bounding_box()
    assert frame and picture
    assert picture["width"] <= frame["width"] + 1
    expect(page.locator(".map-table")).to_be_visible()


def test_without_a_script_the_picture_scrolls_and_every_box_is_a_link(without_script: Page, filled: Site) -> None:
    page = without_script
    page.goto(filled.url + MAP)
    expect(page.locator("#map-tools")).to_be_hidden()
    frame = page.locator("#map-frame").bounding_box()
    picture = page.locator("#map-picture").bounding_box()
    assert frame and picture
    assert frame["width"] <= 375 < picture["width"]
    page.locator(".map-box").nth(2).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("4.NX.B.3")
    page.get_by_label("Steps before").select_option("0")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".map-box")).to_have_count(2)
