"""The OAI-PMH 2.0 provider at /oai: every resource here, in the order they changed, for other registries."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from litestar import Response, get, post
from litestar.params import RawBody
from msgspec import Struct
from sqlalchemy.orm import Session

from registry.catalog import outgoing, sets
from registry.catalog.outgoing import Outgoing, Place, Window
from registry.errors import NotFound
from registry.settings import Settings
from vocab.crosswalks.xml_write import content
from web import oai_protocol as protocol
from web.oai_formats import SCHEMA_OF_JSON, SCHEMA_PATH, WRITERS, formats
from web.oai_protocol import LISTS, Params, RefusalError, datestamp
from web.oai_token import LIFE, Token, opened, sealed
from web.site import Request

Clock = Callable[[], datetime]

PAGE = 100
"""How many records one answer holds."""

_XML = "text/xml"
_FORM = "application/x-www-form-urlencoded"
_OAI_ID = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_DOMAIN = re.compile(r"[A-Za-z][A-Za-z0-9\-]*(?:\.[A-Za-z][A-Za-z0-9\-]+)+")
"""What the oai-identifier schema takes for the name of a repository."""


@get("/oai", sync_to_thread=True)
def harvest_by_get(request: Request) -> Response[bytes]:
    """One OAI-PMH request out of the query string."""
    return _answered(request, _pairs(request.scope["query_string"]))


@post("/oai", sync_to_thread=True, status_code=200)
def harvest_by_post(request: Request, body: RawBody) -> Response[bytes]:
    """One OAI-PMH request out of a form."""
    stated = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    return _answered(request, _pairs(body) if stated == _FORM else [])


@get(SCHEMA_PATH, sync_to_thread=False)
def lrmi_schema() -> Response[str]:
    """The XML schema of the `lrmi` format."""
    return Response(SCHEMA_OF_JSON, media_type=_XML, headers={"Cache-Control": "public, max-age=86400"})


OPEN = [harvest_by_get, harvest_by_post, lrmi_schema]


def present() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class Provider(Struct, frozen=True):
    """The answers to one request, out of one transaction: what is told goes up to `bound`."""

    session: Session
    settings: Settings
    moment: datetime
    bound: datetime

    @property
    def base_url(self) -> str:
        """The public address of this registry."""
        return self.settings.base_url

    def answer(self, params: Params) -> bytes:
        """The XML document for a request; `responseDate` is the bound, from which nothing is lost the next time."""
        return protocol.answer(params, f"{self.base_url}/oai", self.bound, self._body)

    def _body(self, verb: str, arguments: dict[str, str]) -> bytes:
        if verb in LISTS:
            return self._list(verb, arguments)
        if verb == "GetRecord":
            return self._get(arguments["identifier"], arguments["metadataPrefix"])
        if verb == "ListMetadataFormats":
            if "identifier" in arguments:
                self._found(arguments["identifier"])
            return protocol.metadata_formats(formats(self.base_url))
        return self._sets(arguments) if verb == "ListSets" else self._identify()

    def _identify(self) -> bytes:
        host = _host(self.base_url)
        email = self.settings.admin_email or f"postmaster@{host if '.' in host else host + '.invalid'}"
        first = min(outgoing.earliest(self.session) or self.bound, self.bound)
        scheme = ""
        if _DOMAIN.fullmatch(host):
            scheme = (
                f'<description><oai-identifier xmlns="{_OAI_ID}" xsi:schemaLocation="{_OAI_ID} {_OAI_ID}.xsd">'
                f"<scheme>oai</scheme><repositoryIdentifier>{host}</repositoryIdentifier><delimiter>:</delimiter>"
                f"<sampleIdentifier>{self._identifier('01jz0000000000000000000000')}</sampleIdentifier>"
                "</oai-identifier></description>"
            )
        return protocol.identify(
            self.settings.name,
            f"{self.base_url}/oai",
            email,
            datestamp(first),
            "<compression>gzip</compression>",
            scheme,
        )

    def _sets(self, arguments: dict[str, str]) -> bytes:
        if "resumptionToken" in arguments:
            raise protocol.bad_token("The list of sets has one page.")
        listed = sets.list_sets(self.session)
        if not listed:
            raise RefusalError("noSetHierarchy", "There is nothing here yet, and so there are no sets.")
        told = "".join(
            f"<set><setSpec>{each.spec}</setSpec><setName>{content(each.name)}</setName></set>" for each in listed
        )
        return f"<ListSets>{told}</ListSets>".encode()

    def _get(self, identifier: str, prefix: str) -> bytes:
        found = self._found(identifier)
        protocol.known(prefix, WRITERS)
        return b"<GetRecord>" + self._record(found, prefix) + b"</GetRecord>"

    def _list(self, verb: str, arguments: dict[str, str]) -> bytes:
        token = self._asked(verb, arguments)
        window = Window(token.spec, _moment(token.span.since), _moment(token.span.until))
        after = Place(token.stamp, token.last) if token.last else None
        found, more = outgoing.page(self.session, window, self.bound, after, PAGE, whole=verb == "ListRecords")
        if not found:
            raise RefusalError("noRecordsMatch", "Nothing has changed in that time, or is in that set.")
        parts = [self._record(each, token.prefix) if verb == "ListRecords" else self._header(each) for each in found]
        if not more:
            return protocol.listed(verb, parts, "" if after else None, cursor=token.cursor)
        dies = self.moment + LIFE
        following = Token(
            verb, token.prefix, token.spec, token.span, found[-1].stamp, found[-1].id, token.cursor + len(found), dies
        )
        text = sealed(following, self.settings.secret_key)
        return protocol.listed(verb, parts, text, expirationDate=datestamp(dies), cursor=token.cursor)

    def _asked(self, verb: str, arguments: dict[str, str]) -> Token:
        """Where a list goes on, or starts: then without a last record."""
        if "resumptionToken" in arguments:
            return opened(arguments["resumptionToken"], verb, self.settings.secret_key, self.moment)
        prefix = arguments["metadataPrefix"]
        protocol.known(prefix, WRITERS)
        span = protocol.span(arguments)
        return Token(verb, prefix, arguments.get("set", ""), span, self.moment, "", 0, self.moment)

    def _found(self, identifier: str) -> Outgoing:
        start = self._identifier("")
        if identifier.startswith(start):
            try:
                return outgoing.one(self.session, identifier[len(start) :])
            except NotFound:
                pass
        raise RefusalError("idDoesNotExist", "No record here has this identifier.")

    def _record(self, found: Outgoing, prefix: str) -> bytes:
        told = found.described
        return protocol.record(self._header(found), WRITERS[prefix](told, self.base_url) if told else None)

    def _header(self, found: Outgoing) -> bytes:
        return protocol.header(self._identifier(found.id), datestamp(found.stamp), found.deleted, found.sets)

    def _identifier(self, resource_id: str) -> str:
        return f"oai:{_host(self.base_url)}:{resource_id}"


def _answered(request: Request, params: Params) -> Response[bytes]:
    registry = request.site.registry
    clock: Clock = request.app.state.clock
    with registry.reading.begin() as session:
        moment = clock()
        bound = outgoing.settled(session, moment)
        provider = Provider(session, registry.settings, moment, bound)
        answer = provider.answer(params)
    return Response(answer, media_type=_XML, headers={"Cache-Control": "no-store"})


def _pairs(encoded: bytes) -> Params:
    """The arguments as they came: a name may stand there twice, and what is not UTF-8 is replaced."""
    try:
        return parse_qsl(
            encoded.decode("ascii", "replace"), keep_blank_values=True, errors="replace", max_num_fields=20
        )
    except ValueError:  # more fields than any request has
        return []


def _host(base_url: str) -> str:
    return urlsplit(base_url).hostname or "localhost"


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
