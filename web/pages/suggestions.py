"""What may be meant by something half typed, as the options of a field's list."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Response, get
from msgspec import Struct

from registry.search.highlight import Pieces, cut, excerpt, places, sought
from registry.search.query import Suggestions, suggest
from registry.standards.lookup import ConceptRef
from vocab import schemes
from web.forms import text_of
from web.rendering import html
from web.site import Request

_MOST_OF_A_KIND = 5
_MOST_STANDARDS = 8
_WORDING = 140


class Choice(Struct, frozen=True):
    """One option: what choosing it puts where, its name, and more words about it."""

    kind: str
    value: str
    name: Pieces
    note: Pieces = ()
    aside: str = ""


class Group(Struct, frozen=True):
    """The options of one kind, under what a person calls them."""

    label: str
    choices: tuple[Choice, ...]


@get("/suggest", sync_to_thread=True)
def suggestions(request: Request) -> Response[bytes]:
    """What completes the text `q` of a search, or the code of a `standard` for the filter."""
    standard = text_of(request.query_params, "standard")
    typed = standard or text_of(request.query_params, "q")
    registry = request.site.registry
    with registry.reading.begin() as session:
        found = suggest(session, registry.index, typed, _MOST_STANDARDS if standard else _MOST_OF_A_KIND)
    groups = [
        group for group in _groups(found, typed) if group.choices and (not standard or group.label == "Standards")
    ]
    # A person types the same beginnings again and again; a minute is no age for what completes them.
    kept = {"Cache-Control": "private, max-age=60"}
    return html(request.site.templates.render("partials/suggestions.html", {"groups": groups}), headers=kept)


def _groups(found: Suggestions, typed: str) -> list[Group]:
    begun = sought(typed, lambda word: False)
    keys = {term.label: term.key for term in schemes.scheme("subjects").terms}
    titles = (Choice("title", _quoted(title), cut(title, places(title, begun))) for title in found.titles)
    subjects = (Choice("subject", keys[label], cut(label, places(label, begun))) for label in found.subjects)
    # Statements of one wording cannot be told apart here: the first stands for them.
    meant = tuple({(ref.framework, ref.code, ref.statement): ref for ref in reversed(found.standards)}.values())[::-1]
    codes = [ref.code for ref in meant]
    standards = (
        Choice(
            "standard",
            _stated(ref, codes),
            ((ref.code, False),) if ref.code else (),
            excerpt(ref.statement, places(ref.statement, begun), _WORDING),
            ref.framework,
        )
        for ref in meant
    )
    every = (("Standards", standards), ("Titles", titles), ("Subjects", subjects))
    return [Group(label, tuple(choices)) for label, choices in every]


def _stated(ref: ConceptRef, codes: Sequence[str]) -> str:
    """The code that means this standard, its URI where it has none of its own."""
    return ref.code if ref.code and codes.count(ref.code) == 1 else ref.uri


def _quoted(title: str) -> str:
    """The title to the letter, as a search takes it."""
    return f'"{" ".join(title.translate(_NO_QUOTES).split())}"'


_NO_QUOTES = {ord(sign): " " for sign in '"“”„«»'}
