"""OAI-PMH 2.0 as every endpoint speaks it: arguments checked, errors told, answers put together; no records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from msgspec import Struct

from vocab.crosswalks.dc_write import OAI_DC, OAI_DC_SCHEMA
from vocab.crosswalks.xml_write import attribute, content

OAI = "http://www.openarchives.org/OAI/2.0/"
JSONLD = "https://w3id.org/open-resource-registry/oai/jsonld"
"""The namespace of an element that holds one schema.org resource as JSON-LD text."""
LISTS = ("ListIdentifiers", "ListRecords")

Params = Sequence[tuple[str, str]]

_REQUIRED = {
    "Identify": frozenset[str](),
    "ListSets": frozenset[str](),
    "ListMetadataFormats": frozenset[str](),
    "GetRecord": frozenset({"identifier", "metadataPrefix"}),
    "ListIdentifiers": frozenset({"metadataPrefix"}),
    "ListRecords": frozenset({"metadataPrefix"}),
}
_OPTIONAL = {
    "ListMetadataFormats": frozenset({"identifier"}),
    "ListIdentifiers": frozenset({"from", "until", "set"}),
    "ListRecords": frozenset({"from", "until", "set"}),
}
_RESUMED = (*LISTS, "ListSets")
_SYNTAX = {
    "metadataPrefix": re.compile(r"[A-Za-z0-9\-_.!~*'()]+"),
    "set": re.compile(r"[A-Za-z0-9\-_.!~*'()]+(?::[A-Za-z0-9\-_.!~*'()]+)*"),
    "identifier": re.compile(r"(?:[^\s%]|%[0-9A-Fa-f]{2})+"),
}


class RefusalError(Exception):
    """An OAI error condition (section 3.6 of the protocol), answered with HTTP 200."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Format(Struct, frozen=True):
    """A metadata format: where its schema is, and the namespace of its root element."""

    schema: str
    namespace: str


class Span(Struct, frozen=True):
    """The datestamps asked for, first and last (`YYYY-MM-DDThh:mm:ssZ`); empty where there is no limit."""

    since: str = ""
    until: str = ""


DUBLIN_CORE = Format(OAI_DC_SCHEMA, OAI_DC)


def answer(params: Params, base_url: str, moment: datetime, body: Callable[[str, dict[str, str]], bytes]) -> bytes:
    """The XML document for one request; a wrong request is an OAI error inside it.

    `body` is given a verb and its checked arguments, and gives the verb's element or raises RefusalError. `moment` is
    the responseDate, which a harvester may ask from the next time.
    """
    echo: Params = ()
    try:
        arguments = _arguments(params)
        echo = params
        inside = body(arguments.pop("verb"), arguments)
    except RefusalError as refusal:
        inside = f'<error code="{refusal.code}">{content(str(refusal))}</error>'.encode()
        if refusal.code in ("badVerb", "badArgument"):
            echo = ()
    attributes = "".join(f' {key}="{attribute(value)}"' for key, value in echo)
    return b"".join((
        f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{OAI}" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
        f"<responseDate>{datestamp(moment)}</responseDate>\n"
        f"<request{attributes}>{content(base_url)}</request>\n".encode(),
        inside,
        b"\n</OAI-PMH>\n",
    ))  # fmt: skip


def span(arguments: Mapping[str, str]) -> Span:
    """What `from` and `until` ask for: a day is its first or its last second. RefusalError where they do not fit."""
    since, until = arguments.get("from"), arguments.get("until")
    if since is not None and until is not None and len(since) != len(until):
        raise RefusalError("badArgument", "Give `from` and `until` with the same granularity.")
    asked = Span(
        "" if since is None else _moment("from", since, "T00:00:00Z"),
        "" if until is None else _moment("until", until, "T23:59:59Z"),
    )
    if asked.until and asked.since > asked.until:
        raise RefusalError("badArgument", "`from` must not be later than `until`.")
    return asked


def known(prefix: str, formats: Iterable[str]) -> None:
    """RefusalError where no format has this prefix."""
    if prefix not in formats:
        raise RefusalError("cannotDisseminateFormat", "Formats here: " + ", ".join(formats) + ".")


def bad_token(why: str) -> RefusalError:
    """The refusal of a resumption token."""
    return RefusalError("badResumptionToken", f"{why} Start the list again.")


def datestamp(moment: datetime) -> str:
    """A moment in UTC as the protocol writes it, to the second."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def header(identifier: str, stamp: str, deleted: bool, sets: Iterable[str] = ()) -> bytes:
    """The header of a record."""
    status = ' status="deleted"' if deleted else ""
    inside = f"<identifier>{content(identifier)}</identifier><datestamp>{stamp}</datestamp>"
    inside += "".join(f"<setSpec>{spec}</setSpec>" for spec in sets)
    return f"<header{status}>{inside}</header>".encode()


def record(head: bytes, metadata: bytes | None) -> bytes:
    """A record of its header and the one element that describes it; a deleted one has none."""
    described = b"" if metadata is None else b"<metadata>" + metadata + b"</metadata>"
    return b"<record>" + head + described + b"</record>\n"


def listed(verb: str, parts: Iterable[bytes], token: str | None, **attributes: object) -> bytes:
    """The element of a list with its resumption token: empty on the last page, None where there is only one page."""
    told = "".join(f' {name}="{value}"' for name, value in attributes.items() if value is not None)
    end = b"" if token is None else f"<resumptionToken{told}>{content(token)}</resumptionToken>".encode()
    return b"".join((f"<{verb}>".encode(), *parts, end, f"</{verb}>".encode()))


def metadata_formats(formats: Mapping[str, Format]) -> bytes:
    """The answer to ListMetadataFormats."""
    told = "".join(
        f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><schema>{content(each.schema)}</schema>"
        f"<metadataNamespace>{content(each.namespace)}</metadataNamespace></metadataFormat>"
        for prefix, each in formats.items()
    )
    return f"<ListMetadataFormats>{told}</ListMetadataFormats>".encode()


def identify(name: str, base_url: str, email: str, earliest: str, *more: str) -> bytes:
    """The answer to Identify of a repository that keeps its deletions and stamps to the second; `more` ends it."""
    return (
        f"<Identify><repositoryName>{content(name)}</repositoryName><baseURL>{content(base_url)}</baseURL>"
        f"<protocolVersion>2.0</protocolVersion><adminEmail>{content(email)}</adminEmail>"
        f"<earliestDatestamp>{earliest}</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
        f"<granularity>YYYY-MM-DDThh:mm:ssZ</granularity>{''.join(more)}</Identify>"
    ).encode()


def json_element(text: str) -> bytes:
    """The element of the `lrmi` format: one schema.org resource as JSON-LD text."""
    return f'<jsonld xmlns="{JSONLD}">{content(text)}</jsonld>'.encode()


def _arguments(params: Params) -> dict[str, str]:
    arguments = dict(params)
    verb = arguments.get("verb", "")
    if verb not in _REQUIRED or [key for key, _ in params].count("verb") != 1:
        raise RefusalError("badVerb", "Give one `verb`, and one of: " + ", ".join(_REQUIRED) + ".")
    given = arguments.keys() - {"verb"}
    if len(arguments) != len(params):
        raise RefusalError("badArgument", "An argument is given twice.")
    if "resumptionToken" in given and verb in _RESUMED:
        if len(given) > 1:
            raise RefusalError("badArgument", "`resumptionToken` must be the only argument.")
        return arguments
    if missing := _REQUIRED[verb] - given:
        raise RefusalError("badArgument", f"`{min(missing)}` is missing.")
    if surplus := given - _REQUIRED[verb] - _OPTIONAL.get(verb, frozenset()):
        raise RefusalError("badArgument", f"`{min(surplus)}` is no argument of {verb}.")
    for name in given & _SYNTAX.keys():
        if not _SYNTAX[name].fullmatch(arguments[name]):
            raise RefusalError("badArgument", f"`{name}` has characters that none has.")
    span(arguments)
    return arguments


def _moment(key: str, value: str, time: str) -> str:
    """A datestamp to compare with: itself, or a day with this time."""
    whole_day = len(value) == len("2026-01-31")
    form = "%Y-%m-%d" if whole_day else "%Y-%m-%dT%H:%M:%SZ"
    # Datestamps are compared as text, so `2026-1-1T0:0:0Z`, which strptime takes, must not pass.
    try:
        read = datetime.strptime(value, form)
        sound = read.isoformat() == (value + "T00:00:00" if whole_day else value[:-1])
    except ValueError:
        sound = False
    if not sound:
        raise RefusalError("badArgument", f"`{key}` must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
    return value + time if whole_day else value
