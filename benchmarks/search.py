"""500 varied searches with eight facets through the API, beside the same queries asked of the engine directly."""

from __future__ import annotations

import random

from benchmarks import engines, stage
from benchmarks.engines import Asked
from registry.app import open_registry
from registry.settings import read_settings

REQUESTS = 500


def run() -> list[str]:
    """A line for each pair of stores."""
    lines = stage.absent()
    if lines:
        return lines
    with stage.oak_endpoint() as endpoint:
        with stage.embedded() as environment:
            lines += _measure("embedded index (tantivy)", environment, endpoint)
        with stage.shared_stores() as (environment, _):
            lines += _measure("Meilisearch", environment, endpoint)
    return lines


def requests(seed: int = 11) -> list[Asked]:
    """Queries as teachers put them: words of titles, with and without standard, grade, subject, license and sort."""
    chance = random.Random(seed)
    lessons = chance.sample(list(stage.oak_lessons()), REQUESTS)
    asked: list[Asked] = []
    for number, lesson in enumerate(lessons):
        words = [word for word in str(lesson["name"]).split() if len(word) > 3] or ["numbers"]
        query: Asked = {"q": " ".join(chance.sample(words, min(len(words), chance.randint(1, 3))))}
        if number % 5 == 0:
            query = {}
        if number % 5 in (0, 1) and (aligned := lesson.get("educationalAlignment")):
            query["standard"] = chance.choice(aligned)["targetUrl"]  # type: ignore[call-overload]
        if number % 3 == 0:
            query["grade"] = str(chance.randint(1, 10))
        if number % 4 == 0:
            query["subject"] = chance.choice(["mathematics", "history", "science", "english-language-arts"])
        if number % 7 == 0:
            query["sort"] = "newest"
        if number % 6 == 0:
            query["open"] = "1"
        asked.append(query)
    return asked


def _measure(name: str, environment: stage.Environment, endpoint: str) -> list[str]:
    stage.prepare(environment, endpoint)
    stage.Ran(environment, "harvest", "oak")
    asked = requests()
    with engines.serving(environment) as (port, _):
        engines.timed(engines.through_api(port, "/api/v1/search", asked[:100]))
        api = engines.timed(engines.through_api(port, "/api/v1/search", asked))
    registry = open_registry(read_settings(environment))
    engines.timed(engines.of_engine(registry, asked[:100]))
    own = engines.timed(engines.of_engine(registry, asked))
    registry.close()
    aim = own.p50 * 1.5 + 3
    return [
        f"{name}: GET /api/v1/search p50 {api.p50:.1f} ms, p95 {api.p95:.1f} ms; the engine itself p50 "
        f"{own.p50:.1f} ms, p95 {own.p95:.1f} ms; aim p50 {aim:.1f} ms ({'met' if api.p50 <= aim else 'missed'})"
    ]
