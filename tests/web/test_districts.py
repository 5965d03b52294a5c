"""What a publisher sees, and that nobody else does."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from lxml import etree
from sqlalchemy import select, update

from harvesters.run import harvest
from registry.accounts.people import FirstSecrets, add_person, sign_in
from registry.catalog.publisher_records import records_of
from registry.catalog.publishers import district_named
from registry.catalog.sources import add_source
from registry.models import PersonRow, RecordRow, SourceRow
from tests.harvesters.sites import running_site
from tests.web.conftest import Served
from tests.web.publishing import ALARM, SLUG, STRANGER, busy_district, publisher
from web.auth import COOKIE
from web.demo.loopback import Answer

ATOM = {"a": "http://www.w3.org/2005/Atom"}
SHEET = b"""ID,Title,Link,License,Grade,Standard,Color
1,Halves,https://lakeside.example/halves,CC BY,4,4.NX.A.1,red
2,,https://lakeside.example/thirds,CC BY,4,4.NX.A.1,blue
"""


@dataclass(frozen=True)
class Who:
    """Somebody's cookie, the token of their forms, and the headers of their key."""

    client: TestClient[Litestar]
    cookie: dict[str, str]
    token: str
    key: dict[str, str]

    def get(self, path: str) -> Response:
        """A page as this person gets it."""
        return self.client.get(path, headers=self.cookie, follow_redirects=False)

    def post(self, path: str, **fields: str) -> Response:
        """The answer to a form of this person."""
        form = {"form_token": self.token, **fields}
        return self.client.post(path, data=form, headers=self.cookie, follow_redirects=False)


def known(served: Served, client: TestClient[Litestar], secrets: FirstSecrets) -> Who:
    """Somebody who has signed in."""
    with served.registry.sessions.begin() as session:
        person_id = session.scalars(select(PersonRow.id).where(PersonRow.name == secrets.name)).one()
        cookie = {"Cookie": f"{COOKIE}={sign_in(session, person_id)}"}
    token = client.get("/", headers=cookie).text.split('name="form_token" value="', 1)[1].split('"', 1)[0]
    return Who(client, cookie, token, {"Authorization": f"Bearer {secrets.key}"})


@pytest.fixture
def people(served: Served, client: TestClient[Litestar]) -> dict[str, Who]:
    """The publisher of the busy district, that of another one, a curator, the administrator."""
    busy_district(served.registry)
    with served.registry.sessions.begin() as session:
        curator = add_person(session, "curator", "curator")
    made = {
        "own": publisher(served.registry),
        "stranger": publisher(served.registry, STRANGER, "stranger"),
        "curator": curator,
        "admin": served.admin,
    }
    return {name: known(served, client, secrets) for name, secrets in made.items()}


@pytest.fixture
def own(people: dict[str, Who]) -> Who:
    return people["own"]


def sheet_of(rows: int) -> bytes:
    lines = [f"{n},Lesson {n},https://pine.example/{n},CC BY,4,4.NX.A.1" for n in range(rows)]
    return "\n".join(["ID,Title,Link,License,Grade,Standard", *lines]).encode()


def record_id(served: Served, identifier: str) -> str:
    with served.registry.reading.begin() as session:
        return session.scalars(select(RecordRow.id).where(RecordRow.identifier == identifier)).one()


PAGES = (
    f"/districts/{SLUG}",
    f"/districts/{SLUG}/records",
    f"/districts/{SLUG}/records/{{record}}",
    f"/districts/{SLUG}/records/{{record}}/payload",
    f"/districts/{SLUG}/check",
    f"/districts/{SLUG}/problems.atom",
    "/admin/sources/lakeside",
    "/admin/sources/lakeside/levels",
    f"/api/v1/districts/{SLUG}",
    "/api/v1/sources/lakeside/runs",
    "/api/v1/sources/lakeside/problems",
)
FORMS = (
    ("/admin/sources/lakeside/harvest", 303),
    ("/admin/sources/lakeside/accept-deletions", 303),
    ("/admin/sources/lakeside/levels", 422),
    (f"/districts/{SLUG}/check", 422),
)
OPERATORS_FORMS = ("/admin/sources/lakeside/schedule", "/admin/add-source")
OPERATORS = ("/admin", "/admin/add-source", "/classes", "/api/v1/sources")


def test_a_districts_pages_open_to_its_publisher_and_to_administrators_alone(
    served: Served, people: dict[str, Who], client: TestClient[Litestar]
) -> None:
    record = record_id(served, "broken")
    for path in (page.format(record=record) for page in PAGES):
        statuses = {name: people[name].get(path).status_code for name in people}
        assert statuses == {"own": 200, "admin": 200, "stranger": 403, "curator": 403}, path
        nobody = client.get(path, follow_redirects=False)
        assert nobody.status_code == (401 if path.startswith("/api/") else 303), path


def test_a_districts_forms_are_for_its_publisher_and_administrators_alone(
    served: Served, people: dict[str, Who], client: TestClient[Litestar]
) -> None:
    for path, _ in FORMS:
        assert client.post(path, data={"form_token": "x"}).status_code == 401, path
        assert people["stranger"].post(path).status_code == 403, path
        assert people["curator"].post(path).status_code == 403, path
        assert people["own"].post(path, form_token="forged").status_code == 403, path
    assert served.sent == []
    for path, done in FORMS:
        assert people["own"].post(path).status_code == done, path
        assert people["admin"].post(path).status_code == done, path


def test_what_is_the_operators_stays_closed_to_all_others(people: dict[str, Who], client: TestClient[Litestar]) -> None:
    for name in ("own", "stranger", "curator"):
        for path in OPERATORS:
            assert people[name].get(path).status_code == 403, (name, path)
        for path in OPERATORS_FORMS:
            assert people[name].post(path, active="no", every_minutes="60").status_code == 403, (name, path)
    for path in OPERATORS_FORMS:
        assert client.post(path, data={"form_token": "x"}).status_code == 401, path


def test_a_publishers_key_opens_its_own_district_and_sources_alone(
    served: Served, people: dict[str, Who], client: TestClient[Litestar]
) -> None:
    for path, status in ((f"/api/v1/districts/{SLUG}", 200), (f"/api/v1/districts/{STRANGER}", 403)):
        assert client.get(path, headers=people["own"].key).status_code == status
    for name, status in (("lakeside", 202), ("empty", 403), ("nobody", 403)):
        path = f"/api/v1/sources/{name}/accept-deletions"
        assert client.post(path, headers=people["own"].key).status_code == status
    assert served.sent == [("harvest", {"source": "lakeside", "due": "yes"})]
    assert client.post("/api/v1/sources/nobody/accept-deletions", headers=people["admin"].key).status_code == 404
    assert client.get("/api/v1/districts/nobody", headers=people["admin"].key).status_code == 404


def test_a_record_of_another_district_is_not_found_through_ones_own(served: Served, people: dict[str, Who]) -> None:
    path = f"/districts/{STRANGER}/records/{record_id(served, 'broken')}"
    assert people["stranger"].get(path).status_code == 404
    assert people["stranger"].get(f"{path}/payload").status_code == 404


def test_the_page_says_what_became_of_the_records_and_what_waits(own: Who) -> None:
    page = own.get(f"/districts/{SLUG}").text
    assert "<strong>27</strong> in the catalog" in page
    assert "<strong>1</strong> rejected" in page
    assert "12 records are no longer listed by lakeside" in page
    assert "Adding fractions with pizza" in page
    assert ALARM in page
    assert "The resource has no title." in page
    assert "“Wizard”" in page
    assert "/admin/sources/lakeside/levels" in page
    assert page.count('class="dst-mark ') == 10
    assert page.count("<tr>") > 10


def test_a_picture_shows_what_is_rare_beside_what_is_frequent(own: Who) -> None:
    page = own.get("/admin/sources/lakeside").text
    heights = [float(each.split('height="')[1].split('"')[0]) for each in page.split('class="dst-rejected" x=')[1:]]
    assert len(heights) == 3
    assert min(heights) >= 3


def test_the_same_figures_come_as_json(own: Who) -> None:
    found = own.get(f"/api/v1/districts/{SLUG}").json()
    assert found["records"] == {"rejected": 1, "stored": 27, "withdrawn": 1}
    source = found["sources"][0]
    assert source["held"]["count"] == 12
    assert len(source["held"]["records"]) == 12
    assert [alarm["code"] for alarm in source["alarms"]] == ["alarm-list-shrunk"]
    assert {run["status"] for run in source["runs"]} >= {"held", "failed", "success"}
    assert "alarm-list-shrunk" not in {group["code"] for group in found["problems"]}
    assert ("level-unknown", "Wizard") in {(word["code"], word["value"]) for word in found["unknown"]}
    assert found["usage"]["opened"] == sum(day["opened"] for day in found["usage"]["days"])
    assert len(found["usage"]["days"]) == 30
    assert len(found["usage"]["top"]) == 20


def test_a_yes_to_deletions_is_written_down_and_asks_for_a_harvest(served: Served, own: Who) -> None:
    path = "/admin/sources/lakeside/accept-deletions"
    back = f"/districts/{SLUG}"
    answer = own.post(path, back=back)
    assert (answer.status_code, answer.headers["location"]) == (303, back)
    assert served.sent == [("harvest", {"source": "lakeside", "due": "yes"})]
    assert "somebody has agreed to withdraw 12 records" in own.get(back).text
    with served.registry.reading.begin() as session:
        assert session.scalars(select(SourceRow.deletions_accepted).where(SourceRow.name == "lakeside")).one()


def test_a_form_leads_back_to_pages_of_ours_alone(own: Who) -> None:
    for back in (
        "https://evil.example",
        "//evil.example",
        "/\\\\evil",
        "/districts/..//evil.example\\\\x",
        "/admin",
        "",
    ):
        answer = own.post("/admin/sources/lakeside/harvest", back=back)
        assert answer.headers["location"] in ("/admin/sources/lakeside", "/")


def test_records_are_paged_and_none_is_missed_or_met_twice(served: Served, own: Who) -> None:
    path, met = f"/districts/{SLUG}/records", []
    with served.registry.reading.begin() as session:
        every = set(session.scalars(select(RecordRow.id)))
    cursor = ""
    with served.registry.reading.begin() as session:
        district = district_named(session, SLUG)
        while True:
            found = records_of(session, district.id, cursor=cursor, limit=4)
            met += [each.id for each in found.items]
            cursor = found.next
            if not cursor:
                break
    assert sorted(met) == sorted(every)
    assert own.get(f"{path}?cursor=nowhere").status_code == 400
    assert own.get(f"{path}?outcome=odd").status_code == 400


def test_records_are_chosen_by_outcome_and_by_problem(own: Who) -> None:
    path = f"/districts/{SLUG}/records"
    rejected = own.get(f"{path}?outcome=rejected").text
    assert ">broken</a>" in rejected
    assert "Equal parts" not in rejected
    wizard = own.get(f"{path}?source=lakeside&problem=level-unknown").text
    assert "Fracciones equivalentes" in wizard
    assert ">broken</a>" not in wizard
    assert "There is no such record" in own.get(f"{path}?source=empty").text


def test_a_record_s_own_date_is_said_as_a_date(served: Served, own: Who) -> None:
    record = record_id(served, "lesson-1")
    with served.registry.sessions.begin() as session:
        session.execute(update(RecordRow).where(RecordRow.id == record).values(datestamp="2026-02-26T14:28:00Z"))
    page = own.get(f"/districts/{SLUG}/records/{record}").text
    assert "<dt>Dated by the source</dt><dd>February 26, 2026</dd>" in page


def test_a_record_shows_what_was_sent_escaped_and_gives_it_whole_as_a_file(served: Served, own: Who) -> None:
    path = f"/districts/{SLUG}/records/{record_id(served, 'lesson-1')}"
    page = own.get(path).text
    assert "&lt;script&gt;alert(" in page
    assert "<script>alert(" not in page
    assert "/resources/" in page
    file = own.get(f"{path}/payload")
    assert msgspec.json.decode(file.content)["name"] == "Equal parts on a number line"
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"].startswith('attachment; filename="record-')
    assert file.headers["x-content-type-options"] == "nosniff"


def test_a_feed_of_problems_opens_with_its_token_and_with_no_other(
    people: dict[str, Who], client: TestClient[Litestar]
) -> None:
    page = people["own"].get(f"/districts/{SLUG}").text
    address = page.split('id="feed" readonly value="')[1].split('"')[0].removeprefix("http://testserver.local")
    answer = client.get(address)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    titles = [str(each.text) for each in feed.findall("a:entry/a:title", ATOM)]
    assert "lakeside: title-missing in 1 record" in titles
    ids = [each.text for each in feed.findall("a:entry/a:id", ATOM)]
    assert len(ids) == len(set(ids)) == len(titles)
    assert client.get(address.replace(SLUG, STRANGER), follow_redirects=False).status_code == 303
    assert client.get(address[:-1], follow_redirects=False).status_code == 303
    assert people["stranger"].get(f"/districts/{SLUG}/problems.atom?token=é").status_code == 403
    assert client.get(f"/districts/{SLUG}/problems.atom", headers=people["own"].key).status_code == 200
    assert client.get(f"/districts/{SLUG}/problems.atom", headers=people["stranger"].key).status_code == 403


def test_a_link_is_checked_and_nothing_is_stored(serve, filled_stores) -> None:  # type: ignore[no-untyped-def]
    served = serve(filled_stores, allowed_networks=("127.0.0.0/8",))
    with running_site() as site, TestClient(served.app, base_url="http://testserver.local") as client:
        site.routes["/sheet.csv"] = Answer(SHEET, "text/csv")
        admin = known(served, client, served.admin)
        options = "level.Meets=proficient"
        answer = admin.post(f"/districts/{SLUG}/check", kind="table", url=f"{site.base}/sheet.csv", options=options)
        assert answer.status_code == 200
        assert "1 of 2 records can be taken" in answer.text
        assert "The resource has no title." in answer.text
        assert "Halves" in answer.text
        assert 'title="Explain why two fractions are equal.">4.NX.A.1</a>' in answer.text
        assert "Columns as we understand them" in answer.text
        assert '<th scope="row">Color</th><td data-label="Read as"><span' in answer.text
        records = admin.get(f"/districts/{SLUG}/records").text
        assert "Halves" not in records


def test_a_link_into_a_private_network_is_not_followed(people: dict[str, Who]) -> None:
    for who, told, untold in (
        ("own", "give an address that everybody can reach", "OER_ALLOWED_NETWORKS"),
        ("admin", "OER_ALLOWED_NETWORKS", "It is not public"),
    ):
        answer = people[who].post(f"/districts/{SLUG}/check", kind="oai", url="http://127.0.0.1:9/oai")
        assert "leads to an address inside a private network" in answer.text
        assert told in answer.text
        assert untold not in answer.text


def test_a_form_that_cannot_be_used_comes_back_filled_in(own: Who) -> None:
    many = "\n".join(f"level.{number}=proficient" for number in range(60))
    for kind, options, said in (
        ("magic", "", "There is no kind of source named magic."),
        ("oai", "set", "“set” is no option"),
        ("oai", "color=red", "The kind oai takes the options"),
        ("oai", many, "Give at most 50."),
    ):
        url = "https://lakeside.example/x?a=1&b=2"
        answer = own.post(f"/districts/{SLUG}/check", kind=kind, options=options, url=url)
        assert answer.status_code == 422
        assert said in answer.text
        assert "https://lakeside.example/x?a=1&amp;b=2" in answer.text


def test_a_source_is_added_after_its_link_was_checked(serve, filled_stores) -> None:  # type: ignore[no-untyped-def]
    served = serve(filled_stores, allowed_networks=("127.0.0.0/8",))
    with running_site() as site, TestClient(served.app, base_url="http://testserver.local") as client:
        site.routes["/sheet.csv"] = Answer(SHEET, "text/csv")
        admin = known(served, client, served.admin)
        form = {
            "kind": "table",
            "url": f"{site.base}/sheet.csv",
            "name": "new-sheet",
            "provider": "Pine Valley",
        }
        checked = admin.post("/admin/add-source", **form, do="check")
        assert "Save it and harvest" in checked.text
        assert admin.get("/admin/sources/new-sheet").status_code == 404
        saved = admin.post("/admin/add-source", **form, do="save")
        assert saved.headers["location"] == "/admin/sources/new-sheet"
        assert served.sent == [("harvest", {"source": "new-sheet", "due": "yes"})]
        assert "Pine Valley" in admin.get("/districts/pine-valley").text
        again = admin.post("/admin/add-source", **form, do="save")
        assert again.status_code == 422
        assert "There is a source named new-sheet already." in again.text


def test_deletions_held_back_are_shown_and_a_yes_lets_them_go(serve, filled_stores) -> None:  # type: ignore[no-untyped-def]
    served = serve(filled_stores, allowed_networks=("127.0.0.0/8",))
    with running_site() as site, TestClient(served.app, base_url="http://testserver.local") as client:
        site.routes["/sheet.csv"] = Answer(sheet_of(30), "text/csv")
        with served.registry.sessions.begin() as session:
            add_source(session, "shrinking", "table", f"{site.base}/sheet.csv", "Pine Valley")
        admin, page = known(served, client, served.admin), "/districts/pine-valley"
        assert harvest(served.registry, "shrinking").created == 30
        site.routes["/sheet.csv"] = Answer(sheet_of(20), "text/csv")
        assert harvest(served.registry, "shrinking").status == "held"
        held = admin.get(page).text
        assert "10 records are no longer listed by shrinking" in held
        assert "Lesson 29" in held
        assert "Lesson 19" not in held
        assert admin.post("/admin/sources/shrinking/accept-deletions", back=page).headers["location"] == page
        assert harvest(served.registry, "shrinking").withdrawn == 10
        after = admin.get(page).text
        assert "no longer listed" not in after
        assert "<strong>10</strong> withdrawn" in after


def test_an_operator_pauses_a_source_and_changes_its_rhythm(served: Served, people: dict[str, Who]) -> None:
    admin = people["admin"]
    path = "/admin/sources/lakeside/schedule"
    assert admin.post(path, every_minutes="60", active="no").status_code == 303
    assert "Paused by the operator" in people["own"].get(f"/districts/{SLUG}").text
    assert admin.post(path, every_minutes="10080", active="yes").status_code == 303
    assert "every week" in people["own"].get(f"/districts/{SLUG}").text
    for wrong in ("0", "", "x", "-5", "999999999"):
        assert admin.post(path, every_minutes=wrong, active="yes").status_code == 422
    assert "every week" in people["own"].get(f"/districts/{SLUG}").text


def test_an_operator_sees_which_deletions_wait(people: dict[str, Who]) -> None:
    page = people["admin"].get("/admin").text
    assert "12 deletions wait for a person" in page
    assert f"/districts/{SLUG}" in page
