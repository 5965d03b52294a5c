"""Registries that harvest each other: the same catalog on both sides, no echo, no circle."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import func, select, update

from harvesters.http import Fetcher
from harvesters.run import RunReport, harvest
from registry.app import Registry, open_registry
from registry.catalog.ingest import batch_for, ingest
from registry.catalog.sources import add_source, source_named
from registry.catalog.takedown import put_back, take_down
from registry.learners.app import open_learners
from registry.models import RecordRow, ResourceRow, StampRow
from registry.ports import Harvested
from tests.conftest import sqlite_settings
from tests.factories import lesson
from web.app import create_app

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class House:
    """One registry with a district of its own, and the peers it harvests."""

    def __init__(self, folder: Path, template: Path, number: int) -> None:
        for file in template.glob("*.sqlite"):
            shutil.copy(file, folder / file.name)
        settings = sqlite_settings(folder)
        self._step = 0
        self.name = f"registry:{number:x}"
        self.host = f"r{number}.example"
        self.registry: Registry = open_registry(settings)
        self.learners = open_learners(settings)
        app = create_app(self.registry, self.learners)
        self.client: TestClient[Litestar] = TestClient(app)
        with self.registry.sessions.begin() as session:
            session.execute(update(StampRow).where(StampRow.name == "registry").values(value=number))
            add_source(session, "own", "oai", f"https://district{number}.example/oai", f"District {number}")

    def settle(self) -> None:
        """Let a second pass: what has just been changed is dated back, each step a second after the one before."""
        self._step += 1
        with self.registry.sessions.begin() as session:
            session.execute(
                update(RecordRow)
                .where(RecordRow.changed_at > LONG_AGO + timedelta(days=1))
                .values(changed_at=LONG_AGO + timedelta(seconds=self._step))
            )

    def close(self) -> None:
        self.learners.close()
        self.registry.close()

    def publish(self, *records: Harvested) -> None:
        """Take records in as a harvest of the own district would."""
        with self.registry.sessions.begin() as session:
            batch = batch_for(session, source_named(session, "own").id, "run")
            ingest(session, batch, records)
        self.settle()

    def follow(self, other: House) -> None:
        with self.registry.sessions.begin() as session:
            add_source(session, f"peer-{other.host[1:2]}", "peer", f"https://{other.host}", other.host)

    def pull(self, other: House, full: bool = False) -> RunReport:
        def respond(request: httpx.Request) -> httpx.Response:
            answer = other.client.get(request.url.raw_path.decode())
            return httpx.Response(answer.status_code, content=answer.content)

        with Fetcher(transport=httpx.MockTransport(respond), sleep=lambda seconds: None) as fetcher:
            report = harvest(self.registry, f"peer-{other.host[1:2]}", fetcher=fetcher, full=full)
        self.settle()
        return report

    def catalog(self) -> dict[str, Any]:
        """What a visitor finds: each live resource by its link, without the ids that are this registry's own."""
        with self.registry.reading.begin() as session:
            rows = session.execute(select(ResourceRow.body, ResourceRow.card).where(ResourceRow.withdrawn_at.is_(None)))
            found = {}
            for body, card in rows:
                told = msgspec.json.decode(card)
                told.pop("id")
                told["providers"] = sorted(told["providers"])
                told["identifiers"] = sorted(each for each in told["identifiers"] if not each.startswith("registry:"))
                found[body.url] = (msgspec.to_builtins(body), told)
            return found

    def revisions(self) -> int:
        with self.registry.reading.begin() as session:
            return session.scalar(select(func.sum(ResourceRow.revision))) or 0


Houses = Callable[[int], list[House]]


@pytest.fixture
def houses(tmp_path: Path, sqlite_template: Path) -> Iterator[Houses]:
    with ExitStack() as stack:

        def make(count: int) -> list[House]:
            made = []
            for number in range(1, count + 1):
                folder = tmp_path / str(number)
                folder.mkdir()
                made.append(House(folder, sqlite_template, number))
                stack.callback(made[-1].close)
            for one in made:
                for other in made:
                    if one is not other:
                        one.follow(other)
            return made

        yield make


def record(district: int, number: int, day: int = 1, **stated: Any) -> Harvested:
    name = f"d{district}-{number}"
    node = lesson(name, **stated)
    return Harvested(name, "schema.org", msgspec.json.encode(node), f"2026-01-{day:02}")


def gone(district: int, number: int) -> Harvested:
    return Harvested(f"d{district}-{number}", datestamp="2026-02-01", deleted=True)


def test_ten_rounds_of_edits_on_both_sides_leave_the_same_catalog_and_no_echo(houses: Houses) -> None:
    one, two = houses(2)
    chance = random.Random(3)
    for day in range(1, 11):
        for district, house in ((1, one), (2, two)):
            changed = [
                gone(district, number)
                if chance.random() < 0.2
                else record(district, number, day, keywords=f"day {day}")
                for number in chance.sample(range(12), 5)
            ]
            house.publish(*changed)
        for house, other in ((one, two), (two, one), (one, two)):
            assert house.pull(other).status in ("success", "partial")
        assert one.catalog() == two.catalog()
    assert len(one.catalog()) >= 12
    before = one.revisions(), two.revisions()
    for _ in range(3):
        assert not one.pull(two).updated and not two.pull(one).updated
    assert (one.revisions(), two.revisions()) == before
    with one.registry.reading.begin() as session:
        paths = session.scalars(select(RecordRow.path)).all()
        assert all(one.name not in path for path in paths)
        assert {len(path) for path in paths} == {0, 1}


def test_a_full_pull_after_that_finds_everything_as_it_is(houses: Houses) -> None:
    one, two = houses(2)
    one.publish(*(record(1, number) for number in range(250)))
    assert two.pull(one).created == 250
    assert one.pull(two).created == 0
    again = two.pull(one, full=True)
    assert (again.status, again.unchanged, again.updated, again.withdrawn) == ("success", 250, 0, 0)


def test_one_lesson_of_both_districts_is_the_same_on_both_sides_and_forgets_what_was_taken_back(houses: Houses) -> None:
    one, two = houses(2)
    shared = "https://publisher.example/fractions"
    one.publish(record(1, 1, url=shared, keywords="halves", name="Fractions"))
    two.publish(record(2, 1, url=shared, keywords="thirds", name="Fractions"))
    two.pull(one), one.pull(two), two.pull(one)
    assert one.catalog() == two.catalog()
    (body, card) = one.catalog()[shared]
    assert set(body["keywords"]) == {"halves", "thirds"} and card["providers"] == ["District 1", "District 2"]
    one.publish(record(1, 1, 2, url=shared, keywords="quarters", name="Fractions"))
    two.pull(one), one.pull(two), two.pull(one)
    assert set(two.catalog()[shared][0]["keywords"]) == {"quarters", "thirds"}
    assert one.catalog() == two.catalog()


def test_what_is_deleted_disappears_from_a_triangle(houses: Houses) -> None:
    made = houses(3)
    made[0].publish(record(1, 1), record(1, 2))
    for _ in range(3):
        for house in made:
            for other in made:
                if house is not other:
                    house.pull(other)
    assert all(len(house.catalog()) == 2 for house in made)
    made[0].publish(gone(1, 1))
    for _ in range(4):
        for house in made:
            for other in made:
                if house is not other:
                    house.pull(other)
    assert [sorted(house.catalog()) for house in made] == [sorted(made[0].catalog())] * 3
    assert all(len(house.catalog()) == 1 for house in made)


def test_a_takedown_reaches_the_other_registry_and_is_taken_back_there(houses: Houses) -> None:
    one, two = houses(2)
    one.publish(record(1, 1))
    two.pull(one)
    with one.registry.sessions.begin() as session:
        resource_id = session.scalars(select(ResourceRow.id)).one()
        take_down(session, resource_id, "A parent's photograph.", "a curator")
    one.publish(record(1, 1, 2, keywords="tried again"))
    assert not one.catalog()
    two.pull(one)
    assert not two.catalog()
    with one.registry.sessions.begin() as session:
        put_back(session, resource_id, "a curator")
    one.settle()
    two.pull(one)
    assert one.catalog() == two.catalog() and len(two.catalog()) == 1


def test_what_another_registry_invents_is_refused_record_by_record(houses: Houses) -> None:
    one, two = houses(2)
    good = {"origin": f"registry:2/{'a' * 32}", "path": ["registry:2"], "changed": "2026-01-01T00:00:00Z",
            "provider": "D", "first_seen": "2026-01-01T00:00:00Z",
            "resource": {"title": "<b>Sums</b>", "url": "https://d.example/1"}}  # fmt: skip
    bad = [
        {**good, "origin": "registry:1/" + "b" * 32},
        {**good, "path": ["registry:2", "registry:3"]},
        {**good, "path": []},
        {**good, "origin": "../../etc"},
        {"origin": 7},
        "text",
        {**good, "origin": f"registry:2/{'c' * 32}", "resource": {"title": "No link", "url": "javascript:alert(1)"}},
        {**good, "origin": f"registry:2/{'d' * 32}", "resource": {"title": 5, "url": []}},
    ]
    body = {"registry": "registry:2", "items": [good, *bad], "next": "x", "more": False}
    respond = httpx.MockTransport(lambda request: httpx.Response(200, content=msgspec.json.encode(body)))
    with Fetcher(transport=respond) as fetcher:
        report = harvest(one.registry, "peer-2", fetcher=fetcher)
    assert (report.status, report.created, report.rejected) == ("partial", 1, len(bad))
    assert one.catalog()["https://d.example/1"][0]["title"] == "Sums"
    assert two.catalog() == {}


@pytest.mark.parametrize(
    "body", [b"<html>", b"{}", b'{"registry": "x", "items": [], "next": "", "more": false}', b"[" * 9999]
)
def test_what_is_no_registry_is_told(houses: Houses, body: bytes) -> None:
    one, _ = houses(2)
    with Fetcher(transport=httpx.MockTransport(lambda request: httpx.Response(200, content=body))) as fetcher:
        report = harvest(one.registry, "peer-2", fetcher=fetcher)
    assert report.status == "failed"
    assert "registry" in report.detail


def test_a_cursor_that_is_none_is_a_bad_request(houses: Houses) -> None:
    one, _ = houses(2)
    for cursor in ("x", "2026-13-01T00:00:00Z_" + "a" * 32, "2026-01-01T00:00:00Z_z"):
        answer = one.client.get("/api/v1/changes", params={"cursor": cursor})
        assert answer.status_code == 400 and answer.json()["errors"][0]["field"] == "cursor"
