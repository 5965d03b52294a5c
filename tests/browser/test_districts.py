"""What a publisher sees, in a real browser: read by everybody, at any width, and worked by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from registry.accounts.people import ensure_administrator
from registry.app import open_registry
from registry.learners.app import open_learners
from tests.browser.conftest import Site, _serving
from tests.browser.test_pages import check, sign_in
from tests.harvesters.sites import running_site
from tests.web.catalog import fill_catalog, migrate_both
from tests.web.conftest import settings_in
from tests.web.publishing import SLUG, STRANGER, busy_district, publisher
from web.demo.loopback import Answer

SHEET = b"""ID,Title,Link,Level,Grade,Standard,Color of the binder
1,Halves of a cake,https://lakeside.example/halves,Developing,4,4.NX.A.1,red
2,,https://lakeside.example/thirds,Sometimes,4,4.NX.A.1,blue
"""
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The small catalog with a district that has much to look at, signed in to by its publisher."""
    folder = tmp_path_factory.mktemp("browser-district") / "data"
    folder.mkdir()
    settings = settings_in(folder)
    migrate_both(settings)
    registry, learners = open_registry(settings), open_learners(settings)
    fill_catalog(registry, learners)
    busy_district(registry)
    with registry.sessions.begin() as session:
        ensure_administrator(session)
    own = publisher(registry)
    learners.close()
    registry.close()
    with _serving(folder, OER_ALLOWED_NETWORKS="127.0.0.0/8") as url:
        yield Site(url, own.name, own.password)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("district", f"/districts/{SLUG}"),
        ("district-records", f"/districts/{SLUG}/records"),
        ("district-rejected", f"/districts/{SLUG}/records?outcome=rejected"),
        ("district-no-records", f"/districts/{SLUG}/records?problem=nothing"),
        ("district-check", f"/districts/{SLUG}/check"),
        ("district-source", "/admin/sources/lakeside"),
        ("district-levels", "/admin/sources/lakeside/levels"),
    ],
)
def test_a_publishers_page_can_be_used_by_everybody(page: Page, busy: Site, name: str, path: str) -> None:
    page.goto(busy.url + path)
    sign_in(page, busy)
    for summary in page.locator("summary").all():
        summary.click()
    check(page, name)


def test_another_districts_page_is_refused_in_plain_words(page: Page, busy: Site) -> None:
    page.goto(f"{busy.url}/districts/{SLUG}")
    sign_in(page, busy)
    answer = page.goto(f"{busy.url}/districts/{STRANGER}")
    assert answer and answer.status == 403
    page.get_by_text("Your account may not do this.").wait_for()
    check(page, "district-refused")


def test_a_record_leads_from_its_problem_to_its_payload(page: Page, busy: Site) -> None:
    page.goto(f"{busy.url}/districts/{SLUG}")
    sign_in(page, busy)
    page.get_by_role("link", name="rejected").click()
    page.get_by_role("link", name="broken").click()
    page.get_by_role("heading", name="Why it was rejected, and how to mend it").wait_for()
    page.get_by_text("A record without a title or a link.").wait_for()
    check(page, "district-record")


def test_a_link_is_checked_with_the_keyboard_alone(page: Page, busy: Site) -> None:
    page.goto(f"{busy.url}/districts/{SLUG}/check")
    sign_in(page, busy)
    page.get_by_role("textbox", name="Address").focus()
    page.keyboard.type("http://10.0.0.1/oai")
    page.keyboard.press("Enter")
    page.get_by_text("leads to an address inside a private network").wait_for()
    check(page, "district-checked")


def test_a_checked_sheet_shows_its_columns_and_first_records(page: Page, busy: Site) -> None:
    with running_site() as site:
        site.routes["/sheet.csv"] = Answer(SHEET, "text/csv")
        page.goto(f"{busy.url}/districts/{SLUG}/check")
        sign_in(page, busy)
        page.locator("label", has_text="Spreadsheet").click()
        page.get_by_role("textbox", name="Address").fill(f"{site.base}/sheet.csv")
        page.get_by_role("button", name="Check it").click()
        page.get_by_role("heading", name="Columns as we understand them").wait_for()
        page.get_by_role("heading", name="Halves of a cake").wait_for()
        check(page, "district-checked-sheet")


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("admin-add-source", lambda site: "/admin/add-source"),
        ("district-empty", lambda site: f"/districts/{STRANGER}"),
    ],
)
def test_an_operators_page_can_be_used_by_everybody(
    page: Page, filled: Site, name: str, path: Callable[[Site], str]
) -> None:
    page.goto(filled.url + path(filled))
    sign_in(page, filled)
    check(page, name)
