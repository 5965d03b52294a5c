"""The search page, as a person and as htmx ask for it, and the same search by API."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.datastructures import MultiDict
from litestar.testing import TestClient

from registry.errors import BadRequest
from registry.search.query import SORTS, Query
from tests.web.conftest import Served
from web.forms import pairs_of, query_of

HTMX = {"HX-Request": "true"}


def test_the_search_page_shows_what_teaches_a_standard_and_who_says_so(client: TestClient[Litestar]) -> None:
    page = client.get("/", params={"standard": "4.NX.A.1"})
    assert page.status_code == 200
    assert "Equal parts on a number line" in page.text
    assert "stated by the publisher" in page.text
    assert "Developing" in page.text
    assert "Adding fractions" not in page.text


def test_htmx_gets_the_results_alone_and_the_address_to_show(client: TestClient[Litestar]) -> None:
    part = client.get("/?q=pizza&grade=&sort=relevance", headers=HTMX)
    assert "<html" not in part.text
    assert "Adding fractions with <mark>pizza</mark>" in part.text
    assert part.headers["hx-push-url"] == "/?q=pizza"
    assert "hx-swap-oob" in part.text
    whole = client.get("/?q=pizza")
    assert "<html" in whole.text
    assert "hx-swap-oob" not in whole.text


def test_htmx_gets_the_whole_page_when_it_restores_its_history(client: TestClient[Litestar]) -> None:
    whole = client.get("/?q=pizza", headers=HTMX | {"HX-History-Restore-Request": "true"})
    assert "<html" in whole.text


def test_each_filter_that_is_on_can_be_taken_off(client: TestClient[Litestar]) -> None:
    page = client.get("/?q=fractions&level=developing&grade=4&open=1&minutes_max=60&standard=4.NX.A.1").text
    chips = {html.unescape(each) for each in re.findall(r'class="oer-chip" href="([^"]+)"', page)}
    on = [("q", "fractions"), ("standard", "4.NX.A.1"), ("level", "developing"), ("grade", "4"), ("open", "1")]
    on.append(("minutes_max", "60"))
    assert len(chips) == 5
    for chip in chips:
        left = parse_qsl(urlsplit(chip).query)
        assert len(left) == 5
        assert set(left) < set(on)


def test_nothing_found_offers_to_take_away_what_helps_and_no_more(client: TestClient[Litestar]) -> None:
    page = client.get("/?q=zebra&grade=12&open=1").text
    assert "Nothing fits all of this" in page
    assert "Nothing here says “zebra”, with these filters or without." in page
    assert "Clear all filters</a>:" not in page
    assert 'href="/standards"' in page
    page = client.get("/?q=pizza&grade=12&language=es").text
    assert '<a href="/?q=pizza">Clear all filters</a>: 1 resource' in page
    assert "Nothing here says" not in page
    page = client.get("/?q=zebra").text
    assert "Nothing was found" in page
    assert "Nothing here says “zebra”. Fewer" in page


def test_a_filter_stated_by_a_synonym_is_shown_by_the_word_people_know(client: TestClient[Litestar]) -> None:
    page = client.get("/?level=Emerging&grade=k&language=Spanish&license=CC+BY+4.0&type=Lessons&subject=Math").text
    chips = re.findall(r'class="oer-chip".*?</span>(.*?) <span', page)
    assert chips == ["Level Developing", "Kindergarten", "Mathematics", "Lesson", "CC BY 4.0", "In Spanish"]
    assert 'value="developing" checked' in page
    assert 'value="Emerging"' not in page


def test_an_empty_catalog_says_how_to_fill_it(serve: Callable[..., Served], empty_stores: Path) -> None:
    with TestClient(serve(empty_stores).app) as client:
        for path in ("/", "/?q=fractions&grade=4"):
            page = client.get(path).text
            assert "The catalog is empty" in page
            assert "oer harvest" in page
            assert "Nothing here says" not in page


def test_every_resource_is_on_one_of_the_pages(client: TestClient[Litestar]) -> None:
    found: list[str] = []
    address = "/?sort=newest"
    while address:
        page = client.get(address).text
        found += re.findall(r'usa-link" href="/resources/([^"]+)"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        address = html.unescape(following[1]) if following else ""
    assert len(found) == len(set(found)) == client.get("/api/v1/search").json()["total"]


def test_a_withdrawn_resource_is_not_found(client: TestClient[Litestar]) -> None:
    found = client.get("/api/v1/search?q=Old+lesson+on+fractions&limit=100").json()
    assert found["total"] > 0
    assert "Old lesson on fractions" not in [item["title"] for item in found["items"]]


def test_the_title_of_a_resource_in_another_language_says_so(client: TestClient[Litestar]) -> None:
    assert '<a class="usa-link" href="/resources/' in client.get("/?language=es").text
    assert 'lang="es">Fracciones equivalentes' in client.get("/?language=es").text


def test_words_of_strangers_are_never_markup(client: TestClient[Litestar]) -> None:
    page = client.get("/", params={"q": "<script>alert(1)</script>\"'"}).text
    assert "<script>alert" not in page
    assert page.count("<script") == page.count("<script src=") == 3


def test_the_api_answers_in_the_promised_shape(client: TestClient[Litestar]) -> None:
    answer = client.get("/api/v1/search?standard=4.NX.A.1&level=developing&facets=1")
    assert answer.headers["content-type"] == "application/json"
    found = answer.json()
    assert set(found) == {"total", "took_ms", "next", "items", "facets", "understood"}
    assert found["total"] == 1
    assert found["understood"] == {
        "standards": ["4.NX.A.1"],
        "corrected": None,
        "read": [],
        "text": "",
        "given_up": [],
    }
    item = found["items"][0]
    assert item["title"] == "Equal parts on a number line"
    assert item["license"] == {
        "key": "cc-by-4.0",
        "open": True,
        "url": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert item["alignments"][0] | {"confidence": 1.0} == {
        "uri": "https://standards.example/numbers/4.NX.A.1",
        "code": "4.NX.A.1",
        "relation": "teaches",
        "level": "developing",
        "origin": "declared",
        "confidence": 1.0,
    }
    assert 0 <= item["score"] <= 1
    assert {"value": "developing", "label": "Developing", "count": 1} in found["facets"]["level"]


def test_counts_are_left_out_where_nobody_wants_them(client: TestClient[Litestar]) -> None:
    assert client.get("/api/v1/search?facets=0").json()["facets"] == {}
    assert client.get("/api/v1/search").json()["facets"] != {}


def test_the_api_pages_by_cursor(client: TestClient[Litestar]) -> None:
    first = client.get("/api/v1/search?limit=25&sort=newest").json()
    second = client.get("/api/v1/search", params={"limit": 25, "sort": "newest", "cursor": first["next"]}).json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (25, 2, None)


def test_suggestions_name_standards_titles_and_subjects(client: TestClient[Litestar]) -> None:
    found = client.get("/api/v1/suggest?q=math").json()
    assert set(found) == {"standards", "titles", "subjects"}
    assert "Mathematics" in found["subjects"]


_TEXTS = st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=20), max_size=3)


def _tidy(values: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value.strip() for value in values if value.strip()))


@given(
    q=st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=50),
    standard=_TEXTS,
    grade=_TEXTS,
    provider=_TEXTS,
    minutes=st.none() | st.integers(1, 1000),
    exact=st.booleans(),
    only_open=st.booleans(),
    sort=st.sampled_from(SORTS),
)
def test_a_search_and_its_address_say_the_same(
    q: str,
    standard: list[str],
    grade: list[str],
    provider: list[str],
    minutes: int | None,
    exact: bool,
    only_open: bool,
    sort: str,
) -> None:
    query = Query(
        q=q.strip(),
        standard=_tidy(standard),
        grade=_tidy(grade),
        provider=_tidy(provider),
        minutes_max=minutes,
        exact=exact,
        open=only_open,
        sort=sort,
    )
    assert query_of(MultiDict(pairs_of(query))) == query


@given(st.lists(st.tuples(st.sampled_from(Query.__struct_fields__), st.text(max_size=12)), max_size=8))
def test_any_query_string_is_read_or_refused_by_name(pairs: list[tuple[str, str]]) -> None:
    try:
        query_of(MultiDict(pairs))
    except BadRequest as refused:
        assert {error.field for error in refused.errors} <= {name for name, _ in pairs}
