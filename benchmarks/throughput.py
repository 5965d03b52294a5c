"""New and unchanged records a second on PostgreSQL with Meilisearch, beside what Meilisearch and lxml alone take."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

from lxml import etree
from sqlalchemy import func, select

from benchmarks import stage
from benchmarks.harvest import again
from registry.app import open_registry
from registry.models import ResourceRow
from registry.search.building import BATCH, read_batch
from registry.search.meilisearch import MeilisearchIndex
from registry.settings import read_settings

SIZES = (12_517, 100_000)
_NEXT = "{http://www.openarchives.org/OAI/2.0/}resumptionToken"


def run() -> Iterator[str]:
    """Lines for each size."""
    if lines := stage.absent():
        yield from lines
        return
    for size in SIZES:
        with stage.oak_endpoint(size) as endpoint, stage.shared_stores() as (environment, server):
            stage.prepare(environment, endpoint)
            yield f"{size:,} records: lxml alone parses their pages in {_parsed(endpoint):.1f} s"
            ran = stage.Ran(environment, "harvest", "oak", "--json")
            told: Any = ran.json()
            told = told[0] if isinstance(told, list) else told
            yield (
                f"{size:,} records: {told['status']}, {told['created']:,} created, {told['rejected']} rejected; stored "
                f"in {told['seconds']:.1f} s ({told['seen'] / told['seconds']:,.0f} a second), stored and indexed in "
                f"{ran.seconds:.1f} s ({told['seen'] / ran.seconds:,.0f} a second; aim 500), {ran.megabytes:.0f} MB"
            )
            yield f"{size:,} records: Meilisearch alone takes {_alone(environment, server):.1f} s for their documents"
            yield f"{size:,} records: {again(environment)}"


def _parsed(endpoint: str) -> float:
    """Seconds of processor time that reading every page as XML takes, without fetching it."""
    seconds, token = 0.0, ""
    while True:
        asked = f"resumptionToken={token}" if token else "metadataPrefix=lrmi"
        with urlopen(f"{endpoint}?verb=ListRecords&{asked}") as answer:
            body = answer.read()
        start = time.process_time()
        root = etree.fromstring(body)
        seconds += time.process_time() - start
        token = root.findtext(f".//{_NEXT}") or ""
        if not token:
            return seconds


def _alone(environment: stage.Environment, server: stage.MeilisearchServer) -> float:
    """Seconds that an empty index takes for the same documents, made beforehand, in the indexer's batches."""
    registry = open_registry(read_settings(environment))
    index = MeilisearchIndex(server.url, "", "alone")
    seconds, after = 0.0, ""
    try:
        with registry.reading.begin() as session:
            assert session.scalar(select(func.count()).select_from(ResourceRow))
        while True:
            with registry.reading.begin() as session:
                batch = read_batch(
                    session, registry.graphs.current(session), ResourceRow.withdrawn_at.is_(None), after, BATCH
                )
            if not batch:
                return seconds
            documents = [each.document for each in batch if each.document is not None]
            start = time.perf_counter()
            index.put(documents)
            seconds += time.perf_counter() - start
            after = batch[-1].id
    finally:
        registry.close()
