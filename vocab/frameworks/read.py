"""A framework file or folder of any kind we know, told apart by what it holds."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from msgspec.structs import replace

from vocab import rdf
from vocab.frameworks import asn, case, skos, table_own
from vocab.frameworks.checks import checked
from vocab.frameworks.encoding import encoding_of, opened, packed
from vocab.frameworks.model import Framework
from vocab.frameworks.progression import framework_of_links, is_progression
from vocab.frameworks.table import Table, framework_of_table, is_framework, read_table
from vocab.namespaces import ASN, RDF
from vocab.resource import Problem

_MOST_FILES = 1000
_MOST_OF_A_FOLDER = 2 * rdf.MOST_BYTES
_HEAD = 64 * 1024
_RDF_NAMES = frozenset((".ttl", ".rdf", ".owl", ".xml", ".jsonld", ".json-ld", ".nt", ".n3", ".nq", ".trig", ".json"))
_TABLES = frozenset((".csv", ".tsv"))
_CASE = re.compile(rb'"CFDocument"\s*:')


def read_framework(path: Path, code: str | None = None) -> Framework:
    """The framework in a file, or in a folder whose RDF files make one vocabulary.

    `code` is made of the name where none is given. CASE packages, ASN RDF/XML, RDF/JSON and manifests, SKOS in any
    RDF syntax, and tables are read; a progression or a crosswalk gives a framework of links only. Errors among its
    problems mean: do not store. Raises ValueError with one sentence where nothing can be read.
    """
    if not path.exists():
        raise ValueError(f"{path} does not exist.")
    code = code or _code_of(path)
    return checked(_read_folder(path, code) if path.is_dir() else _read_file(path, code))


def _read_file(path: Path, code: str) -> Framework:
    head = _head(path)
    encoding, problems = encoding_of(path)
    if encoding != "utf-16" and b"\x00" in head[:4096]:
        raise ValueError(f"{path.name} is not text. Give CASE JSON, ASN or SKOS RDF, or a CSV table.")
    with opened(path, encoding) as file:
        start = file.tell()
        head = file.read(_HEAD)
        file.seek(start)
        if head.lstrip()[:1] in (b"{", b"["):
            found = _read_json(file.read(), path.name, code)
        elif format := rdf.format_of(path.name, head):
            found = _of_graph(rdf.parse(file, format, path.name), path.name, code)
        else:
            with io.TextIOWrapper(file, "utf-8", newline="") as lines:
                found = _of_table(read_table(lines, path.name), path.name, code)
    return replace(found, problems=(*problems, *found.problems)) if problems else found


def _head(path: Path) -> bytes:
    """The first bytes. Raises ValueError where the file is too large, empty or packed."""
    if path.stat().st_size > rdf.MOST_BYTES:
        raise ValueError(f"{path.name} holds more than {rdf.MOST_BYTES // 2**20} MB. Split it into files of a folder.")
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.removeprefix(b"\xef\xbb\xbf").strip():
        raise ValueError(f"{path.name} is empty.")
    if told := packed(head):
        raise ValueError(f"{path.name} is {told}.")
    return head


def _read_json(content: bytes, name: str, code: str) -> Framework:
    if _CASE.search(content):
        return case.read(content, name, code)
    if format := rdf.format_of(name, content):
        return _of_graph(rdf.parse(content, format, name), name, code)
    document = _decoded(content, name)
    if isinstance(document, dict) and any(isinstance(v, dict) and f"{RDF}type" in v for v in document.values()):
        return asn.read_json(document, name, code)
    first = document[0] if isinstance(document, list) and document else None
    if isinstance(first, dict) and "dcterms_description" in first:
        return asn.read_manifest(document, name, code)
    raise ValueError(f"{name} is JSON, but neither a CASE package (CFDocument), nor ASN, nor JSON-LD.")


def _of_table(table: Table, name: str, code: str) -> Framework:
    if table_own.is_ours(table.header):
        return table_own.framework_of_rows(table, code)
    if is_progression(table.header):
        return framework_of_links(table, code)
    if is_framework(table.header):
        return framework_of_table(table, code)
    raise ValueError(
        f"{name} is no framework we can read: CASE JSON, ASN or SKOS RDF, or a table with the columns "
        "code and statement, or from_code and to_code."
    )


def _read_folder(folder: Path, code: str) -> Framework:
    graphs: list[rdf.Graph] = []
    problems: list[Problem] = []
    others: list[Path] = []
    for path in _files(folder):
        try:
            graph, told = _graph_of(path)
        except ValueError as error:
            hint = "Mend the file, or take it out of the folder."
            problems.append(Problem("file-unreadable", path.name, str(error), hint, value=path.name))
            continue
        problems += told
        if graph is not None:
            graphs.append(graph)
        elif path.suffix.lower() in (".json", *_TABLES):
            others.append(path)
    if not graphs and len(others) == 1:
        return _read_file(others[0], code)
    if not graphs:
        several = f"It holds {len(others)} files that may be frameworks; read them one by one." if others else ""
        told_first = problems[0].message if problems else "It needs SKOS or ASN files that make one vocabulary."
        raise ValueError(f"{folder.name} holds no RDF file that can be read. {several or told_first}")
    problems += [_ignored(path) for path in others]
    found = _of_graph(rdf.merge(_used_up(graphs)), folder.name, code)
    return replace(found, problems=(*problems, *found.problems))


def _graph_of(path: Path) -> tuple[rdf.Graph | None, tuple[Problem, ...]]:
    """The graph of an RDF file, and what is to be told of its encoding; no graph where the file is no RDF."""
    if path.suffix.lower() not in _RDF_NAMES:
        return None, ()
    head = _head(path)
    encoding, problems = encoding_of(path)
    with opened(path, encoding) as file:
        start = file.tell()
        head = file.read() if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[") else file.read(_HEAD)
        file.seek(start)
        format = rdf.format_of(path.name, head)
        return (rdf.parse(file, format, path.name), problems) if format else (None, ())


def _used_up(graphs: list[rdf.Graph]) -> Iterator[rdf.Graph]:
    """Each graph, the first first, let go of as soon as the next one is asked for."""
    graphs.reverse()
    while graphs:
        yield graphs.pop()


def _files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if len(found) > _MOST_FILES:
        raise ValueError(f"{folder.name} holds more than {_MOST_FILES} files.")
    if sum(path.stat().st_size for path in found) > _MOST_OF_A_FOLDER:
        raise ValueError(f"{folder.name} holds more than {_MOST_OF_A_FOLDER // 2**20} MB.")
    return found


def _of_graph(graph: rdf.Graph, name: str, code: str) -> Framework:
    if any(f"{ASN}StandardDocument" in rdf.uris(found, f"{RDF}type") for found in graph.values()):
        return asn.read_graph(graph, name, code)
    return skos.read_graph(graph, name, code)


def _ignored(path: Path) -> Problem:
    message = f"{path.name} stands beside RDF files and was not read."
    return Problem("file-ignored", path.name, message, "Import it on its own.", value=path.name)


def _decoded(content: bytes, name: str) -> Any:
    try:
        return msgspec.json.decode(content)
    except RecursionError as error:
        raise ValueError(f"{name} is nested too deeply.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} is not well-formed JSON: {error}.") from error


def _code_of(path: Path) -> str:
    """A code out of the name: `ccss-math.asn.rdf.xml` gives `ccss-math`."""
    stem = path.resolve().name.partition(".")[0]
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "framework"
