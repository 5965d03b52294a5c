"""The parts of a cartridge that a teacher could use on their own: links, pages, files, tasks, talks and tests."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from posixpath import basename, normpath, splitext
from urllib.parse import unquote

from lxml import etree
from msgspec import Struct, structs

from harvesters.archive import Archive
from harvesters.cartridge_manifest import Entry, Manifest, Metadata, ResourceElement, first, found, joined, local, text
from harvesters.failures import list_problem
from harvesters.strict_xml import decode_mixed, read_xml
from registry.ports import HarvestFailed
from vocab.resource import Problem

_MOST_PART = 2 * 1024**2
_LONGEST_TEXT = 200_000
_PAGES = frozenset((".html", ".htm", ".xhtml"))
_KINDS = (
    (re.compile(r"imswl_", re.I), "web-link"),
    (re.compile(r"imsbasiclti_", re.I), "tool"),
    (re.compile(r"imsdt_", re.I), "discussion"),
    (re.compile(r"imsqti_.*/assessment|imsapip_", re.I), "assessment"),
    (re.compile(r"assignment_xml", re.I), "assignment"),
    (re.compile(r"idpfepub_", re.I), "book"),
)
_USES = {"lessonplan": "lesson-plan", "syllabus": "syllabus", "assignment": "assignment"}
_TITLE = re.compile(r"<title[^>]*>([^<]{1,500})</title>", re.I)


class Part(Struct, frozen=True):
    """One part, as its files say; `url` is the address it has of its own, empty where it stands in the cartridge only.

    `kind` is web-link, tool, discussion, assessment, assignment, book, lesson-plan, syllabus, page or file.
    """

    identifier: str
    kind: str
    title: str
    path: tuple[str, ...]
    metadata: Metadata
    url: str = ""
    text: str = ""
    file: str = ""
    minutes: str = ""
    problems: tuple[Problem, ...] = ()


class Files:
    """The files of a cartridge by the references of its manifest; with no archive, of a manifest that came alone."""

    def __init__(self, archive: Archive | None, folder: str) -> None:
        self._archive = archive
        self._folder = folder

    @property
    def alone(self) -> bool:
        """Whether there is nothing but the manifest."""
        return self._archive is None

    def name(self, href: str) -> str | None:
        """The member that a reference means; None where there is none, or it leads out of the archive."""
        names: Collection[str] = self._archive.names if self._archive else ()
        for spelled in (href, unquote(href)):
            name = normpath(f"{self._folder}{spelled}".replace("\\", "/").partition("?")[0])
            if not name.startswith(("../", "/")) and name in names:
                return name
        return None

    def read(self, href: str) -> bytes | None:
        """What stands in the file; None where it is missing or larger than 2 MB."""
        name = self.name(href)
        return self._archive.read(name, _MOST_PART) if self._archive and name else None


def parts_of(manifest: Manifest, files: Files) -> Iterator[Part]:
    """Every part, in the order of the table of contents, then those that do not stand in it.

    Files and pages count only where the table of contents names them: the others are pictures and style sheets.
    """
    by_identifier = {each.identifier: each for each in manifest.resources if each.identifier}
    for identifier, entry in manifest.entries.items():
        if identifier not in by_identifier:
            yield _lost(identifier, entry)
        elif part := _part(by_identifier[identifier], entry, files):
            yield part
    for identifier, element in by_identifier.items():
        if identifier not in manifest.entries and (part := _part(element, None, files)):
            yield part


def _lost(identifier: str, entry: Entry) -> Part:
    problem = list_problem(
        "part-missing",
        identifier,
        "The table of contents names a resource that the cartridge does not have.",
        "Export the cartridge again, or take the entry out.",
        entry.title,
        error=True,
    )
    return Part(identifier, "file", entry.title, entry.path, entry.metadata, problems=(problem,))


def _part(element: ResourceElement, entry: Entry | None, files: Files) -> Part | None:
    kind = _kind(element, entry is not None)
    if kind is None:
        return None
    metadata = joined(element.metadata, entry.metadata) if entry else element.metadata
    part = Part(element.identifier, kind, entry.title if entry else "", entry.path if entry else (), metadata)
    if reader := _READERS.get(kind):
        descriptor = _descriptor(element, files, reader.roots)
        if isinstance(descriptor, Problem):
            return structs.replace(part, problems=(descriptor,))
        return reader.read(part, descriptor)
    return _file(part, element, files)


def _kind(element: ResourceElement, in_contents: bool) -> str | None:
    """What kind of part a resource is; None for what only belongs to others."""
    for pattern, kind in _KINDS:
        if pattern.search(element.type):
            return kind
    if re.search("question-bank", element.type, re.I):
        return None
    if use := _USES.get(element.intended_use):
        # Canvas calls its page of settings a syllabus, also where nobody ever wrote one.
        return use if in_contents or use != "syllabus" else None
    if any(basename(href) == "assignment_settings.xml" for href in element.files):
        return "assignment"
    if not in_contents:
        return None
    return "page" if splitext(element.href.lower())[1] in _PAGES else "file"


def _descriptor(element: ResourceElement, files: Files, roots: Collection[str]) -> etree._Element | Problem:
    """The element that describes a link, topic, tool, task or test: in the manifest itself, or in a file of its own."""
    if element.inline is not None:
        return element.inline
    for href in dict.fromkeys((*([element.href] if element.href else []), *element.files)):
        if not href.lower().endswith(".xml") or not (body := files.read(href)):
            continue
        try:
            root, _ = read_xml(body, href)
        except HarvestFailed as failure:
            return structs.replace(failure.problem, field=href)
        if local(root) in roots:
            return root
    return list_problem(
        "part-unreadable",
        element.identifier,
        "The file that describes this part of the cartridge is missing or is none of its kind.",
        "Export the cartridge again; a thin cartridge must hold the description of each link.",
        element.href or next(iter(element.files), ""),
        error=True,
    )


def _web_link(part: Part, root: etree._Element) -> Part:
    url = first(root, "url")
    address = (url.get("href") or text(url)) if url is not None else ""
    return _titled(part, root, url=address)


def _tool(part: Part, root: etree._Element) -> Part:
    return _titled(part, root, text=text(first(root, "description")))


def _discussion(part: Part, root: etree._Element) -> Part:
    return _titled(part, root, text=_content(first(root, "text")))


def _assignment(part: Part, root: etree._Element) -> Part:
    said = [_content(each) for each in found(root, "text", "instructor_text")]
    return _titled(part, root, text="\n".join(said))


def _assessment(part: Part, root: etree._Element) -> Part:
    test = next(iter(root.iter("{*}assessment")), None)
    questions = [_content(each) for item in root.iter("{*}item") for each in _first_mattext(item)]
    title = part.title or (test.get("title", "") if test is not None else "")
    return structs.replace(part, title=title, text="\n".join(questions)[:_LONGEST_TEXT])


def _first_mattext(item: etree._Element) -> Iterator[etree._Element]:
    """The question of a QTI item, without its answers."""
    for presentation in found(item, "presentation"):
        for material in found(presentation, "material"):
            yield from found(material, "mattext")


def _titled(part: Part, root: etree._Element, **more: str) -> Part:
    return structs.replace(part, title=part.title or text(first(root, "title")), **more)


def _content(element: etree._Element | None) -> str:
    return "".join(element.itertext())[:_LONGEST_TEXT] if element is not None else ""


class _Reader(Struct, frozen=True):
    roots: tuple[str, ...]
    read: Callable[[Part, etree._Element], Part]


_READERS: Mapping[str, _Reader] = {
    "web-link": _Reader(("webLink",), _web_link),
    "tool": _Reader(("cartridge_basiclti_link",), _tool),
    "discussion": _Reader(("topic",), _discussion),
    "assessment": _Reader(("questestinterop",), _assessment),
}


def _file(part: Part, element: ResourceElement, files: Files) -> Part:
    """A page or a file by its reference; an assignment may be a page, with its settings or description beside it."""
    href = element.href or next(iter(element.files), "")
    if href.startswith(("http://", "https://")):
        return structs.replace(part, url=href, title=part.title or href)
    if element.inline is not None and local(element.inline) == "assignment":
        return _assignment(part, element.inline)
    for each in (*element.files, element.href):
        if part.kind == "assignment" and each.lower().endswith(".xml") and (body := files.read(each)):
            part = _with_settings(part, body, each)
    page = href if splitext(href.lower())[1] in _PAGES else ""
    said = decode_mixed(files.read(page) or b"")[:_LONGEST_TEXT] if page else ""
    own = _TITLE.search(said)
    title = part.title or (own[1].strip() if own else "") or splitext(basename(unquote(href)))[0]
    missing = () if files.name(href) or not href or files.alone else (_missing_file(href),)
    return structs.replace(
        part, title=title, text=part.text or said, file=basename(unquote(href)), problems=(*part.problems, *missing)
    )


def _with_settings(part: Part, body: bytes, href: str) -> Part:
    """The assignment with the title of Canvas's settings, or with what its description (CC 1.3) says."""
    try:
        root, _ = read_xml(body, href)
    except HarvestFailed:  # the page itself may still be read
        return part
    return _assignment(part, root) if local(root) == "assignment" else part


def _missing_file(href: str) -> Problem:
    return list_problem(
        "file-missing",
        href,
        "The cartridge does not have the file that its manifest names.",
        "Export the cartridge again with all its files.",
        href,
    )
