"""Common Cartridges by their address: one record for the cartridge, one for each part a teacher could use alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import quote, urldefrag, urljoin, urlsplit

import msgspec
from lxml import etree

from harvesters.archive import ZIP_MARKS, Archive
from harvesters.cartridge_manifest import Manifest, local, read_manifest
from harvesters.cartridge_parts import Files, Part, parts_of
from harvesters.failures import ANSWER, failed, list_problem
from harvesters.http import Fetched, Fetcher
from harvesters.oai_records import duplicate
from harvesters.sheet_address import file_address
from harvesters.source import SourceConfig
from harvesters.strict_xml import read_xml
from registry.ports import Harvested, HarvestFailed, Page
from vocab.crosswalks.cartridge import Inherited, PartRecord, StandardName
from vocab.resource import Problem

_RECORDS_A_PAGE = 250
_MOST_LISTED = 2_000
_MOST_MANIFEST = 16 * 1024**2
_ACCEPT = "application/zip, application/octet-stream;q=0.9, text/plain;q=0.8, application/xml;q=0.8, */*;q=0.1"


class CartridgeHarvester:
    """The parts of one cartridge, or of each whose address stands on a line of a text file or that a page links to.

    A cartridge that its server says is unchanged is not read, and its parts stand.
    """

    def __init__(self, config: SourceConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher
        self._state: dict[str, str] = {}

    def pages(self, since: datetime | None, checkpoint: dict[str, str] | None) -> Iterator[Page]:
        """Every part there is; the list is whole, also where a cartridge in it is unchanged or cannot be read."""
        url = self._config.url
        fetched = self._fetch(url)
        if fetched.not_modified:
            yield Page((), listed=(url,), whole=True, complete=True, state=self._config.state)
            return
        if is_cartridge(fetched.body):
            self._remember(url, fetched)
            yield from _pages_of(fetched, url, "")
        else:
            addresses, problems = _listed(fetched)
            yield Page((), problems=problems, whole=True)
            for address in addresses:
                yield from self._one_of_many(address)
        yield Page((), whole=True, complete=True, state=self._state)

    def _one_of_many(self, url: str) -> Iterator[Page]:
        """A cartridge of a list: one that cannot be read is a problem of the list, and its parts stand."""
        try:
            fetched = self._fetch(url)
            if fetched.not_modified:
                self._state |= {name: value for name, value in self._config.state.items() if name.endswith(f" {url}")}
                yield Page((), listed=(url,), whole=True)
                return
            pages = list(_pages_of(fetched, url, url))
        except HarvestFailed as failure:
            yield Page((), problems=(failure.problem,), listed=(url,), whole=True)
            return
        self._remember(url, fetched)
        yield from pages

    def _fetch(self, url: str) -> Fetched:
        known = self._config.state
        return self._fetcher.get(
            file_address(url),
            accept=_ACCEPT,
            etag=known.get(f"etag {url}", ""),
            last_modified=known.get(f"last_modified {url}", ""),
        )

    def _remember(self, url: str, fetched: Fetched) -> None:
        stated = {f"etag {url}": fetched.etag, f"last_modified {url}": fetched.last_modified}
        self._state |= {name: value for name, value in stated.items() if value}


def is_cartridge(body: bytes) -> bool:
    """Whether the bytes begin as an archive, or as the manifest of a thin cartridge."""
    return body.startswith(ZIP_MARKS) or b"<manifest" in body[:4096]


def _pages_of(fetched: Fetched, url: str, field: str) -> Iterator[Page]:
    if not is_cartridge(fetched.body):
        raise _no_cartridge(url)
    records: list[Harvested] = []
    if fetched.body.startswith(ZIP_MARKS):
        with Archive(fetched.body, url) as archive:
            manifest, folder, problems = _manifest_in(archive, url)
            records = list(_records(manifest, Files(archive, folder), url))
    else:
        root, problems = read_xml(fetched.body, url)
        records = list(_records(_manifest(root, url), Files(None, ""), url))
    for start in range(0, len(records), _RECORDS_A_PAGE):
        page = tuple(records[start : start + _RECORDS_A_PAGE])
        yield Page(page, problems=() if start else problems, whole=True)


def _manifest_in(archive: Archive, url: str) -> tuple[Manifest, str, tuple[Problem, ...]]:
    """The manifest, and the folder it stands in: at the top, or where the whole export was packed in a folder."""
    named = [name for name in archive.names if name.lower().rpartition("/")[2] == "imsmanifest.xml"]
    name = min(named, key=lambda each: (each.count("/"), each), default="")
    body = archive.read(name, _MOST_MANIFEST) if name else None
    if body is None:
        if archive.encrypted:
            raise failed(
                "archive-encrypted",
                ANSWER,
                "The cartridge is encrypted.",
                "Export it again without a password.",
                url,
            )
        raise _no_cartridge(url)
    root, problems = read_xml(body, f"{url}, {name}")
    return _manifest(root, url), name[: name.rfind("/") + 1], problems


def _manifest(root: etree._Element, url: str) -> Manifest:
    if local(root) != "manifest":
        raise _no_cartridge(url)
    return read_manifest(root)


def _no_cartridge(url: str) -> HarvestFailed:
    return failed(
        "not-a-cartridge",
        ANSWER,
        "The address leads to no Common Cartridge: there is no imsmanifest.xml.",
        "Give the address of a file exported as Common Cartridge (.imscc), or of a text file with one address a line.",
        url,
    )


def _records(manifest: Manifest, files: Files, url: str) -> Iterator[Harvested]:
    """The cartridge itself, then its parts."""
    whole = PartRecord(
        kind="cartridge",
        title=manifest.title,
        url=url,
        standards=_standards(manifest),
        lom=manifest.metadata.lom,
        version=manifest.version,
        thin=manifest.thin,
    )
    yield Harvested(identifier=url, format="cartridge", payload=msgspec.json.encode(whole), url=url)
    inherited = Inherited(title=manifest.title, url=url, lom=manifest.metadata.lom)
    seen: set[str] = set()
    for part in parts_of(manifest, files):
        identifier = part_address(url, part.identifier)
        repeated = (duplicate(identifier, part.identifier),) if identifier in seen else ()
        seen.add(identifier)
        yield Harvested(
            identifier=identifier,
            format="cartridge",
            payload=msgspec.json.encode(_payload(part, inherited, identifier)),
            url=url,
            problems=(*part.problems, *repeated),
        )


def part_address(url: str, identifier: str) -> str:
    """The address of a part: its cartridge's, with `part=` and the part's identifier in the query.

    Servers of files do not look at it, so the cartridge opens. A fragment would not do: two addresses that differ
    in it are one, so that all parts with one title ("Quiz") would be taken for one resource.
    """
    parts = urlsplit(url)
    query = "&".join(each for each in (parts.query, f"part={quote(identifier, safe='')}") if each)
    return parts._replace(query=query, fragment="").geturl()


def _payload(part: Part, inherited: Inherited, identifier: str) -> PartRecord:
    return PartRecord(
        kind=part.kind,
        title=part.title,
        url=part.url or identifier,
        text=part.text,
        file=part.file,
        path=part.path,
        standards=_standards(part),
        lom=part.metadata.lom,
        cartridge=inherited,
    )


def _standards(said: Part | Manifest) -> tuple[StandardName, ...]:
    return tuple(StandardName(each.guid, each.label, each.region) for each in said.metadata.standards)


def _listed(fetched: Fetched) -> tuple[Sequence[str], tuple[Problem, ...]]:
    """The addresses of cartridges that a web page links to, or that a text file has, one a line (`#`: a comment).

    Raises HarvestFailed where there is none.
    """
    start = fetched.body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith((b"{", b"[")) or b"\0" in fetched.body[:4096]:
        raise _no_cartridge(fetched.url)
    if start.startswith(b"<"):
        linked = _linked(fetched)
        if not linked:
            raise _no_cartridge(fetched.url)
        return linked[:_MOST_LISTED], (_too_many(),) if len(linked) > _MOST_LISTED else ()
    found: dict[str, None] = {}
    problems: list[Problem] = []
    for number, line in enumerate(fetched.body.decode("utf-8-sig", "replace").splitlines(), 1):
        said = line.strip()
        if not said or said.startswith("#"):
            continue
        if len(found) >= _MOST_LISTED:
            problems.append(_too_many())
            break
        if address := _address(fetched.url, said):
            found[address] = None
        else:
            problems.append(_no_address(number, said))
    if not found:
        raise _no_cartridge(fetched.url)
    return list(found), tuple(problems)


def _linked(fetched: Fetched) -> list[str]:
    """Where the links of a page to .imscc files lead, each once."""
    try:
        root = etree.fromstring(fetched.body, etree.HTMLParser(no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError):  # nothing in it is HTML
        return []
    hrefs = [href.strip() for link in root.iter("a") if (href := link.get("href"))] if root is not None else []
    found = [address for href in hrefs if (address := _address(fetched.url, href))]
    return list(dict.fromkeys(address for address in found if urlsplit(address).path.lower().endswith(".imscc")))


def _address(base: str, said: str) -> str | None:
    try:
        address = urldefrag(urljoin(base, said)).url
        return address if urlsplit(address).hostname and " " not in said and len(said) < 4_000 else None
    except ValueError:
        return None


def _no_address(number: int, said: str) -> Problem:
    return list_problem(
        "line-unusable",
        f"line {number}",
        "The line holds no address of a cartridge.",
        "Write one address a line, and # before a comment.",
        said,
        error=True,
    )


def _too_many() -> Problem:
    return list_problem(
        "list-too-long",
        ANSWER,
        f"The list names more than {_MOST_LISTED:,} cartridges; the others were not read.",
        "Split it into several sources.",
        error=True,
    )
