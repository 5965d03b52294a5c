"""Lists, saved searches and ratings in a real browser, by keyboard, on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_pages import check, sign_in

pytestmark = pytest.mark.browser


def _signed_in(page: Page, site: Site, path: str) -> None:
    page.goto(site.url + path)
    page.wait_for_url(re.compile("/sign-in"))
    sign_in(page, site)


def test_a_teacher_makes_a_list_fills_orders_shares_and_deletes_it(page: Page, filled: Site) -> None:
    page.goto(filled.url + "/collections")
    check(page, "lists-stranger")
    page.goto(filled.url + "/?q=number+line")
    page.get_by_role("link", name=re.compile("Add to a list ?: Equal parts")).click()
    page.wait_for_url(re.compile("/sign-in"))
    sign_in(page, filled)
    page.get_by_role("heading", level=1, name="Add to a list").wait_for()
    check(page, "lists-first")
    page.get_by_label("Name").fill("Equal fractions, week one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("It is in Equal fractions, week one now.")
    check(page, "lists-added")
    page.goto(filled.url + "/?q=equivalentes")
    page.get_by_role("link", name=re.compile("Add to a list ?: Fracciones")).click()
    page.get_by_role("button", name="Add to Equal fractions, week one").click()
    page.get_by_role("link", name="Equal fractions, week one").first.click()
    page.get_by_role("heading", level=1, name="Equal fractions, week one").wait_for()
    up = page.get_by_role("button", name=re.compile("Move up ?: Fracciones"))
    up.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("Move up ?: Fracciones"))).to_have_count(0)
    expect(page.get_by_role("heading", level=3).first).to_contain_text("Fracciones equivalentes")
    page.locator("summary", has_text="Add a note: Fracciones").click()
    page.get_by_label("Your note about Fracciones equivalentes").fill("For the Spanish group.\nBring paper strips.")
    page.get_by_role("button", name="Keep the note about Fracciones equivalentes").click()
    expect(page.get_by_text("Bring paper strips.").first).to_be_visible()
    page.get_by_text("Name, words and who may see it").click()
    page.locator("label[for=visibility-public]").click()
    page.get_by_label("About this list").fill("Three lessons to begin with.")
    check(page, "lists-own")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#share-link")).to_contain_text("/collections/")
    link = page.locator("#share-link").inner_text()
    check(page, "lists-shared")
    page.emulate_media(media="print")
    expect(page.get_by_text("Bring paper strips.").first).to_be_visible()
    for gone in ("Move down ?: Fracciones", "Copy the link", "Make a copy"):
        expect(page.get_by_role("button", name=re.compile(gone))).to_have_count(0)
    check(page, "lists-printed")
    page.emulate_media(media="screen")
    page.goto(filled.url + "/collections")
    check(page, "lists-all")
    page.context.clear_cookies()
    page.goto(link)
    expect(page.get_by_text("For the Spanish group.")).to_be_visible()
    check(page, "lists-read")
    page.get_by_role("link", name="Sign in to copy it").click()
    sign_in(page, filled)
    page.get_by_role("heading", level=1, name="Equal fractions, week one").wait_for()
    page.get_by_text("Delete this list").click()
    page.get_by_role("button", name="Delete it for good").click()
    page.get_by_text("You have no list yet.").wait_for()
    check(page, "lists-none")


def test_a_search_is_saved_found_again_and_deleted(page: Page, filled: Site) -> None:
    _signed_in(page, filled, "/saved")
    page.get_by_text("You have saved no search yet.").wait_for()
    check(page, "saved-none")
    page.goto(filled.url + "/?q=fractions&grade=4")
    page.get_by_role("button", name="Save this search").click()
    page.get_by_role("heading", level=1, name="Saved searches").wait_for()
    page.locator("summary", has_text="Rename").click()
    check(page, "saved-one")
    page.get_by_label("Name", exact=True).fill("Fractions for room 12")
    page.get_by_role("button", name=re.compile("Rename ?: fractions, Grade 4")).click()
    page.get_by_role("link", name="Fractions for room 12", exact=True).click()
    page.wait_for_url(re.compile(r"q=fractions&grade=4"))
    page.goto(filled.url + "/saved")
    page.get_by_role("button", name=re.compile("Delete ?: Fractions for room 12")).click()
    page.get_by_text("You have saved no search yet.").wait_for()


def test_a_resource_is_rated_by_keyboard(page: Page, filled: Site) -> None:
    page.goto(filled.url + "/?q=pizza")
    page.get_by_role("link", name=re.compile("Adding fractions with pizza")).first.click()
    page.get_by_role("link", name="Sign in to rate it").click()
    sign_in(page, filled)
    page.get_by_role("heading", level=2, name="Ratings").wait_for()
    page.get_by_label("1, not at all").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 person has rated it.")).to_be_visible()
    expect(page.get_by_label("4", exact=True)).to_be_checked()
    check(page, "rated")
    page.get_by_role("button", name="Take your rating back").click()
    expect(page.get_by_text("Nobody has rated it yet.")).to_be_visible()
