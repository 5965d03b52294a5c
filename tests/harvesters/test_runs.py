"""A harvest from its lease to its status, on both pairs of stores."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from harvesters.http import Fetcher
from harvesters.run import RunReport, harvest
from registry.app import Registry
from registry.catalog.sources import add_source, problem_counts, runs_of, source_named
from registry.db import now
from registry.errors import Conflict, NotFound
from registry.models import RecordRow, ResourceRow, SourceRow
from tests.harvesters.sites import OaiScript, Site, patient_fetcher, payload, running_site
from web.demo.loopback import Answer

HEADER = "ID,Title,Link,License,Language\n"


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def table(*names: str) -> Answer:
    rows = (f"{name},Lesson {name},https://oak.example/{name},CC BY 4.0,en\n" for name in names)
    return Answer((HEADER + "".join(rows)).encode(), "text/csv")


def numbered(*numbers: int) -> Answer:
    return table(*(f"L{number}" for number in numbers))


def add(registry: Registry, kind: str, url: str) -> str:
    with registry.sessions.begin() as session:
        add_source(session, "oak", kind, url, "Oak County")
    return "oak"


def run(registry: Registry, **options: bool) -> RunReport:
    with patient_fetcher() as fetcher:
        return harvest(registry, "oak", fetcher=fetcher, **options)


def counts(report: RunReport) -> tuple[str, int, int, int, int, int, int]:
    return (
        report.status,
        report.seen,
        report.created,
        report.updated,
        report.unchanged,
        report.withdrawn,
        report.rejected,
    )


def source(registry: Registry) -> SourceRow:
    with registry.reading.begin() as session:
        return source_named(session, "oak")


def outcomes(registry: Registry) -> dict[str, str]:
    with registry.reading.begin() as session:
        return {row.identifier: row.outcome for row in session.scalars(select(RecordRow))}


def live_titles(registry: Registry) -> set[str]:
    with registry.reading.begin() as session:
        return set(session.scalars(select(ResourceRow.title).where(ResourceRow.withdrawn_at.is_(None))))


def test_a_harvest_stores_what_it_reads_and_a_second_one_writes_nothing(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(1, 2, 3)
    add(registry, "table", f"{site.base}/t.csv")
    assert counts(run(registry)) == ("success", 3, 3, 0, 0, 0, 0)
    assert counts(run(registry)) == ("success", 3, 0, 0, 3, 0, 0)
    assert live_titles(registry) == {"Lesson L1", "Lesson L2", "Lesson L3"}


def test_a_clean_run_is_remembered_and_the_source_is_due_a_day_later(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(1)
    add(registry, "table", f"{site.base}/t.csv")
    before = now()
    report = run(registry)
    row = source(registry)
    assert row.clean_since is not None
    assert before <= row.clean_since <= now()
    assert row.due_at >= before + timedelta(days=1)
    assert (row.lease_owner, row.checkpoint) == (None, None)
    with registry.reading.begin() as session:
        (kept,) = runs_of(session, "oak")
    assert (kept.id, kept.status, kept.created, kept.full) == (report.run_id, "success", 1, True)
    assert kept.ended_at is not None


def test_a_rejected_record_makes_the_run_partial(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = Answer((HEADER + "A,,,,\nB,Shares,https://oak.example/b,,\n").encode())
    add(registry, "table", f"{site.base}/t.csv")
    report = run(registry)
    assert (report.status, report.created, report.rejected) == ("partial", 1, 1)
    assert report.detail.startswith("1 of 2 records were rejected")


def test_a_repeated_identifier_is_rejected_at_its_second_place(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = Answer((HEADER + "A,One,https://oak.example/1,,\nA,Two,https://oak.example/2,,\n").encode())
    add(registry, "table", f"{site.base}/t.csv")
    assert counts(run(registry)) == ("partial", 2, 1, 0, 0, 0, 1)
    assert live_titles(registry) == {"One"}
    with registry.reading.begin() as session:
        assert problem_counts(session, "oak")["identifier-duplicate"] == 1
    run(registry)
    with registry.reading.begin() as session:
        assert problem_counts(session, "oak")["identifier-duplicate"] == 1


def test_a_row_that_stands_twice_word_for_word_is_no_trouble(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(1, 2, 1)
    add(registry, "table", f"{site.base}/t.csv")
    assert counts(run(registry)) == ("success", 3, 2, 0, 1, 0, 0)
    with registry.reading.begin() as session:
        assert "identifier-duplicate" not in problem_counts(session, "oak")


def test_a_row_that_is_gone_from_the_table_is_withdrawn(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(*range(20))
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    site.routes["/t.csv"] = numbered(*range(19))
    assert counts(run(registry)) == ("success", 19, 0, 0, 19, 1, 0)
    assert outcomes(registry)["L19"] == "withdrawn"
    assert "Lesson L19" not in live_titles(registry)
    site.routes["/t.csv"] = numbered(*range(20))
    assert run(registry).status == "success"
    assert "Lesson L19" in live_titles(registry)


def test_more_than_a_tenth_gone_waits_for_a_person(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(*range(20))
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    clean = source(registry).clean_since
    site.routes["/t.csv"] = numbered(*range(15), 30, 31, 32, 33, 34, 35, 36)
    held = run(registry)
    assert counts(held) == ("held", 22, 7, 0, 15, 0, 0)
    assert "5 of 20 records" in held.detail
    assert "--accept-deletions" in held.detail
    assert "Lesson L19" in live_titles(registry)
    assert source(registry).clean_since == clean
    accepted = run(registry, accept_deletions=True)
    assert (accepted.status, accepted.withdrawn) == ("success", 5)
    assert "Lesson L19" not in live_titles(registry)


def test_more_than_a_hundred_gone_waits_for_a_person(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(*range(1_100))
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    site.routes["/t.csv"] = numbered(*range(999))
    assert run(registry).status == "held"
    site.routes["/t.csv"] = numbered(*range(1_000))
    report = run(registry)
    assert (report.status, report.withdrawn) == ("success", 100)


def test_an_empty_table_empties_no_catalog(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(1, 2)
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    site.routes["/t.csv"] = Answer(HEADER.encode())
    assert run(registry).status == "held"
    assert len(live_titles(registry)) == 2


def test_an_unchanged_file_withdraws_nothing(registry: Registry, site: Site) -> None:
    whole = Answer(numbered(1, 2).body, headers=(("ETag", '"1"'),))
    site.routes["/t.csv"] = lambda request: Answer(b"", status=304) if "if-none-match" in request.headers else whole
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    report = run(registry)
    assert counts(report) == ("success", 0, 0, 0, 0, 0, 0)
    assert report.detail == "Nothing has changed since the last harvest."
    assert len(live_titles(registry)) == 2
    assert run(registry, full=True).unchanged == 2


def test_an_identifier_of_any_size_is_the_same_the_next_time(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = table("x" * 5_000 + "1", "x" * 5_000 + "2", "plain\x01\x02")
    add(registry, "table", f"{site.base}/t.csv")
    first = run(registry)
    assert (first.seen, first.withdrawn) == (3, 0)
    second = run(registry)
    assert (second.status, second.withdrawn, second.unchanged) == (first.status, 0, first.created)


def test_a_source_that_cannot_be_read_is_a_failed_run_and_due_soon(registry: Registry, site: Site) -> None:
    add(registry, "table", f"{site.base}/gone.csv")
    waits = []
    for _ in range(3):
        report = run(registry)
        assert report.status == "failed"
        assert "HTTP status 404" in report.detail
        waits.append(source(registry).due_at - now())
    assert waits[0] <= timedelta(minutes=5)
    assert timedelta(minutes=15) < waits[2] <= timedelta(minutes=20)
    assert source(registry).clean_since is None
    with registry.reading.begin() as session:
        assert problem_counts(session, "oak")["http-404"] >= 1


def test_a_failed_list_keeps_what_was_read_and_withdraws_nothing(registry: Registry) -> None:
    add(registry, "oai", "https://maple.example/oai")
    script = OaiScript(ListRecords="page-1.xml", second="truncated.xml")
    with script.fetcher() as fetcher:
        report = harvest(registry, "oak", fetcher=fetcher)
    assert (report.status, report.created) == ("failed", 2)
    assert (source(registry).checkpoint or {})["token"] == "second"


def test_changes_are_asked_for_from_an_hour_before_the_last_clean_run(registry: Registry) -> None:
    add(registry, "oai", "https://maple.example/oai")
    script = OaiScript(ListRecords="page-1.xml", second="page-2.xml")
    with script.fetcher() as fetcher:
        first = harvest(registry, "oak", fetcher=fetcher)
        assert counts(first) == ("success", 4, 3, 0, 0, 1, 0)
        clean = source(registry).clean_since
        script.say("ListRecords", "error-noRecordsMatch.xml")
        second = harvest(registry, "oak", fetcher=fetcher)
    assert clean is not None
    assert script.requests[-1]["from"] == f"{clean - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"
    assert counts(second) == ("success", 0, 0, 0, 0, 0, 0)
    assert second.detail == "Nothing has changed since the last harvest."


def test_a_repository_without_deletions_loses_what_a_full_list_no_longer_names(registry: Registry) -> None:
    add(registry, "oai", "https://maple.example/oai")
    script = OaiScript(Identify="identify-days.xml", ListRecords="page-1.xml", second="page-2.xml")
    with script.fetcher() as fetcher:
        harvest(registry, "oak", fetcher=fetcher)
        script.say("second", payload("oai/page-2.xml").replace(b"oai:maple.example:3", b"oai:maple.example:8"))
        held = harvest(registry, "oak", full=True, fetcher=fetcher)
        assert held.status == "held"
        done = harvest(registry, "oak", full=True, accept_deletions=True, fetcher=fetcher)
    assert (done.status, done.withdrawn) == ("success", 1)
    assert outcomes(registry)["oai:maple.example:3"] == "withdrawn"


def test_a_page_that_lost_its_resource_is_withdrawn_and_one_that_fails_for_now_is_kept(
    registry: Registry, site: Site
) -> None:
    names = [f"p{number}.html" for number in range(21)]
    urls = "".join(f"<url><loc>{site.base}/{name}</loc></url>" for name in names)
    site.routes["/sitemap.xml"] = Answer(
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode()
    )
    lesson = '<script type="application/ld+json">{{"@type": "LearningResource", "name": "{0}", "url": "{1}"}}</script>'
    for name in names:
        site.routes[f"/{name}"] = Answer(lesson.format(name, f"{site.base}/{name}").encode(), "text/html")
    add(registry, "sitemap", f"{site.base}/sitemap.xml")
    assert run(registry).created == 21
    site.routes["/p1.html"] = Answer(b"<html><body>moved</body></html>", "text/html")
    site.routes["/p2.html"] = Answer(b"", status=500)
    report = run(registry)
    assert counts(report) == ("partial", 21, 0, 0, 19, 1, 2)
    assert outcomes(registry)[f"{site.base}/p1.html"] == "withdrawn"
    assert outcomes(registry)[f"{site.base}/p2.html"] == "stored"
    assert "p2.html" in live_titles(registry)
    with registry.reading.begin() as session:
        assert {"http-500", "no-resource-data"} <= problem_counts(session, "oak").keys()


def test_a_source_with_an_option_nobody_knows_fails_and_says_which(registry: Registry, site: Site) -> None:
    with registry.sessions.begin() as session:
        add_source(session, "oak", "table", f"{site.base}/t.csv", options={"colour": "red"})
    report = run(registry)
    assert report.status == "failed"
    assert "options.colour" in report.detail


def test_an_unknown_source_is_not_found(registry: Registry) -> None:
    with pytest.raises(NotFound), patient_fetcher() as fetcher:
        harvest(registry, "nowhere", fetcher=fetcher)


def test_a_source_is_harvested_by_one_process_at_a_time(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(1)
    add(registry, "table", f"{site.base}/t.csv")

    def meanwhile(_: object) -> None:
        with pytest.raises(Conflict), Fetcher() as other:
            harvest(registry, "oak", fetcher=other)

    with patient_fetcher() as fetcher:
        assert harvest(registry, "oak", fetcher=fetcher, progress=meanwhile).status == "success"
