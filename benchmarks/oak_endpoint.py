"""All Oak lessons over OAI-PMH on loopback, until told to stop; prints its address."""

from __future__ import annotations

import signal
import threading

from benchmarks.stage import oak_lessons
from web.demo.loopback import Answer, Request, serving
from web.demo.oai_endpoint import OaiEndpoint


def main() -> None:
    """Serve."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    def respond_at(base_url: str):  # type: ignore[no-untyped-def]
        records = ((str(lesson["@id"]), "2026-06-07T15:29:46Z", False, lesson) for lesson in oak_lessons())
        endpoint = OaiEndpoint(records, base_url=f"{base_url}/oai", name="Oak lessons", page_size=100)
        return lambda request: _answer(endpoint, request)

    with serving(respond_at) as base_url:
        print(f"{base_url}/oai", flush=True)
        stop.wait()


def _answer(endpoint: OaiEndpoint, request: Request) -> Answer:
    return Answer(endpoint.answer(request.params), "text/xml; charset=utf-8")


if __name__ == "__main__":
    main()
