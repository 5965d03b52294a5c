"""Ratings: given, changed, taken back, counted, shown, ordered by, and followed through a merge and back."""

from __future__ import annotations

import pytest

from registry.accounts.people import remove_person
from registry.catalog import merging, ratings
from registry.search import indexing
from tests.web.conftest import Served
from tests.web.keeping import Client, person, person_id, resource, send

LINE, PIZZA, SPANISH = "Equal parts on a number line", "Adding fractions with pizza", "Fracciones equivalentes"


def rate(served: Served, title: str, **stars: int) -> None:
    """Each person rates the resource."""
    for name, given in stars.items():
        try:
            someone = person_id(served, name)
        except AssertionError:
            person(served, name)
            someone = person_id(served, name)
        with served.registry.sessions.begin() as session:
            ratings.rate(session, someone, resource(served, title), given)
    indexing.sync(served.registry)


def best(client: Client) -> list[str]:
    return [item["title"] for item in client.get("/api/v1/search?q=fractions&sort=rating&grade=4").json()["items"]]


def test_a_rating_is_given_changed_and_taken_back_on_the_page(served: Served, client: Client) -> None:
    maria, path = person(served, "maria"), f"/resources/{resource(served, LINE)}"
    assert "Nobody has rated it yet" in client.get(path).text
    assert "Sign in to rate it" in client.get(path).text
    assert send(maria, f"{path}/rating", stars="4") == (303, f"{path}#ratings")
    assert ("index-stale", {}) in served.sent
    text = maria.get(path).text
    assert "1 person has rated it" in text and 'value="4" required checked' in text
    send(maria, f"{path}/rating", stars="2")
    assert 'value="2" required checked' in maria.get(path).text
    assert "1 person has rated it" in client.get(path).text
    send(maria, f"{path}/rating", stars="none")
    assert "Nobody has rated it yet" in client.get(path).text


@pytest.mark.parametrize("stars", ["", "0", "6", "12", "2.5", "five", "²"])
def test_other_numbers_are_refused(served: Served, stars: str) -> None:
    path = f"/resources/{resource(served, LINE)}/rating"
    assert send(person(served, "maria"), path, stars=stars)[0] == 422


def test_a_mean_is_shown_from_three_ratings_on(served: Served, client: Client) -> None:
    rate(served, LINE, ann=5, ben=4)
    path = f"/resources/{resource(served, LINE)}"
    assert "2 people have rated it" in client.get(path).text
    assert "2 ratings</li>" in client.get("/?q=number+line").text
    rate(served, LINE, cem=4)
    assert "4.3 out of 5</span>, the mean of 3 ratings" in client.get(path).text
    assert "Rated 4.3 out of 5 by 3</li>" in client.get("/?q=number+line").text
    item = client.get("/api/v1/search?q=number+line").json()["items"][0]
    assert item["rating"] == {"number": 3, "mean": 4.3}
    assert client.get(f"/api/v1{path}").json()["rating"] == {"number": 3, "mean": 4.3}


def test_results_are_ordered_so_that_one_voice_counts_less_than_many(served: Served, client: Client) -> None:
    rate(served, LINE, ann=1, ben=1)
    rate(served, SPANISH, ann=5)
    rate(served, PIZZA, ann=4, ben=4, cem=5, dan=4)
    order = best(client)
    assert order[:2] == [PIZZA, SPANISH]
    assert order[-1] == LINE


def test_a_merged_resource_brings_its_ratings_and_takes_them_back(served: Served) -> None:
    rate(served, LINE, ann=5, ben=5)
    rate(served, PIZZA, ann=1, cem=2)
    kept, gone = resource(served, LINE), resource(served, PIZZA)

    def told() -> dict[str, tuple[int, float | None]]:
        with served.registry.reading.begin() as session:
            found = ratings.ratings_of(session, [kept, gone])
        return {each: (rating.number, rating.mean) for each, rating in found.items()}

    with served.registry.sessions.begin() as session:
        merge = merging.merge(session, kept, gone, "admin")
    assert told()[kept][0] == 3
    with served.registry.sessions.begin() as session:
        ratings.rate(session, person_id(served, "cem"), gone, 5)
        assert ratings.stars_of(session, person_id(served, "cem"), kept) == 5
    assert told()[kept][0] == 3
    with served.registry.sessions.begin() as session:
        merging.undo(session, merge, "admin")
    assert told() == {kept: (3, 5.0), gone: (1, None)}


def test_the_ratings_of_somebody_who_leaves_leave_too(served: Served, client: Client) -> None:
    rate(served, LINE, ann=5, ben=4)
    with served.registry.sessions.begin() as session:
        remove_person(session, "ann")
    assert client.get(f"/api/v1/resources/{resource(served, LINE)}").json()["rating"] == {"number": 1, "mean": None}


def test_resources_are_rated_by_key(served: Served, client: Client, key: dict[str, str]) -> None:
    path = f"/api/v1/resources/{resource(served, LINE)}/rating"
    assert client.put(path, json={"stars": 5}, headers=key).json() == {"number": 1, "mean": None}
    for wrong in ({"stars": 6}, {"stars": "5"}, {"stars": True}, {}, {"stars": 5, "note": "x"}, [5]):
        assert client.put(path, json=wrong, headers=key).status_code == 422, wrong
    assert client.put("/api/v1/resources/nobody/rating", json={"stars": 5}, headers=key).status_code == 404
    assert client.delete(path, headers=key).status_code == 204
    assert client.get(path.removesuffix("/rating")).json()["rating"] is None
