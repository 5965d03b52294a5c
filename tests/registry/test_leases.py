"""Leases on both stores: taken by one, prolonged, given back, freed by time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from registry import leases
from registry.app import Registry
from registry.db import now
from registry.models import LeaseRow


def takes(registry: Registry, owner: str, name: str = "index", seconds: int = 60) -> bool:
    with registry.sessions.begin() as session:
        return leases.take(session, name, owner, seconds)


def gives_back(registry: Registry, owner: str, name: str = "index") -> None:
    with registry.sessions.begin() as session:
        leases.give_back(session, name, owner)


def expire(registry: Registry) -> None:
    with registry.sessions.begin() as session:
        session.execute(update(LeaseRow).values(until=now() - timedelta(seconds=1)))


def test_a_lease_is_held_by_one_at_a_time(registry: Registry) -> None:
    assert takes(registry, "first")
    assert not takes(registry, "second")
    assert takes(registry, "second", name="another")
    assert not takes(registry, "first", name="another")


def test_a_holder_prolongs_its_lease(registry: Registry) -> None:
    assert takes(registry, "first", seconds=10)
    assert takes(registry, "first", seconds=500)
    with registry.reading.begin() as session:
        assert session.scalars(select(LeaseRow.until)).one() > now() + timedelta(seconds=400)


def test_a_lease_given_back_is_free_and_another_s_cannot_be(registry: Registry) -> None:
    assert takes(registry, "first")
    gives_back(registry, "second")
    assert not takes(registry, "second")
    gives_back(registry, "first")
    assert takes(registry, "second")
    gives_back(registry, "first")
    assert not takes(registry, "first")


def test_an_expired_lease_is_taken_over_and_not_given_back_by_who_lost_it(registry: Registry) -> None:
    assert takes(registry, "dead")
    expire(registry)
    assert takes(registry, "alive")
    assert not takes(registry, "dead")
    gives_back(registry, "dead")
    assert not takes(registry, "third")


def test_a_lease_that_expired_unnoticed_is_prolonged_by_its_holder(registry: Registry) -> None:
    assert takes(registry, "first")
    expire(registry)
    assert takes(registry, "first")
    assert not takes(registry, "second")


def test_a_lease_taken_in_a_unit_of_work_that_fails_is_not_held(registry: Registry) -> None:
    with pytest.raises(ZeroDivisionError), registry.sessions.begin() as session:
        assert leases.take(session, "index", "first", 60)
        raise ZeroDivisionError
    assert takes(registry, "second")


@pytest.mark.parametrize("before", ["never taken", "expired", "given back"])
def test_of_many_who_want_it_at_once_one_gets_it(registry: Registry, before: str) -> None:
    contenders = 8
    for round_ in range(5):
        name = f"lease-{round_}"
        if before != "never taken":
            assert takes(registry, "earlier", name)
            gives_back(registry, "earlier", name) if before == "given back" else expire(registry)
        start = threading.Barrier(contenders)

        def contend(number: int, name: str = name, start: threading.Barrier = start) -> bool:
            start.wait()
            return takes(registry, f"contender-{number}", name)

        with ThreadPoolExecutor(contenders) as pool:
            assert sum(pool.map(contend, range(contenders))) == 1
    with registry.reading.begin() as session:
        assert session.scalar(select(func.count()).select_from(LeaseRow)) == 5


def test_no_two_owners_have_the_same_name() -> None:
    assert len({leases.new_owner() for _ in range(1000)}) == 1000
