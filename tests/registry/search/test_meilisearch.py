"""What is special to an index on a server: it may be down, new, slow or refuse the key."""

from __future__ import annotations

import secrets
from collections.abc import Callable

import httpx
import pytest

from registry.errors import Unavailable
from registry.ports import IndexQuery
from registry.search.meilisearch import SETTINGS, VERSION, MeilisearchIndex
from tests.registry.search.documents import document, found

Answer = Callable[[httpx.Request], httpx.Response]


def answering(answer: Answer) -> MeilisearchIndex:
    return MeilisearchIndex("http://search.example", "secret", "t", httpx.MockTransport(answer))


def test_a_server_that_does_not_answer_is_unavailable_in_our_words() -> None:
    def refuse(_request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[Errno 111] Connection refused by 10.0.0.7")

    index = answering(refuse)
    for use in (
        index.ready,
        lambda: index.search(IndexQuery("x")),
        lambda: index.put([document(1)]),
        lambda: list(index.entries()),
    ):
        with pytest.raises(Unavailable) as failure:
            use()
        assert failure.value.detail == "The search server does not answer; please try again in a moment."
        assert failure.value.retry_after == 5


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, json={"message": "lmdb: path /secret/db", "code": "internal"}),
        httpx.Response(502, text="<html>bad gateway</html>"),
        httpx.Response(400, json={"message": "Attribute `x`…", "code": "invalid_search_filter"}),
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(403, json={"message": "The provided API key is invalid.", "code": "invalid_api_key"}),
    ],
)
def test_the_engines_own_words_never_get_out(answer: httpx.Response) -> None:
    with pytest.raises(Unavailable) as failure:
        answering(lambda _request: answer).ready()
    assert not any(word in failure.value.detail for word in ("lmdb", "html", "Attribute", "invalid"))
    assert failure.value.detail.endswith(".")


def test_a_change_the_server_fails_to_make_is_not_taken_for_done() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/settings") and request.method == "GET":
            return httpx.Response(200, json=SETTINGS)
        if request.url.path.startswith("/tasks/"):
            return httpx.Response(200, json={"status": "failed", "error": {"code": "no_space_left_on_device"}})
        return httpx.Response(202, json={"taskUid": 1})

    with pytest.raises(Unavailable, match="could not carry out"):
        answering(answer).put([document(1)])


def test_a_connection_closed_by_the_server_is_tried_once_more() -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append(request.headers["Accept-Encoding"])
        if len(calls) == 1:
            raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
        return httpx.Response(200, json={"status": "available"})

    answering(answer).ready()
    assert calls == ["identity", "identity"]


def test_an_index_that_vanishes_is_made_again(meilisearch_url: str) -> None:
    prefix = f"test-{secrets.token_hex(4)}"
    index, other = (MeilisearchIndex(meilisearch_url, "", prefix) for _ in range(2))
    index.put([document(1, "Rain")])
    assert found(other, "rain") == [1]
    deleted = httpx.delete(f"{meilisearch_url}/indexes/{prefix}_resources_{VERSION}", trust_env=False).json()["taskUid"]
    while httpx.get(f"{meilisearch_url}/tasks/{deleted}", trust_env=False).json()["status"] != "succeeded":
        pass
    assert found(other, "rain") == []
    index.put([document(2, "Snow", grade=("4",))])
    assert other.search(IndexQuery("snow", facets=("grade",))).facets == {"grade": {"4": 1}}
    for each in (index, other):
        each.close()


def test_settings_of_an_older_version_are_brought_up_to_date(meilisearch_url: str) -> None:
    prefix = f"test-{secrets.token_hex(4)}"
    httpx.post(
        f"{meilisearch_url}/indexes", json={"uid": f"{prefix}_resources_{VERSION}", "primaryKey": "id"}, trust_env=False
    )
    index = MeilisearchIndex(meilisearch_url, "", prefix)
    index.put([document(1, "Rain", grade=("4",))])
    assert index.search(IndexQuery("rain", facets=("grade",))).facets == {"grade": {"4": 1}}
    held = httpx.get(f"{meilisearch_url}/indexes/{prefix}_resources_{VERSION}/settings", trust_env=False).json()
    assert held.items() >= SETTINGS.items()
    index.close()
