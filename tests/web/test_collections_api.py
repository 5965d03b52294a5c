"""Lists by key: read, made, changed, filled, copied and deleted; what is wrong is named."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.conftest import Served
from tests.web.keeping import Client, person, resource, send

PATH = "/api/v1/collections"
LINE, SPANISH = "Equal parts on a number line", "Fracciones equivalentes"
Key = dict[str, str]


def test_a_list_is_made_read_changed_and_deleted(served: Served, client: Client, key: Key) -> None:
    first, second = resource(served, LINE), resource(served, SPANISH)
    sent = {"title": "Week one", "items": [{"resource": first, "note": "Start here"}]}
    answer = client.post(PATH, json=sent, headers=key)
    assert answer.status_code == 201
    path = f"{PATH}/{answer.json()['id']}"
    view = client.get(path, headers=key).json()
    assert (view["title"], view["visibility"], view["mine"], view["size"]) == ("Week one", "private", True, 1)
    assert view["items"][0]["card"]["title"] == LINE and view["items"][0]["note"] == "Start here"
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/items", json={"resource": second}, headers=key).json()["size"] == 2
    changed = {"title": "Week 1", "visibility": "link", "items": [{"resource": second}, {"resource": first}]}
    told = client.put(path, json=changed, headers=key).json()
    assert [item["resource"] for item in told["items"]] == [second, first]
    assert client.get(path, params={"key": told["share_key"]}).json()["share_key"] == ""
    assert client.put(path, json={"title": "Week 1", "visibility": "public"}, headers=key).json()["size"] == 2
    assert client.get(path).json()["mine"] is False
    assert [head["id"] for head in client.get(PATH).json()["items"]] == [view["id"]]
    assert client.delete(f"{path}/items/{first}", headers=key).status_code == 204
    assert client.delete(f"{path}/items/{first}", headers=key).status_code == 404
    assert client.delete(path, headers=key).status_code == 204
    assert client.get(path, headers=key).status_code == 404


def test_own_lists_are_read_by_key_or_in_ones_own_browser(served: Served, client: Client, key: Key) -> None:
    for number in range(3):
        client.post(PATH, json={"title": f"List {number}"}, headers=key)
    assert client.get(f"{PATH}?mine=1").status_code == 401
    first = client.get(f"{PATH}?mine=1&limit=2", headers=key).json()
    second = client.get(f"{PATH}?mine=1&limit=2", params={"mine": 1, "cursor": first["next"]}, headers=key).json()
    assert len({head["title"] for head in [*first["items"], *second["items"]]}) == 3
    assert second["next"] is None
    maria = person(served, "maria")
    send(maria, "/collections/new", title="Hers")
    assert [head["title"] for head in maria.get(f"{PATH}?mine=1").json()["items"]] == ["Hers"]


def test_a_list_is_copied_by_key(served: Served, client: Client, key: Key) -> None:
    maria = person(served, "maria")
    _, place = send(maria, "/collections/new", title="Hers")
    path = f"/api/v1{place}"
    assert client.post(f"{path}/copy", headers=key).status_code == 404
    send(maria, f"{place}/wording", title="Hers", visibility="public")
    copied = client.post(f"{path}/copy", headers=key)
    assert copied.status_code == 201
    told = client.get(f"{PATH}/{copied.json()['id']}", headers=key).json()
    assert (told["credit"], told["copied_from"]) == ("“Hers” by maria", path.rpartition("/")[2])
    assert client.put(path, json={"title": "Mine"}, headers=key).status_code == 403
    assert client.delete(path, headers=key).status_code == 403


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "body"),
        ([], "body"),
        ({"title": ""}, "title"),
        ({"title": 7}, "title"),
        ({"title": "x", "colour": "red"}, "body"),
        ({"title": "x", "visibility": "some"}, "visibility"),
        ({"title": "x", "note": "y" * 2001}, "note"),
        ({"title": "x", "items": [{"resource": "nobody"}]}, "items"),
        ({"title": "x", "items": [{"resource": 7}]}, "items[0].resource"),
        ({"title": "x", "items": [{"resource": "\x00"}]}, "items"),
    ],
)
def test_what_cannot_be_kept_is_named(client: Client, key: Key, sent: Any, field: str) -> None:
    answer = client.post(PATH, json=sent, headers=key)
    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert client.post(PATH, content=b"{", headers=key).status_code == 400


def test_a_list_is_changed_with_a_key_alone(served: Served) -> None:
    maria = person(served, "maria")
    for method, path in (("POST", PATH), ("PUT", f"{PATH}/x"), ("DELETE", f"{PATH}/x"), ("POST", f"{PATH}/x/copy")):
        assert maria.request(method, path, json={"title": "x"}).status_code == 401, path


def test_the_description_tells_of_lists_saved_searches_and_ratings(client: Client) -> None:
    paths = client.get("/schema/openapi.json").json()["paths"]
    assert {"get", "post"} <= set(paths[PATH])
    assert {"get", "put", "delete"} <= set(paths[f"{PATH}/{{collection_id}}"])
    assert {"put", "delete"} <= set(paths["/api/v1/resources/{resource_id}/rating"])
    assert {"get", "post"} <= set(paths["/api/v1/saved-searches"])
    assert paths[PATH]["post"]["security"] == [{"key": []}]
