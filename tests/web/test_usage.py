"""How often resources are found and opened: counted for people, kept by day, and never in anybody's way."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from harvesters.source import SourceConfig
from registry.catalog import usage
from registry.catalog.publishers import district_named
from registry.catalog.usage import Count, usage_of
from registry.db import now
from registry.errors import Conflict, Unavailable
from registry.models import ResourceRow, UsageRow
from tests.conftest import sqlite_settings
from tests.harvesters.sites import running_site
from tests.web.conftest import Served
from tests.web.publishing import SLUG
from web.demo.loopback import Answer, Request
from web.trying import Trials, try_out
from web.usage import UsageCounts

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
LESSON = "Equal parts on a number line"


def resource(served: Served, title: str = LESSON) -> str:
    with served.registry.reading.begin() as session:
        return session.scalars(select(ResourceRow.id).where(ResourceRow.title == title)).one()


def counted(served: Served) -> dict[str, tuple[int, int]]:
    """What has been written down, by resource."""
    served.app.state.site.usage.flush()
    with served.registry.reading.begin() as session:
        return {row.resource_id: (row.found, row.opened) for row in session.scalars(select(UsageRow))}


def test_what_a_person_finds_and_opens_is_counted(served: Served, client: TestClient[Litestar]) -> None:
    lesson = resource(served)
    client.get("/?q=number+line", headers=BROWSER)
    client.get(f"/resources/{lesson}", headers=BROWSER)
    client.get(f"/resources/{lesson}", headers=BROWSER)
    assert counted(served)[lesson] == (1, 2)
    client.get("/api/v1/search?q=number+line")
    assert counted(served)[lesson] == (2, 2)


@pytest.mark.parametrize(
    "headers",
    [
        {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"},
        {"User-Agent": "curl/8.5.0"},
        {"User-Agent": "OpenResourceRegistry/0.1 (+https://other.example)"},
        {"User-Agent": ""},
        BROWSER | {"Sec-Purpose": "prefetch;prerender"},
        BROWSER | {"Purpose": "prefetch"},
        BROWSER | {"X-Moz": "prefetch"},
    ],
)
def test_robots_and_browsers_that_guess_ahead_are_not_counted(
    served: Served, client: TestClient[Litestar], headers: dict[str, str]
) -> None:
    assert client.get(f"/resources/{resource(served)}", headers=headers).status_code == 200
    assert client.get("/?q=number+line", headers=headers).status_code == 200
    assert counted(served) == {}


def test_a_withdrawn_resource_and_one_that_is_not_here_are_not_counted(
    served: Served, client: TestClient[Litestar]
) -> None:
    assert client.get(f"/resources/{resource(served, 'Old lesson on fractions')}", headers=BROWSER).status_code == 410
    assert client.get("/resources/nothing", headers=BROWSER).status_code == 404
    assert counted(served) == {}


def test_what_was_counted_is_written_down_when_the_site_stops(served: Served) -> None:
    lesson = resource(served)
    with TestClient(served.app, base_url="http://testserver.local") as client:
        client.get(f"/resources/{lesson}", headers=BROWSER)
    with served.registry.reading.begin() as session:
        assert session.scalars(select(UsageRow.opened)).all() == [1]


def test_counts_are_written_down_while_the_site_runs(served: Served) -> None:
    lesson, written = resource(served), threading.Event()

    class Telling(UsageCounts):
        def flush(self) -> None:
            super().flush()
            written.set()

    counts = Telling(served.registry.sessions, every=0.01)
    counts.opened(lesson)
    counts.start()
    assert written.wait(20)
    counts.stop()
    assert counted(served)[lesson] == (0, 1)


def test_a_database_that_fails_costs_counts_and_no_page(served: Served, client: TestClient[Litestar]) -> None:
    lesson = resource(served)
    with served.registry.sessions.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE usage RENAME TO elsewhere")
    assert client.get(f"/resources/{lesson}", headers=BROWSER).status_code == 200
    served.app.state.site.usage.flush()
    with served.registry.sessions.begin() as session:
        session.connection().exec_driver_sql("ALTER TABLE elsewhere RENAME TO usage")
    client.get(f"/resources/{lesson}", headers=BROWSER)
    assert counted(served)[lesson] == (0, 1)


def test_no_more_than_a_bounded_number_of_counts_is_held(served: Served) -> None:
    lesson = resource(served)
    counts = UsageCounts(served.registry.sessions)
    counts.opened(lesson)
    counts.found(f"invented-{number}" for number in range(50_000))
    counts.opened(lesson)
    counts.flush()
    assert counted(served) == {lesson: (0, 2)}


def test_counts_add_up_by_day_and_only_thirty_days_are_told(served: Served) -> None:
    lesson, today = resource(served), now().date()
    with served.registry.sessions.begin() as session:
        for days, count in ((0, Count(3, 1)), (0, Count(2, 2)), (29, Count(1, 1)), (30, Count(100, 100))):
            usage.add(session, {(lesson, today - timedelta(days=days)): count})
        usage.add(session, {("nobody", today): Count(9, 9)})
    with served.registry.reading.begin() as session:
        told = usage_of(session, district_named(session, SLUG).id)
    assert (told.found, told.opened) == (6, 4)
    assert [(day.found, day.opened) for day in (told.days[0], told.days[-1])] == [(1, 1), (5, 3)]
    assert [(each.title, each.found, each.opened) for each in told.top] == [(LESSON, 6, 4)]


def test_one_person_checks_one_link_at_a_time_and_four_people_at_most() -> None:
    trials = Trials()
    with trials.one("a"), pytest.raises(Conflict), trials.one("a"):
        raise AssertionError("the second one must not begin")
    four = (trials.one(name) for name in "abcd")
    with next(four), next(four), next(four), next(four), pytest.raises(Unavailable), trials.one("e"):
        raise AssertionError("the fifth one must not begin")
    with trials.one("a"):
        pass


def test_a_check_of_a_site_that_takes_its_time_ends_and_says_so(tmp_path: Path) -> None:
    def slowly(_: Request) -> Answer:
        threading.Event().wait(0.3)
        return Answer(b"<html><title>A page</title></html>", "text/html")

    with running_site() as site:
        places = "".join(f"<url><loc>{site.base}/{number}</loc></url>" for number in range(60))
        sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{places}</urlset>'
        site.routes |= {f"/{number}": slowly for number in range(60)}
        site.routes["/sitemap.xml"] = Answer(sitemap.encode(), "application/xml")
        report = try_out(sqlite_settings(tmp_path), "sitemap", SourceConfig("x", f"{site.base}/sitemap.xml"), 1.0)
    assert report.summary.startswith("The site needs longer than the 1 seconds a check may take.")
    assert "check-out-of-time" not in {problem.code for problem in report.problems}
    assert len(site.requests) < 20
