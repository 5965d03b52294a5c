"""Lists in the browser: made, filled, ordered, shared, copied, taken along, and closed to whom they are not for."""

from __future__ import annotations

import csv
import io
import re

import pytest

from registry.catalog.takedown import take_down
from tests.web.conftest import Served
from tests.web.keeping import Client, person, resource, send

LINE, PIZZA, SPANISH = "Equal parts on a number line", "Adding fractions with pizza", "Fracciones equivalentes"


@pytest.fixture
def maria(served: Served) -> Client:
    return person(served, "maria")


@pytest.fixture
def other(served: Served) -> Client:
    return person(served, "li")


def made(client: Client, title: str = "Week one", **fields: str) -> str:
    """The address of a new list."""
    status, place = send(client, "/collections/new", title=title, **fields)
    assert status == 303
    return place


def filled(served: Served, client: Client, *titles: str, **fields: str) -> str:
    address = made(client, **fields)
    for title in titles:
        assert send(client, f"{address}/items", resource=resource(served, title))[0] == 303
    return address


def order(text: str) -> list[str]:
    """The titles on a list's page, in order."""
    found = re.findall(r'usa-collection__heading"><a [^>]*>([^<]+)</a>|<h3[^>]*>(No longer in the catalog)', text)
    return [first or second for first, second in found]


def shared(client: Client, address: str, visibility: str, title: str = "Week one") -> str:
    """The link that the owner is told once it is shared."""
    assert send(client, f"{address}/wording", title=title, visibility=visibility)[0] == 303
    found = re.search(r'id="share-link">([^<]+)<', client.get(address).text)
    return found[1].removeprefix("http://testserver.local") if found else ""


def test_a_resource_is_put_into_a_new_list_and_then_into_an_old_one(served: Served, maria: Client) -> None:
    first, second = resource(served, LINE), resource(served, PIZZA)
    page = maria.get(f"/resources/{first}").text
    assert f'href="/collections/add?resource={first}"' in page
    assert "Your first list" in maria.get(f"/collections/add?resource={first}").text
    status, place = send(maria, "/collections/new", title="  Week \n one ", resource=first)
    assert status == 303 and place.startswith(f"/collections/add?resource={first}&into=")
    told = maria.get(place).text
    assert "It is in" in told and "Week one" in told and "In it" in told
    address = "/collections/" + place.rpartition("=")[2]
    assert send(maria, f"{address}/items", resource=second)[0] == 303
    assert send(maria, f"{address}/items", resource=second)[0] == 303
    assert order(maria.get(address).text) == [LINE, PIZZA]
    assert "2 resources" in maria.get("/collections").text


def test_a_stranger_is_led_to_the_sign_in_and_back(served: Served, client: Client) -> None:
    path = f"/collections/add?resource={resource(served, LINE)}"
    answer = client.get(path, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={path.replace('?', '%3F').replace('=', '%3D')}"
    assert "Sign in to put resources into lists" in client.get("/collections").text


def test_every_result_can_be_added_to_a_list(client: Client) -> None:
    text = client.get("/?q=fractions").text
    assert text.count("/collections/add?resource=") == text.count("usa-collection__heading") > 0


def test_items_move_are_noted_and_leave(served: Served, maria: Client) -> None:
    address = filled(served, maria, LINE, SPANISH, "Unlike denominators, sheet 1")
    item = f"{address}/items/{resource(served, SPANISH)}"
    assert send(maria, item, do="up") == (303, f"{address}#item-{resource(served, SPANISH)}")
    assert order(maria.get(address).text)[0] == SPANISH
    assert send(maria, item, do="up")[0] == 303
    send(maria, item, do="down")
    send(maria, item, do="down")
    assert send(maria, item, do="down")[0] == 303
    assert order(maria.get(address).text) == [LINE, "Unlike denominators, sheet 1", SPANISH]
    send(maria, item, do="note", note="For <b>two</b> pairs")
    assert "For &lt;b&gt;two&lt;/b&gt; pairs" in maria.get(address).text
    assert send(maria, item, do="remove")[0] == 303
    assert SPANISH not in maria.get(address).text
    assert send(maria, item, do="up")[0] == 404
    assert send(maria, f"{address}/items/{resource(served, LINE)}", do="burn")[0] == 400


def test_a_private_list_is_nobody_elses(served: Served, maria: Client, other: Client, client: Client) -> None:
    address = filled(served, maria, LINE)
    for stranger in (other, client):
        assert stranger.get(address).status_code == 404
        assert stranger.get(f"{address}?key=guess").status_code == 404
        assert stranger.get(f"{address}/export.csv").status_code == 404
    for path in ("wording", "delete", "items", "copy", f"items/{resource(served, LINE)}"):
        assert send(other, f"{address}/{path}", title="Mine", do="up", resource="x")[0] == 404, path
    assert "Week one" not in other.get("/collections").text


def test_a_list_opens_to_whoever_has_its_link_until_it_is_private_again(
    served: Served, maria: Client, client: Client
) -> None:
    address = filled(served, maria, LINE)
    link = shared(maria, address, "link")
    assert "?key=" in link
    assert order(client.get(link).text) == [LINE]
    assert client.get(link.replace("?key=", "/export.csv?key=")).status_code == 200
    assert client.get(address).status_code == 404
    assert client.get(address + "?key=%C3%A9").status_code == 404
    assert "noindex" in client.get(link).text
    assert "Week one" not in client.get("/collections").text
    shared(maria, address, "private")
    shared(maria, address, "link")
    assert client.get(link).status_code == 404


def test_a_public_list_stands_on_the_page_of_lists_under_its_owners_name(
    served: Served, maria: Client, other: Client, client: Client
) -> None:
    address = filled(served, maria, LINE)
    shared(maria, made(maria, "An empty one"), "public", "An empty one")
    shared(maria, address, "public")
    page = client.get("/collections").text
    assert "Week one" in page and "by maria" in page
    assert "An empty one" not in page
    assert order(client.get(address).text) == [LINE]
    assert "Move up" not in other.get(address).text
    for path in ("wording", "delete", "items", f"items/{resource(served, LINE)}"):
        assert send(other, f"{address}/{path}", title="Mine", do="up", resource="x")[0] == 403, path


def test_a_copy_is_ones_own_and_says_whose_list_it_was_first(served: Served, maria: Client, other: Client) -> None:
    address = filled(served, maria, LINE, SPANISH)
    send(maria, f"{address}/items/{resource(served, LINE)}", do="note", note="Start here")
    shared(maria, address, "public")
    status, copied = send(other, f"{address}/copy")
    assert status == 303
    text = other.get(copied).text
    assert order(text) == [LINE, SPANISH] and "Start here" in text
    assert "Copied from “Week one” by maria" in text and f'href="{address}"' in text
    shared(other, copied, "public")
    _, again = send(person(served, "sam"), f"{copied}/copy")
    shared(maria, address, "private")
    assert send(maria, f"{address}/delete") == (303, "/collections")
    assert "Copied from “Week one” by maria" in other.get(copied).text
    assert f'href="{address}"' not in other.get(copied).text
    assert again != copied


def test_what_has_left_the_catalog_is_said_to_be_gone_and_tells_nothing(
    served: Served, maria: Client, client: Client
) -> None:
    address = filled(served, maria, LINE, SPANISH)
    link = shared(maria, address, "public")
    with served.registry.sessions.begin() as session:
        take_down(session, resource(served, LINE), "Its author asked for it.", "admin")
    for reader in (maria, client):
        text = reader.get(link).text
        assert order(text) == ["No longer in the catalog", SPANISH]
        assert "This catalog has taken the resource down." in text
        assert "has withdrawn it" not in text
        assert "number line" not in text
    rows = list(csv.DictReader(io.StringIO(client.get(f"{address}/export.csv").content.decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == [SPANISH]
    assert "number line" not in client.get(f"{address}/export.jsonld").text
    api = client.get(address.replace("/collections", "/api/v1/collections")).json()
    assert [item["card"] and item["card"]["title"] for item in api["items"]] == [None, SPANISH]
    assert "number line" not in str(api)
    assert send(maria, f"{address}/items/{resource(served, LINE)}", do="remove")[0] == 303
    assert order(maria.get(address).text) == [SPANISH]


def test_a_resource_that_was_taken_down_cannot_be_added(served: Served, maria: Client) -> None:
    gone = resource(served, SPANISH)
    with served.registry.sessions.begin() as session:
        take_down(session, gone, "Its author asked for it.", "admin")
    address = made(maria)
    assert maria.get(f"/collections/add?resource={gone}").status_code == 404
    assert send(maria, f"{address}/items", resource=gone)[0] == 404
    assert send(maria, "/collections/new", title="x", resource=gone)[0] == 422


def test_a_list_goes_along_as_a_table_and_as_a_graph_in_its_order(served: Served, maria: Client) -> None:
    address = filled(served, maria, SPANISH, PIZZA, note="=HYPERLINK(1)")
    send(maria, f"{address}/items/{resource(served, PIZZA)}", do="note", note="On Friday")
    answer = maria.get(f"{address}/export.csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="list.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["title"] for row in rows] == [SPANISH, PIZZA]
    graph = maria.get(f"{address}/export.jsonld").json()["@graph"]
    assert graph[0]["@type"] == "ItemList" and graph[0]["name"] == "Week one"
    assert [each["item"]["@id"] for each in graph[0]["itemListElement"]] == [node["@id"] for node in graph[1:]]
    assert graph[0]["itemListElement"][1]["description"] == "On Friday"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title": " "}, "name"),
        ({"title": "x" * 151}, "name"),
        ({"title": "x", "visibility": "mine"}, "private, link or public"),
    ],
)
def test_what_cannot_be_kept_is_named(maria: Client, fields: dict[str, str], said: str) -> None:
    answer = maria.post("/collections/new", data=fields | {"form_token": "x"}, follow_redirects=False)
    assert answer.status_code == 403
    assert send(maria, "/collections/new", **fields)[0] == 422
    address = made(maria)
    assert send(maria, f"{address}/wording", **fields)[0] == 422
    assert "Week one" in maria.get(address).text


def test_a_curator_takes_a_list_off_the_public_page(served: Served, maria: Client, other: Client) -> None:
    address = filled(served, maria, LINE)
    shared(maria, address, "public")
    curator = person(served, "kim", "curator")
    assert "Take it off the public lists" in curator.get(address).text
    assert "Take it off" not in other.get(address).text
    assert send(other, f"{address}/hide")[0] == 403
    assert send(curator, f"{address}/hide") == (303, "/collections")
    assert curator.get(address).status_code == 404
    assert send(curator, f"{address}/hide")[0] == 404
    assert "Only you" in maria.get(address).text


def test_public_lists_are_paged_without_a_gap(served: Served, maria: Client, client: Client) -> None:
    for number in range(23):
        shared(maria, filled(served, maria, LINE), "public", f"List {number}.")
    first = client.get("/collections").text
    more = re.search(r'href="(/collections\?cursor=[^"]+)">More lists', first)
    assert more
    second = client.get(more[1].replace("&amp;", "&")).text
    found = [re.findall(r">(List \d+\.)<", text) for text in (first, second)]
    assert (len(found[0]), len(found[1])) == (20, 3)
    assert len({*found[0], *found[1]}) == 23
    for bad in ("x", "2026-01-01~a", "2026-01-01T00:00:00+00:00"):
        assert client.get("/collections", params={"cursor": bad}).status_code == 400
