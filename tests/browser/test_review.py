"""What may be one resource, side by side in a real browser: decided, merged, undone, by everybody who may."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from registry.accounts.people import ensure_administrator
from registry.app import open_registry
from tests.browser.conftest import Site, _serving
from tests.browser.test_pages import check, sign_in
from tests.web.alike import receive_alike, resource_of
from tests.web.catalog import migrate_both
from tests.web.conftest import settings_in

pytestmark = pytest.mark.browser


@pytest.fixture
def alike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str]]:
    """Three lessons of two districts: two are one, and the third may be; the site and the address of the first."""
    folder = tmp_path_factory.mktemp("browser-review") / "data"
    folder.mkdir()
    settings = settings_in(folder)
    migrate_both(settings)
    registry = open_registry(settings)
    receive_alike(registry)
    resource = resource_of(registry, "paper")
    with registry.sessions.begin() as session:
        admin = ensure_administrator(session)
    registry.close()
    assert admin
    with _serving(folder) as url:
        yield Site(url, admin.name, admin.password), resource


def test_a_curator_makes_two_one_and_takes_it_back(page: Page, alike: tuple[Site, str]) -> None:
    site, resource = alike
    page.goto(site.url + "/review")
    page.wait_for_url(re.compile("/sign-in"))
    sign_in(page, site)
    page.get_by_role("heading", level=1, name="May be the same").wait_for()
    check(page, "review")
    same = page.get_by_role("button", name="The same: make it one (pair 1)")
    same.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing to decide.")).to_be_visible()
    check(page, "review-empty")
    page.goto(f"{site.url}/resources/{resource}")
    check(page, "review-resource")
    page.goto(site.url + "/review")
    page.get_by_role("link", name="Merged before").click()
    page.get_by_role("heading", level=1, name="Merged before").wait_for()
    check(page, "review-merges")
    page.get_by_role("button", name=re.compile("Undo the merge of")).click()
    page.get_by_role("heading", level=1, name=re.compile("strips")).wait_for()
    page.goto(site.url + "/review/merges")
    expect(page.get_by_text("Nothing was merged by hand.")).to_be_visible()
    page.get_by_role("button", name=re.compile("This is another resource")).click()
    page.get_by_role("heading", level=1, name=re.compile("strips")).wait_for()
    check(page, "review-split")
