"""The resource page: the line of credit, what comes next, what is alike, and what it costs."""

from __future__ import annotations

import html
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import event, update

from registry.models import ResourceRow
from registry.search.filling import fill
from registry.search.vectors import Vectors
from tests.registry.search.encoders import SharedWords
from tests.web.catalog import SCRIPT
from tests.web.conftest import Served
from web.app import create_app

BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.fixture
def vectors(served: Served) -> Iterator[TestClient[Litestar]]:
    """Somebody who looks at the small catalog with vectors of its words."""
    encoder = SharedWords()
    fill(served.registry.sessions, served.registry.reading, encoder.name, encoder.opened)
    registry = replace(served.registry, vectors=Vectors(served.registry.reading, encoder))
    with TestClient(create_app(registry, served.learners), base_url="http://testserver.local") as client:
        yield client


def resource_id(client: TestClient[Litestar], title: str) -> str:
    return str(client.get("/api/v1/search", params={"q": title, "limit": 1}).json()["items"][0]["id"])


def page(client: TestClient[Litestar], title: str) -> str:
    answer = client.get(f"/resources/{resource_id(client, title)}")
    assert answer.status_code == 200
    return answer.text


def section(text: str, heading: str) -> str:
    """What stands under a heading of the page, as words; nothing without one."""
    found = re.search(rf'<section[^>]*aria-labelledby="{heading}".*?</section>', text, re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split()) if found else ""


def test_the_line_of_credit_is_ready_to_copy(client: TestClient[Litestar]) -> None:
    credit = section(page(client, "equal parts"), "credit")
    url = "https://lakeside.example/lessons/1"
    assert (
        f"“Equal parts on a number line” ({url}) by Lakeside School District is licensed under CC BY 4.0 ({BY})."
    ) in credit
    assert f'<a rel="license" href="{BY}">CC BY 4.0</a>' in credit
    assert "All rights reserved (" in section(page(client, "fracciones"), "credit")


def test_a_missing_license_is_said(served: Served, client: TestClient[Litestar]) -> None:
    found = resource_id(client, "equal parts")
    with served.registry.sessions.begin() as session:
        row = session.get_one(ResourceRow, found)
        row.body = type(row.body)(title=f"Hostile {SCRIPT}", url=row.body.url)
    text = client.get(f"/resources/{found}").text
    assert "No license is stated: ask the publisher" in section(text, "credit")
    assert "licensed under" not in section(text, "credit")
    assert SCRIPT not in text


def test_the_next_step_says_what_it_teaches_and_after_what(client: TestClient[Litestar]) -> None:
    said = section(page(client, "equal parts"), "next-step")
    assert "Adding fractions with pizza" in said
    assert "Teaches 4.NX.B.3 , which comes after 4.NX.A.2" in said
    assert said.count("Teaches") == 1
    assert section(page(client, "adding fractions with pizza"), "next-step").count("Teaches 5.NX.A.1") == 5
    assert not section(page(client, "unlike denominators sheet 3"), "next-step")


def test_without_vectors_those_with_the_same_standards_are_similar(client: TestClient[Litestar]) -> None:
    said = section(page(client, "equal parts"), "similar")
    assert "Fracciones equivalentes" in said
    assert "Why: teaches 4.NX.A.1 too" in said
    assert "wording" not in said


def test_with_vectors_those_alike_in_wording_are_similar(vectors: TestClient[Litestar]) -> None:
    text = page(vectors, "unlike denominators sheet 3")
    said = section(text, "similar")
    assert said.count("Why: teaches 5.NX.A.1 too; alike in wording") == 5
    own = re.search(r'rel="canonical" href="[^"]*(/resources/[^"]+)"', text)
    assert own
    assert f'<a href="{own[1]}"' not in text


def test_a_withdrawn_resource_is_near_nothing(served: Served, client: TestClient[Litestar]) -> None:
    found = resource_id(client, "adding fractions with pizza")
    with served.registry.sessions.begin() as session:
        session.execute(update(ResourceRow).where(ResourceRow.id == found).values(withdrawn_at=ResourceRow.created_at))
    assert not section(page(client, "equal parts"), "next-step")
    gone = client.get(f"/resources/{found}")
    assert gone.status_code == 410
    assert "Similar resources" not in gone.text


def test_a_search_server_that_is_down_leaves_the_page_without_its_lists(
    serve: Callable[..., Served], filled_stores: Path, client: TestClient[Litestar]
) -> None:
    found = resource_id(client, "equal parts")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        served = serve(filled_stores, search_url=f"http://127.0.0.1:{probe.getsockname()[1]}")
    with TestClient(served.app) as unserved:
        answer = unserved.get(f"/resources/{found}")
    assert answer.status_code == 200
    assert "Give credit" in answer.text
    assert not section(answer.text, "next-step")
    assert not section(answer.text, "similar")


def test_the_page_asks_the_store_a_bounded_number_of_times(served: Served, client: TestClient[Litestar]) -> None:
    selects: list[str] = []
    path = f"/resources/{resource_id(client, 'adding fractions with pizza')}"
    client.get(path)
    event.listen(served.registry.engine, "before_cursor_execute", lambda *args: selects.append(args[2]))
    assert client.get(path).status_code == 200
    assert len([each for each in selects if each.startswith("SELECT")]) <= 12


def test_the_page_can_be_printed(client: TestClient[Litestar]) -> None:
    sheet = re.search(r'<link rel="stylesheet" href="([^"]+)" media="print">', page(client, "equal parts"))
    assert sheet
    answer = client.get(sheet[1])
    assert answer.headers["content-type"].startswith("text/css")
    assert ".oer-screen" in answer.text
