"""The standards in a real browser: a tree that opens in place, by keyboard too, and every page usable by everybody."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import check

pytestmark = pytest.mark.browser


def test_a_tree_opens_in_place_by_keyboard(page: Page, filled: Site) -> None:
    page.goto(f"{filled.url}/standards/NUM")
    opener = page.locator("details.std-opener > summary").first
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="4.NX.A.2", exact=True)).to_be_visible()
    expect(opener).to_be_focused()
    assert page.url == f"{filled.url}/standards/NUM"
    check(page, "framework-open")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="4.NX.A.2", exact=True)).to_be_hidden()


def test_a_count_leads_to_the_resources_it_counts(page: Page, filled: Site) -> None:
    page.goto(f"{filled.url}/standards/4.NX")
    page.get_by_role("link", name="4.NX.A.1: 1").first.click()
    expect(page).to_have_url(f"{filled.url}/?standard=4.NX.A.1&level=beginning")
    expect(page.get_by_role("heading", name="1 resource")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("version", "/frameworks/NUM/versions/1"),
        ("standards-near", "/standards?q=4.NX.A.9"),
        ("framework-search", "/standards/NUM?q=fractions&grade=4"),
        ("framework-search-nothing", "/standards/NUM?q=zebra"),
    ],
)
def test_a_page_of_the_standards_can_be_used_by_everybody(page: Page, filled: Site, name: str, path: str) -> None:
    page.goto(filled.url + path)
    check(page, name)


def test_a_registry_without_frameworks_says_how_to_begin(page: Page, empty: Site) -> None:
    page.goto(f"{empty.url}/standards")
    page.get_by_text("No framework has been imported yet.").wait_for()
    check(page, "standards-empty")
