"""Harvests that are stopped, killed or overtaken, and what the next one makes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from harvesters.run import harvest
from harvesters.tasks import due_sources, jobs
from registry.app import Registry
from registry.catalog.sources import add_source, runs_of, source_named
from registry.db import now
from registry.errors import Conflict
from registry.models import RecordRow, RunRow, SourceRow
from tests.harvesters.sites import OaiScript, patient_fetcher, running_site
from tests.servers import ROOT
from web.demo.loopback import Answer
from web.demo.oai_endpoint import OaiEndpoint, OaiRecord


def add_oai(registry: Registry, url: str = "https://maple.example/oai") -> None:
    with registry.sessions.begin() as session:
        add_source(session, "oak", "oai", url, "Oak County")


def source(registry: Registry) -> SourceRow:
    with registry.reading.begin() as session:
        return source_named(session, "oak")


def statuses(registry: Registry) -> list[str]:
    with registry.reading.begin() as session:
        return [run.status for run in runs_of(session, "oak")]


def expire_lease(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        session.execute(update(SourceRow).values(lease_until=now() - timedelta(seconds=5)))


def stop_after(records: int) -> Callable[[object], None]:
    def stop(counts: object) -> None:
        if getattr(counts, "seen", 0) >= records:
            raise KeyboardInterrupt

    return stop


def two_pages() -> OaiScript:
    return OaiScript(ListRecords="page-1.xml", second="page-2.xml")


def test_a_stopped_harvest_goes_on_where_it_stood(registry: Registry) -> None:
    add_oai(registry)
    script = two_pages()
    with script.fetcher() as fetcher:
        with pytest.raises(KeyboardInterrupt):
            harvest(registry, "oak", fetcher=fetcher, progress=stop_after(2))
        assert statuses(registry) == ["interrupted"]
        row = source(registry)
        assert row.lease_owner is None
        assert row.clean_since is None
        with registry.reading.begin() as session:
            first_started = session.scalar(select(func.min(RunRow.started_at)))
        script.requests.clear()
        report = harvest(registry, "oak", fetcher=fetcher)
    assert [request.get("resumptionToken") for request in script.requests] == ["second"]
    assert (report.status, report.seen, report.created) == ("success", 2, 1)
    assert source(registry).clean_since == first_started
    assert source(registry).checkpoint is None


def test_a_full_harvest_does_not_go_on_but_starts_anew(registry: Registry) -> None:
    add_oai(registry)
    script = two_pages()
    with script.fetcher() as fetcher:
        with pytest.raises(KeyboardInterrupt):
            harvest(registry, "oak", fetcher=fetcher, progress=stop_after(2))
        assert harvest(registry, "oak", full=True, fetcher=fetcher).seen == 4


def test_a_list_resumed_asks_from_its_own_start_when_its_token_has_died(registry: Registry) -> None:
    add_oai(registry)
    script = two_pages()
    with script.fetcher() as fetcher:
        harvest(registry, "oak", fetcher=fetcher)
        with pytest.raises(KeyboardInterrupt):
            harvest(registry, "oak", fetcher=fetcher, progress=stop_after(2))
        since = script.requests[-1]["from"]
        script.say("second", "error-badResumptionToken.xml", "page-2.xml")
        report = harvest(registry, "oak", fetcher=fetcher)
    assert (report.status, report.seen) == ("success", 4)
    assert script.requests[-2]["from"] == since


def test_a_site_s_pages_are_not_fetched_again_after_a_stop(registry: Registry) -> None:
    with running_site() as site:
        names = [f"p{number}.html" for number in range(50)]
        urls = "".join(f"<url><loc>{site.base}/{name}</loc></url>" for name in names)
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        site.routes["/sitemap.xml"] = Answer(body.encode())
        lesson = '<script type="application/ld+json">{{"@type": "LearningResource", "name": "{0}"}}</script>'
        for name in names[1:]:
            site.routes[f"/{name}"] = Answer(lesson.format(name).encode(), "text/html")
        site.routes["/p0.html"] = Answer(b"", status=500)
        with registry.sessions.begin() as session:
            add_source(session, "oak", "sitemap", f"{site.base}/sitemap.xml")
        with patient_fetcher() as fetcher, pytest.raises(KeyboardInterrupt):
            harvest(registry, "oak", fetcher=fetcher, progress=stop_after(40))
        with patient_fetcher() as fetcher:
            report = harvest(registry, "oak", fetcher=fetcher)
        assert (report.status, report.seen, report.withdrawn) == ("success", 10, 0)
        assert [site.asked(f"/{name}") for name in names] == [1] * 50
        assert source(registry).state == {"retry": f"{site.base}/p0.html"}


def test_a_killed_worker_s_lease_expires_and_its_run_is_marked(registry: Registry) -> None:
    add_oai(registry)
    with registry.sessions.begin() as session:
        row = source_named(session, "oak")
        row.lease_owner, row.lease_until = "dead", now() + timedelta(seconds=100)
        session.add(RunRow(id="0" * 26, source_id=row.id, status="running", started_at=now()))
    script = two_pages()
    with script.fetcher() as fetcher:
        with pytest.raises(Conflict):
            harvest(registry, "oak", fetcher=fetcher)
        assert due_sources(registry) == []
        expire_lease(registry)
        assert due_sources(registry) == ["oak"]
        assert harvest(registry, "oak", fetcher=fetcher).status == "success"
    assert statuses(registry) == ["success", "interrupted"]


def test_a_run_that_lost_its_lease_stops_and_leaves_the_source_to_the_other(registry: Registry) -> None:
    add_oai(registry)

    def steal(_: object) -> None:
        with registry.sessions.begin() as session:
            session.execute(update(SourceRow).values(lease_owner="another", lease_until=now() + timedelta(seconds=100)))

    with two_pages().fetcher() as fetcher:
        report = harvest(registry, "oak", fetcher=fetcher, progress=steal)
    assert (report.status, report.seen) == ("interrupted", 2)
    assert source(registry).lease_owner == "another"
    assert (source(registry).checkpoint or {})["token"] == "second"


def test_a_lease_is_renewed_with_every_page(registry: Registry) -> None:
    add_oai(registry)
    left: list[timedelta] = []

    def age(_: object) -> None:
        row = source(registry)
        assert row.lease_until is not None
        left.append(row.lease_until - now())
        with registry.sessions.begin() as session:
            session.execute(update(SourceRow).values(lease_until=now() + timedelta(seconds=3)))

    with two_pages().fetcher() as fetcher:
        harvest(registry, "oak", fetcher=fetcher, progress=age)
    assert len(left) == 2
    assert all(timedelta(seconds=100) < each <= timedelta(seconds=120) for each in left)


def test_a_place_from_which_nothing_can_be_read_is_given_up(registry: Registry) -> None:
    add_oai(registry)
    script = OaiScript(ListRecords="page-1.xml", second="truncated.xml")
    with script.fetcher() as fetcher:
        assert harvest(registry, "oak", fetcher=fetcher).status == "failed"
        assert harvest(registry, "oak", fetcher=fetcher).status == "failed"
        assert source(registry).checkpoint is None
        script.say("second", "page-2.xml")
        report = harvest(registry, "oak", fetcher=fetcher)
    assert (report.status, report.seen) == ("success", 4)


def test_a_token_that_leads_in_a_circle_is_forgotten(registry: Registry) -> None:
    add_oai(registry)
    with OaiScript(ListRecords="page-1.xml", second="page-repeating.xml").fetcher() as fetcher:
        report = harvest(registry, "oak", fetcher=fetcher)
    assert (report.status, report.created) == ("failed", 3)
    assert source(registry).checkpoint is None


def test_a_fault_of_our_own_frees_the_source_and_is_not_hidden(registry: Registry) -> None:
    add_oai(registry)

    def fault(_: object) -> None:
        raise ZeroDivisionError

    with two_pages().fetcher() as fetcher, pytest.raises(ZeroDivisionError):
        harvest(registry, "oak", fetcher=fetcher, progress=fault)
    assert statuses(registry) == ["failed"]
    assert source(registry).lease_owner is None


def test_a_harvest_killed_in_mid_list_loses_nothing(registry: Registry) -> None:
    """The process is killed for good (SIGKILL) between two pages; the next one needs only the rest."""
    records: list[OaiRecord] = [
        (f"oai:oak:{n:03}", f"2026-04-01T00:00:{n % 60:02}Z", False, _lesson(n)) for n in range(60)
    ]
    endpoint = OaiEndpoint(records, base_url="http://oak.example/oai", name="Oak", page_size=10)
    with running_site() as site:
        site.routes["/oai"] = lambda request: Answer(endpoint.answer(request.params), "text/xml")
        add_oai(registry, f"{site.base}/oai")
        process = subprocess.Popen([sys.executable, "-c", _CHILD, repr(registry.settings)], cwd=ROOT)
        while _stored(registry) < 20:
            time.sleep(0.02)
            assert process.poll() is None
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        before, place = _stored(registry), (source(registry).checkpoint or {})["token"]
        assert place.endswith(f"!{before}")
        expire_lease(registry)
        with patient_fetcher() as fetcher:
            report = harvest(registry, "oak", fetcher=fetcher)
    assert (report.status, report.seen) == ("success", 60 - before)
    assert _stored(registry) == 60
    assert statuses(registry) == ["success", "interrupted"]


def _stored(registry: Registry) -> int:
    with registry.reading.begin() as session:
        return session.scalar(select(func.count()).select_from(RecordRow)) or 0


def _lesson(number: int) -> dict[str, str]:
    return {
        "@type": "LearningResource",
        "name": f"Lesson {number}",
        "description": "A lesson.",
        "url": f"https://oak.example/{number}",
    }


_CHILD = textwrap.dedent("""
    import sys, time
    from pathlib import Path, PosixPath
    from registry.app import open_registry
    from registry.settings import Settings
    from harvesters.run import harvest
    registry = open_registry(eval(sys.argv[1]))
    harvest(registry, "oak", progress=lambda counts: time.sleep(0.2))
""")


def test_the_job_asks_for_each_due_source_by_itself(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        for name in ("ash", "birch", "cedar"):
            add_source(session, name, "table", f"https://{name}.example/t.csv")
        source_named(session, "birch").due_at = now() + timedelta(hours=1)
        source_named(session, "cedar").active = False
    sent: list[tuple[str, dict[str, str]]] = []
    asking = registry.sending(lambda name, /, **arguments: sent.append((name, arguments)))
    by_name = {job.name: job for job in jobs(asking)}
    assert by_name["harvest-due"].every == 10
    by_name["harvest-due"].run()
    assert sent == [("harvest", {"source": "ash", "due": "yes"})]


def test_a_job_that_was_asked_for_twice_harvests_once(registry: Registry) -> None:
    with running_site() as site:
        site.routes["/t.csv"] = Answer(b"Title,Link\nShares,https://oak.example/1\n")
        with registry.sessions.begin() as session:
            add_source(session, "oak", "table", f"{site.base}/t.csv")
        job = next(job for job in jobs(registry) if job.name == "harvest")
        job.run(source="oak", due="yes")
        job.run(source="oak", due="yes")
        assert statuses(registry) == ["success"]
        job.run(source="oak")
        assert statuses(registry) == ["success", "success"]


def test_the_harvest_job_does_its_source_and_asks_for_the_index(registry: Registry) -> None:
    sent: list[str] = []
    asking = registry.sending(lambda name, /, **arguments: sent.append(name))
    with running_site() as site:
        site.routes["/t.csv"] = Answer(b"Title,Link\nShares,https://oak.example/1\n")
        with registry.sessions.begin() as session:
            add_source(session, "oak", "table", f"{site.base}/t.csv")
        next(job for job in jobs(asking) if job.name == "harvest").run(source="oak")
    assert statuses(registry) == ["success"]
    assert sent == ["index-stale"]


def test_the_harvest_job_passes_over_a_source_that_is_taken_or_gone(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        add_source(session, "oak", "table", "https://oak.example/t.csv")
        row = source_named(session, "oak")
        row.lease_owner, row.lease_until = "another", now() + timedelta(seconds=100)
    job = next(job for job in jobs(registry) if job.name == "harvest")
    job.run(source="oak")
    job.run(source="nowhere")
    assert statuses(registry) == []
