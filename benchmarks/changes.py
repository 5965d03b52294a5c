"""Versions of frameworks compared: scripted edits found again, proposals that were right, two printings, size."""

from __future__ import annotations

import random
import resource
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec.structs import replace

from tests import servers
from tests.vocab.edited import Edit, edited, told
from tests.vocab.sentences import heavily, synthetic
from vocab.frameworks import successors
from vocab.frameworks.changes import Change, Kind
from vocab.frameworks.difference import compare
from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.read import read_framework
from vocab.frameworks.wording import near

STANDARDS = servers.SHARED / "standards"
REAL = (
    *(f"standards/{name}.asn.rdf.xml" for name in ("ccss-math", "ccss-ela", "ngss")),
    *(f"standards/asn-rdf-json/DC-{name}.json" for name in ("arts", "english", "history", "math", "science")),
    "vocabularies/oak-national-curriculum",
)
SEEDS = 20
MIXED = 10
FRESH = 1_000  # the first seed: lower ones were looked at when thresholds and the curve of confidence were chosen
PROPOSED = (Kind.SPLIT, Kind.MERGED, Kind.REPLACED)
LARGE, LINKS = 200_000, 600_000


def run() -> Iterator[str]:
    """The lines of the table."""
    frameworks = {Path(name).name.partition(".")[0]: servers.SHARED / name for name in REAL}
    real = {name: read_framework(path) for name, path in frameworks.items() if path.exists()}
    made = {"made up": synthetic(1), "made up, no codes": synthetic(2, coded=False)}
    yield f"{SEEDS} versions of each, about 50 scripted edits in each: told exactly, seconds for one"
    for name, framework in (real | made).items():
        yield _exact(name, framework)
    if real:
        yield f"proposals right, {MIXED} versions of each with an eighth more gone or come and much put elsewhere"
        yield from _reliable(real)
        yield from _printings()
    yield from _large()


def _exact(name: str, framework: Framework) -> str:
    exact, edits, seconds, missed = 0, 0, 0.0, Counter[str]()
    for seed in range(FRESH, FRESH + SEEDS):
        new, expected = edited(framework, seed)
        start = time.process_time()
        found = told(compare(framework, new))
        seconds += time.process_time() - start
        edits += len(expected)
        exact += found == Counter(expected)
        missed.update(each.kind.value for each in (Counter(expected) - found).elements())
    what = ", ".join(f"{count} {kind}" for kind, count in missed.items())
    left = f"  missed: {what}" if what else ""
    return f"  {name:24} {exact:3} of {SEEDS}  {edits:5} changes  {seconds / SEEDS:.2f} s{left}"


def _reliable(real: dict[str, Framework]) -> Iterator[str]:
    """For each tenth of confidence: the proposals, and how many of them the script had made so."""
    proposed, right = Counter[int](), Counter[int]()
    least, successors.LEAST_CONFIDENCE = successors.LEAST_CONFIDENCE, 0.1
    missed = expected = 0
    try:
        for framework in real.values():
            for seed in range(FRESH, FRESH + MIXED):
                old, new, edits = mixed(framework, seed)
                made = {each for each in edits if each.kind in PROPOSED}
                found = [each for each in compare(old, new) if each.kind in PROPOSED]
                stated = {_ends(each) for each in found if "publisher" in each.why}
                sides = {(each.old, each.new) for each in made} - stated
                hit = {ends for each in found if each.confidence >= least and (ends := _ends(each)) in sides}
                expected, missed = expected + len(sides), missed + len(sides - hit)
                for each in found:
                    if _ends(each) in stated or (_ends(each) not in sides and _alike(each)):
                        continue
                    tenth = min(9, int(each.confidence * 10))
                    proposed[tenth] += 1
                    right[tenth] += _ends(each) in sides
    finally:
        successors.LEAST_CONFIDENCE = least
    for tenth in sorted(proposed):
        counted = f"{right[tenth]:5} of {proposed[tenth]:5}  {100 * right[tenth] / proposed[tenth]:3.0f} %"
        not_told = "" if tenth >= 10 * least else "  (not told)"
        yield f"  confidence {tenth / 10:.1f} to {tenth / 10 + 0.1:.1f}: {counted}{not_told}"
    share = f"{100 - 100 * missed / expected:.0f} %"
    yield f"  of {expected} splits, mergers and replacements {expected - missed} told, {share}"


def mixed(framework: Framework, seed: int) -> tuple[Framework, Framework, tuple[Edit, ...]]:
    """Two versions, each without another 6 % of the statements; the new one edited, what is new in it put about."""
    chosen = random.Random(seed)
    above = {uri for item in framework.items for uri in item.parents}
    leaves = [item for item in framework.items if item.uri not in above]
    out = chosen.sample(leaves, int(len(leaves) * 0.12))
    come, gone = {item.uri for item in out[::2]}, {item.uri for item in out[1::2]}
    old = replace(framework, items=tuple(item for item in framework.items if item.uri not in come), associations=())
    new, edits = edited(replace(old, items=tuple(item for item in old.items if item.uri not in gone)), seed, 80)
    fresh = {uri for each in edits if each.kind in PROPOSED for uri in each.new}
    heads = [item.uri for item in new.items if item.uri in above]

    def put_about(item: Item) -> Item:
        if item.uri in fresh and chosen.random() < 0.3:
            item = replace(item, parents=(chosen.choice(heads),))
        if item.uri in fresh and item.codes and chosen.random() < 0.4:
            item = replace(item, codes=(f"X.{chosen.randrange(10**6)}",))
        return item

    standing = {item.uri for item in new.items}
    added = (item for item in out[::2] if all(uri in standing for uri in item.parents))
    return old, replace(new, items=(*map(put_about, new.items), *added)), edits


def _ends(change: Change) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(sorted(side.uri for side in change.old)), tuple(sorted(side.uri for side in change.new))


def _alike(change: Change) -> bool:
    """Whether the two are worded alike: one taken out and one put in may be, which makes the proposal no error."""
    return len(change.old) == len(change.new) == 1 and near(change.old[0].statement, change.new[0].statement)


def _printings() -> Iterator[str]:
    for one, other in (
        ("ccss-math.asn.rdf.xml", "asn-manifest/math.json"),
        ("asn-rdf-json/DC-english.json", "ccss-ela.asn.rdf.xml"),
        ("ccss-math.asn.rdf.xml", "ngss.asn.rdf.xml"),
    ):
        found = Counter(
            each.kind.value for each in compare(read_framework(STANDARDS / one), read_framework(STANDARDS / other))
        )
        yield f"{one} against {other}: {', '.join(f'{count} {kind}' for kind, count in found.items())}"


def _large() -> Iterator[str]:
    old = synthetic(5, LARGE)
    chosen = random.Random(1)
    uris = [item.uri for item in old.items]
    kinds = ("precedes", "related", "exactMatch")
    links = (Association(chosen.choice(uris), chosen.choice(kinds), chosen.choice(uris)) for _ in range(LINKS))
    old = replace(old, associations=tuple(dict.fromkeys(links)))
    new, expected = edited(old, 3)
    size = f"{len(old.items)} statements, {len(old.associations)} links"
    exact, line = _timed(f"{size}, 50 edits", old, _read_again(new))
    yield f"{line}, {'exact' if exact == Counter(expected) else 'not exact'}"
    above = {uri for item in old.items for uri in item.parents}
    leaves = [item.uri for item in old.items if item.uri not in above]
    out = set(chosen.sample(leaves, len(uris) // 5))
    items = (_another(item, chosen) if item.uri in out else item for item in old.items)
    found, line = _timed(f"{size}, a fifth replaced", old, _read_again(replace(old, items=tuple(items))))
    yield f"{line}, {sum(each.kind is Kind.REPLACED for each in found.elements())} of {len(out)} told as replaced"


def _another(item: Item, chosen: random.Random) -> Item:
    uri = f"urn:uuid:{uuid.UUID(int=chosen.getrandbits(128))}"
    return replace(item, uri=uri, statement=heavily(item.statement, chosen))


def _read_again(framework: Framework) -> Framework:
    """The framework with strings of its own, as a file read again has them."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(framework), type=Framework)


def _timed(what: str, old: Framework, new: Framework) -> tuple[Counter[Edit], str]:
    before = _megabytes()
    start, cpu = time.perf_counter(), time.process_time()
    found = compare(old, new)
    seconds, busy = time.perf_counter() - start, time.process_time() - cpu
    held = f"{before:.0f} MB before, at most {_megabytes():.0f} MB"
    return told(found), f"{what}: {seconds:.1f} s ({busy:.1f} s of processor), {held}"


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
