"""The CASE 1.1 provider asked what 1EdTech's own description says may be asked, by schemathesis."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient
from schemathesis.specs.openapi.checks import positive_data_acceptance

from registry.standards.versions import receive
from tests.servers import shared
from tests.web.conftest import Served
from tests.web.test_case import PACKAGE, ROOT, uuid
from vocab.frameworks.case import read

OPERATIONS = (
    "CFAssociationGroupings", "CFAssociations", "CFConcepts", "CFDocuments", "CFItemAssociations", "CFItemTypes",
    "CFItems", "CFLicenses", "CFPackages", "CFRubrics", "CFSubjects",
)  # fmt: skip


@pytest.fixture
def case_client(served: Served) -> TestClient[Litestar]:
    package = read(json.dumps(PACKAGE).encode(), "rubrics.json", "rubrics")
    with served.registry.sessions.begin() as session:
        receive(session, package, "rubrics")
    return TestClient(served.app, base_url="http://testserver.local")


@pytest.mark.parametrize("path", ["/CFDocuments", *(f"/{name}/{{sourcedId}}" for name in OPERATIONS)])
def test_every_answer_is_one_the_description_knows(case_client: TestClient[Litestar], path: str) -> None:
    raw = json.loads(Path(shared("schemas/case-1.1/openapi-3.0.json")).read_text(), strict=False)
    operation = schemathesis.openapi.from_dict(raw)[path]["GET"]
    ours = [uuid(number) for number in range(1, 13)]
    answered = set()

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(case=operation.as_strategy(), known=st.none() | st.sampled_from(ours))
    def ask(case: Any, known: str | None) -> None:
        if known and case.path_parameters:
            case.path_parameters["sourcedId"] = known
        response = case_client.get(ROOT + case.formatted_path, params=case.query or {}, headers=case.headers or {})
        answered.add(response.status_code)
        assert response.status_code < 500, response.text
        # The description takes any text where the binding wants a field's name or a test of one.
        free = {"fields", "filter", "sort"} & set(case.query or {})
        case.validate_response(response, excluded_checks=[positive_data_acceptance] if free else [])

    ask()
    assert 200 in answered
