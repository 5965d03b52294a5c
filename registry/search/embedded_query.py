"""What an IndexQuery means to tantivy: the schema, the query built from literal words, the counts of facets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import msgspec
import tantivy
from tantivy import FieldType, Occur, Order, Query

from registry.ports import FACETS, Document, Filter, IndexQuery
from registry.search.matching import NEEDED, Stems, Word, required, terms
from registry.search.stems import ANALYZER, LONGEST
from registry.search.words import identifier_in, identifier_key

VERSION = 4
"""Raised with every change of the schema or the analysis; an index of another version counts as empty."""

WEIGHTS = (("said", 1.0), ("title", 0.4), ("keywords", 0.2))
"""Fields of words, and what a word in them is worth: `said` holds all a resource says, the other two count besides.

One field for everything ranks better than one each (benchmarks/search_quality.py): how rare a word is and how long a
text is are known of the whole.
"""
_NEIGHBORS = 0.5
"""What two words of the question are worth that stand beside each other in a resource, too."""
_WHOLE_TITLE = 2.0
_FIRST = 10_000.0
"""What lets documents that count whatever their words come before all others."""
_OTHER_WORD = 0.5
"""What a synonym is worth beside the word itself."""
_EXACT = (*FACETS, "aligned", "identifiers")
_UNKNOWN_LENGTH = 2**31
_ORDERS = {
    "newest": ("modified", Order.Desc),
    "arrived": ("arrived", Order.Desc),
    "rating": ("rating", Order.Desc),
    "shortest": ("length", Order.Asc),
}
_MOST_VALUES = {"size": 20_000, "segment_size": 60_000}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field("shown", stored=True, tokenizer_name="folded")
    for field, _ in WEIGHTS:
        builder.add_text_field(field, tokenizer_name="stemmed")
    for field in _EXACT:
        builder.add_text_field(field, fast=field in FACETS, tokenizer_name="raw", index_option="basic")
    for field in ("minutes", "length", "modified", "arrived", "revision"):
        builder.add_integer_field(field, indexed=True, fast=True)
    builder.add_float_field("rating", fast=True)
    return builder.build()


SCHEMA = _schema()
_FOLDED = (
    tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
    .filter(tantivy.Filter.remove_long(LONGEST))
    .filter(tantivy.Filter.lowercase())
    .filter(tantivy.Filter.ascii_fold())
    .build()
)


def prepared(index: tantivy.Index) -> tantivy.Index:
    """The index with our analyzers, which its files do not hold; read again only when told to."""
    index.register_tokenizer("stemmed", ANALYZER)
    index.register_tokenizer("folded", _FOLDED)
    index.config_reader("manual")
    return index


def added(document: Document) -> tantivy.Document:
    """The document as it is stored: text is only indexed, an identifier is a key."""
    fields: dict[str, Any] = msgspec.structs.asdict(document)
    for part in ("wording", "summary", "text", "part_of", "prior"):
        del fields[part]
    fields["said"] = " ".join((document.title, document.keywords, document.wording, document.summary, document.text))
    fields |= {field: list(fields[field]) for field in (*FACETS, "aligned")}
    fields["identifiers"] = [identifier_key(identifier) for identifier in document.identifiers]
    fields["shown"] = document.title
    fields["length"] = document.minutes or _UNKNOWN_LENGTH
    return tantivy.Document.from_dict(fields, SCHEMA)


def readings(searcher: tantivy.Searcher, text: str) -> Iterator[Query]:
    """What a text may mean, the strictest first: an identifier; its rarest words; its words, roughly; any of them.

    The first reading that finds anything in the whole index is the one that counts; nothing for an empty text.
    """
    key = identifier_in(text)
    if key and searcher.doc_freq("identifiers", key):
        yield Query.term_query(SCHEMA, "identifiers", key, "basic")
        return
    asked = terms(text)
    if not asked.parts:
        if text.strip():
            yield Query.empty_query()
        return
    held = [word for word in asked.words if _held(searcher, word)]
    if len(held) == len(asked.words):
        yield _strict(searcher, asked.phrases, held)
    loose = [_loosely(stems) for stems in asked.parts]
    yield Query.boolean_query([(Occur.Must, query) for query in loose])
    if held and len(held) < len(asked.words):
        yield _strict(searcher, asked.phrases, held)
    if len(loose) > 1:
        yield Query.boolean_query([(Occur.Should, query) for query in loose])


def _held(searcher: tantivy.Searcher, word: Word) -> int:
    """In about how many documents a word or another for it stands."""
    return sum(min(searcher.doc_freq("said", stem) for stem in form) for form in word.forms)


def restricted(text: Query | None, query: IndexQuery, lifting: str = "") -> Query:
    """The text's query, or being one of `also`, under all filters but those on the field `lifting`."""
    if text is not None and query.also:
        near = Query.const_score_query(Query.term_set_query(SCHEMA, "id", query.also), _FIRST)
        text = Query.boolean_query([(Occur.Should, text), (Occur.Should, near)])
    clauses = [(Occur.Must, text)] if text is not None else []
    conditions = [_any_of(each) for each in query.filters if each.field != lifting]
    if query.minutes_max is not None and lifting != "duration":
        conditions.append(Query.range_query(SCHEMA, "minutes", FieldType.Integer, 1, query.minutes_max))
    clauses += [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]
    if not clauses:
        return Query.all_query()
    return clauses[0][1] if len(clauses) == 1 else Query.boolean_query(clauses)


def order_of(query: IndexQuery) -> tuple[str, Order] | None:
    """The field and direction to sort by, None for relevance; without a text the newest come first."""
    if query.sort == "relevance" and not query.text.strip():
        return _ORDERS["newest"]
    return _ORDERS.get(query.sort)


def counted(searcher: tantivy.Searcher, text: Query | None, query: IndexQuery) -> dict[str, dict[str, int]]:
    """For each facet asked for, how many documents hold each value, the filters on that facet itself lifted."""
    filtered = {each.field for each in query.filters}
    if query.minutes_max is not None:
        filtered.add("duration")
    passes = [("", [field for field in query.facets if field not in filtered])]
    passes += [(field, [field]) for field in query.facets if field in filtered]
    found: dict[str, dict[str, int]] = {}
    for lifting, fields in passes:
        if fields:
            asked = {field: {"terms": {"field": field, **_MOST_VALUES}} for field in fields}
            answer = searcher.aggregate(restricted(text, query, lifting), asked)
            for field in fields:
                found[field] = {bucket["key"]: bucket["doc_count"] for bucket in answer[field]["buckets"]}
    return {field: found[field] for field in query.facets}


def titled(prefix: str) -> Query | None:
    """Titles that hold every word typed, the last as the start of a word; None where no word was typed.

    One typing mistake in a word that is finished is forgiven.
    """
    words = _FOLDED.analyze(prefix)[:24]
    if not words:
        return None
    whole: list[Query] = [_finished(word) for word in words[:-1]]
    whole.append(_beginning("shown", words[-1], 0))
    clauses = [(Occur.Must, query) for query in whole]
    if len(words) > 1:
        clauses.append((Occur.Should, Query.phrase_prefix_query(SCHEMA, "shown", list(words))))
    return Query.boolean_query(clauses)


def _finished(word: str) -> Query:
    exact = Query.term_query(SCHEMA, "shown", word)
    if len(word) < 4 or not word.isalpha():
        return exact
    mistaken = Query.fuzzy_term_query(SCHEMA, "shown", word, 1, True, False)
    return Query.disjunction_max_query([Query.boost_query(exact, 4.0), mistaken])


def _any_of(each: Filter) -> Query:
    if len(each.any_of) == 1:
        return Query.term_query(SCHEMA, each.field, each.any_of[0], "basic")
    return Query.term_set_query(SCHEMA, each.field, each.any_of) if each.any_of else Query.empty_query()


def _strict(searcher: tantivy.Searcher, phrases: Sequence[Stems], words: Sequence[Word]) -> Query:
    """Documents that hold every phrase and enough of the rarest words.

    Those that hold more words come first, and those in which they stand together as they were asked.
    """
    clauses = [(Occur.Must, _exactly(stems)) for stems in phrases]
    rarest = required(words, lambda word: _held(searcher, word))
    if rarest:
        each = [(Occur.Should, _or_another(word)) for word in rarest]
        needed = min(NEEDED, len(rarest))
        clauses.append((Occur.Must, Query.boolean_query(each, minimum_number_should_match=needed)))
    clauses += [(Occur.Should, _or_another(word)) for word in words if word not in rarest]
    asked = [stem for stems in (*phrases, *(word.forms[0] for word in words)) for stem in stems]
    if len(asked) > 1:
        clauses.append((Occur.Should, _phrase("title", asked, 3, _WHOLE_TITLE)))
        clauses += [(Occur.Should, _phrase("said", pair, 2, _NEIGHBORS)) for pair in pairwise(asked)]
    return Query.boolean_query(clauses)


def _or_another(word: Word) -> Query:
    own, *others = (_exactly(form) for form in word.forms)
    less = [Query.boost_query(query, _OTHER_WORD) for query in others]
    return Query.disjunction_max_query([own, *less], 0.1) if less else own


def _phrase(field: str, tokens: Sequence[str], slop: int, weight: float) -> Query:
    words: list[str | tuple[int, str]] = list(tokens)
    return Query.boost_query(Query.phrase_query(SCHEMA, field, words, slop=slop), weight)


def _exactly(tokens: Sequence[str]) -> Query:
    """The word, or the words in this order, in any field; more where it is in several."""
    if len(tokens) > 1:
        return Query.boolean_query([(Occur.Should, _phrase(field, tokens, 0, weight)) for field, weight in WEIGHTS])
    found = [(Query.term_query(SCHEMA, field, tokens[0]), weight) for field, weight in WEIGHTS]
    return Query.boolean_query([(Occur.Should, Query.boost_query(query, weight)) for query, weight in found])


def _loosely(tokens: Sequence[str]) -> Query:
    """One typing mistake, or the start of a word; a phrase is meant to the letter."""
    if len(tokens) > 1:
        return _exactly(tokens)
    token = tokens[0]
    if len(token) < 3:
        return _exactly(tokens)
    mistaken = _beginning("said", token, 1 if len(token) > 3 else 0)
    return Query.disjunction_max_query([Query.boost_query(_exactly(tokens), 4.0), mistaken])


def _beginning(field: str, token: str, distance: int) -> Query:
    return Query.fuzzy_term_query(SCHEMA, field, token, distance, True, True)
