"""An endpoint on loopback that misbehaves as it is told, on raw sockets, and is sound again when told so."""

from __future__ import annotations

import json
import re
import socket
import socketserver
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.harvesters.sites import PAYLOADS

JSONLD = "https://w3id.org/open-resource-registry/oai/jsonld"
PAGE = 5
NUMBERS = tuple(range(20))
FIRST = tuple(number for number in NUMBERS if number % PAGE > 1)
"""What the endpoint has at first; two more lessons a page come later."""


class Wire:
    """A request, and the socket by which anything at all may be sent back."""

    def __init__(self, connection: socket.socket, target: str, headers: str, stopped: threading.Event) -> None:
        split = urlsplit(target)
        self.path = split.path
        self.params = dict(parse_qsl(split.query))
        self.headers = headers
        self.stopped = stopped
        self._connection = connection

    @property
    def page(self) -> int:
        """Which page of the list of records is asked for; 0 where none is."""
        if self.params.get("verb") != "ListRecords":
            return 0
        place = re.search(r"!(\d+)$", self.params.get("resumptionToken", "!0"))
        return int(place[1]) // PAGE + 1 if place else 0

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def answer(self, body: bytes, *headers: str, status: int = 200, kind: str = "text/xml") -> None:
        """A sound answer, with further headers (lines)."""
        head = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Content-Length: {len(body)}", *headers]
        if kind:
            head.append(f"Content-Type: {kind}")
        self.send("\r\n".join([*head, "Connection: close", "", ""]).encode("latin-1") + body)

    def drip(self, data: bytes, seconds: float = 0.03) -> None:
        """One byte at a time, for as long as anybody listens."""
        for place in range(len(data)):
            if self.stopped.wait(seconds):
                return
            self.send(data[place : place + 1])

    def reset(self) -> None:
        """Break the connection off so that the other side is told of a fault."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()


Act = Callable[[Wire, bytes], None]
Strikes = Callable[[Wire], bool]


class Hostile:
    """What the endpoint has, and what it does to whom.

    `/oai` is a repository (with `deletions=no` one that tells none, with `earliest` one that is older than its
    records), `/sitemap.xml` a site with its pages, `/t.csv` a table; all hold the lessons in `numbers`.
    """

    def __init__(self) -> None:
        self.base = self.secure = ""
        self.numbers = FIRST
        self.stopped = threading.Event()
        self.requests: list[Wire] = []
        self._started = datetime.now(UTC) - timedelta(minutes=30)
        self._act: Act | None = None
        self._strikes: Strikes = lambda wire: True
        self._left = 0

    def misbehave(self, act: Act, strikes: Strikes, times: int) -> None:
        """Do this to requests that fit, so many times (0: always)."""
        self._act, self._strikes, self._left = act, strikes, times or -1

    def heal(self) -> None:
        """Be sound from now on."""
        self._act = None

    def respond(self, wire: Wire) -> None:
        self.requests.append(wire)
        status, kind, body = self._sound(wire)
        if self._act is not None and self._left and self._strikes(wire):
            self._left -= 1
            self._act(wire, body)
        else:
            wire.answer(body, status=status, kind=kind)

    def _sound(self, wire: Wire) -> tuple[int, str, bytes]:
        if wire.path == "/oai":
            return 200, "text/xml", self._repository(wire)
        if wire.path == "/sitemap.xml":
            urls = "".join(f"<url><loc>{self.base}/p/{number}</loc></url>" for number in self.numbers)
            return (
                200,
                "text/xml",
                f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'.encode(),
            )
        if wire.path.startswith("/p/") and wire.path[3:].isdecimal():
            return 200, "text/html", lesson_page(int(wire.path[3:]))
        if wire.path == "/t.csv":
            rows = (f"L{n},{title(n)},https://oak.example/{n},en\n" for n in self.numbers)
            return 200, "text/csv", ("ID,Title,Link,Language\n" + "".join(rows)).encode()
        if wire.path == "/login":
            return 200, "text/html", b"<!DOCTYPE html><html><body><form>Sign in</form></body></html>"
        return 404, "text/plain", b"nothing here"

    def _repository(self, wire: Wire) -> bytes:
        verb = wire.params.get("verb", "")
        if verb == "Identify":
            earliest = "2020-01-01T00:00:00Z" if "earliest" in wire.params else self._moment(0)
            deleted = wire.params.get("deletions", "persistent")
            return oai_document(
                f"<Identify><earliestDatestamp>{earliest}</earliestDatestamp><deletedRecord>{deleted}</deletedRecord>"
                "<granularity>YYYY-MM-DDThh:mm:ssZ</granularity></Identify>".encode()
            )
        if verb == "ListMetadataFormats":
            return oai_document(
                "<ListMetadataFormats><metadataFormat><metadataPrefix>lrmi</metadataPrefix>"
                f"<metadataNamespace>{JSONLD}</metadataNamespace></metadataFormat></ListMetadataFormats>".encode()
            )
        stated = re.fullmatch(r"lrmi!(\d{1,9})", wire.params.get("resumptionToken", "lrmi!0"))
        if verb != "ListRecords" or not stated:
            return oai_document(b'<error code="badResumptionToken">This token was not given out here.</error>')
        return self.list_page(int(stated[1]))

    def list_page(self, place: int) -> bytes:
        """The records from one place on, and the token for those after them."""
        records = [oai_record(f"{n:02}", self._moment(n), lesson(n)) for n in self.numbers[place : place + PAGE]]
        after = f"lrmi!{place + PAGE}" if place + PAGE < len(self.numbers) else ""
        ending = f"<resumptionToken>{after}</resumptionToken></ListRecords>"
        return oai_document(b"<ListRecords>" + b"".join(records) + ending.encode())

    def _moment(self, number: int) -> str:
        return f"{self._started + timedelta(seconds=number):%Y-%m-%dT%H:%M:%SZ}"


def oai_document(content: bytes) -> bytes:
    """An OAI-PMH answer around its verb's element."""
    head = '<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
    return head.encode() + content + b"</OAI-PMH>"


def oai_record(name: str, moment: str, about: dict[str, str]) -> bytes:
    header = f"<header><identifier>oai:oak:{name}</identifier><datestamp>{moment}</datestamp></header>"
    metadata = f'<metadata><jsonld xmlns="{JSONLD}">{json.dumps(about)}</jsonld></metadata>'
    return f"<record>{header}{metadata}</record>".encode()


def title(number: int) -> str:
    return f"Lesson {number}"


def lesson(number: int) -> dict[str, str]:
    url = f"https://oak.example/{number}"
    return {"@type": "LearningResource", "name": title(number), "description": "A lesson on fractions.", "url": url}


def lesson_page(number: int) -> bytes:
    data = f'{{"@type": "LearningResource", "name": "{title(number)}", "url": "https://oak.example/{number}"}}'
    return f'<!DOCTYPE html><html><script type="application/ld+json">{data}</script></html>'.encode()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, hostile: Hostile, context: ssl.SSLContext | None = None) -> None:
        self.hostile = hostile
        self._context = context
        super().__init__(("127.0.0.1", 0), _Handler)

    def finish_request(self, request: Any, client_address: Any) -> None:
        # A client that does not trust the certificate, or hangs up on us, is right to.
        with suppress(OSError):
            if self._context:
                request = self._context.wrap_socket(request, server_side=True)
            super().finish_request(request, client_address)

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.settimeout(10)
        head = b""
        while b"\r\n\r\n" not in head:
            piece = self.request.recv(65536)
            if not piece:
                return
            if piece.startswith(b"\x16"):  # a greeting in TLS, which is not spoken here
                self.request.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            head += piece
        line, _, headers = head.decode("latin-1").partition("\r\n")
        hostile = self.server.hostile  # type: ignore[attr-defined]
        hostile.respond(Wire(self.request, line.split()[1], headers, hostile.stopped))


@contextmanager
def hostile_endpoint() -> Iterator[Hostile]:
    """The endpoint, over HTTP at `base` and, with a certificate nobody knows, at `secure`."""
    hostile = Hostile()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(PAYLOADS / "tls" / "self-signed.pem")
    servers = [_Server(hostile), _Server(hostile, context)]
    hostile.base, hostile.secure = f"http://127.0.0.1:{servers[0].port}", f"https://127.0.0.1:{servers[1].port}"
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield hostile
    finally:
        hostile.stopped.set()
        for server in servers:
            server.shutdown()
            server.server_close()
