"""Small sites on loopback and behind mock transports, answering from payload files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx

from harvesters.http import Fetcher, Limits
from harvesters.source import SourceConfig
from web.demo.loopback import Answer, Request, serving

PAYLOADS = Path(__file__).parent / "payloads"
LOOPBACK = ("127.0.0.0/8",)

Route = Answer | Callable[[Request], Answer]


def payload(name: str) -> bytes:
    return (PAYLOADS / name).read_bytes()


class Site:
    """Answers by path; the routes can be changed while it runs, and `requests` holds what was asked."""

    def __init__(self) -> None:
        self.base = ""
        self.routes: dict[str, Route] = {}
        self.requests: list[Request] = []

    def respond(self, request: Request) -> Answer:
        self.requests.append(request)
        route = self.routes.get(request.path, Answer(b"nothing here", status=404))
        return route(request) if callable(route) else route

    def asked(self, path: str) -> int:
        return sum(request.path == path for request in self.requests)


@contextmanager
def running_site() -> Iterator[Site]:
    site = Site()

    def at(base: str) -> Callable[[Request], Answer]:
        site.base = base
        return site.respond

    with serving(at):
        yield site


def patient_fetcher(naps: list[float] | None = None, limits: Limits | None = None) -> Fetcher:
    """A fetcher that may go to loopback and whose waiting takes no time."""
    return Fetcher(LOOPBACK, limits=limits, sleep=(naps if naps is not None else []).append)


class OaiScript:
    """An OAI-PMH repository behind a mock transport: answers by verb and token, and the requests it had."""

    def __init__(self, **answers: str | bytes | list[str | bytes]) -> None:
        self.answers: dict[str, list[bytes]] = {}
        self.requests: list[dict[str, str]] = []
        for key, given in {"Identify": "identify.xml", "ListMetadataFormats": "formats-dc.xml", **answers}.items():
            self.say(key, *(given if isinstance(given, list) else [given]))

    def say(self, key: str, *given: str | bytes) -> None:
        """Answer a verb, or a resumption token, with these payloads in turn; the last one again and again."""
        self.answers[key] = [payload(f"oai/{each}") if isinstance(each, str) else each for each in given]

    def respond(self, request: httpx.Request) -> httpx.Response:
        arguments = dict(parse_qsl(request.url.query.decode()))
        self.requests.append(arguments)
        queue = self.answers[arguments.get("resumptionToken") or arguments["verb"]]
        return httpx.Response(200, content=queue.pop(0) if len(queue) > 1 else queue[0])

    def fetcher(self) -> Fetcher:
        return Fetcher(transport=httpx.MockTransport(self.respond), sleep=lambda seconds: None)


def oai_config(**options: str) -> SourceConfig:
    return SourceConfig("maple", "https://maple.example/oai", options, "Maple County")


def path_of(url: str) -> str:
    return urlsplit(url).path
