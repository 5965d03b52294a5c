"""The changes of a version and two frameworks side by side in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from registry.accounts.people import ensure_administrator
from registry.app import open_registry
from registry.learners.app import open_learners
from tests.browser.conftest import Site, _serving
from tests.browser.test_pages import check, sign_in
from tests.web.catalog import fill_catalog, migrate_both
from tests.web.conftest import settings_in
from tests.web.next_version import receive_other, receive_second

pytestmark = pytest.mark.browser

PAGE = "/frameworks/NUM/changes/2"


@pytest.fixture
def versions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small catalog with a version that waits, and another framework."""
    folder = tmp_path_factory.mktemp("browser-versions") / "data"
    folder.mkdir()
    settings = settings_in(folder)
    migrate_both(settings)
    registry, learners = open_registry(settings), open_learners(settings)
    fill_catalog(registry, learners)
    receive_second(registry)
    receive_other(registry)
    with registry.sessions.begin() as session:
        admin = ensure_administrator(session)
    learners.close()
    registry.close()
    assert admin
    with _serving(folder) as url:
        yield Site(url, admin.name, admin.password)


def test_a_curator_decides_and_makes_a_version_live(page: Page, versions: Site) -> None:
    page.goto(versions.url + PAGE)
    sign_in(page, versions)
    page.get_by_role("heading", level=1, name="What version 2 changes").wait_for()
    check(page, "changes-waiting")
    page.locator("label", has_text="4.NX.A.2b").click()
    page.get_by_role("button", name="Accept for 4.NX.A.2").click()
    expect(page.get_by_text("Accepted", exact=True)).to_be_visible()
    expect(page.get_by_label("4.NX.A.2b")).not_to_be_checked()
    page.get_by_text("Make it live…").click()
    check(page, "changes-confirm")
    page.get_by_role("button", name="Make version 2 live").click()
    expect(page.get_by_text("In use", exact=True)).to_be_visible()
    page.get_by_text("Take it back…").click()
    check(page, "changes-live")
    page.get_by_role("button", name="Go back to version 1").click()
    expect(page.get_by_text("Waiting", exact=True)).to_be_visible()


def test_a_version_that_waits_asks_a_stranger_to_sign_in(page: Page, versions: Site) -> None:
    page.goto(versions.url + PAGE)
    page.wait_for_url(re.compile("/sign-in"))
    page.goto(versions.url + "/frameworks/NUM/changes/1")
    check(page, "changes-first")
    page.goto(versions.url + "/frameworks/NUM/changes/9")
    check(page, "changes-not-found")


def test_two_frameworks_stand_side_by_side(page: Page, versions: Site) -> None:
    page.goto(versions.url + "/frameworks/beside?left=NUM&right=CITY")
    page.get_by_role("heading", level=1, name="NUM beside CITY").wait_for()
    check(page, "beside")
    for label, name in (("Only in NUM", "left"), ("Only in CITY", "right"), ("All of NUM", "all")):
        page.get_by_role("link", name=label).click()
        expect(page.get_by_role("link", name=label)).to_have_attribute("aria-current", "page")
        check(page, f"beside-{name}")
