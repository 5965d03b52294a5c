"""The search page, as a person and as htmx ask for it."""

from __future__ import annotations

from litestar import Litestar
from litestar.testing import TestClient


def test_the_search_page_shows_what_teaches_a_standard_and_who_says_so(client: TestClient[Litestar]) -> None:
    page = client.get("/", params={"standard": "4.NX.A.1"})
    assert page.status_code == 200
    assert "Equal parts on a number line" in page.text
    assert "stated by the publisher" in page.text
    assert "Developing" in page.text
