"""The resource page in a real browser: the line of credit is copied with one click, and the page prints without menus."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import check

pytestmark = pytest.mark.browser


@pytest.fixture
def resource(page: Page, filled: Site) -> Page:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{filled.url}/?q=equal+parts")
    page.get_by_role("link", name="Equal parts on a number line", exact=True).click()
    page.get_by_role("heading", name="Give credit").wait_for()
    return page


def test_the_line_of_credit_is_copied_as_text_and_as_html(resource: Page) -> None:
    resource.get_by_role("button", name="Copy this line").click()
    expect(resource.locator("#copied")).to_have_text("Copied")
    line = resource.evaluate("navigator.clipboard.readText()")
    assert line.startswith("“Equal parts on a number line” (https://lakeside.example/lessons/1) by Lakeside")
    resource.get_by_text("As HTML for a web page").click()
    resource.get_by_role("button", name="Copy the HTML").click()
    expect(resource.get_by_role("button", name="Copied")).to_have_count(2)
    assert 'rel="license"' in resource.evaluate("navigator.clipboard.readText()")
    check(resource, "resource-credit")


def test_a_printed_page_has_what_is_of_use_on_paper(resource: Page) -> None:
    resource.emulate_media(media="print")
    expect(resource.locator("#credit-line")).to_be_visible()
    expect(resource.get_by_role("heading", name="Details")).to_be_visible()
    for gone in ("header.usa-header", "footer", "[aria-labelledby=next-step]", "[data-copy]"):
        expect(resource.locator(gone).first).to_be_hidden()
    check(resource, "resource-print")
