"""OAI-PMH lists read to their end, and everything that is no end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import islice

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harvesters.http import Fetcher
from harvesters.oai import OaiHarvester
from harvesters.strict_xml import read_xml
from registry.ports import HarvestFailed, Page
from tests.harvesters.hostile import oai_document, oai_record
from tests.harvesters.sites import OaiScript, oai_config, payload
from vocab.resource import Problem
from web.demo.oai_endpoint import OaiEndpoint

JUNE = datetime(2026, 6, 1, 12, 30, 15, tzinfo=UTC)


def read(
    script: OaiScript,
    since: datetime | None = None,
    checkpoint: dict[str, str] | None = None,
    **options: str,
) -> list[Page]:
    return list(OaiHarvester(oai_config(**options), script.fetcher()).pages(since, checkpoint))


def failing(script: OaiScript, **options: str) -> tuple[list[Page], HarvestFailed]:
    pages: list[Page] = []
    with pytest.raises(HarvestFailed) as caught:
        for page in OaiHarvester(oai_config(**options), script.fetcher()).pages(None, None):
            pages.append(page)  # noqa: PERF402 - what came before the failure counts too
    assert caught.value.problem.message.endswith(".")
    assert caught.value.problem.hint
    return pages, caught.value


def whole_list(**more: str | bytes | list[str | bytes]) -> OaiScript:
    return OaiScript(ListRecords="page-1.xml", second="page-2.xml", **more)


def identifiers(pages: list[Page]) -> list[str]:
    return [record.identifier.rpartition(":")[2] for page in pages for record in page.records]


def list_problems(pages: list[Page]) -> list[Problem]:
    return [problem for page in pages for problem in page.problems]


def test_a_list_is_followed_by_its_tokens_to_the_end() -> None:
    script = whole_list()
    pages = read(script)
    assert identifiers(pages) == ["1", "2", "3", "4"]
    assert [page.checkpoint for page in pages] == [{"token": "second", "prefix": "oai_dc", "since": ""}, None]
    assert script.requests[-1] == {"verb": "ListRecords", "resumptionToken": "second"}


def test_a_record_brings_its_metadata_with_their_namespaces() -> None:
    first = read(whole_list())[0].records[0]
    assert (first.format, first.datestamp, first.deleted) == ("oai_dc", "2026-04-01T00:00:00Z", False)
    assert first.payload.startswith(b"<oai_dc:dc ")
    assert b'xmlns:dc="http://purl.org/dc/elements/1.1/"' in first.payload
    assert b"<dc:title>Fractions on a line</dc:title>" in first.payload


def test_a_deleted_record_is_a_tombstone() -> None:
    gone = read(whole_list())[1].records[1]
    assert gone.deleted
    assert not gone.payload


def test_a_kept_token_goes_on_without_asking_anything_else() -> None:
    script = whole_list()
    pages = read(script, checkpoint={"token": "second", "prefix": "oai_dc", "since": ""})
    assert identifiers(pages) == ["3", "4"]
    assert [request["verb"] for request in script.requests] == ["ListRecords"]


@pytest.mark.parametrize(
    ("identify", "asked"), [("identify.xml", "2026-06-01T12:30:15Z"), ("identify-days.xml", "2026-06-01")]
)
def test_changes_are_asked_for_as_finely_as_the_repository_counts(identify: str, asked: str) -> None:
    script = whole_list(Identify=identify)
    read(script, since=JUNE)
    assert script.requests[2]["from"] == asked


def test_a_date_before_the_earliest_record_is_not_asked_for() -> None:
    script = whole_list()
    read(script, since=datetime(2025, 1, 1, tzinfo=UTC))
    assert "from" not in script.requests[2]


def test_the_richest_format_we_can_read_is_chosen() -> None:
    script = OaiScript(ListMetadataFormats="formats.xml", ListRecords="jsonld.xml")
    record = read(script)[0].records[0]
    assert script.requests[2]["metadataPrefix"] == "lrmi"
    assert record.format == "schema.org"
    assert b'"Fish & fractions"' in record.payload


def test_a_prefix_and_a_set_can_be_stated() -> None:
    script = whole_list()
    read(script, prefix="oai_dc", set="math")
    assert script.requests[1] == {"verb": "ListRecords", "metadataPrefix": "oai_dc", "set": "math"}


def test_an_address_may_have_a_query_of_its_own() -> None:
    script = whole_list()
    config = oai_config()
    pages = OaiHarvester(type(config)("m", "https://maple.example/oai?site=3", {}), script.fetcher()).pages(None, None)
    assert len(list(pages)) == 2
    assert script.requests[-1]["site"] == "3"


def test_a_repository_without_a_format_for_us_is_named() -> None:
    _, failure = failing(OaiScript(ListMetadataFormats="formats-foreign.xml"))
    assert (failure.problem.code, failure.problem.value) == ("no-usable-format", "mods")


def test_no_match_is_an_empty_clean_list() -> None:
    assert read(OaiScript(ListRecords="error-noRecordsMatch.xml"), since=JUNE) == [Page(())]


@pytest.mark.parametrize(
    "code",
    ["cannotDisseminateFormat", "badArgument", "idDoesNotExist", "noSetHierarchy", "badVerb", "noMetadataFormats"],
)
def test_an_error_of_the_protocol_fails_with_a_hint(code: str) -> None:
    pages, failure = failing(OaiScript(ListRecords=f"error-{code}.xml"), set="math")
    assert not pages
    assert code in failure.problem.message


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("maintenance.html", "html-answer"),
        ("truncated.xml", "xml-broken"),
        ("entity-bomb.xml", "doctype-refused"),
        ("file-entity.xml", "doctype-refused"),
        ("other-verb.xml", "oai-other-answer"),
        ("other-root.xml", "oai-other-root"),
        (b"", "xml-broken"),
        (b"not XML at all", "xml-broken"),
        (b"\xff\xfe\x00\x00", "xml-broken"),
    ],
)
def test_what_is_no_answer_never_reads_as_the_end_of_the_list(answer: str | bytes, code: str) -> None:
    pages, failure = failing(OaiScript(ListRecords="page-1.xml", second=answer))
    assert identifiers(pages) == ["1", "2"]
    assert not any(page.complete for page in pages)
    assert failure.problem.code == code
    assert failure.problem.field == "answer"


def test_a_truncated_page_says_how_it_ends() -> None:
    _, failure = failing(OaiScript(ListRecords="truncated.xml"))
    assert "cut off" in failure.problem.message
    assert "ends with" in failure.problem.value


def test_an_expired_token_starts_the_list_again_and_says_so() -> None:
    script = OaiScript(ListRecords="page-1.xml", second=["error-badResumptionToken.xml", "page-2.xml"])
    pages = read(script, since=JUNE)
    assert identifiers(pages) == ["1", "2", "1", "2", "3", "4"]
    assert [problem.code for problem in list_problems(pages)] == ["list-restarted"]
    assert not any(record.problems for page in pages for record in page.records)
    assert [request.get("from") for request in script.requests].count("2026-06-01T12:30:15Z") == 2


def test_an_expired_checkpoint_starts_the_list_again() -> None:
    script = whole_list(old="error-badResumptionToken.xml")
    pages = read(script, checkpoint={"token": "old", "prefix": "oai_dc", "since": ""})
    assert identifiers(pages) == ["1", "2", "3", "4"]
    assert [problem.code for problem in list_problems(pages)] == ["list-restarted"]


def test_tokens_that_never_hold_end_the_run() -> None:
    pages, failure = failing(OaiScript(ListRecords="page-1.xml", second="error-badResumptionToken.xml"))
    assert identifiers(pages) == ["1", "2", "1", "2"]
    assert failure.problem.code == "resumption-token-refused"
    assert failure.start_over


def test_a_repeated_token_ends_the_run_and_is_no_place_to_go_on_from() -> None:
    pages, failure = failing(OaiScript(ListRecords="page-1.xml", second="page-repeating.xml"))
    assert identifiers(pages) == ["1", "2", "3"]
    assert pages[-1].checkpoint is None
    assert failure.problem.code == "resumption-token-repeated"
    assert failure.start_over


def test_an_empty_page_with_a_token_is_passed_over() -> None:
    assert identifiers(read(OaiScript(ListRecords="page-empty.xml", second="page-2.xml"))) == ["3", "4"]


def test_empty_pages_without_end_are_given_up() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        params = request.url.params
        if params["verb"] != "ListRecords":
            return httpx.Response(200, content=payload("oai/identify.xml"))
        number = int(params.get("resumptionToken", "0")) + 1
        return httpx.Response(200, content=payload("oai/page-empty.xml").replace(b">second<", f">{number}<".encode()))

    fetcher = Fetcher(transport=httpx.MockTransport(respond))
    with pytest.raises(HarvestFailed) as caught:
        list(OaiHarvester(oai_config(prefix="oai_dc"), fetcher).pages(None, None))
    assert caught.value.problem.code == "empty-pages"


def repeating(answers: Callable[[str], tuple[bytes, str]]) -> Fetcher:
    """A repository whose list is given by a function: the token asked with, to the records and the next token."""

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.params["verb"] != "ListRecords":
            return httpx.Response(200, content=payload("oai/identify.xml"))
        records, token = answers(request.url.params.get("resumptionToken", ""))
        return httpx.Response(200, content=oai_document(
            b"<ListRecords>" + records + f"<resumptionToken>{token}</resumptionToken></ListRecords>".encode()
        ))  # fmt: skip

    return Fetcher(transport=httpx.MockTransport(respond))


def walked(fetcher: Fetcher) -> tuple[list[Page], str]:
    """The pages that came, and the code of what ended them."""
    pages: list[Page] = []
    try:
        for page in OaiHarvester(oai_config(prefix="oai_dc"), fetcher).pages(None, None):
            pages.append(page)  # noqa: PERF402 - what came before the failure counts too
    except HarvestFailed as failure:
        assert failure.start_over
        return pages, failure.problem.code
    return pages, ""


def test_a_repository_that_ignores_its_tokens_is_left_after_three_pages_of_the_same() -> None:
    same = b"".join(oai_record(name, "2026-04-01", {}) for name in "ab")
    pages, code = walked(repeating(lambda token: (same, f"{token}x")))
    assert (len(pages), code) == (4, "pages-repeated")
    assert pages[-1].checkpoint is None


def test_a_list_may_end_with_records_it_had_already() -> None:
    def answers(token: str) -> tuple[bytes, str]:
        return oai_record("a", "2026-04-01", {}), token + "x" if len(token) < 3 else ""

    assert walked(repeating(answers))[1] == ""


def test_a_token_too_long_to_be_sent_back_is_told() -> None:
    pages, code = walked(repeating(lambda token: (oai_record("a", "2026-04-01", {}), "x" * 5_000)))
    assert (len(pages), code) == (1, "resumption-token-too-long")


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 12), min_size=1, max_size=13), st.booleans())
def test_whatever_tokens_lead_to_what_a_list_ends_and_no_page_is_read_twice(leads: list[int], fresh: bool) -> None:
    asked: list[str] = []

    def answers(token: str) -> tuple[bytes, str]:
        asked.append(token)
        place = int(token or "0")
        after = leads[place] if place < len(leads) else 0
        name = str(len(asked)) if fresh else str(place % 3)
        return oai_record(name, "2026-04-01", {}), str(after) if after else ""

    pages, code = walked(repeating(answers))
    assert len(asked) == len(set(asked)) == len(pages)
    assert code in ("", "resumption-token-repeated", "pages-repeated")
    assert (code == "") == (pages[-1].checkpoint is None and not leads_on(leads, asked[-1]))


def leads_on(leads: list[int], token: str) -> bool:
    place = int(token or "0")
    return place < len(leads) and leads[place] != 0


def test_a_granularity_that_is_a_lie_is_asked_for_by_day_and_told() -> None:
    script = whole_list()
    script.say("ListRecords", "error-badArgument.xml", "page-1.xml")
    pages = read(script, since=JUNE)
    assert [request.get("from") for request in script.requests if "from" in request] == [
        "2026-06-01T12:30:15Z",
        "2026-06-01",
    ]
    assert [problem.code for problem in list_problems(pages)] == ["granularity-wrong"]
    assert identifiers(pages) == ["1", "2", "3", "4"]


@pytest.mark.parametrize("before", [b"<!---->" * 700, b"<?a?>" * 900, b"<!-- < -->\n" * 300, b" " * 5_000])
def test_what_stands_before_the_root_costs_no_time(before: bytes) -> None:
    _, failure = failing(OaiScript(ListRecords=before + b"<x/>"))
    assert failure.problem.code == "oai-other-root"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_web_page_is_told_in_any_encoding(encoding: str) -> None:
    _, failure = failing(OaiScript(ListRecords="<!DOCTYPE html><html><p>Sign in</html>".encode(encoding)))
    assert failure.problem.code == "html-answer"


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: oai_document(text.encode())))
def test_whatever_comes_for_xml_it_is_read_or_refused(body: bytes) -> None:
    try:
        root, problems = read_xml(body, "https://maple.example/oai")
    except HarvestFailed as refusal:
        assert refusal.problem.field == "answer"
    else:
        assert root.getroottree().docinfo.doctype == ""
        assert all(problem.code == "encoding-repaired" for problem in problems)


def test_odd_records_come_with_their_problems_and_spare_the_others() -> None:
    (page,) = read(OaiScript(ListRecords="odd-records.xml"))
    found = [[problem.code for problem in record.problems] for record in page.records]
    assert found == [[], ["identifier-duplicate"], ["metadata-missing"], ["identifier-missing"], ["format-unknown"]]
    assert page.records[1].payload
    assert page.records[3].identifier.startswith("no-identifier-")
    assert all(record.identifier for record in page.records)


def test_a_record_repeated_on_a_later_page_is_told() -> None:
    again = payload("oai/page-1.xml").replace(b">second<", b"><")
    pages = read(OaiScript(ListRecords="page-1.xml", second=again))
    assert [problem.code for record in pages[1].records for problem in record.problems] == ["identifier-duplicate"] * 2


def test_bytes_that_are_no_utf8_are_repaired_and_told() -> None:
    (page,) = read(OaiScript(ListRecords="invalid-utf8.xml"))
    assert identifiers([page]) == ["1", "2"]
    assert "Café math".encode() in page.records[0].payload
    (problem,) = page.problems
    start = payload("oai/invalid-utf8.xml").index(b"\xe9")
    assert problem.code == "encoding-repaired"
    assert f"byte {start}" in problem.value


def test_characters_that_xml_forbids_are_left_out_and_told() -> None:
    (page,) = read(OaiScript(ListRecords="control-characters.xml"))
    assert b"Pagebreak and  tab" in page.records[0].payload
    assert [problem.code for problem in page.problems] == ["encoding-repaired"]


def test_what_cannot_be_repaired_names_the_byte() -> None:
    broken = payload("oai/invalid-utf8.xml")[:700]
    _, failure = failing(OaiScript(ListRecords=broken))
    assert f"byte {broken.index(0xE9)}" in failure.problem.message


def test_a_declared_encoding_is_believed() -> None:
    latin = payload("oai/invalid-utf8.xml").replace(b'encoding="UTF-8"', b'encoding="ISO-8859-1"')
    (page,) = read(OaiScript(ListRecords=latin))
    assert "Café math".encode() in page.records[0].payload
    assert not page.problems


def test_a_protocol_error_sent_with_an_error_status_is_still_read() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.params["verb"] == "Identify":
            return httpx.Response(200, content=payload("oai/identify.xml"))
        return httpx.Response(422, content=payload("oai/error-noRecordsMatch.xml"))

    fetcher = Fetcher(transport=httpx.MockTransport(respond))
    assert list(OaiHarvester(oai_config(prefix="oai_dc"), fetcher).pages(JUNE, None)) == [Page(())]


def test_a_missing_repository_is_an_http_error() -> None:
    fetcher = Fetcher(transport=httpx.MockTransport(lambda request: httpx.Response(404, html="<html>gone</html>")))
    with pytest.raises(HarvestFailed) as caught:
        list(OaiHarvester(oai_config(), fetcher).pages(None, None))
    assert caught.value.problem.code == "http-404"


@pytest.mark.parametrize(("identify", "complete"), [("identify.xml", False), ("identify-days.xml", True)])
def test_only_a_repository_without_deletions_names_all_there_is(identify: str, complete: bool) -> None:
    pages = read(whole_list(Identify=identify))
    assert [page.complete for page in pages] == [False, complete]


def test_a_part_of_a_list_never_names_all_there_is() -> None:
    days = whole_list(Identify="identify-days.xml")
    assert not any(page.complete for page in read(days, since=JUNE))
    assert not any(page.complete for page in read(days, checkpoint={"token": "second", "prefix": "oai_dc"}))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 40), st.integers(1, 7), st.integers(0, 8))
def test_whatever_the_page_size_a_list_cut_anywhere_is_whole_again(size: int, page_size: int, cut: int) -> None:
    lesson = {"@type": "LearningResource", "name": "x", "url": "https://oak.example/x", "description": "x"}
    records = [(f"oai:oak:{n:02}", f"2026-04-01T00:00:{n // 3:02}Z", n % 4 == 0, lesson) for n in range(size)]
    endpoint = OaiEndpoint(records, base_url="https://maple.example/oai", name="Oak", page_size=page_size)

    def fetcher() -> Fetcher:
        return Fetcher(
            transport=httpx.MockTransport(
                lambda request: httpx.Response(200, content=endpoint.answer(list(request.url.params.multi_items())))
            )
        )

    before = list(islice(OaiHarvester(oai_config(), fetcher()).pages(None, None), cut + 1))
    found = [record.identifier for page in before for record in page.records]
    if before[-1].checkpoint:
        after = OaiHarvester(oai_config(), fetcher()).pages(None, before[-1].checkpoint)
        found += [record.identifier for page in after for record in page.records]
    assert found == [identifier for identifier, *_ in records]
