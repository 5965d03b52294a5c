"""An OAI-PMH 2.0 endpoint over a fixed list of schema.org records: parameters in, XML out, no socket."""

from __future__ import annotations

import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime

from msgspec import Struct

from vocab.crosswalks.dc_write import document
from web import oai_protocol as protocol
from web.demo.dublin_core import JsonLd, dublin_core
from web.oai_protocol import JSONLD, LISTS, Params, RefusalError

OaiRecord = tuple[str, str, bool, JsonLd | None]
"""(identifier, datestamp as `YYYY-MM-DDThh:mm:ssZ`, deleted, LearningResource or None)."""

FORMATS = {"oai_dc": protocol.DUBLIN_CORE, "lrmi": protocol.Format(f"{JSONLD}.xsd", JSONLD)}


class _Window(Struct, frozen=True):
    """What one list request selects: records by datestamp, from `cursor` on."""

    prefix: str
    span: protocol.Span
    cursor: int = 0

    def token(self) -> str:
        return "!".join((self.prefix, self.span.since, self.span.until, str(self.cursor)))


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

    def answer(self, params: Params) -> bytes:
        """The XML document for one request; a wrong request is an OAI error inside it."""
        return protocol.answer(params, self._base_url, datetime.now(UTC), self._body)

    def _body(self, verb: str, arguments: dict[str, str]) -> bytes:
        if verb in LISTS:
            return self._list(verb, arguments)
        if verb == "GetRecord":
            protocol.known(arguments["metadataPrefix"], FORMATS)
            position = self._position(arguments["identifier"])
            return b"<GetRecord>" + self._record(arguments["metadataPrefix"], position) + b"</GetRecord>"
        if verb == "ListMetadataFormats":
            if "identifier" in arguments:
                self._position(arguments["identifier"])
            return protocol.metadata_formats(FORMATS)
        if verb == "ListSets":
            raise RefusalError("noSetHierarchy", "This repository has no sets.")
        earliest = self._datestamps[0] if self._datestamps else "1970-01-01T00:00:00Z"
        return protocol.identify(self._name, self._base_url, "oer@registry.example", earliest)

    def _list(self, verb: str, arguments: dict[str, str]) -> bytes:
        window = _window(arguments)
        since, until = window.span.since, window.span.until
        start = bisect_left(self._datestamps, since)
        end = bisect_right(self._datestamps, until) if until else len(self._datestamps)
        size = end - start
        if size <= 0:
            raise RefusalError("noRecordsMatch", "No record has a datestamp in that range.")
        if window.cursor >= size:
            raise protocol.bad_token("This token points past the end of the list.")
        first = start + window.cursor
        after = min(first + self._page_size, end)
        render = self._record if verb == "ListRecords" else self._header_of
        parts = [render(window.prefix, position) for position in range(first, after)]
        token = _Window(window.prefix, window.span, after - start).token() if after < end else ""
        alone = not token and not window.cursor
        return protocol.listed(verb, parts, None if alone else token, completeListSize=size, cursor=window.cursor)

    def _position(self, identifier: str) -> int:
        if identifier not in self._positions:
            raise RefusalError("idDoesNotExist", "No record has this identifier.")
        return self._positions[identifier]

    def _header_of(self, _prefix: str, position: int) -> bytes:
        return protocol.header(*self._records[position][:3])

    def _record(self, prefix: str, position: int) -> bytes:
        rendered = self._rendered[prefix]
        record = rendered[position]
        if record is None:
            _, _, deleted, jsonld = self._records[position]
            metadata = None if deleted or jsonld is None else _metadata(prefix, jsonld)
            record = protocol.record(self._header_of(prefix, position), metadata)
            rendered[position] = record
        return record


def _window(arguments: dict[str, str]) -> _Window:
    if "resumptionToken" in arguments:
        return _resumed(arguments["resumptionToken"])
    protocol.known(arguments["metadataPrefix"], FORMATS)
    if "set" in arguments:
        raise RefusalError("noSetHierarchy", "This repository has no sets.")
    return _Window(arguments["metadataPrefix"], protocol.span(arguments))


def _resumed(token: str) -> _Window:
    parts = token.split("!")
    if len(parts) != 4 or parts[0] not in FORMATS or not re.fullmatch(r"[0-9]{1,12}", parts[3]):
        raise protocol.bad_token("This token was not given out here.")
    return _Window(parts[0], protocol.Span(parts[1], parts[2]), int(parts[3]))


def _metadata(prefix: str, jsonld: JsonLd) -> bytes:
    if prefix == "lrmi":
        return protocol.json_element(json.dumps(jsonld, ensure_ascii=False))
    return document(dublin_core(jsonld)).encode()
