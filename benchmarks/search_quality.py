"""How well searches are answered: MRR and nDCG@10 by kind of query, for plain BM25 and each adapter, with vectors or
without.

The queries and judgements are those of `benchmarks.judgements`. MRR is of the first result with a grade of 2 or more
among twenty, nDCG@10 has gains of 2^grade - 1 and the best order of all judged resources as its ideal. Queries about
lessons are asked of a catalog of lessons, the others (codes, titles, skills) of everything, without vectors. The table
goes to /tmp/quality/table.txt, the worst queries of each kind with what was expected and what came to
/tmp/quality/worst.txt.

Quick while tuning: `python -c "from benchmarks.search_quality import run; print(*run(embedded_only=True), sep='\\n')"`.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from statistics import fmean

from msgspec import Struct

from benchmarks import stage
from benchmarks.judgements import ELSEWHERE, TEACHERS, Grades, Judged, judged_set
from benchmarks.quality_catalogs import EVERYTHING, KEPT, LESSONS, fill_vectors, indexed, without_vectors
from registry.app import Registry
from registry.models import ResourceRow
from registry.ports import Document
from registry.search.building import read_batch
from registry.search.query import Query, search

SHOWN = 20
WORST = 15

Ask = Callable[[str], list[str]]
"""From a query to the ids of the resources found, the best first."""


class Answered(Struct, frozen=True):
    """How a query fared: what was found of it, first to last, and both measures."""

    judged: Judged
    found: tuple[str, ...]
    mrr: float
    ndcg: float


Column = dict[str, list[Answered]]
"""The answers of one way to search, by kind."""


def run(embedded_only: bool = False, vectors: bool = True, kinds: Sequence[str] = ()) -> list[str]:
    """The table. `embedded_only` leaves out Meilisearch, `vectors=False` the columns with vectors; `kinds` the rest."""
    lines = stage.absent()
    if lines:
        return lines
    judged = [each for each in judged_set() if not kinds or each.kind in kinds]
    columns: dict[str, Column] = defaultdict(lambda: defaultdict(list))
    titles: dict[str, str] = {}
    for catalog in (LESSONS, EVERYTHING):
        asked = [each for each in judged if (each.kind in ELSEWHERE) == (catalog == EVERYTHING)]
        if not asked:
            continue
        with indexed(catalog) as registry:
            documents = list(_documents(registry))
            own = {name: each.id for each in documents for name in each.identifiers}
            titles |= {name: each.title for each in documents for name in (each.id, *each.identifiers)}
            _answer(columns["BM25"], asked, Bm25(documents).ask, own)
            _through(columns, "tantivy", registry, asked, own, vectors and catalog == LESSONS)
        if not embedded_only:
            with indexed(catalog, server=True) as registry:
                _through(columns, "Meilisearch", registry, asked, own, vectors and catalog == LESSONS)
    table = list(_table(columns))
    KEPT.mkdir(exist_ok=True)
    (KEPT / "table.txt").write_text("\n".join(table) + "\n")
    (KEPT / "worst.txt").write_text("\n".join(_worst(columns, titles)) + "\n")
    return table


def _through(
    columns: dict[str, Column], name: str, registry: Registry, asked: list[Judged], own: dict[str, str], vectors: bool
) -> None:
    _answer(columns[name], asked, _asker(without_vectors(registry)), own)
    if vectors and fill_vectors(registry):
        _answer(columns[f"{name}+v"], asked, _asker(registry), own)


def _asker(registry: Registry) -> Ask:
    def ask(text: str) -> list[str]:
        with registry.reading.begin() as session:
            page = search(session, registry, Query(q=text, limit=SHOWN, facets=False))
        return [item.id for item in page.items]

    return ask


def _answer(column: Column, asked: list[Judged], ask: Ask, own: dict[str, str]) -> None:
    for each in asked:
        # What two sources have of one resource counts once.
        grades: Grades = {}
        for name, grade in each.grades.items():
            if name in own:
                grades[own[name]] = max(grade, grades.get(own[name], 0))
        found = ask(each.query)
        column[each.kind].append(Answered(each, tuple(found), _mrr(found, grades), _ndcg(found, grades)))


def _mrr(found: Sequence[str], grades: Grades) -> float:
    return next((1 / rank for rank, name in enumerate(found, 1) if grades.get(name, 0) > 1), 0.0)


def _ndcg(found: Sequence[str], grades: Grades) -> float:
    ideal = _gain(sorted(grades.values(), reverse=True))
    return _gain([grades.get(name, 0) for name in found]) / ideal if ideal else 0.0


def _gain(grades: Sequence[int]) -> float:
    return sum((2.0**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades[:10], 1))


def _documents(registry: Registry) -> Iterator[Document]:
    after = ""
    while True:
        with registry.reading.begin() as session:
            graph = registry.graphs.current(session)
            batch = read_batch(session, graph, ResourceRow.withdrawn_at.is_(None), after, 5000)
        if not batch:
            return
        yield from (each.document for each in batch if each.document is not None)
        after = batch[-1].id


class Bm25:
    """The yardstick: all text of a document as one bag of lower-case words, k1 1.2, b 0.75, nothing else."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._ids = [each.id for each in documents]
        self._holding: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._lengths = []
        for place, each in enumerate(documents):
            counts = Counter(_words(" ".join((each.title, each.keywords, each.wording, each.summary, each.text))))
            self._lengths.append(counts.total())
            for word, count in counts.items():
                self._holding[word].append((place, count))
        self._mean = fmean(self._lengths)

    def ask(self, text: str) -> list[str]:
        """The twenty best."""
        scores: dict[int, float] = defaultdict(float)
        for word in _words(text):
            holding = self._holding.get(word, ())
            rarity = math.log(1 + (len(self._ids) - len(holding) + 0.5) / (len(holding) + 0.5))
            for place, count in holding:
                length = 0.25 + 0.75 * self._lengths[place] / self._mean
                scores[place] += rarity * count * 2.2 / (count + 1.2 * length)
        return [self._ids[place] for place in sorted(scores, key=lambda place: (-scores[place], place))[:SHOWN]]


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


def _table(columns: dict[str, Column]) -> Iterator[str]:
    names = list(columns)
    kinds = list(dict.fromkeys(kind for column in columns.values() for kind in column))
    yield "MRR / nDCG@10".ljust(24) + "".join(name.rjust(16) for name in names)
    rows: list[tuple[str, tuple[str, ...]]] = [(kind, (kind,)) for kind in kinds]
    rows += [
        ("as teachers ask", TEACHERS),
        ("all about lessons", tuple(kind for kind in kinds if kind not in ELSEWHERE)),
    ]
    for row, of in rows:
        answered = [[each for kind in of for each in columns[name].get(kind, ())] for name in names]
        if any(answered):
            yield f"{row} ({max(map(len, answered))})".ljust(24) + "".join(
                _figures(each).rjust(16) for each in answered
            )
    shares = [fmean(not each.found for kind in columns[name].values() for each in kind) for name in names]
    yield "nothing found".ljust(24) + "".join(f"{share:.1%}".rjust(16) for share in shares)


def _figures(answered: Sequence[Answered]) -> str:
    if not answered:
        return "-"
    return f"{fmean(each.mrr for each in answered):.2f} / {fmean(each.ndcg for each in answered):.2f}"


def _worst(columns: dict[str, Column], titles: dict[str, str]) -> Iterator[str]:
    """The worst queries of each kind by each adapter at its best: what was expected, what came."""
    for name in [each for each in columns if each != "BM25" and f"{each}+v" not in columns]:
        yield f"#### {name}"
        for kind, answered in columns[name].items():
            yield f"## {kind}: {_figures(answered)}"
            for each in sorted(answered, key=lambda each: each.ndcg + each.mrr)[:WORST]:
                yield f"{each.judged.query!r}: {each.mrr:.2f} / {each.ndcg:.2f}"
                best = sorted(each.judged.grades.items(), key=lambda pair: -pair[1])[:4]
                yield "   expected " + " | ".join(f"{grade} {titles.get(name, name)[:60]}" for name, grade in best)
                yield "   came     " + " | ".join(titles.get(found, found)[:60] for found in each.found[:5])
