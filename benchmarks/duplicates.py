"""The same resource from another district, end to end: how many are found, and how many are wrongly taken for the same.

The catalog holds the real data of one source, less a part that is kept out. Then records of another source arrive:
copies of what is there, made by the rules of `benchmarks.duplicate_pairs`, and such that only look alike. Thresholds
were chosen on one half of the resources (by a hash of their identifier); the figures are of the other half.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks import stage
from benchmarks.duplicate_pairs import COPIES, TWINS, Node, moved, originals
from registry.app import Registry, open_registry
from registry.catalog import sources
from registry.catalog.fingerprint import keys_of, words_of
from registry.catalog.ingest import Batch, batch_for, ingest
from registry.models import PairRow, RecordRow, ResourceRow
from registry.ports import Harvested
from registry.settings import read_settings
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Context, Resource

KEPT_OUT = 0.3
COPIES_A_RULE = 600
TWINS_A_RULE = 240


class Arrival:
    """A record that arrives: by which rule, from which original (empty: it is nobody's copy)."""

    def __init__(self, rule: str, node: Node, original: str, tuned: bool) -> None:
        self.rule, self.node, self.original, self.tuned = rule, node, original, tuned


def run(half: int = 1) -> list[str]:
    """The table by rule, precision and recall, and what a fingerprint costs."""
    lines = stage.absent()
    if lines:
        return lines
    catalog, arrivals = _made(random.Random(7))
    with stage.embedded() as environment:
        stage.Ran(environment, "db", "upgrade")
        registry = open_registry(read_settings(environment))
        start = time.perf_counter()
        with registry.sessions.begin() as session:
            batch = _source(session, "first")
            for some in _batched(catalog, 500):
                ingest(session, batch, [_record(node) for node in some])
        seconds = time.perf_counter() - start
        lines.append(f"catalog: {len(catalog):,} records of one source stored in {seconds:.0f} s")
        lines += _table(registry, [each for each in arrivals if each.tuned == (half == 0)])
        lines.append(_cost(registry))
        registry.close()
    return lines


def _batched(several: Iterable[Any], size: int) -> Iterator[list[Any]]:
    rest = iter(several)
    while some := list(islice(rest, size)):
        yield some


def _made(chance: random.Random) -> tuple[list[Node], list[Arrival]]:
    nodes = [{"abstract": "", "description": ""} | node | {"of": name} for name, node in originals()]
    inside: list[Node] = []
    outside: list[Node] = []
    for node in nodes:
        (outside if chance.random() < KEPT_OUT else inside).append(node)
    chance.shuffle(outside)
    catalog = list(inside)
    arrivals = []
    for rule, edit in COPIES.items():
        oak = chance.sample([node for node in inside if node["of"] == "oak"], COPIES_A_RULE * 2 // 3)
        others = chance.sample([node for node in inside if node["of"] != "oak"], COPIES_A_RULE // 3)
        arrivals.extend(
            Arrival(f"+ {rule}", moved(edit(node, chance), chance), node["@id"], _tuned(node)) for node in oak + others
        )
    rest = iter(outside)
    for rule, twin in TWINS.items():
        for node in islice(rest, TWINS_A_RULE):
            first, second = twin(node, chance, next(rest))
            catalog.append(moved(first, chance))
            arrivals.append(Arrival(f"- {rule}", moved(second, chance), "", _tuned(node)))
    arrivals.extend(Arrival(f"- its neighbors ({node['of']})", moved(node, chance), "", _tuned(node)) for node in rest)
    return catalog, arrivals


def _table(registry: Registry, arrivals: Sequence[Arrival]) -> list[str]:
    counts: dict[str, Counter[str]] = {}
    with registry.sessions.begin() as session:
        second = _source(session, "second")
    for rule in dict.fromkeys(each.rule for each in arrivals):
        for some in _batched((each for each in arrivals if each.rule == rule), 100):
            counts.setdefault(rule, Counter()).update(_told(registry, second, some))
    columns = ("arrived", "joined", "wrongly joined", "asked", "not found", "not stored")
    lines = [f"{'rule':40}" + "".join(f"{column:>16}" for column in columns)]
    lines += [f"{rule:40}" + "".join(f"{found[column]:>16}" for column in columns) for rule, found in counts.items()]
    total: Counter[str] = Counter()
    for found in counts.values():
        total.update(found)
    copies = sum(found["arrived"] - found["not stored"] for rule, found in counts.items() if rule.startswith("+"))
    asked = sum(found["asked"] for rule, found in counts.items() if rule.startswith("+"))
    joined = total["joined"] + total["wrongly joined"]
    lines.append(
        f"precision {total['joined'] / joined:.4f}, recall {total['joined'] / copies:.4f}; joined or put before a "
        f"curator: {(total['joined'] + asked) / copies:.4f}; the real data itself lists {total['twice']} of the "
        "others twice, word for word (left out)"
    )
    return lines


def _told(registry: Registry, batch: Batch, arrivals: Iterable[Arrival]) -> Iterator[str]:
    """What became of arrivals that came together; the catalog is then as it was."""
    arrivals = list(arrivals)
    with registry.sessions() as session:
        held = set(session.scalars(select(ResourceRow.id)))
        ingest(session, batch, [_record(each.node) for each in arrivals])
        for each in arrivals:
            yield "arrived"
            resource_id = _resource_of(session, each.node["@id"])
            original = _resource_of(session, each.original)
            if resource_id is None:
                yield "not stored"
            elif resource_id in held:
                yield _joined(session, each, resource_id, original)
            else:
                pairs = session.execute(
                    select(PairRow.first_id, PairRow.second_id).where(
                        (PairRow.first_id == resource_id) | (PairRow.second_id == resource_id)
                    )
                ).all()
                about = any(original in pair for pair in pairs) if original else bool(pairs)
                yield "asked" if about else "not found"
        session.rollback()


def _joined(session: Session, arrival: Arrival, resource_id: str, original: str | None) -> str:
    if resource_id == original:
        return "joined"
    found = session.get_one(ResourceRow, resource_id).body
    if original:
        same = _words(session.get_one(ResourceRow, original).body) == _words(found)
        return "joined" if same else "wrongly joined"
    record = _record(arrival.node)
    stated = crosswalk(record.format, record.payload, Context(record.identifier)).resource
    return "twice" if stated and _words(stated) == _words(found) else "wrongly joined"


def _words(resource: Resource) -> list[str]:
    return words_of(f"{resource.title} {resource.summary} {resource.text}")


def _cost(registry: Registry) -> str:
    with registry.reading.begin() as session:
        bodies = list(session.scalars(select(ResourceRow.body).limit(4_000)))
    start = time.perf_counter()
    for some in _batched(bodies, 100):
        keys_of(some)
    milliseconds = (time.perf_counter() - start) / len(bodies) * 1000
    return f"a fingerprint takes {milliseconds:.3f} ms"


def _tuned(node: Node) -> bool:
    """Whether the resource belongs to the half the thresholds were chosen on."""
    return hashlib.sha256(node["@id"].encode()).digest()[0] % 2 == 0


def _resource_of(session: Session, identifier: str) -> str | None:
    if not identifier:
        return None
    return session.scalar(select(RecordRow.resource_id).where(RecordRow.identifier == identifier))


def _source(session: Session, name: str) -> Batch:
    source_id = sources.add_source(session, name, "oai", f"https://{name}.example/oai")
    return batch_for(session, source_id, f"run-of-{name}")


def _record(node: Node) -> Harvested:
    payload = {name: value for name, value in node.items() if name != "of"}
    return Harvested(identifier=node["@id"], format="schema.org", payload=json.dumps(payload).encode())
