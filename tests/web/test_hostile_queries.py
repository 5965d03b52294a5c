"""Whatever somebody asks for, the answer is a right one or a 400 that names the parameter, on every way to search."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import update

from registry.db import now
from registry.models import ResourceRow
from tests.web.conftest import Served

WAYS = (
    "/",
    "/api/v1/search",
    "/api/v1/suggest",
    "/suggest",
    "/opensearch/suggestions",
    "/search/export.csv",
    "/search/export.jsonld",
    "/feeds/search.atom",
    "/embed/search",
    "/ims/rs/v1p0/resources",
)
TEXTS = {
    "ten thousand letters": "fraction" * 1_250,
    "ten thousand words": "a " * 5_000,
    "punctuation alone": "?!.,;:()[]{}<>|~^*+-/\\&%$#@",
    "tantivy's syntax": 'title:"fractions" AND NOT (body:pizza^3 OR /regex.*/ TO [a TO z}) ~2',
    "Meilisearch's syntax": '-"fractions" id IN ["x"] OR _geoRadius(1,2,3) EXISTS',
    "SQL": "' OR 1=1; DROP TABLE resource; --",
    "one quote": '"fractions',
    "a thousand quotes": '"' * 1_000,
    "wildcards": "fract* ?raction %_% .*",
    "right to left": "كسور \u202efractions\u202c שברים",
    "emoji": "🍕🍕 fractions \U0001f9d1\u200d\U0001f3eb",
    "null bytes": "frac\x00tions \x00",
    "combining marks": "f\u0301" * 400,
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "a template": "{{ 7*7 }}{% for x in y %}${7*7}",
    "spaces": " \t\r\n\u00a0\u2003\u3000 ",
    "a formula": "=cmd|' /C calc'!A0",
}
ENGINES = ("tantivy", "meilisearch", "sqlite", "sqlalchemy", "psycopg", "Traceback", "FilterExpr")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_is_answered_or_refused_by_name(client: TestClient[Litestar], way: str, text: str) -> None:
    for name in ("q", "standard") if way in ("/", "/api/v1/search") else ("q",):
        answer = client.get(f"{way}?{urlencode({name: text})}", follow_redirects=False)
        assert answer.status_code in (200, 400), (way, answer.text[:300])
        assert not any(word in answer.text for word in ENGINES)
        if "json" not in answer.headers["content-type"]:
            assert "<script>alert" not in answer.text
            assert "<img src=x" not in answer.text
        if answer.status_code == 400:
            assert name in answer.text


@pytest.mark.parametrize("way", WAYS)
def test_bytes_that_are_no_text_are_answered_or_refused(client: TestClient[Litestar], way: str) -> None:
    for raw in ("%ff%fe", "%ed%a0%80", "%00", "%f0%9f%8d", "a%c0%afb", "%u0041"):
        assert client.get(f"{way}?q={raw}").status_code in (200, 400)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("grade", "99"),
        ("level", "wizard"),
        ("subject", "no-such"),
        ("type", "no-such"),
        ("license", "no-such"),
        ("language", "no such language"),
        ("provider", "Nobody County"),
        ("access", "no-such"),
        ("relation", "loves"),
        ("standard", "ZZ.99"),
        ("sort", "random()"),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "1e9"),
        ("limit", "²"),
        ("minutes_max", "-5"),
        ("minutes_max", "9" * 400),
        ("minutes_max", "NaN"),
        ("open", "maybe"),
        ("facets", "yes"),
        ("cursor", "AAAA"),
        ("cursor", "../../etc/passwd"),
        ("cursor", "x" * 5_000),
    ],
)
def test_a_value_that_does_not_exist_is_refused_by_the_name_of_its_parameter(
    client: TestClient[Litestar], name: str, value: str
) -> None:
    answer = client.get("/api/v1/search", params={"q": "fractions", name: value})
    assert answer.status_code == 400
    told: dict[str, Any] = answer.json()
    assert [each["field"] for each in told["errors"]] == [name]
    assert all(each["message"] for each in told["errors"])
    if name not in ("limit", "facets"):
        page = client.get("/", params={"q": "fractions", name: value})
        assert page.status_code == 400
        assert not any(word in page.text for word in ENGINES)


def test_a_cursor_of_another_question_or_another_registry_is_refused(client: TestClient[Litestar]) -> None:
    first = client.get("/api/v1/search", params={"limit": 1}).json()
    assert first["next"]
    assert client.get("/api/v1/search", params={"limit": 1, "cursor": first["next"]}).status_code == 200
    for asked in ({"q": "fractions"}, {"grade": "4"}, {"sort": "newest"}):
        answer = client.get("/api/v1/search", params={"cursor": first["next"], **asked})
        assert [each["field"] for each in answer.json()["errors"]] == ["cursor"]
    forged = first["next"][:-2] + ("AA" if first["next"][-2:] != "AA" else "BB")
    assert client.get("/api/v1/search", params={"limit": 1, "cursor": forged}).status_code == 400


def test_a_hundred_filters_are_answered(client: TestClient[Litestar]) -> None:
    asked = [("grade", str(each % 12 + 1)) for each in range(40)] + [("level", "developing")] * 30
    asked += [("standard", "4.NX.A.1")] * 30
    answer = client.get(f"/api/v1/search?{urlencode(asked)}")
    assert answer.status_code == 200
    assert answer.json()["total"] >= 1
    assert client.get(f"/?{urlencode(asked)}").status_code == 200


def test_parameters_nobody_knows_change_nothing(client: TestClient[Litestar]) -> None:
    plain = client.get("/api/v1/search", params={"q": "fractions"}).json()
    odd = client.get("/api/v1/search", params={"q": "fractions", "filter": 'id = "x"', "__proto__": "1"})
    assert odd.status_code in (200, 400)
    if odd.status_code == 200:
        assert odd.json()["total"] == plain["total"]


def test_nothing_withdrawn_is_ever_found(client: TestClient[Litestar], served: Served) -> None:
    found = client.get("/api/v1/search", params={"q": "pizza"}).json()["items"]
    assert found
    with served.registry.sessions.begin() as session:
        session.execute(update(ResourceRow).where(ResourceRow.id == found[0]["id"]).values(withdrawn_at=now()))
    for way in WAYS:
        answer = client.get(
            way, params={"q": "Adding fractions with pizza"} if "rs/" not in way else {"search": "pizza"}
        )
        assert found[0]["id"] not in answer.text
    assert found[0]["id"] not in client.get("/api/v1/search", params={"q": found[0]["id"]}).json()["items"]
