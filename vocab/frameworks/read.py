"""A framework file or folder of any kind we know, told apart by what it holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from vocab import rdf
from vocab.frameworks import asn, case, skos
from vocab.frameworks.checks import checked
from vocab.frameworks.model import Framework
from vocab.frameworks.progression import is_progression
from vocab.frameworks.table import framework_of_table, header_of, is_framework, read_table
from vocab.namespaces import ASN, RDF
from vocab.resource import Problem

_MOST_FILES = 1000
_MOST_OF_A_FOLDER = 4 * rdf.MOST_BYTES
_RDF_NAMES = frozenset((".ttl", ".rdf", ".owl", ".xml", ".jsonld", ".json-ld", ".nt", ".n3", ".nq", ".trig", ".json"))


def read_framework(path: Path, code: str | None = None) -> Framework:
    """The framework in a file, or in a folder whose RDF files make one vocabulary.

    `code` is made of the name where none is given. CASE packages, ASN RDF/XML, RDF/JSON and manifests, SKOS in any
    RDF syntax, and tables are read. Errors among its problems mean: do not store. Raises ValueError with one
    sentence where nothing can be read.
    """
    if not path.exists():
        raise ValueError(f"{path} does not exist.")
    code = code or _code_of(path)
    return checked(_read_folder(path, code) if path.is_dir() else _read_file(path, code))


def is_progression_file(path: Path) -> bool:
    """Whether the file is a progression table, to be read with `read_progression` and not as a framework."""
    if path.is_dir() or not path.exists() or path.suffix.lower() not in (".csv", ".tsv", ".txt"):
        return False
    with path.open("rb") as file:
        return is_progression(header_of(file.read(4096)))


def _read_file(path: Path, code: str) -> Framework:
    content = _bytes(path)
    if content.lstrip()[:1] in (b"{", b"["):
        return _read_json(content, path.name, code)
    if format := rdf.format_of(path.name, content):
        return _of_graph(rdf.parse(content, format, path.name), path.name, code)
    if b"\x00" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise ValueError(f"{path.name} is not text. Give CASE JSON, ASN or SKOS RDF, or a CSV table.")
    table = read_table(content, path.name)
    if is_progression(table.header):
        raise ValueError(f"{path.name} is a progression between standards, not a framework.")
    if not is_framework(table.header):
        raise ValueError(
            f"{path.name} is no framework we can read: CASE JSON, ASN or SKOS RDF, or a table with the columns "
            "code and statement."
        )
    return framework_of_table(table, code)


def _read_json(content: bytes, name: str, code: str) -> Framework:
    document = _decoded(content, name)
    if isinstance(document, dict) and isinstance(document.get("CFPackage"), dict):
        document = document["CFPackage"]
    if isinstance(document, dict) and "CFDocument" in document:
        return case.read_package(document, name, code)
    if isinstance(document, dict) and any(isinstance(v, dict) and f"{RDF}type" in v for v in document.values()):
        return asn.read_json(document, name, code)
    if (
        isinstance(document, list)
        and document
        and isinstance(document[0], dict)
        and "dcterms_description" in document[0]
    ):
        return asn.read_manifest(document, name, code)
    if format := rdf.format_of(name, content):
        return _of_graph(rdf.parse(content, format, name), name, code)
    raise ValueError(f"{name} is JSON, but neither a CASE package (CFDocument), nor ASN, nor JSON-LD.")


def _read_folder(folder: Path, code: str) -> Framework:
    graphs: list[rdf.Graph] = []
    problems: list[Problem] = []
    others: list[Path] = []
    size = 0
    for path in _files(folder):
        content = _bytes(path)
        size += len(content)
        if size > _MOST_OF_A_FOLDER:
            raise ValueError(f"{folder.name} holds more than {_MOST_OF_A_FOLDER // 2**20} MB.")
        format = rdf.format_of(path.name, content) if path.suffix.lower() in _RDF_NAMES else None
        if format is None:
            others += [path] if path.suffix.lower() in (".json", ".csv") else []
            continue
        try:
            graphs.append(rdf.parse(content, format, path.name))
        except ValueError as error:
            hint = "Mend the file, or take it out of the folder."
            problems.append(Problem("file-unreadable", path.name, str(error), hint, value=path.name))
    if not graphs and len(others) == 1:
        return _read_file(others[0], code)
    if not graphs:
        told = problems[0].message if problems else "It needs SKOS or ASN files that make one vocabulary."
        raise ValueError(f"{folder.name} holds no RDF file that can be read. {told}")
    found = _of_graph(rdf.merge(graphs), folder.name, code)
    return msgspec.structs.replace(found, problems=(*problems, *found.problems))


def _files(folder: Path) -> list[Path]:
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    if len(found) > _MOST_FILES:
        raise ValueError(f"{folder.name} holds more than {_MOST_FILES} files.")
    return found


def _of_graph(graph: rdf.Graph, name: str, code: str) -> Framework:
    if any(f"{ASN}StandardDocument" in rdf.uris(found, f"{RDF}type") for found in graph.values()):
        return asn.read_graph(graph, name, code)
    return skos.read_graph(graph, name, code)


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > rdf.MOST_BYTES:
        raise ValueError(f"{path.name} holds more than {rdf.MOST_BYTES // 2**20} MB.")
    return path.read_bytes()


def _decoded(content: bytes, name: str) -> Any:
    try:
        return msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except RecursionError as error:
        raise ValueError(f"{name} is nested too deeply.") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{name} is not well-formed JSON: {error}.") from error


def _code_of(path: Path) -> str:
    """A code out of the name: `ccss-math.asn.rdf.xml` gives `ccss-math`."""
    stem = path.resolve().name.partition(".")[0]
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "framework"
