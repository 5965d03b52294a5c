"""1,000 spellings of the codes and addresses of published frameworks, resolved against all of them together."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from benchmarks import stage
from registry.app import Registry, open_registry
from registry.errors import RegistryError
from registry.settings import read_settings
from registry.standards import lookup
from registry.standards.importing import import_path
from tests import servers
from tests.vocab.respelled import ADDRESS_RULES, CODE_RULES, own_guid
from vocab.codes import key
from vocab.frameworks.model import Item
from vocab.frameworks.read import read_framework

SPELLINGS = 1000
FRAMEWORKS = {
    "ccss-math": "standards/ccss-math.asn.rdf.xml",
    "ccss-ela": "standards/ccss-ela.asn.rdf.xml",
    "ngss": "standards/ngss.asn.rdf.xml",
    **{
        f"dc-{name}": f"standards/asn-rdf-json/DC-{name}.json"
        for name in ("arts", "english", "history", "math", "science")
    },
    "nc-england": "vocabularies/oak-national-curriculum",
    "manifest-math": "standards/asn-manifest/math.json",
}
RIGHT, SHARED, AMONG, UNRESOLVED, WRONG = "right", "right, in several", "among several", "unresolved", "wrong"


class Spelling(NamedTuple):
    """One way to write a statement's code or address, and the statement it must mean."""

    rule: str
    text: str
    item: Item


def run() -> list[str]:
    """A line for all, one for each rule, and one for each spelling that did not mean what it must."""
    lines = stage.absent()
    if lines:
        return lines
    with stage.embedded() as environment:
        stage.Ran(environment, "db", "upgrade")
        registry = open_registry(read_settings(environment))
        held: list[Item] = []
        for code, path in FRAMEWORKS.items():
            try:
                import_path(registry.sessions, servers.SHARED / path, code)
                held += read_framework(servers.SHARED / path, code).items
            except RegistryError as error:
                lines.append(f"not imported: {code}: {error}")
        everything = spellings(held)
        lines += _report(registry, random.Random(3).sample(everything, SPELLINGS), held)
        lines += [f"all {len(everything):,} of them:", *_report(registry, everything, held)]
        registry.close()
    return lines


def spellings(items: Sequence[Item]) -> list[Spelling]:
    """As many for each rule, so that rare ones count: all that the rules make of these statements, or 2,000 drawn."""
    found: dict[str, list[Spelling]] = defaultdict(list)
    for item in items:
        for made in _of_item(item):
            found[made.rule].append(made)
    chance = random.Random(7)
    return [each for made in found.values() for each in chance.sample(made, min(len(made), 2000))]


def _of_item(item: Item) -> Iterator[Spelling]:
    for rule in CODE_RULES:
        for code in item.codes[:1]:
            yield from (Spelling(rule.__name__, text, item) for text in rule(code))
    for rule in ADDRESS_RULES:
        for uri in (item.uri, *item.aliases) if rule is not own_guid else (item.uri,):
            yield from (Spelling(rule.__name__, text, item) for text in rule(uri))


def _report(registry: Registry, asked: Sequence[Spelling], held: Sequence[Item]) -> list[str]:
    printed: dict[str, set[str]] = defaultdict(set)
    for item in held:
        for code in item.codes:
            printed[item.uri].add(key(code))
        printed[item.uri].update(item.aliases)
    start = time.perf_counter()
    with registry.reading.begin() as session:
        meant = lookup.resolve(session, [each.text for each in asked])
    seconds = time.perf_counter() - start
    outcomes: dict[str, Counter[str]] = defaultdict(Counter)
    failed = []
    for each in asked:
        refs = meant.get(each.text, ())
        outcome = _outcome(each.item, refs, printed)
        outcomes[each.rule][outcome] += 1
        if outcome in (AMONG, UNRESOLVED, WRONG):
            named = ", ".join(f"{ref.name} ({ref.framework})" for ref in refs[:4])
            failed.append(f"{outcome}: {each.rule} {each.text!r} of {each.item.name[:40]}: {named}")
    every = sum(outcomes.values(), Counter())
    head = f"{len(asked):,} spellings in {seconds * 1000:.0f} ms: {_shares(every)}"
    return [head, *(f"  {rule}: {_shares(outcomes[rule])}" for rule in outcomes), *failed[:40]]


def _outcome(item: Item, refs: Sequence[lookup.ConceptRef], printed: dict[str, set[str]]) -> str:
    uris = [ref.uri for ref in refs]
    if item.uri not in uris:
        return WRONG if refs else UNRESOLVED
    if len(refs) > 1 and all(printed[uri] & printed[item.uri] for uri in uris):
        return SHARED
    return RIGHT if uris[0] == item.uri else AMONG


def _shares(outcomes: Counter[str]) -> str:
    total = outcomes.total()
    right = outcomes[RIGHT] + outcomes[SHARED]
    told = ", ".join(f"{name} {outcomes[name]}" for name in (SHARED, AMONG, UNRESOLVED, WRONG) if outcomes[name])
    return f"right {right / total:.4f} of {total:,}" + (f" ({told})" if told else "")
