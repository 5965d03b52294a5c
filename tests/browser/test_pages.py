"""Every page in a real browser: no accessibility violation, nothing wider than the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import AXE, SCREENSHOTS, Site

pytestmark = pytest.mark.browser

OPEN: dict[str, str] = {
    "search": "/",
    "results": "/?q=fractions&level=developing",
    "standard-results": "/?standard=4.NX",
    "read": "/?q=unlike+denominators+worksheets+for+5th+grade+under+30+min",
    "given-up": "/?q=pizza+grade+9",
    "nothing": "/?q=zebra&grade=12&open=1",
    "nothing-lifted": "/?q=pizza+in+Vietnamese&open=1",
    "nothing-standard": "/?standard=4.NX.B.3&level=beginning",
    "code-unknown": "/?q=4.NX.A.7",
    "asked": "/asked",
    "refused": "/?grade=13",
    "standards": "/standards",
    "standards-found": "/standards?q=fractions",
    "framework": "/standards/NUM",
    "standard": "/standards/4.NX.A.1",
    "domain": "/standards/4.NX",
    "sign-in": "/sign-in",
    "not-found": "/nowhere",
}

STRANGE_LETTERS = """() => [...document.querySelectorAll("body :not(pre)")]
  .filter(each => each.textContent.trim() && !/^"?(Public Sans|Roboto Mono|ui-monospace)/.test(getComputedStyle(each).fontFamily))
  .map(each => `${each.tagName}.${each.className}`)"""
"""What of a page is not in its letters but in those that the design system falls back on."""


@pytest.mark.parametrize("name", OPEN)
def test_an_open_page_can_be_used_by_everybody(page: Page, filled: Site, name: str) -> None:
    page.goto(filled.url + OPEN[name])
    check(page, name)


def test_a_resource_page_can_be_used_by_everybody(page: Page, filled: Site) -> None:
    page.goto(f"{filled.url}/?q=equal+parts")
    page.get_by_role("link", name="Equal parts on a number line", exact=True).click()
    page.get_by_role("heading", level=1, name="Equal parts on a number line").wait_for()
    check(page, "resource")


def test_an_empty_catalog_says_how_to_begin(page: Page, empty: Site) -> None:
    page.goto(empty.url)
    page.get_by_role("heading", name="The catalog is empty").wait_for()
    check(page, "first-run")


def test_a_search_server_that_is_down_is_said_and_not_shown_as_no_results(page: Page, down: Site) -> None:
    answer = page.goto(f"{down.url}/?q=fractions")
    assert answer and answer.status == 503
    assert "resources" not in page.locator("main h2").all_inner_texts()
    page.get_by_role("link", name="Try again").wait_for()
    check(page, "search-down")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("classes", lambda site: "/classes"),
        ("class", lambda site: f"/classes/{site.class_id}"),
        ("learner", lambda site: f"/learners/{site.learner_id}"),
        ("learner-unknown", lambda site: f"/learners/{site.unknown_learner_id}"),
        ("admin", lambda site: "/admin"),
        ("source", lambda site: "/admin/sources/lakeside"),
        ("source-empty", lambda site: "/admin/sources/empty"),
    ],
)
def test_a_closed_page_can_be_used_by_everybody_who_may(
    page: Page, filled: Site, name: str, path: Callable[[Site], str]
) -> None:
    page.goto(filled.url + path(filled))
    sign_in(page, filled)
    assert page.url == filled.url + path(filled)
    check(page, name)


def sign_in(page: Page, site: Site) -> None:
    page.get_by_label("Name").fill(site.name)
    page.get_by_label("Password").fill(site.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def check(page: Page, name: str) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{name} is {wider} px wider than a screen of {width} px"
    assert page.evaluate(STRANGE_LETTERS) == []
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("axe.run()")
    violations = [
        f"{each['id']}: {each['help']} at {[node['target'] for node in each['nodes']][:5]}"
        for each in found["violations"]
    ]
    assert violations == []
