"""Why each result is on the page: its words that were asked for, where they stand, and the alignments asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.app import Registry
from registry.catalog.card import Card, CardAlignment
from registry.models import AlignmentRow, ResourceRow
from registry.search import filters
from registry.search.filters import Asked
from registry.search.highlight import Pieces, Sought, cut, excerpt, places, sought
from registry.search.query import SearchPage
from registry.search.question import Query, storable
from registry.search.words import identifier_in, identifier_key
from registry.standards.lookup import ConceptRef, refs
from vocab import schemes
from vocab.resource import Resource

_SUMMARY = 280
_SNIPPET = 170
_MOST_SNIPPETS = 2
_NOWHERE = Sought()


class Snippet(Struct, frozen=True):
    """A piece of what is not shown of a resource otherwise. `where` is text, keywords, standard or identifier;
    `name` is the standard's."""

    where: str
    pieces: Pieces
    name: str = ""


class Claim(Struct, frozen=True):
    """An alignment of the card, and whether it is one that was asked for."""

    alignment: CardAlignment
    asked: bool


class Why(Struct, frozen=True):
    """What a card shows of a resource, the words that were asked for marked, the alignments asked for first."""

    title: Pieces
    summary: Pieces
    claims: tuple[Claim, ...]
    snippets: tuple[Snippet, ...] = ()


class _Tied(Struct, frozen=True):
    """The concepts each resource is aligned with, and the statements these bring to the search, their parents' too."""

    concepts: dict[str, list[int]]
    brought: dict[int, tuple[int, ...]]
    refs: dict[int, ConceptRef]


def why(session: Session, registry: Registry, query: Query, found: SearchPage) -> tuple[Why, ...]:
    """For each item of a page why it is there.

    Costs a few selects a page; full texts are read only of resources whose title and summary do not hold every word.
    """
    text, cards = found.understood.text, found.items
    lexicon = registry.lexicons.current(session) if text else None
    words = sought(text, lambda word: bool(lexicon and lexicon.resources(word))) if text else _NOWHERE
    tying = query.standard or query.relation or found.understood.standards
    asked = filters.asked(session, registry.graphs, storable(query)) if tying else None
    shown = [_Shown(card, words) for card in cards]
    lacking = [each.card.id for each in shown if each.lacking]
    wanted = [card.id for card in cards] if asked else lacking
    tied = _tied(session, registry, wanted) if wanted else _Tied({}, {}, {})
    bodies = _bodies(session, lacking) if lacking else {}
    key = identifier_in(text) if text else None
    return tuple(
        Why(
            title=each.title,
            summary=each.summary,
            claims=_claims(each.card, asked, tied),
            snippets=_known_by(each.card, key) or each.snippets(tied, bodies.get(each.card.id)),
        )
        for each in shown
    )


class _Shown:
    """Title and summary of one card with what was found in them, and the words that are still to be found."""

    def __init__(self, card: Card, words: Sought) -> None:
        self.card, self._words = card, words
        in_title, in_summary = places(card.title, words), places(card.summary, words)
        self.title = cut(card.title, in_title)
        self.summary = excerpt(card.summary, in_summary, _SUMMARY)
        self.lacking = set(range(words.count)) - {each.word for each in (*in_title, *in_summary)}

    def snippets(self, tied: _Tied, body: Resource | None) -> tuple[Snippet, ...]:
        """Pieces of the text, the standards' wording and the keywords that hold words not found before."""
        lacking = set(self.lacking)
        found: list[Snippet] = []
        for where, name, text in _further(self.card, tied, body):
            if not lacking or len(found) >= _MOST_SNIPPETS:
                break
            here = places(text, self._words)
            if fresh := lacking & {each.word for each in here}:
                lacking -= fresh
                found.append(Snippet(where, excerpt(text, here, _SNIPPET, fresh), name))
        return tuple(found)


def _further(card: Card, tied: _Tied, body: Resource | None) -> Iterable[tuple[str, str, str]]:
    """Where else words of a resource stand, and the text there."""
    if body and body.summary != card.summary:
        yield "text", "", body.summary
    if body and body.text:
        yield "text", "", body.text
    for concept in tied.concepts.get(card.id, ()):
        for each in tied.brought.get(concept, ()):
            if ref := tied.refs.get(each):
                yield "standard", ref.code, ref.statement
    parts = body.part_of if body else ()
    labels = (*_labels("subjects", card.subjects), *_labels("types", card.types))
    yield "keywords", "", ", ".join((*(body.keywords if body else ()), *(each.name for each in parts), *labels))


def _claims(card: Card, asked: Asked | None, tied: _Tied) -> tuple[Claim, ...]:
    if not asked:
        return tuple(Claim(each, False) for each in card.alignments)
    concepts = frozenset().union(*asked.standards)
    held = tied.concepts.get(card.id, ())
    uris = {tied.refs[each].uri for each in held if each in tied.refs and (not concepts or each in concepts)}
    claims = [Claim(each, _fits(each, uris, asked)) for each in card.alignments]
    return tuple(sorted(claims, key=lambda claim: not claim.asked))


def _fits(alignment: CardAlignment, uris: set[str], asked: Asked) -> bool:
    return (
        alignment.uri in uris
        and asked.relation in ("", alignment.relation)
        and (not asked.levels or alignment.level in asked.levels)
    )


def _known_by(card: Card, key: str | None) -> tuple[Snippet, ...]:
    """The identifier that was asked for, where it is one of the resource's."""
    if not key:
        return ()
    found = next((each for each in (card.id, card.url, *card.identifiers) if identifier_key(each) == key), "")
    return (Snippet("identifier", ((found, True),)),) if found else ()


def _tied(session: Session, registry: Registry, ids: Sequence[str]) -> _Tied:
    rows = session.execute(
        select(AlignmentRow.resource_id, AlignmentRow.concept_id)
        .where(AlignmentRow.resource_id.in_(ids), AlignmentRow.concept_id.is_not(None))
        .order_by(AlignmentRow.id)
    )
    concepts: dict[str, list[int]] = {}
    for resource, concept in rows:
        if concept is not None:
            concepts.setdefault(resource, []).append(concept)
    graph = registry.graphs.current(session)
    direct = {each for several in concepts.values() for each in several}
    brought = {each: (each, *graph.parents(each)) for each in direct}
    return _Tied(concepts, brought, refs(session, {each for several in brought.values() for each in several}))


def _bodies(session: Session, ids: Sequence[str]) -> dict[str, Resource]:
    return dict(session.execute(select(ResourceRow.id, ResourceRow.body).where(ResourceRow.id.in_(ids))).all())


def _labels(scheme: str, keys: Iterable[str]) -> list[str]:
    known = {term.key: term.label for term in schemes.scheme(scheme).terms}
    return [known.get(key, key) for key in keys]
