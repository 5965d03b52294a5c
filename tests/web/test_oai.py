"""The OAI-PMH provider, asked as harvesters ask."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from lxml import etree

from registry.catalog.ingest import batch_for, ingest
from registry.models import ResourceRow, SourceRow
from registry.ports import Harvested
from tests import servers
from tests.factories import harvested
from tests.web.conftest import Served
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context
from web import oai
from web.app import create_app

NS = {
    "o": "http://www.openarchives.org/OAI/2.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "j": "https://w3id.org/open-resource-registry/oai/jsonld",
    "lom": "http://ltsc.ieee.org/xsd/LOM",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}
PREFIXES = ("oai_dc", "lom", "lrmi", "rdf")


@dataclass
class Clock:
    """A clock that a test moves; it runs ahead, so that what was just written has settled."""

    ahead: timedelta = timedelta(minutes=1)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class House:
    """The small catalog and its provider."""

    served: Served
    client: TestClient[Litestar]
    clock: Clock = field(default_factory=Clock)

    def get(self, **params: str) -> etree._Element:
        answer = self.client.get("/oai", params={name.rstrip("_"): value for name, value in params.items()})
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/xml; charset=utf-8"
        return etree.fromstring(answer.content)

    def walk(self, verb: str = "ListRecords", **params: str) -> list[etree._Element]:
        """Every header of a list, to its end."""
        found: list[etree._Element] = []
        answer = self.get(verb=verb, **({"metadataPrefix": "lrmi"} | params))
        while True:
            assert error(answer) in (None, "noRecordsMatch"), etree.tostring(answer)
            found += answer.findall(".//o:header", NS)
            token = answer.findtext(".//o:resumptionToken", namespaces=NS)
            if not token:
                return found
            answer = self.get(verb=verb, resumptionToken=token)

    def add(self, *records: Harvested) -> None:
        with self.served.registry.sessions.begin() as session:
            source = session.query(SourceRow).filter(SourceRow.name == "lakeside").one()
            ingest(session, batch_for(session, source.id, "another run"), records)

    def add_many(self, count: int) -> None:
        self.add(*(harvested(f"more-{number}") for number in range(count)))

    def move(self, resource_id: str, seconds: int) -> None:
        """As if a resource had changed some seconds from now."""
        with self.served.registry.sessions.begin() as session:
            row = session.get(ResourceRow, resource_id)
            assert row
            row.updated_at = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)


def error(answer: etree._Element) -> str | None:
    found = answer.find("o:error", NS)
    return None if found is None else found.get("code")


def identifiers(headers: list[etree._Element]) -> list[str]:
    return [header.findtext("o:identifier", "", NS) for header in headers]


def deleted(headers: list[etree._Element]) -> list[str]:
    return identifiers([header for header in headers if header.get("status") == "deleted"])


@pytest.fixture
def house(served: Served) -> Iterator[House]:
    clock = Clock()
    app = create_app(served.registry, served.learners, clock=clock)
    with TestClient(app, base_url="http://testserver.local") as client:
        yield House(served, client, clock)


def test_the_provider_says_who_it_is(house: House) -> None:
    answer = house.get(verb="Identify")
    told = {etree.QName(node).localname: node.text for node in answer.iterfind("o:Identify/*", NS)}
    assert told["baseURL"] == "http://testserver.local/oai"
    assert told["deletedRecord"] == "persistent"
    assert told["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert told["compression"] == "gzip"
    assert told["adminEmail"] == "postmaster@testserver.local"
    stamps = [header.findtext("o:datestamp", "", NS) for header in house.walk("ListIdentifiers")]
    assert told["earliestDatestamp"] == min(stamps)
    assert answer.findtext(".//{*}repositoryIdentifier") == "testserver.local"


def test_every_resource_comes_once_and_a_withdrawn_one_as_deleted(house: House) -> None:
    with house.served.registry.reading.begin() as session:
        rows = {f"oai:testserver.local:{row.id}": row.withdrawn_at is not None for row in session.query(ResourceRow)}
    for verb in ("ListRecords", "ListIdentifiers"):
        headers = house.walk(verb)
        assert sorted(identifiers(headers)) == sorted(rows)
        assert deleted(headers) == [identifier for identifier, gone in rows.items() if gone] != []


def test_a_list_of_several_pages_holds_everything_once(house: House) -> None:
    house.add_many(230)
    headers = house.walk("ListIdentifiers")
    assert len(headers) == len(set(identifiers(headers))) == 230 + 28
    first = house.get(verb="ListRecords", metadataPrefix="oai_dc")
    token = first.find(".//o:resumptionToken", NS)
    assert token is not None
    assert token.get("cursor") == "0"
    second = house.get(verb="ListRecords", resumptionToken=token.text or "").find(".//o:resumptionToken", NS)
    assert second is not None
    assert second.get("cursor") == "100"
    last = house.get(verb="ListRecords", resumptionToken=second.text or "")
    assert len(last.findall(".//o:record", NS)) == 58
    end = last.find(".//o:resumptionToken", NS)
    assert end is not None
    assert (end.text, end.get("cursor")) == (None, "200")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_what_is_given_out_can_be_taken_in_again(house: House, prefix: str) -> None:
    answer = house.get(verb="ListRecords", metadataPrefix=prefix)
    records = {
        record.findtext("o:header/o:identifier", "", NS): record.find("o:metadata/*", NS)
        for record in answer.iterfind(".//o:record", NS)
    }
    with house.served.registry.reading.begin() as session:
        rows = session.query(ResourceRow).all()
    assert len(rows) == len(records) > 20
    for row in rows:
        found = records[f"oai:testserver.local:{row.id}"]
        if row.withdrawn_at is not None:
            assert found is None
            continue
        assert found is not None
        form = {"lrmi": "schema.org"}.get(prefix, prefix)
        payload = (found.text or "").encode() if prefix == "lrmi" else etree.tostring(found)
        read = crosswalk(form, payload, Context()).resource
        assert read is not None
        assert (read.title, read.url, read.summary) == (row.body.title, row.body.url, row.body.summary)
        assert (read.types, read.subjects, read.license) == (row.body.types, row.body.subjects, row.body.license)
        assert {each.standard for each in read.alignments} >= {
            each.standard for each in row.body.alignments if "://" in each.standard
        }


def test_lom_and_rdf_hold_the_resource(house: House) -> None:
    identifier = identifiers(house.walk("ListIdentifiers", set="framework:NUM"))[0]
    lom = house.get(verb="GetRecord", identifier=identifier, metadataPrefix="lom").find(".//lom:lom", NS)
    assert lom is not None
    assert lom.findtext("lom:technical/lom:location", "", NS).startswith("https://lakeside.example/")
    rdf = house.get(verb="GetRecord", identifier=identifier, metadataPrefix="rdf").find(".//rdf:RDF", NS)
    assert rdf is not None
    subject = "http://testserver.local/resources/" + identifier.rpartition(":")[2]
    assert rdf.find(f"rdf:Description[@rdf:about='{subject}']", NS) is not None


def test_the_schema_of_our_own_format_is_where_the_list_of_formats_says(house: House) -> None:
    answer = house.get(verb="ListMetadataFormats")
    schemas = {
        node.findtext("o:metadataPrefix", "", NS): node.findtext("o:schema", "", NS)
        for node in answer.iterfind(".//o:metadataFormat", NS)
    }
    assert tuple(schemas) == PREFIXES
    schema = etree.XMLSchema(etree.fromstring(house.client.get(schemas["lrmi"]).content))
    records = house.get(verb="ListRecords", metadataPrefix="lrmi")
    for element in records.iterfind(".//j:jsonld", NS):
        schema.assertValid(element)
        assert json.loads(element.text or "")["@type"] == "LearningResource"


def test_each_set_holds_what_is_in_it_and_the_heads_hold_all_of_theirs(house: House) -> None:
    answer = house.get(verb="ListSets")
    names = {
        node.findtext("o:setSpec", "", NS): node.findtext("o:setName", "", NS)
        for node in answer.iterfind(".//o:set", NS)
    }
    assert names["provider:lakeside-school-district"] == "Lakeside School District"
    assert names["subject:mathematics"] == "Mathematics"
    assert names["framework:NUM"] == "Number standards of the tests"
    assert {"provider", "subject", "framework"} < names.keys()
    everything = identifiers(house.walk("ListIdentifiers"))
    for spec in names:
        headers = house.walk("ListIdentifiers", set=spec)
        assert headers
        for header in headers if ":" in spec else ():
            assert spec in [node.text for node in header.iterfind("o:setSpec", NS)]
    assert sorted(identifiers(house.walk("ListIdentifiers", set="provider"))) == sorted(everything)


def test_a_withdrawn_resource_stays_in_its_sets_as_deleted(house: House) -> None:
    gone = deleted(house.walk("ListIdentifiers"))
    assert gone == deleted(house.walk("ListIdentifiers", set="provider:lakeside-school-district"))
    assert gone == deleted(house.walk("ListIdentifiers", set="subject"))


def test_a_takedown_reaches_those_who_harvest(house: House) -> None:
    identifier = identifiers(house.walk("ListIdentifiers"))[0]
    with house.served.registry.sessions.begin() as session:
        row = session.get(ResourceRow, identifier.rpartition(":")[2])
        assert row
        row.taken_down = "Its author asked for it."
    assert identifier in deleted(house.walk("ListRecords"))
    told = house.get(verb="GetRecord", identifier=identifier, metadataPrefix="lrmi")
    assert told.find(".//o:metadata", NS) is None


def test_from_and_until_cut_the_list(house: House) -> None:
    headers = house.walk("ListIdentifiers")
    moved = identifiers(headers)[0]
    house.move(moved.rpartition(":")[2], 20)
    later = f"{datetime.now(UTC) + timedelta(seconds=10):%Y-%m-%dT%H:%M:%SZ}"
    assert identifiers(house.walk("ListIdentifiers", from_=later)) == [moved]
    assert sorted(identifiers(house.walk("ListIdentifiers", until=later))) == sorted(identifiers(headers)[1:])
    assert house.walk("ListIdentifiers", until="2001-01-01") == []
    assert len(house.walk("ListIdentifiers", from_="2001-01-01", until="2999-01-01")) == len(headers)


def test_a_change_that_may_yet_be_overtaken_waits_for_the_next_answer(house: House) -> None:
    moved = identifiers(house.walk("ListIdentifiers"))[0]
    house.move(moved.rpartition(":")[2], 57)
    answer = house.get(verb="ListIdentifiers", metadataPrefix="oai_dc")
    assert moved not in identifiers(answer.findall(".//o:header", NS))
    asked_last = answer.findtext("o:responseDate", "", NS)
    assert asked_last < f"{house.clock() - timedelta(seconds=4):%Y-%m-%dT%H:%M:%SZ}"
    house.clock.ahead += timedelta(seconds=10)
    assert moved in identifiers(house.walk("ListIdentifiers", from_=asked_last))


def test_what_changes_while_a_list_is_read_comes_at_its_end(house: House) -> None:
    house.add_many(100)
    first = house.get(verb="ListIdentifiers", metadataPrefix="oai_dc")
    early, token = first.find(".//o:header", NS), first.findtext(".//o:resumptionToken", "", NS)
    assert early is not None
    moved = identifiers([early])[0]
    house.move(moved.rpartition(":")[2], 30)
    rest = house.get(verb="ListIdentifiers", resumptionToken=token).findall(".//o:header", NS)
    assert identifiers(rest)[-1] == moved
    assert len(rest) == 29


def test_a_page_from_which_all_has_gone_repeats_a_record_instead_of_failing(house: House) -> None:
    house.add_many(73)
    first = house.get(verb="ListIdentifiers", metadataPrefix="oai_dc")
    token = first.findtext(".//o:resumptionToken", "", NS)
    rest = house.get(verb="ListIdentifiers", resumptionToken=token).findall(".//o:header", NS)
    assert len(rest) == 1
    house.move(identifiers(rest)[0].rpartition(":")[2], 3600)
    again = house.get(verb="ListIdentifiers", resumptionToken=token)
    assert error(again) is None
    assert len(again.findall(".//o:header", NS)) == 1


def test_a_token_lives_for_a_day(house: House) -> None:
    house.add_many(100)
    answer = house.get(verb="ListRecords", metadataPrefix="oai_dc").find(".//o:resumptionToken", NS)
    assert answer is not None
    dies = datetime.fromisoformat(answer.get("expirationDate", ""))
    assert timedelta(hours=23, minutes=59) < dies - house.clock() <= timedelta(hours=24)
    house.clock.ahead += timedelta(hours=20)
    assert error(house.get(verb="ListRecords", resumptionToken=answer.text or "")) is None
    house.clock.ahead += timedelta(hours=4, seconds=1)
    assert error(house.get(verb="ListRecords", resumptionToken=answer.text or "")) == "badResumptionToken"


def test_a_token_is_good_for_its_own_list_and_nothing_else(house: House) -> None:
    house.add_many(100)
    token = house.get(verb="ListRecords", metadataPrefix="oai_dc").findtext(".//o:resumptionToken", "", NS)
    assert error(house.get(verb="ListRecords", resumptionToken=token)) is None
    for verb, forged in (
        ("ListIdentifiers", token),
        ("ListSets", token),
        ("ListRecords", token[:-2]),
        ("ListRecords", token[:20] + ("A" if token[20] != "A" else "B") + token[21:]),
        ("ListRecords", ""),
        ("ListRecords", "é" * 40),
        ("ListRecords", "A" * 5000),
    ):
        assert error(house.get(verb=verb, resumptionToken=forged)) == "badResumptionToken", (verb, forged)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, "badVerb"),
        ({"verb": "Destroy"}, "badVerb"),
        ({"verb": "identify"}, "badVerb"),
        ({"verb": "Identify", "color": "red"}, "badArgument"),
        ({"verb": "ListRecords"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "yesterday"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-30"}, "badArgument"),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-01-01", "until": "2026-02-01T00:00:00Z"},
            "badArgument",
        ),
        (
            {"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2026-02-01", "until": "2026-01-01"},
            "badArgument",
        ),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "a b"}, "badArgument"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "nobody:here"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "from": "2999-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "0001-01-01"}, "noRecordsMatch"),
        ({"verb": "ListRecords", "metadataPrefix": "marc21"}, "cannotDisseminateFormat"),
        ({"verb": "GetRecord", "identifier": "oai:testserver.local:none", "metadataPrefix": "lrmi"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "identifier": "x\x00y", "metadataPrefix": "lrmi"}, "idDoesNotExist"),
        ({"verb": "GetRecord", "identifier": "oai:testserver.local:a\x00", "metadataPrefix": "lrmi"}, "idDoesNotExist"),
        ({"verb": "ListMetadataFormats", "identifier": "oai:elsewhere:1"}, "idDoesNotExist"),
    ],
)
def test_a_wrong_request_gets_the_protocols_error(house: House, params: dict[str, str], code: str) -> None:
    answer = house.get(**params)
    assert error(answer) == code
    asked = answer.find("o:request", NS)
    assert asked is not None
    assert asked.text == "http://testserver.local/oai"
    assert bool(asked.attrib) == (code not in ("badVerb", "badArgument"))


def test_an_argument_given_twice_is_refused(house: House) -> None:
    answer = house.client.get("/oai?verb=ListRecords&metadataPrefix=lrmi&metadataPrefix=lrmi")
    assert error(etree.fromstring(answer.content)) == "badArgument"


def test_a_form_is_answered_like_a_query(house: House) -> None:
    params = {"verb": "ListRecords", "metadataPrefix": "oai_dc", "until": "2999-01-01"}
    posted = house.client.post("/oai", data=params)
    assert posted.status_code == 200
    got = house.client.get("/oai", params=params)
    lists = [etree.fromstring(answer.content).findall("o:ListRecords", NS) for answer in (posted, got)]
    assert [etree.tostring(each) for each in lists[0]] == [etree.tostring(each) for each in lists[1]] != []
    assert error(etree.fromstring(house.client.post("/oai", json=params).content)) == "badVerb"


def test_answers_are_compressed_for_those_who_can_read_it(house: House) -> None:
    answer = house.client.get("/oai?verb=ListRecords&metadataPrefix=lrmi", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


def test_an_empty_registry_says_so(serve: Callable[..., Served], empty_stores: object) -> None:
    served = serve(empty_stores)
    with TestClient(served.app) as client:
        empty = House(served, client)
        assert error(empty.get(verb="ListRecords", metadataPrefix="oai_dc")) == "noRecordsMatch"
        assert error(empty.get(verb="ListSets")) == "noSetHierarchy"
        assert empty.get(verb="Identify").findtext(".//o:earliestDatestamp", namespaces=NS)


@pytest.mark.real
@pytest.mark.parametrize("prefix", PREFIXES)
def test_answers_are_valid_by_the_protocols_schema(house: House, prefix: str) -> None:
    # Metadata formats bring schemas of their own, which are not at hand: what is inside `metadata` is let pass.
    rules = servers.shared("schemas/oai-pmh/OAI-PMH.xsd").read_text("utf-8").replace('"strict"', '"lax"')
    schema = etree.XMLSchema(etree.fromstring(rules.encode()))
    house.add_many(100)
    first = house.get(verb="ListRecords", metadataPrefix=prefix)
    token = first.findtext(".//o:resumptionToken", "", NS)
    identifier = first.findtext(".//o:identifier", "", NS)
    requests = (
        {"verb": "Identify"},
        {"verb": "ListSets"},
        {"verb": "ListMetadataFormats"},
        {"verb": "ListMetadataFormats", "identifier": identifier},
        {"verb": "ListRecords", "resumptionToken": token},
        {"verb": "ListRecords", "resumptionToken": "x"},
        {"verb": "ListRecords", "metadataPrefix": prefix, "set": "subject", "from": "2020-01-01"},
        {"verb": "ListRecords", "metadataPrefix": prefix, "set": "a b"},
        {"verb": "ListIdentifiers", "metadataPrefix": prefix},
        {"verb": "GetRecord", "metadataPrefix": prefix, "identifier": identifier},
        {"verb": "GetRecord", "metadataPrefix": prefix, "identifier": "no such & <thing>"},
        {"verb": '"><x'},
    )
    for answer in (first, *(house.get(**params) for params in requests)):
        schema.assertValid(answer)
    assert len(first.findall(".//o:record", NS)) == oai.PAGE
