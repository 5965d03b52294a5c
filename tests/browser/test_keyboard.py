"""The search by keyboard alone, and without a page being loaded anew."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


def tab_to(page: Page, wanted: str, most: int = 80) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == wanted:
            return
    raise AssertionError(f"{most} presses of Tab never reached {wanted!r}")


def open_filters(page: Page) -> None:
    if page.locator("#filters > summary").is_visible():
        page.locator("#filters > summary").click()


def test_a_search_needs_nothing_but_a_keyboard(page: Page, filled: Site) -> None:
    page.goto(filled.url)
    tab_to(page, "q")
    page.keyboard.type("number line")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{filled.url}/?q=number+line")
    expect(page.get_by_role("link", name="Equal parts on a number line", exact=True)).to_be_visible()
    tab_to(page, "Equal parts on a number line")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Equal parts on a number line")


def test_the_skip_link_leads_to_the_main_part(page: Page, filled: Site) -> None:
    page.goto(filled.url)
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    page.keyboard.press("Enter")
    assert focused(page) == "main"


def test_ticking_a_filter_changes_the_results_the_address_and_the_announcement(page: Page, filled: Site) -> None:
    page.goto(filled.url)
    open_filters(page)
    page.locator("label[for=grade-4]").click()
    expect(page).to_have_url(f"{filled.url}/?grade=4")
    expect(page.get_by_role("link", name="Remove the filter Grade 4")).to_be_visible()
    expect(page.locator("#announce")).to_have_text("3 results")
    expect(page.locator("#grade-4")).to_be_focused()
    page.get_by_role("link", name="Remove the filter Grade 4").click()
    expect(page).to_have_url(f"{filled.url}/")


def test_going_back_shows_the_results_of_before(page: Page, filled: Site) -> None:
    page.goto(f"{filled.url}/?q=pizza")
    page.get_by_label("Sort by").select_option("newest")
    expect(page).to_have_url(f"{filled.url}/?q=pizza&sort=newest")
    page.go_back()
    expect(page).to_have_url(f"{filled.url}/?q=pizza")
    expect(page.get_by_role("heading", name="1 resource")).to_be_visible()


def test_what_is_not_found_can_be_asked_for_with_the_keyboard(page: Page, filled: Site) -> None:
    page.goto(f"{filled.url}/?q=zebra+stripes&grade=12")
    tab_to(page, "ask-text")
    page.keyboard.type("stripes of zebras ")
    tab_to(page, "Ask for it", 3)
    expect(page).to_have_url(f"{filled.url}/?q=zebra+stripes&grade=12")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{filled.url}/asked")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()


def test_a_grade_read_in_the_words_can_be_taken_off(page: Page, filled: Site) -> None:
    page.goto(f"{filled.url}/?q=pizza+4th+grade")
    page.get_by_role("link", name="Remove the filter Grade 4 from “4th grade”").click()
    expect(page).to_have_url(f"{filled.url}/?q=pizza")
    expect(page.locator("#q")).to_have_value("pizza")
