"""Filters with long lists, trees and the table of levels in a real browser."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from registry.app import open_registry
from registry.catalog.ingest import batch_for, ingest
from registry.catalog.sources import add_source
from registry.db import new_id, now
from registry.models import RunRow
from registry.ports import Harvested
from registry.search import indexing
from registry.standards.versions import receive
from tests.browser.conftest import Site, _serving
from tests.browser.test_keyboard import open_filters, tab_to
from tests.browser.test_pages import check
from tests.web.catalog import framework, migrate_both
from tests.web.conftest import settings_in

pytestmark = pytest.mark.browser

_LANGUAGES = (
    "en",
    "es",
    "fr",
    "de",
    "pt",
    "it",
    "nl",
    "pl",
    "ru",
    "ar",
    "zh",
    "ja",
    "ko",
    "vi",
    "uk",
    "tr",
    "sw",
    "hi",
)
_SUBJECTS = ("Mathematics", "Algebra", "Geometry", "Science", "Biology", "Physics", "History", "Geography", "Music",
             "Drama", "Spanish", "French", "Computing", "Economics", "Health", "Poetry", "Statistics")  # fmt: skip
_CODES = ("4.NX.A.1", "4.NX.A.2", "4.NX.B.3", "5.NX.A.1")


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A catalog with many languages and subjects."""
    folder = tmp_path_factory.mktemp("browser-many")
    settings = settings_in(folder)
    migrate_both(settings)
    registry = open_registry(settings)
    with registry.sessions.begin() as session:
        receive(session, framework(), "digest of the tests")
        source_id = add_source(session, "lakeside", "oai", "https://lakeside.example/oai", "Lakeside School District")
        run = RunRow(id=new_id(), source_id=source_id, status="ok", started_at=now(), ended_at=now(), seen=40)
        session.add(run)
        ingest(session, batch_for(session, source_id, run.id), [_record(number) for number in range(40)])
    indexing.sync(registry)
    registry.close()
    with _serving(folder) as url:
        yield Site(url)


def _record(number: int) -> Harvested:
    level = ("Beginning", "Developing", "Proficient")[number % 3]
    stated = {
        "@context": "https://schema.org/",
        "@type": "LearningResource",
        "name": f"Resource {number}",
        "url": f"https://lakeside.example/{number}",
        "description": f"What resource {number} is about.",
        "inLanguage": _LANGUAGES[number % len(_LANGUAGES)],
        "about": _SUBJECTS[number % len(_SUBJECTS)],
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "learningResourceType": "Lesson",
        "educationalAlignment": [
            {
                "@type": "AlignmentObject",
                "alignmentType": "teaches",
                "targetName": _CODES[number % 4],
                "targetUrl": f"https://standards.example/numbers/{_CODES[number % 4]}",
                "educationalLevel": level,
            }
        ],
    }
    return Harvested(str(number), "schema.org", json.dumps(stated).encode(), "2026-01-01")


def test_a_long_list_is_narrowed_as_one_types(page: Page, many: Site) -> None:
    page.goto(many.url)
    open_filters(page)
    group = page.locator(".oer-group--language")
    group.locator("summary").click()
    expect(group.get_by_text("Korean")).to_be_visible()
    group.get_by_label("Narrow the list: Language").fill("viet")
    expect(group.get_by_text("Vietnamese")).to_be_visible()
    expect(group.get_by_text("Korean")).to_be_hidden()
    expect(group.get_by_role("status")).to_have_text("1 choice")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page).to_have_url(f"{many.url}/")
    group.locator("label", has_text="Vietnamese").click()
    expect(page).to_have_url(f"{many.url}/?language=vi")
    expect(page.locator("#announce")).to_have_text("2 results")
    check(page, "facets-narrowed")


def test_open_lists_can_be_used_by_everybody(page: Page, many: Site) -> None:
    page.goto(many.url)
    open_filters(page)
    for summary in page.locator(".oer-more > summary").all():
        summary.click()
    check(page, "facets-open")


def test_a_long_list_needs_no_script(page: Page, many: Site) -> None:
    plain = page.context.browser
    assert plain
    context = plain.new_context(java_script_enabled=False)
    without = context.new_page()
    without.goto(many.url)
    assert without.locator(".oer-narrowing").first.is_hidden()
    assert "Korean" in without.locator(".oer-group--language").inner_text() + without.content()
    context.close()


def test_from_a_standard_to_a_level_through_the_table(page: Page, many: Site) -> None:
    page.goto(f"{many.url}/?standard=4.NX")
    expect(page.get_by_role("region", name="Resources by standard and level")).to_be_visible()
    tab_to(page, "3 of 4.NX.A.1, Developing", 120)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{many.url}/?standard=4.NX.A.1&level=developing")
    expect(page.get_by_role("heading", name="3 resources")).to_be_visible()
    check(page, "levels-table")
