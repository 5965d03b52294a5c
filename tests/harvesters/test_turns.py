"""Sources that take turns, lists that outlive a kill, hosts that are not pressed, and shifts that are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest
from msgspec import structs
from sqlalchemy import func, select

from harvesters.http import Fetcher
from harvesters.run import RunReport, harvest
from harvesters.tasks import jobs
from registry.app import Registry
from registry.catalog.replay import replay
from registry.catalog.sources import accept_deletions, add_source, change_source, problems_of, runs_of, source_named
from registry.db import now
from registry.errors import Conflict, Rejected
from registry.models import CensusRow, HeldRow, PayloadRow, RecordRow, ResourceRow, SourceRow
from tests.harvesters.sites import LOOPBACK, Site, patient_fetcher, running_site
from tests.harvesters.test_runs import HEADER, counts, live_titles, numbered
from web.demo.loopback import Answer

PAGES = 45


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def add(registry: Registry, kind: str, url: str, name: str = "oak") -> None:
    with registry.sessions.begin() as session:
        add_source(session, name, kind, url, "Oak County")


def run(registry: Registry, name: str = "oak", turn_seconds: float | None = None, **options: bool) -> RunReport:
    with patient_fetcher() as fetcher:
        return harvest(registry, name, fetcher=fetcher, turn_seconds=turn_seconds, **options)


def lesson(site: Site, number: int) -> Answer:
    url = f"{site.base}/p{number}"
    node = f'{{"@type": "LearningResource", "name": "Lesson {number}", "url": "{url}"}}'
    return Answer(f'<script type="application/ld+json">{node}</script>'.encode(), "text/html")


def serve_pages(site: Site, numbers: range) -> None:
    """A sitemap of these pages, and the pages."""
    urls = "".join(f"<url><loc>{site.base}/p{number}</loc></url>" for number in numbers)
    form = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    site.routes = {"/sitemap.xml": Answer(form.encode(), "application/xml")}
    site.routes |= {f"/p{number}": lesson(site, number) for number in numbers}


def test_a_long_list_pauses_for_others_and_is_one_run(registry: Registry, site: Site) -> None:
    serve_pages(site, range(PAGES))
    add(registry, "sitemap", f"{site.base}/sitemap.xml")
    before = now()
    report = run(registry, turn_seconds=0)
    assert (report.status, report.seen) == ("paused", 20)
    with registry.reading.begin() as session:
        row = source_named(session, "oak")
        assert row.checkpoint and row.lease_owner is None and row.due_at >= before
    turns = 1
    while report.status == "paused":
        report = run(registry, turn_seconds=0)
        turns += 1
    assert counts(report) == ("success", PAGES, PAGES, 0, 0, 0, 0)
    assert turns >= 3
    with registry.reading.begin() as session:
        (only,) = runs_of(session, "oak")
        assert (only.status, only.seen, only.created) == ("success", PAGES, PAGES)
        assert only.ended_at is not None


def test_a_list_without_a_place_to_go_on_from_is_read_in_one_turn(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(*range(600))
    add(registry, "table", f"{site.base}/t.csv")
    assert run(registry, turn_seconds=0).status == "success"


def test_a_paused_list_still_finds_what_is_gone(registry: Registry, site: Site) -> None:
    serve_pages(site, range(PAGES))
    add(registry, "sitemap", f"{site.base}/sitemap.xml")
    assert run(registry).created == PAGES
    serve_pages(site, range(1, PAGES))
    report = run(registry, turn_seconds=0)
    with registry.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(CensusRow))
    while report.status == "paused":
        report = run(registry, turn_seconds=0)
    assert report.withdrawn == 1
    assert "Lesson 0" not in live_titles(registry)
    with registry.reading.begin() as session:
        assert not session.scalar(select(func.count()).select_from(CensusRow))


def test_a_long_list_does_not_hold_back_a_short_one(registry: Registry, site: Site) -> None:
    serve_pages(site, range(PAGES))
    site.routes["/t.csv"] = numbered(1, 2, 3)
    add(registry, "sitemap", f"{site.base}/sitemap.xml", "long")
    add(registry, "table", f"{site.base}/t.csv", "short")
    queue = ["long", "short"]
    ended = []

    def send(name: str, /, **arguments: str) -> None:
        if name == "harvest":
            queue.append(arguments["source"])

    sending = replace(
        registry.sending(send), settings=structs.replace(registry.settings, allowed_networks=("127.0.0.0/8",))
    )
    harvest_one = next(job for job in jobs(sending, turn_seconds=0) if job.name == "harvest")
    while queue:
        source = queue.pop(0)
        harvest_one.run(source=source, due="yes")
        with registry.reading.begin() as session:
            if runs_of(session, source)[0].status == "success":
                ended.append(source)
    assert ended == ["short", "long"]


def test_a_full_harvest_ends_a_paused_one(registry: Registry, site: Site) -> None:
    serve_pages(site, range(PAGES))
    add(registry, "sitemap", f"{site.base}/sitemap.xml")
    assert run(registry, turn_seconds=0).status == "paused"
    assert run(registry, full=True).status == "success"
    with registry.reading.begin() as session:
        assert [each.status for each in runs_of(session, "oak")] == ["success", "interrupted"]


def test_what_a_run_holds_back_is_kept_for_the_person_who_looks(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(*range(20))
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    site.routes["/t.csv"] = numbered(*range(12))
    assert run(registry).status == "held"
    with registry.reading.begin() as session:
        held = select(RecordRow.identifier).join(HeldRow, HeldRow.record_id == RecordRow.id)
        assert set(session.scalars(held)) == {f"L{number}" for number in range(12, 20)}
    with registry.sessions.begin() as session:
        accept_deletions(session, "oak")
    report = run(registry)
    assert (report.status, report.withdrawn) == ("success", 8)
    with registry.reading.begin() as session:
        assert not session.scalar(select(func.count()).select_from(HeldRow))
        assert not source_named(session, "oak").deletions_accepted
    site.routes["/t.csv"] = numbered(*range(3))
    assert run(registry).status == "held"


def test_a_list_that_is_whole_again_holds_nothing_back(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(*range(20))
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    site.routes["/t.csv"] = numbered(*range(12))
    assert run(registry).status == "held"
    site.routes["/t.csv"] = numbered(*range(20))
    assert run(registry).status == "success"
    with registry.reading.begin() as session:
        assert not session.scalar(select(func.count()).select_from(HeldRow))


def test_one_host_is_harvested_by_one_at_a_time(registry: Registry) -> None:
    add(registry, "table", "https://shared.example/a.csv", "first")
    add(registry, "table", "https://shared.example/b.csv", "second")

    def during(_: object) -> None:
        with pytest.raises(Conflict, match="Another source on shared"):
            harvest(registry, "second", fetcher=Fetcher(LOOPBACK))

    sheet = Answer((HEADER + "1,One,https://oak.example/1,,\n").encode())
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=sheet.body))
    with Fetcher(transport=transport) as fetcher:
        assert harvest(registry, "first", fetcher=fetcher, progress=during).created == 1
        assert harvest(registry, "second", fetcher=fetcher).seen == 1


def test_shifts_from_what_was_usual_are_told(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(*range(60))
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    assert not problems(registry)
    rows = "".join(f"L{number},Lesson {number} anew,https://oak.example/L{number},,en\n" for number in range(60))
    site.routes["/t.csv"] = Answer((HEADER + rows).encode(), "text/csv")
    run(registry)
    assert problems(registry) == ["alarm-license-missing"]
    site.routes["/t.csv"] = numbered(*range(20))
    run(registry, accept_deletions=True)
    assert problems(registry) == ["alarm-list-shorter"]
    site.routes["/t.csv"] = numbered(*range(20))
    run(registry)
    assert "alarm-license-missing" not in problems(registry)


def problems(registry: Registry) -> list[str]:
    with registry.reading.begin() as session:
        return [each.code for each in problems_of(session, "oak", 1000) if not each.record_identifier]


def test_stored_payloads_are_read_again_and_only_what_differs_is_written(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(*range(5))
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    asked = len(site.requests)
    assert replay(registry.sessions, "oak").seen == 5
    assert revisions(registry) == {1}
    with registry.sessions.begin() as session:
        # As if the crosswalk of that day had lost the license.
        row = session.scalars(select(ResourceRow).limit(1)).one()
        row.card = b"{}"
    assert replay(registry.sessions, "oak").seen == 5
    assert revisions(registry) == {1, 2}
    assert len(site.requests) == asked
    with registry.reading.begin() as session:
        newest = runs_of(session, "oak")[0]
        assert (newest.status, newest.seen) == ("success", 5)


def revisions(registry: Registry) -> set[int]:
    with registry.reading.begin() as session:
        return set(session.scalars(select(ResourceRow.revision)))


def test_a_replay_keeps_what_was_met_in_the_list(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = Answer((HEADER + "A,One,https://oak.example/1,CC BY 4.0,en,surplus\n").encode())
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    before = kinds(registry)
    assert "cells-surplus" in before
    replay(registry.sessions, "oak")
    assert kinds(registry) == before


def kinds(registry: Registry) -> list[str]:
    with registry.reading.begin() as session:
        return sorted(each.code for each in problems_of(session, "oak", 1000))


def test_a_source_can_be_paused_moved_and_asked_more_often(registry: Registry, site: Site) -> None:
    add(registry, "table", f"{site.base}/t.csv")
    with registry.sessions.begin() as session:
        change_source(session, "oak", active=False, every_minutes=60)
        change_source(session, "oak", url=f"{site.base}/moved.csv")
    with registry.reading.begin() as session:
        row = session.scalars(select(SourceRow)).one()
        assert (row.active, row.every_minutes, row.url) == (False, 60, f"{site.base}/moved.csv")
    with registry.sessions.begin() as session:
        for wrong in ({"every_minutes": 1}, {"url": "ftp://oak.example/"}):
            with pytest.raises(Rejected):
                change_source(session, "oak", **wrong)  # type: ignore[arg-type]


def test_an_unchanged_payload_is_stored_once(registry: Registry, site: Site) -> None:
    site.routes["/t.csv"] = numbered(1)
    add(registry, "table", f"{site.base}/t.csv")
    run(registry)
    run(registry, full=True)
    with registry.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(PayloadRow)) == 1
