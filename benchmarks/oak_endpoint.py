"""Oak lessons over OAI-PMH on loopback, until told to stop; prints its address.

More lessons than there are, are made by this rule: copy k of a lesson has the edition k in its address and its title,
and the words of each of its texts in an order drawn by chance (seeded with k and the address), so that it is no copy
of the lesson to anybody who compares texts, and no new word comes into the index.
"""

from __future__ import annotations

import random
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Any

from benchmarks.stage import oak_lessons
from web.demo.loopback import Answer, Request, serving
from web.demo.oai_endpoint import OaiEndpoint


def main() -> None:
    """Serve."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())

    count = int(sys.argv[1]) if len(sys.argv) > 1 else 0

    def respond_at(base_url: str):  # type: ignore[no-untyped-def]
        records = ((str(lesson["@id"]), "2026-06-07T15:29:46Z", False, lesson) for lesson in lessons(count))
        endpoint = OaiEndpoint(records, base_url=f"{base_url}/oai", name="Oak lessons", page_size=100)
        return lambda request: _answer(endpoint, request)

    with serving(respond_at) as base_url:
        print(f"{base_url}/oai", flush=True)
        stop.wait()


def lessons(count: int = 0) -> Iterator[dict[str, Any]]:
    """The first `count` lessons and editions of lessons; the lessons as they are where it is 0."""
    originals = list(oak_lessons())
    yield from originals[: count or None]
    for edition in range(2, count // len(originals) + 2):
        yield from (_edition(lesson, edition) for lesson in originals[: max(count - len(originals) * (edition - 1), 0)])


def _edition(lesson: dict[str, Any], edition: int) -> dict[str, Any]:
    chance = random.Random(f"{edition} {lesson['@id']}")
    changed = dict(lesson)
    for name in ("@id", "url"):
        if isinstance(changed.get(name), str):
            changed[name] = f"{changed[name]}-edition-{edition}"
    for name, value in lesson.items():
        if isinstance(value, str) and " " in value and name not in ("@id", "url", "name"):
            words = value.split()
            chance.shuffle(words)
            changed[name] = " ".join(words)
    changed["name"] = f"{lesson['name']} (edition {edition})"
    return changed


def _answer(endpoint: OaiEndpoint, request: Request) -> Answer:
    return Answer(endpoint.answer(request.params), "text/xml; charset=utf-8")


if __name__ == "__main__":
    main()
