"""A small HTTP/1.1 server on loopback that puts a plain function behind a socket."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec import Struct

BODY_CAP = 64 * 1024
IDLE_SECONDS = 30


class Request(Struct, frozen=True):
    """A request as the answering function sees it; `headers` has lower-case names, `params` query then form."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = {}


class Answer(Struct, frozen=True):
    """What goes back: the body with its media type, and any further headers."""

    body: bytes
    content_type: str = "text/plain; charset=utf-8"
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Respond = Callable[[Request], Answer]


class _Server(ThreadingHTTPServer):
    """Remembers its connections, so that stopping also ends the kept-alive ones."""

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(address, handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up early is its own business; anything else is a fault of ours and is shown.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def hang_up(self) -> None:
        for connection in list(self._open):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(respond_at: Callable[[str], Respond], port: int = 0) -> Iterator[str]:
    """The base URL (`http://127.0.0.1:PORT`) of a server that runs until the block is left.

    `respond_at` is called once with that URL and gives the answering function. Port 0 takes any free one;
    a port in use raises OSError. GET, HEAD and form POST (up to 64 KB) are passed on.
    """
    server = _Server(("127.0.0.1", port), _handler(lambda request: respond(request)))
    base_url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    try:
        respond = respond_at(base_url)
        thread.start()
        yield base_url
    finally:
        if thread.is_alive():
            server.shutdown()
            thread.join()
        server.hang_up()
        server.server_close()


def _handler(respond: Respond) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = IDLE_SECONDS
        disable_nagle_algorithm = True
        # Head and body leave in one write: two small ones would meet Nagle and delayed acknowledgment (40 ms).
        wbufsize = 1 << 20

        def do_GET(self) -> None:
            self._answer(b"")

        do_HEAD = do_GET

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > BODY_CAP:
                self.close_connection = True
                self._write(Answer(b"Send a form of at most 64 KB, with its Content-Length.\n", status=413))
                return
            self._answer(self.rfile.read(int(length)))

        def _answer(self, form: bytes) -> None:
            url = urlsplit(self.path)
            pairs = parse_qsl(url.query, keep_blank_values=True)
            pairs += parse_qsl(form.decode("utf-8", "replace"), keep_blank_values=True)
            headers = {name.lower(): value for name, value in self.headers.items()}
            self._write(respond(Request(self.command, unquote(url.path), tuple(pairs), headers)))

        def _write(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            if answer.status != HTTPStatus.NOT_MODIFIED:
                self.send_header("Content-Type", answer.content_type)
                self.send_header("Content-Length", str(len(answer.body)))
            if self.close_connection:
                self.send_header("Connection", "close")
            self.end_headers()
            if self.command != "HEAD" and answer.status != HTTPStatus.NOT_MODIFIED:
                self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:
            """Nothing: the demo's terminal belongs to its own words."""

    return Handler
