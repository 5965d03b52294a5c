"""An OAI-PMH 2.0 endpoint over a fixed list of schema.org records: parameters in, XML out, no socket."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from html import escape

from msgspec import Struct

from web.demo.dublin_core import JsonLd, dublin_core

OaiRecord = tuple[str, str, bool, JsonLd | None]
"""(identifier, datestamp as `YYYY-MM-DDThh:mm:ssZ`, deleted, LearningResource or None)."""

OAI = "http://www.openarchives.org/OAI/2.0/"
OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
JSONLD = "https://w3id.org/open-resource-registry/oai/jsonld"

FORMATS = {
    "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", OAI_DC),
    "lrmi": (f"{JSONLD}.xsd", JSONLD),
}
_REQUIRED = {
    "Identify": frozenset[str](),
    "ListSets": frozenset[str](),
    "ListMetadataFormats": frozenset[str](),
    "GetRecord": frozenset({"identifier", "metadataPrefix"}),
    "ListIdentifiers": frozenset({"metadataPrefix"}),
    "ListRecords": frozenset({"metadataPrefix"}),
}
_OPTIONAL = {
    "ListSets": frozenset({"resumptionToken"}),
    "ListMetadataFormats": frozenset({"identifier"}),
    "ListIdentifiers": frozenset({"from", "until", "set"}),
    "ListRecords": frozenset({"from", "until", "set"}),
}
_LISTS = ("ListIdentifiers", "ListRecords")
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")


class _RefusalError(Exception):
    """An OAI error condition (section 3.6 of the protocol), answered with HTTP 200."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Window(Struct, frozen=True):
    """What one list request selects: records `start` to `end` by datestamp, from `cursor` on."""

    prefix: str
    since: str
    until: str
    cursor: int = 0

    def token(self) -> str:
        return "!".join((self.prefix, self.since, self.until, str(self.cursor)))


class OaiEndpoint:
    """Answers for a fixed list of records in pages of `page_size`.

    A request costs its page, whatever the size of the list: positions come by bisection over the
    datestamps, and each record is rendered once, when it is first asked for. Safe to call from threads.
    """

    def __init__(self, records: Iterable[OaiRecord], *, base_url: str, name: str, page_size: int = 25) -> None:
        self._records = sorted(records, key=lambda record: (record[1], record[0]))
        self._datestamps = [record[1] for record in self._records]
        self._positions = {record[0]: position for position, record in enumerate(self._records)}
        self._rendered: dict[str, list[bytes | None]] = {key: [None] * len(self._records) for key in FORMATS}
        self._base_url = base_url
        self._name = name
        self._page_size = page_size

    def answer(self, params: Sequence[tuple[str, str]]) -> bytes:
        """The XML document for one request; a wrong request is an OAI error inside it."""
        echo: Sequence[tuple[str, str]] = ()
        try:
            arguments = _arguments(params)
            echo = params
            body = self._body(arguments.pop("verb"), arguments)
        except _RefusalError as refusal:
            body = f'<error code="{refusal.code}">{_xml(str(refusal))}</error>'.encode()
        attributes = "".join(f' {key}="{_attribute(value)}"' for key, value in echo)
        return b"".join((
            f'<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="{OAI}" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd">\n'
            f"<responseDate>{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}</responseDate>\n"
            f"<request{attributes}>{_xml(self._base_url)}</request>\n".encode(),
            body,
            b"\n</OAI-PMH>\n",
        ))  # fmt: skip

    def _body(self, verb: str, arguments: dict[str, str]) -> bytes:
        if verb in _LISTS:
            return self._list(verb, arguments)
        if verb == "GetRecord":
            _known(arguments["metadataPrefix"])
            position = self._position(arguments["identifier"])
            return b"<GetRecord>" + self._record(arguments["metadataPrefix"], position) + b"</GetRecord>"
        if verb == "ListMetadataFormats":
            if "identifier" in arguments:
                self._position(arguments["identifier"])
            return _metadata_formats()
        if verb == "ListSets":
            raise _RefusalError("noSetHierarchy", "This repository has no sets.")
        return self._identify()

    def _identify(self) -> bytes:
        earliest = self._datestamps[0] if self._datestamps else "1970-01-01T00:00:00Z"
        return (
            f"<Identify><repositoryName>{_xml(self._name)}</repositoryName><baseURL>{_xml(self._base_url)}</baseURL>"
            "<protocolVersion>2.0</protocolVersion><adminEmail>oer@registry.example</adminEmail>"
            f"<earliestDatestamp>{earliest}</earliestDatestamp><deletedRecord>persistent</deletedRecord>"
            "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>"
        ).encode()

    def _list(self, verb: str, arguments: dict[str, str]) -> bytes:
        window = self._window(arguments)
        start = bisect_left(self._datestamps, window.since)
        end = bisect_right(self._datestamps, window.until) if window.until else len(self._datestamps)
        size = end - start
        if size <= 0:
            raise _RefusalError("noRecordsMatch", "No record has a datestamp in that range.")
        if window.cursor >= size:
            raise _RefusalError("badResumptionToken", "This token points past the end of the list.")
        first = start + window.cursor
        after = min(first + self._page_size, end)
        render = self._record if verb == "ListRecords" else self._header_of
        parts = [render(window.prefix, position) for position in range(first, after)]
        if after < end or window.cursor:
            following = _Window(window.prefix, window.since, window.until, after - start)
            token = _xml(following.token()) if after < end else ""
            attributes = f'completeListSize="{size}" cursor="{window.cursor}"'
            parts.append(f"<resumptionToken {attributes}>{token}</resumptionToken>".encode())
        return b"".join((f"<{verb}>".encode(), *parts, f"</{verb}>".encode()))

    def _window(self, arguments: dict[str, str]) -> _Window:
        if "resumptionToken" in arguments:
            return _resumed(arguments["resumptionToken"])
        _known(arguments["metadataPrefix"])
        if "set" in arguments:
            raise _RefusalError("noSetHierarchy", "This repository has no sets.")
        since, until = arguments.get("from", ""), arguments.get("until", "")
        if since and until and len(since) != len(until):
            raise _RefusalError("badArgument", "Give `from` and `until` with the same granularity.")
        since = _moment("from", since, "") if since else ""
        until = _moment("until", until, "T23:59:59Z") if until else ""
        window = _Window(arguments["metadataPrefix"], since, until)
        if window.until and window.since > window.until:
            raise _RefusalError("badArgument", "`from` must not be later than `until`.")
        return window

    def _position(self, identifier: str) -> int:
        if identifier not in self._positions:
            raise _RefusalError("idDoesNotExist", "No record has this identifier.")
        return self._positions[identifier]

    def _header_of(self, _prefix: str, position: int) -> bytes:
        identifier, datestamp, deleted, _ = self._records[position]
        status = ' status="deleted"' if deleted else ""
        stamp = f"<datestamp>{datestamp}</datestamp>"
        return f"<header{status}><identifier>{_xml(identifier)}</identifier>{stamp}</header>".encode()

    def _record(self, prefix: str, position: int) -> bytes:
        rendered = self._rendered[prefix]
        record = rendered[position]
        if record is None:
            _, _, deleted, jsonld = self._records[position]
            metadata = b"" if deleted or jsonld is None else _metadata(prefix, jsonld)
            record = b"".join((b"<record>", self._header_of(prefix, position), metadata, b"</record>\n"))
            rendered[position] = record
        return record


def _arguments(params: Sequence[tuple[str, str]]) -> dict[str, str]:
    arguments = dict(params)
    verb = arguments.get("verb", "")
    if verb not in _REQUIRED or [key for key, _ in params].count("verb") != 1:
        raise _RefusalError("badVerb", "Give one `verb`, and one of: " + ", ".join(_REQUIRED) + ".")
    given = arguments.keys() - {"verb"}
    if len(arguments) != len(params):
        raise _RefusalError("badArgument", "An argument is given twice.")
    if "resumptionToken" in given and verb in _LISTS:
        if len(given) > 1:
            raise _RefusalError("badArgument", "`resumptionToken` must be the only argument.")
        return arguments
    if missing := _REQUIRED[verb] - given:
        raise _RefusalError("badArgument", f"`{min(missing)}` is missing.")
    if surplus := given - _REQUIRED[verb] - _OPTIONAL.get(verb, frozenset()):
        raise _RefusalError("badArgument", f"`{min(surplus)}` is no argument of {verb}.")
    if not _PREFIX.fullmatch(arguments.get("metadataPrefix", "oai_dc")):
        raise _RefusalError("badArgument", "`metadataPrefix` has characters that no prefix has.")
    for key in given & {"from", "until"}:
        _moment(key, arguments[key], "")
    return arguments


def _moment(key: str, value: str, end_of_day: str) -> str:
    """A datestamp to compare with: itself, or for a day its start or (with `end_of_day`) its last second."""
    whole_day = len(value) == len("2026-01-31")
    form = "%Y-%m-%d" if whole_day else "%Y-%m-%dT%H:%M:%SZ"
    # Datestamps are compared as text, so `2026-1-1T0:0:0Z`, which strptime takes, must not pass.
    try:
        sound = f"{datetime.strptime(value, form):{form}}" == value
    except ValueError:
        sound = False
    if not sound:
        raise _RefusalError("badArgument", f"`{key}` must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
    return value + end_of_day if whole_day else value


def _resumed(token: str) -> _Window:
    parts = token.split("!")
    if len(parts) != 4 or parts[0] not in FORMATS or not re.fullmatch(r"[0-9]{1,12}", parts[3]):
        raise _RefusalError("badResumptionToken", "This token was not given out here.")
    return _Window(parts[0], parts[1], parts[2], int(parts[3]))


def _known(prefix: str) -> None:
    if prefix not in FORMATS:
        raise _RefusalError("cannotDisseminateFormat", "Formats here: " + ", ".join(FORMATS) + ".")


def _metadata_formats() -> bytes:
    formats = "".join(
        f"<metadataFormat><metadataPrefix>{prefix}</metadataPrefix><schema>{schema}</schema>"
        f"<metadataNamespace>{namespace}</metadataNamespace></metadataFormat>"
        for prefix, (schema, namespace) in FORMATS.items()
    )
    return f"<ListMetadataFormats>{formats}</ListMetadataFormats>".encode()


def _metadata(prefix: str, jsonld: JsonLd) -> bytes:
    if prefix == "lrmi":
        content = f'<jsonld xmlns="{JSONLD}">{_xml(json.dumps(jsonld, ensure_ascii=False))}</jsonld>'
    else:
        elements = "".join(f"<dc:{name}>{_xml(value)}</dc:{name}>" for name, value in dublin_core(jsonld))
        content = (
            f'<oai_dc:dc xmlns:oai_dc="{OAI_DC}" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            f'xsi:schemaLocation="{OAI_DC} http://www.openarchives.org/OAI/2.0/oai_dc.xsd">{elements}</oai_dc:dc>'
        )
    return f"<metadata>{content}</metadata>".encode()


def _xml(text: str) -> str:
    """Text for an element: characters XML 1.0 forbids are gone, the rest is escaped."""
    return escape(_ILLEGAL.sub("", text), quote=False).replace("\r", "&#13;")


def _attribute(text: str) -> str:
    return _xml(text).replace('"', "&quot;").replace("\n", "&#10;").replace("\t", "&#9;")
