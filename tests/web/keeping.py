"""People with accounts, and what they do with forms."""

from __future__ import annotations

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import select

from registry.accounts.people import add_person, sign_in
from registry.models import PersonRow, ResourceRow
from tests.web.conftest import Served
from tests.web.test_access import token_in
from web.auth import COOKIE

Client = TestClient[Litestar]


def person(served: Served, name: str, role: str = "teacher") -> Client:
    """A browser in which this person, whose account is made, is signed in."""
    with served.registry.sessions.begin() as session:
        add_person(session, name, role)
        person_id = session.scalar(select(PersonRow.id).where(PersonRow.name == name))
        assert person_id
        token = sign_in(session, person_id)
    client = TestClient(served.app, base_url="http://testserver.local")
    client.cookies.set(COOKIE, token, domain="testserver.local")
    return client


def person_id(served: Served, name: str) -> str:
    with served.registry.reading.begin() as session:
        found = session.scalar(select(PersonRow.id).where(PersonRow.name == name))
    assert found
    return found


def send(client: Client, path: str, **fields: str) -> tuple[int, str]:
    """The status and the place a form leads to; its token comes from a page of the same browser."""
    token = token_in(client.get("/saved").text)
    answer = client.post(path, data={"form_token": token} | fields, follow_redirects=False)
    return answer.status_code, answer.headers.get("location", "")


def resource(served: Served, title: str) -> str:
    """The id of the resource with this title."""
    with served.registry.reading.begin() as session:
        found = session.scalar(select(ResourceRow.id).where(ResourceRow.title == title))
    assert found
    return found
