"""What is offered while one types, and what a card shows so that a result can be judged at a glance."""

from __future__ import annotations

import html
import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from registry.models import ResourceRow
from tests.web.catalog import SCRIPT
from tests.web.conftest import Served
from tests.web.test_reading import resource_id

HTMX = {"HX-Request": "true"}


def options(page: str) -> list[tuple[str, str]]:
    """Kind and value of each option."""
    return [(kind, html.unescape(value)) for kind, value in re.findall(r'data-kind="(\w+)" data-value="([^"]*)"', page)]


def test_a_code_offers_its_standard_with_its_wording(client: TestClient[Litestar]) -> None:
    page = client.get("/suggest?q=4.NX.A").text
    assert options(page)[:2] == [("standard", "4.NX.A.1"), ("standard", "4.NX.A.2")]
    assert "Explain why two fractions are equal." in page


def test_words_offer_standards_titles_and_subjects_with_the_words_marked(client: TestClient[Litestar]) -> None:
    page = client.get("/suggest?q=fract").text
    assert [*dict.fromkeys(kind for kind, _ in options(page))] == ["standard", "title"]
    assert "<mark>fractions</mark>" in page
    assert ("subject", "mathematics") in options(client.get("/suggest?q=mathem").text)


def test_a_title_is_searched_for_to_the_letter(client: TestClient[Litestar]) -> None:
    value = next(value for kind, value in options(client.get("/suggest?q=equal parts").text) if kind == "title")
    assert value == '"Equal parts on a number line"'
    assert client.get("/api/v1/search", params={"q": value}).json()["total"] == 1


def test_the_filter_for_standards_is_offered_standards_alone(client: TestClient[Litestar]) -> None:
    assert {kind for kind, _ in options(client.get("/suggest?standard=fractions").text)} == {"standard"}


@pytest.mark.parametrize("query", ["", "?q=", "?q=%20", "?standard=zzzz"])
def test_nothing_typed_and_nothing_meant_offer_nothing(client: TestClient[Litestar], query: str) -> None:
    assert client.get(f"/suggest{query}").text.strip() == ""


def test_what_is_typed_is_never_markup_and_never_too_long(client: TestClient[Litestar]) -> None:
    offered = client.get("/suggest", params={"q": "pizza"}).text
    assert "<script" not in offered
    assert "<b>" not in offered
    refused = client.get("/suggest", params={"q": "x" * 501}, headers={"Accept": "application/json"})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "q"


def test_the_words_found_are_marked_in_title_and_summary(client: TestClient[Litestar]) -> None:
    page = client.get("/?q=equal fractions").text
    assert "<mark>Equal</mark> parts on a number line" in page
    assert "Learners place <mark>equal</mark> <mark>fractions</mark> on a number line." in page
    assert "<script>alert" not in page


def test_a_word_that_stands_in_a_standards_wording_is_shown_there(client: TestClient[Litestar]) -> None:
    page = client.get("/?q=pizza subtract").text
    assert "In the wording of 4.NX.B.3:" in page
    assert "Add and <mark>subtract</mark> fractions with like denominators." in page


def test_a_word_that_stands_only_in_the_text_is_shown_there(served: Served, client: TestClient[Litestar]) -> None:
    found = resource_id(client, "pizza")
    with served.registry.sessions.begin() as session:
        row = session.get_one(ResourceRow, found)
        text = f"{'Cut it. ' * 400}Then divide {SCRIPT} among subtracting friends. {'Eat it. ' * 400}"
        row.body = type(row.body)(**({f: getattr(row.body, f) for f in row.body.__struct_fields__} | {"text": text}))
    page = client.get("/?q=pizza subtract").text
    assert "In its text:" in page
    assert "&lt;/script&gt; among <mark>subtracting</mark> friends." in page
    assert len(re.search(r'oer-snippet">(.*?)</p>', page, re.DOTALL)[1]) < 600  # type: ignore[index]


def test_the_alignments_asked_for_come_first_and_are_marked(client: TestClient[Litestar]) -> None:
    card = client.get("/?standard=4.NX.A.2").text.split("oer-claims")[1]
    assert card.index("<mark>4.NX.A.2</mark>") < card.index("4.NX.A.1")
    assert "<mark>4.NX.A.1</mark>" not in card


def test_an_alignment_at_another_level_than_asked_is_not_marked(client: TestClient[Litestar]) -> None:
    page = client.get("/?standard=4.NX.A.1&standard=4.NX.A.2&level=developing").text
    assert "<mark>4.NX.A.1</mark>" in page
    assert "<mark>4.NX.A.2</mark>" not in page


def test_an_identifier_that_was_asked_for_is_shown(client: TestClient[Litestar]) -> None:
    page = client.get("/?q=https://lakeside.example/lessons/2").text
    assert "Its identifier:" in page
    assert "<mark>https://lakeside.example/lessons/2</mark>" in page


def test_a_preview_says_what_it_teaches_in_the_standards_words_and_who_says_so(client: TestClient[Litestar]) -> None:
    part = client.get(f"/resources/{resource_id(client, 'equal parts')}/preview", headers=HTMX)
    assert part.status_code == 200
    for told in (
        "Explain why two fractions are equal.",
        "Developing",
        "stated by the publisher",
        "Captions",
        "CC BY 4.0",
        "Open at lakeside.example",
    ):
        assert told in part.text, told
    assert "<html" not in part.text
    assert not re.search(r"<(img|iframe|script|link)\b", part.text)


def test_without_a_script_a_preview_is_the_page_itself(client: TestClient[Litestar]) -> None:
    found = resource_id(client, "equal parts")
    answer = client.get(f"/resources/{found}/preview", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/resources/{found}")


def test_a_preview_of_what_is_gone_says_so(served: Served, client: TestClient[Litestar]) -> None:
    with served.registry.reading.begin() as session:
        gone = session.query(ResourceRow.id).filter(ResourceRow.withdrawn_at.is_not(None)).scalar()
    part = client.get(f"/resources/{gone}/preview", headers=HTMX)
    assert part.status_code == 410
    assert "no longer offers it" in part.text
    assert client.get("/resources/nowhere/preview", headers=HTMX).status_code == 404
