"""Every state of a page that its own tests do not show: mended, loosened, refused, gone, not found, not allowed, failed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from registry.accounts.people import ensure_administrator
from registry.app import open_registry
from registry.catalog.card import Card, CardLicense
from registry.learners.app import open_learners
from registry.models import ResourceRow
from tests.browser.conftest import Site, _serving
from tests.browser.test_pages import check, sign_in
from tests.web.catalog import fill_catalog, migrate_both
from tests.web.conftest import settings_in
from tests.web.publishing import busy_district, publisher

pytestmark = pytest.mark.browser

OPEN: dict[str, tuple[str, int]] = {
    "search-mended": ("/?q=denominatros", 200),
    "search-as-words": ("/?q=pizza+4th+grade&literal=1", 200),
    "search-exactly": ("/?standard=4.NX&exact=1", 200),
    "search-where-found": ("/?q=pizza+subtract", 200),
    "search-identifier": ("/?q=https://lakeside.example/lessons/2", 200),
    "search-title": ("/?q=%22Equal+parts+on+a+number+line%22", 200),
    "search-spanish": ("/?language=es", 200),
    "search-sorted": ("/?q=fractions&sort=shortest&open=1&minutes_max=30", 200),
    "search-refused": ("/?grade=13&level=wizard&minutes_max=soon&sort=best", 400),
    "search-cursor-refused": ("/?q=fractions&cursor=nonsense", 400),
    "search-too-long": (f"/?q={'x' * 501}", 400),
    "resource-not-found": ("/resources/nowhere", 404),
    "standards-nothing-found": ("/standards?q=zebra", 200),
    "standard-not-found": ("/standards/9.ZZ.Q.9", 404),
    "standard-with-next": ("/standards/4.NX.B.3", 200),
    "framework-page-two": ("/standards/NUM?page=9-9", 200),
    "progression-not-found": ("/progressions/9.ZZ.Q.9", 404),
    "version-not-found": ("/frameworks/NUM/versions/9", 404),
    "beside-refused": ("/frameworks/beside", 400),
    "vocabularies": ("/vocab", 200),
    "vocabulary": ("/vocab/levels", 200),
    "term": ("/vocab/levels/developing", 200),
    "vocabulary-not-found": ("/vocab/nothing", 404),
    "sign-in-on-the-way": ("/sign-in?next=/classes", 200),
}
CLOSED: dict[str, tuple[Callable[[Site], str], int]] = {
    "class-not-found": (lambda site: "/classes/nowhere", 404),
    "learner-not-found": (lambda site: f"/learners/{'0' * 32}", 404),
    "source-not-found": (lambda site: "/admin/sources/nowhere", 404),
    "district-not-found": (lambda site: "/districts/nowhere", 404),
    "source-levels-none": (lambda site: "/admin/sources/empty/levels", 200),
    "review-nothing": (lambda site: "/review", 200),
    "review-nothing-merged": (lambda site: "/review/merges", 200),
    "search-signed-in": (lambda site: "/?q=fractions", 200),
}


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Site, str, str]]:
    """The small catalog with a publisher of one district; the ids of a withdrawn resource and of one with no license."""
    folder = tmp_path_factory.mktemp("browser-states") / "data"
    folder.mkdir()
    settings = settings_in(folder)
    migrate_both(settings)
    registry, learners = open_registry(settings), open_learners(settings)
    fill_catalog(registry, learners)
    busy_district(registry)
    own = publisher(registry)
    with registry.sessions.begin() as session:
        ensure_administrator(session)
        gone = session.scalars(select(ResourceRow).where(ResourceRow.withdrawn_at.is_not(None))).first()
        bare = session.scalars(select(ResourceRow).where(ResourceRow.withdrawn_at.is_(None))).first()
        assert gone
        assert bare
        bare.body = msgspec.structs.replace(bare.body, license=None, license_url="")
        card = msgspec.json.decode(bare.card, type=Card)
        bare.card = msgspec.json.encode(msgspec.structs.replace(card, license=CardLicense(None, False, "")))
        ids = (gone.id, bare.id)
    learners.close()
    registry.close()
    with _serving(folder) as url:
        yield Site(url, own.name, own.password), *ids


@pytest.mark.parametrize("name", OPEN)
def test_a_state_of_an_open_page_can_be_used_by_everybody(page: Page, filled: Site, name: str) -> None:
    path, status = OPEN[name]
    answer = page.goto(filled.url + path)
    assert answer
    assert answer.status == status
    check(page, name)


@pytest.mark.parametrize("name", CLOSED)
def test_a_state_of_a_closed_page_can_be_used_by_everybody_who_may(page: Page, filled: Site, name: str) -> None:
    path, status = CLOSED[name]
    page.goto(f"{filled.url}/sign-in")
    sign_in(page, filled)
    answer = page.goto(filled.url + path(filled))
    assert answer
    assert answer.status == status
    check(page, name)


def test_the_last_page_of_results_leads_back_to_the_first(page: Page, filled: Site) -> None:
    page.goto(f"{filled.url}/?q=denominators")
    page.get_by_role("link", name="Next page").click()
    page.get_by_role("link", name="First page").wait_for()
    check(page, "search-last-page")


def test_a_withdrawn_resource_says_so(page: Page, lived_in: tuple[Site, str, str]) -> None:
    site, gone, _ = lived_in
    answer = page.goto(f"{site.url}/resources/{gone}")
    assert answer
    assert answer.status == 410
    check(page, "resource-withdrawn")


def test_a_resource_without_a_license_says_to_ask(page: Page, lived_in: tuple[Site, str, str]) -> None:
    site, _, bare = lived_in
    page.goto(f"{site.url}/resources/{bare}")
    expect(page.get_by_text("Ask the publisher before you copy or change it.", exact=True)).to_be_visible()
    check(page, "resource-no-license")


@pytest.mark.parametrize("path", ["/admin", "/classes", "/review"])
def test_who_may_not_is_told_so(page: Page, lived_in: tuple[Site, str, str], path: str) -> None:
    site, _, _ = lived_in
    page.goto(f"{site.url}/sign-in")
    sign_in(page, site)
    answer = page.goto(site.url + path)
    assert answer
    assert answer.status == 403
    page.get_by_role("heading", level=1, name="Not allowed").wait_for()
    check(page, f"refused{path.replace('/', '-')}")


def test_a_wrong_password_is_said_beside_the_form(page: Page, filled: Site) -> None:
    page.goto(f"{filled.url}/sign-in")
    page.get_by_label("Name").fill("nobody")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("alert").wait_for()
    check(page, "sign-in-refused")


def test_results_that_cannot_be_had_are_said_in_their_place(page: Page, filled: Site) -> None:
    page.goto(filled.url)
    page.evaluate(
        """() => {
          const field = document.createElement("input");
          Object.assign(field, {type: "hidden", name: "grade", value: "13"});
          document.getElementById("browse").append(field);
        }"""
    )
    page.get_by_label("Words, a title").fill("pizza")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("alert").wait_for()
    check(page, "results-refused")


def test_a_search_server_that_is_down_is_said_at_the_start_too(page: Page, down: Site) -> None:
    answer = page.goto(down.url)
    assert answer
    assert answer.status == 503
    page.get_by_role("link", name="Try again").wait_for()
    check(page, "search-down-start")
