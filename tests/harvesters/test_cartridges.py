"""Common Cartridges as learning platforms export them, and as somebody unkind makes them."""

from __future__ import annotations

import stat
import zipfile
from io import BytesIO

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from harvesters.cartridge import CartridgeHarvester, part_address
from harvesters.http import Fetcher
from harvesters.run import harvest
from harvesters.source import SourceConfig
from registry.app import Registry
from registry.catalog import sources
from registry.models import ResourceRow
from registry.ports import Harvested, HarvestFailed, Page
from tests.harvesters.cartridges import (
    GUID,
    TOOL,
    folder,
    full,
    item,
    link,
    lom,
    manifest,
    packed,
    resource,
    standards,
)  # fmt: skip
from tests.harvesters.sites import patient_fetcher, running_site
from tests.servers import shared
from vocab.crosswalks.cartridge import PartRecord
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context, Resource
from web.demo.loopback import Answer

URL = "https://oak.example/fractions.imscc"


def read(body: bytes, url: str = URL, **others: bytes) -> list[Page]:
    def respond(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2].partition(".")[0]
        if str(request.url) != url and name not in others:
            return httpx.Response(404)
        return httpx.Response(200, content=others.get(name, body))

    fetcher = Fetcher(transport=httpx.MockTransport(respond), sleep=lambda seconds: None)
    return list(CartridgeHarvester(SourceConfig("oak", url), fetcher).pages(None, None))


def records(pages: list[Page]) -> list[Harvested]:
    return [record for page in pages for record in page.records]


def parts(body: bytes) -> list[PartRecord]:
    return [msgspec.json.decode(record.payload, type=PartRecord) for record in records(read(body))]


def resources(body: bytes) -> dict[str, Resource]:
    found = [(crosswalk(each.format, each.payload, Context(each.identifier, each.url))) for each in records(read(body))]
    return {each.resource.title: each.resource for each in found if each.resource}


def refused(body: bytes) -> str:
    with pytest.raises(HarvestFailed) as caught:
        read(body)
    assert caught.value.problem.hint
    return caught.value.problem.code


@pytest.mark.parametrize("version", range(5))
def test_a_cartridge_of_every_version_gives_itself_and_each_part_a_teacher_could_use(version: int) -> None:
    assert [(part.kind, part.title) for part in parts(full(version))][1:] == [
        ("page", "Shares"),
        ("web-link", "A video about shares"),
        ("discussion", "Talk"),
        ("assessment", "Unit test"),
        ("file", "Unit plan"),
        ("tool", "Number line"),
        ("assignment", "Cut a pizza"),
    ]
    assert (parts(full(version))[0].kind, parts(full(version))[0].version) == ("cartridge", f"1.{version}")


def test_a_part_is_known_by_its_cartridge_s_address_and_its_own_identifier() -> None:
    found = records(read(full()))
    assert [record.identifier for record in found[:2]] == [URL, f"{URL}?part=page"]
    assert {record.url for record in found} == {URL}
    assert part_address("https://oak.example/get?id=7#x", "a b") == "https://oak.example/get?id=7&part=a%20b"


def test_parts_become_resources_with_their_place_in_the_contents() -> None:
    found = resources(full())
    assert found["A video about shares"].url == "https://video.example/shares"
    assert found["Talk"].url == f"{URL}?part=talk"
    assert [each.name for each in found["Talk"].part_of] == ["Fractions", "Fractions / Week 1 / Monday"]
    assert (found["Shares"].summary, found["Talk"].summary) == ("Cut the pizza.", "What is a third?")
    assert found["Unit test"].summary == "What is half of a half?"
    assert found["Number line"].summary == "Drag a fraction."
    assert found["Cut a pizza"].summary == "Into eight."


def test_curriculum_standards_of_a_resource_and_of_its_item_become_alignments() -> None:
    page = resource("p", "webcontent", "p.html", f"<metadata>{standards()}</metadata>")
    inner = f"<metadata>{standards('4.NF.B.4', GUID[:-1] + '9')}</metadata>"
    body = packed({"imsmanifest.xml": manifest(item("p", "Shares", inner), page), "p.html": "<p>Cut.</p>"})
    assert [each.standard for each in resources(body)["Shares"].alignments] == [
        "4.NF.B.3", f"urn:uuid:{GUID}", "4.NF.B.4", f"urn:uuid:{GUID[:-1]}9",
    ]  # fmt: skip


def test_a_cartridge_s_license_and_standards_are_read_from_its_metadata() -> None:
    rights = "<m:rights><m:description><m:string>CC BY 4.0</m:string></m:description></m:rights>"
    metadata = lom("Fractions", rights) + standards()
    page = resource("p", "webcontent", "p.html")
    found = resources(packed({"imsmanifest.xml": manifest(item("p", "Shares"), page, metadata=metadata), "p.html": ""}))
    assert (found["Fractions"].license, found["Shares"].license) == ("cc-by-4.0", "cc-by-4.0")
    assert found["Fractions"].alignments
    assert not found["Shares"].alignments


def test_a_thin_cartridge_has_its_links_in_the_manifest_alone_or_in_an_archive() -> None:
    inner = link("https://video.example/1", "Shares")
    items = item("l", "") + item("t", "")
    listed = resource("l", "imswl_xmlv1p3", inner=inner) + resource("t", "imsbasiclti_xmlv1p3", inner=TOOL)
    thin = manifest(items, listed, schema="IMS Thin Common Cartridge")
    for body in (thin.encode(), packed({"imsmanifest.xml": thin})):
        assert [(part.title, part.kind, part.thin) for part in parts(body)] == [
            ("", "cartridge", True),
            ("Shares", "web-link", False),
            ("Number line", "tool", False),
        ]


def test_a_cartridge_packed_in_a_folder_of_its_own_is_read() -> None:
    inner = resource("p", "webcontent", "p.html")
    body = packed({"unit/imsmanifest.xml": manifest(item("p", "Shares"), inner), "unit/p.html": "<p>Cut.</p>"})
    assert parts(body)[1].text == "<p>Cut.</p>"


def test_a_part_that_cannot_be_read_is_rejected_with_its_reason_and_the_others_stand() -> None:
    listed = (
        resource("gone", "imswl_xmlv1p3", "gone.xml")
        + resource("bomb", "imsdt_xmlv1p3", "bomb.xml")
        + resource("torn", "imsdt_xmlv1p3", "torn.xml")
        + resource("file", "webcontent", "gone.pdf")
        + resource("good", "imswl_xmlv1p3", "good.xml")
    )
    items = "".join(item(each, each) for each in ("gone", "bomb", "torn", "file", "good", "nowhere"))
    found = records(
        read(
            packed(
                {
                    "imsmanifest.xml": manifest(items, listed),
                    "bomb.xml": '<!DOCTYPE x [<!ENTITY a "aaaa">]><topic><title>&a;</title></topic>',
                    "torn.xml": "<topic><title>Torn",
                    "good.xml": link("https://video.example/1"),
                }
            )
        )
    )
    assert [[problem.code for problem in record.problems] for record in found] == [
        [], ["part-unreadable"], ["doctype-refused"], ["xml-broken"], ["file-missing"], [], ["part-missing"],
    ]  # fmt: skip
    assert all(problem.hint for record in found for problem in record.problems)


def test_nothing_outside_the_archive_and_no_link_is_read() -> None:
    listed = "".join(
        resource(f"p{number}", "webcontent", href)
        for number, href in enumerate(("../../etc/passwd.html", "/etc/passwd.html", "up.html", "..%2Fup.html"))
    )
    body = BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("imsmanifest.xml", manifest("".join(item(f"p{n}", f"Part {n}") for n in range(4)), listed))
        archive.writestr("../up.html", "secret")
        archive.writestr("/etc/passwd.html", "secret")
        symlink = zipfile.ZipInfo("up.html")
        symlink.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(symlink, "/etc/passwd")
    found = parts(body.getvalue())
    assert [part.text for part in found] == [""] * 5


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (packed({"readme.txt": "hello"}), "not-a-cartridge"),
        (packed({"imsmanifest.xml": "<html/>"}), "html-answer"),
        (packed({"imsmanifest.xml": "<package/>"}), "not-a-cartridge"),
        (packed({"imsmanifest.xml": "<manifest><metadata>"}), "xml-broken"),
        (packed({"imsmanifest.xml": '<!DOCTYPE m [<!ENTITY a "x">]><manifest/>'}), "doctype-refused"),
        (packed({"imsmanifest.xml": manifest("", ""), "zeros": b"\0" * 30_000_000}), "archive-too-large"),
        (full()[:-200], "archive-broken"),
        (b"<!doctype html><p>Sign in</p>", "not-a-cartridge"),
        (b"\x89PNG\0\0", "not-a-cartridge"),
        (b"", "not-a-cartridge"),
    ],
)  # fmt: skip
def test_what_is_no_cartridge_is_named(body: bytes, code: str) -> None:
    assert refused(body) == code


def test_a_text_file_with_an_address_a_line_stands_for_all_its_cartridges() -> None:
    body = b"# Oak\nfractions.imscc\n\nhttps://oak.example/gone.imscc\nno address at all\n" + URL.encode()
    pages = read(body, "https://oak.example/list.txt", fractions=full())
    assert len(records(pages)) == 8
    found = [(problem.code, str(problem.severity)) for page in pages for problem in page.problems]
    assert found == [("line-unusable", "error"), ("http-404", "error")]
    assert [url for page in pages for url in page.listed] == ["https://oak.example/gone.imscc"]
    assert all(page.whole for page in pages)
    assert [page.complete for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_page_stands_for_the_cartridges_it_links_to() -> None:
    page = (
        b'<!doctype html><h1>Oak</h1><a href="/about">us</a><a href="fractions.imscc?v=2#top">Fractions</a>'
        b'<a href="https://oak.example/units/fractions.imscc?v=2">again</a><a href="http://[broken">x</a>'
    )
    pages = read(page, "https://oak.example/units/", fractions=full())
    assert len(records(pages)) == 8
    assert records(pages)[1].identifier == "https://oak.example/units/fractions.imscc?v=2&part=page"


def add(registry: Registry, url: str) -> None:
    with registry.sessions.begin() as session:
        sources.add_source(session, "oak", "cartridge", url, "Oak", {})


def test_a_harvest_stores_the_parts_leaves_what_is_unchanged_and_withdraws_what_is_gone(registry: Registry) -> None:
    with running_site() as site, patient_fetcher() as fetcher:
        shown = {"body": full(), "etag": '"1"'}

        def answer(request: object) -> Answer:
            known = getattr(request, "headers", {}).get("if-none-match") == shown["etag"]
            headers = (("ETag", str(shown["etag"])),)
            return Answer(b"" if known else bytes(shown["body"]), status=304 if known else 200, headers=headers)

        site.routes["/f.imscc"] = answer
        add(registry, f"{site.base}/f.imscc")
        first, second = (harvest(registry, "oak", fetcher=fetcher) for _ in range(2))
        assert (first.status, first.created) == ("success", 8)
        assert (second.status, second.seen, second.withdrawn) == ("success", 0, 0)
        page = resource("page", "webcontent", "p.html")
        shown |= {"body": packed({"imsmanifest.xml": manifest(item("page", "Shares"), page)}), "etag": '"2"'}
        third = harvest(registry, "oak", fetcher=fetcher, accept_deletions=True)
    assert (third.seen, third.withdrawn) == (2, 6)


def test_parts_of_one_title_stay_apart(registry: Registry) -> None:
    items = folder("Week 1", item("a", "Quiz")) + folder("Week 2", item("b", "Quiz"))
    listed = resource("a", "webcontent", "a.html") + resource("b", "webcontent", "b.html")
    with running_site() as site, patient_fetcher() as fetcher:
        body = packed({"imsmanifest.xml": manifest(items, listed), "a.html": "One half", "b.html": "Two thirds"})
        site.routes["/f.imscc"] = Answer(body)
        add(registry, f"{site.base}/f.imscc")
        assert harvest(registry, "oak", fetcher=fetcher).created == 3
    with registry.reading.begin() as session:
        (source,) = sources.list_sources(session)
        assert session.scalar(select(func.count()).select_from(ResourceRow)) == 3
    assert source.records["stored"] == 3


@pytest.mark.parametrize(
    ("name", "titles"),
    [
        ("allyworkshop", {"Ally: Accessibility Workshop", "Accessibility FAQ", "Ally Questions and Answers"}),
        ("cc", {"Beginning Ruby on Rails", "Create a Rails site"}),
        ("latex", {"LaTeX Equations", "Page 1", "Page 2"}),
    ],
)
def test_real_cartridges_are_read(name: str, titles: set[str]) -> None:
    assert titles <= set(resources(shared(f"interop/common-cartridge/{name}.imscc").read_bytes()))


GOOD = full()


@settings(deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_no_damaged_cartridge_raises_anything_but_a_reason(place: int, bytes_: bytes) -> None:
    try:
        records(read(GOOD[:place] + bytes_ + GOOD[place + len(bytes_) :]))
    except HarvestFailed as failure:
        assert failure.problem.hint
