"""The field of the search completes what is typed, as the ARIA Authoring Practices say: by keyboard, mouse and finger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.browser.conftest import Site
from tests.browser.test_keyboard import open_filters
from tests.browser.test_pages import check

pytestmark = pytest.mark.browser


@pytest.fixture
def finger(browser: Browser) -> Iterator[Page]:
    """A phone with a touch screen."""
    context = browser.new_context(viewport={"width": 375, "height": 740}, has_touch=True, is_mobile=True)
    yield context.new_page()
    context.close()


def field(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Words, a title, or a standard’s code")


def options(page: Page) -> Locator:
    return page.locator(".oer-options [role=option]")


def typed(page: Page, site: Site, text: str) -> Locator:
    page.goto(site.url)
    field(page).press_sequentially(text)
    expect(options(page).first).to_be_visible()
    return field(page)


def active(page: Page) -> str:
    """The text of the option that a screen reader would say is active."""
    return str(
        page.evaluate(
            "document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent ?? ''"
        )
    )


def test_what_is_typed_is_completed_in_groups_and_counted_aloud(page: Page, filled: Site) -> None:
    box = typed(page, filled, "fracti")
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("listbox", name="Suggestions")).to_be_visible()
    expect(page.get_by_role("group", name="Standards").get_by_role("option").first).to_contain_text("4.NX")
    expect(page.get_by_role("group", name="Titles").get_by_role("option")).to_have_text("Adding fractions with pizza")
    expect(page.get_by_role("status").filter(has_text="6 suggestions")).to_be_attached()
    expect(options(page)).to_have_count(6)
    check(page, "suggestions")


def test_the_arrows_go_round_the_list_and_letters_leave_it(page: Page, filled: Site) -> None:
    box = typed(page, filled, "4.NX")
    page.keyboard.press("ArrowDown")
    assert "4.NX" in active(page)
    first = active(page)
    page.keyboard.press("ArrowUp")
    assert active(page) not in ("", first)
    page.keyboard.press("ArrowDown")
    assert active(page) == first
    expect(options(page).first).to_have_attribute("aria-selected", "true")
    expect(box).to_be_focused()
    check(page, "suggestions-active")
    page.keyboard.press("Home")
    assert active(page) == ""
    expect(box).to_have_value("4.NX")
    assert box.evaluate("field => field.selectionStart") == 0


def test_a_standard_that_is_chosen_becomes_the_filter(page: Page, filled: Site) -> None:
    typed(page, filled, "4.NX.B")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{filled.url}/?standard=4.NX.B.3")
    expect(page.get_by_role("link", name="Remove the filter Standard 4.NX.B.3")).to_be_visible()
    expect(field(page)).to_have_value("")
    expect(field(page)).to_be_focused()
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_title_that_is_chosen_is_searched_for_to_the_letter(page: Page, filled: Site) -> None:
    typed(page, filled, "equal par")
    options(page).filter(has_text="Equal parts on a number line").click()
    expect(page).to_have_url(f"{filled.url}/?q=%22Equal+parts+on+a+number+line%22")
    expect(page.get_by_role("heading", name="1 resource")).to_be_visible()


def test_a_subject_that_is_chosen_becomes_the_filter(page: Page, filled: Site) -> None:
    typed(page, filled, "mathem")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{filled.url}/?subject=mathematics")


def test_enter_without_a_choice_searches_and_closes_the_list(page: Page, filled: Site) -> None:
    typed(page, filled, "pizza")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{filled.url}/?q=pizza")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(field(page)).to_have_attribute("aria-expanded", "false")


def test_escape_closes_the_list_first_and_then_empties_the_field(page: Page, filled: Site) -> None:
    box = typed(page, filled, "pizza")
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("pizza")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(box).to_have_value("")


def test_tab_goes_on_and_closes_the_list(page: Page, filled: Site) -> None:
    typed(page, filled, "pizza")
    page.keyboard.press("Tab")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.get_by_role("button", name="Search")).to_be_focused()


def test_a_slow_answer_holds_nothing_up_and_comes_too_late(page: Page, filled: Site) -> None:
    waiting: list[Route] = []
    page.route("**/suggest?**", lambda route: waiting.append(route))
    page.goto(filled.url)
    field(page).press_sequentially("pizza", delay=120)
    expect(field(page)).to_have_value("pizza")
    page.wait_for_timeout(200)
    assert len(waiting) > 1
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{filled.url}/?q=pizza")
    for route in waiting:
        route.fulfill(body='<div role="option">Too late</div>')
    expect(page.get_by_role("heading", name="1 resource")).to_be_visible()
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_failing_answer_is_no_trouble(page: Page, filled: Site) -> None:
    page.route("**/suggest?**", lambda route: route.fulfill(status=503, body="<p>down</p>"))
    page.goto(filled.url)
    field(page).press_sequentially("pizza")
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="1 resource")).to_be_visible()


def test_the_filter_for_standards_completes_codes(page: Page, filled: Site) -> None:
    searches: list[str] = []
    page.goto(filled.url)
    page.on("request", lambda request: searches.append(request.url) if "/?" in request.url else None)
    open_filters(page)
    page.get_by_role("combobox", name="Add a standard by code").press_sequentially("4.NX.A")
    expect(options(page).first).to_contain_text("Explain why two fractions are equal.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{filled.url}/?standard=4.NX.A.1")
    page.get_by_role("link", name="Remove the filter Standard 4.NX.A.1").wait_for()
    expect(page.get_by_role("combobox", name="Add a standard by code")).to_be_focused()
    page.keyboard.type("5.NX")
    expect(options(page).first).to_be_visible()
    assert len(searches) == 1
    check(page, "suggestions-filter")


def test_a_finger_can_choose(finger: Page, filled: Site) -> None:
    page = finger
    page.goto(filled.url)
    field(page).tap()
    page.keyboard.type("4.NX.A")
    expect(options(page).first).to_be_visible()
    page.wait_for_timeout(400)
    heights = options(page).evaluate_all("options => options.map(option => option.offsetHeight)")
    assert heights
    assert min(heights) >= 44
    options(page).nth(1).tap()
    expect(page).to_have_url(f"{filled.url}/?standard=4.NX.A.2")


def test_without_a_script_the_field_is_a_plain_one(browser: Browser, filled: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(filled.url)
    assert page.locator("#q").get_attribute("role") is None
    page.locator("#q").fill("pizza")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{filled.url}/?q=pizza&standard=&minutes_max=&sort=relevance")
    page.get_by_text("Preview").first.click()
    expect(page.get_by_role("link", name="See all that is known of it")).to_be_visible()
    context.close()


def test_a_preview_opens_in_place_by_keyboard_and_loads_nothing_foreign(page: Page, filled: Site) -> None:
    asked: list[str] = []
    page.goto(f"{filled.url}/?q=equal fractions")
    page.on("request", lambda request: asked.append(request.url))
    opener = page.locator(".oer-preview > summary").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="All that is known of it")).to_be_visible()
    expect(opener).to_be_focused()
    assert page.url == f"{filled.url}/?q=equal%20fractions"
    assert asked[-1].endswith("/preview")
    assert all(url.startswith(filled.url) for url in asked)
    check(page, "preview")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="All that is known of it")).to_be_hidden()
