"""What the statements of a framework are to each other, checked: circles, loose ends, codes and words said twice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from operator import attrgetter

from vocab.frameworks.circles import circles, cycle_problem
from vocab.frameworks.ends import Ends, Meant, own_space
from vocab.frameworks.mending import field_of, name_of
from vocab.frameworks.model import Association, Framework, Item
from vocab.resource import Problem, Severity
from vocab.text import plain

_PLACEHOLDERS = frozenset(
    (
        "tbd",
        "tba",
        "tbc",
        "to be determined",
        "to be decided",
        "to be announced",
        "to be added",
        "to come",
        "todo",
        "to do",
        "n/a",
        "#n/a",
        "#ref!",
        "#value!",
        "#name?",
        "xxx",
        "xxxx",
        "...",
        "…",
        "-",
        "--",
        "—",
        "?",
        "??",
        "placeholder",
        "untitled",
        "new item",
        "new statement",
        "insert text here",
        "enter text here",
        "full statement",
        "asdf",
        "nan",
        "[object object]",
        "undefined",
    )
)
_LONGEST_PLACEHOLDER = max(map(len, _PLACEHOLDERS))
_FILLER = "lorem ipsum"


def relation_problems(framework: Framework, ends: Ends, meant: Meant) -> Iterator[Problem]:
    """Everything wrong among the items and links, in one pass for each question."""
    yield from _unwritten(framework)
    yield from _repeated(framework.items)
    yield from _shared_codes(ends)
    if not framework.only_links:
        yield from _loose_ends(framework, meant)
        yield from _matches_inside(framework, meant)
        yield from _replacements(framework, meant)
    yield from _circles(framework, meant)


def _circles(framework: Framework, meant: Meant) -> Iterator[Problem]:
    # Its own parent is told by itself and more plainly.
    hierarchy = ((item.uri, parent) for item in framework.items for parent in item.parents if parent != item.uri)
    for what, edges, severity in (
        ("parent", hierarchy, Severity.ERROR),
        ("precedes", _links(framework, meant, "precedes"), Severity.ERROR),
        ("replacedBy", _links(framework, meant, "replacedBy"), Severity.WARNING),
    ):
        if found := circles(edges):
            names = _names(framework, {node for path in found for node in path}, meant)
            yield from (cycle_problem(path, what, names, severity) for path in found)


def _links(framework: Framework, meant: Meant, kind: str) -> Iterator[tuple[str, str]]:
    for each, source, target in zip(framework.associations, meant.sources, meant.targets, strict=True):
        if each.kind == kind:
            yield source or each.source, target or each.target


def _names(framework: Framework, wanted: set[str], meant: Meant) -> dict[str, str]:
    names = {item.uri: name_of(item) for item in framework.items if item.uri in wanted}
    if framework.only_links:
        for each, source, target in zip(framework.associations, meant.sources, meant.targets, strict=True):
            names.setdefault(source or each.source, each.source)
            names.setdefault(target or each.target, each.target)
    return names


def _shared_codes(ends: Ends) -> Iterator[Problem]:
    for places in ends.shared.values():
        codes = list(dict.fromkeys(places.values()))
        message = f"{' and '.join(codes)} is printed on {len(places)} statements; by code they cannot be told apart."
        yield Problem("code-twice", codes[0], message, "Give each a code of its own.", value=" ".join(places)[:300])


def _loose_ends(framework: Framework, meant: Meant) -> Iterator[Problem]:
    itself = {framework.uri, *framework.aliases}
    space = own_space(framework)
    for each, source, target in zip(framework.associations, meant.sources, meant.targets, strict=True):
        if source is not None and target is not None:
            continue
        no_source = source is None and each.source not in itself
        no_target = target is None and each.target not in itself
        if no_source and no_target:
            message = f"{each.source} {each.kind} {each.target}: neither end is in the framework."
            hint = "Export the link with the framework that one end belongs to."
            yield Problem("association-dangling", "associations", message, hint, value=each.source[:300])
        elif no_source and each.source.startswith(space):
            yield _unknown_end(each, each.source, each.target)
        elif no_target and each.target.startswith(space):
            yield _unknown_end(each, each.target, each.source)


def _unknown_end(link: Association, end: str, other: str) -> Problem:
    return Problem(
        "association-end-unknown",
        other,
        f"{link.source} {link.kind} {link.target}: {end} should be in this framework and is not.",
        "Add the statement to the file, or correct the end of the link.",
        value=end[:300],
    )


def _matches_inside(framework: Framework, meant: Meant) -> Iterator[Problem]:
    for each, source, target in zip(framework.associations, meant.sources, meant.targets, strict=True):
        if source and target and each.kind == "exactMatch":
            yield Problem(
                "match-inside",
                each.source,
                f"{each.source} is said to match {each.target} exactly, though both stand in this framework.",
                "Remove one of the two, or say how they differ (closeMatch, isTranslationOf, replacedBy).",
                value=each.target[:300],
            )


def _replacements(framework: Framework, meant: Meant) -> Iterator[Problem]:
    edges = list(_links(framework, meant, "replacedBy"))
    if not edges:
        return
    onward = {source for source, _ in edges}
    dead = {item.uri: item for item in framework.items if item.deprecated and item.uri not in onward}
    names = _names(framework, {source for source, target in edges if target in dead}, meant)
    for source, target in edges:
        if target in dead:
            name = names.get(source, source)
            yield Problem(
                "replacement-deprecated",
                name,
                f"{name} is replaced by {name_of(dead[target])}, which is deprecated and replaced by nothing.",
                "Name the statement that is in force now.",
                value=target[:300],
            )


def _repeated(items: Sequence[Item]) -> Iterator[Problem]:
    """Statements in the same words under one parent and for the same grades."""
    counted = Counter(map(attrgetter("statement"), items))
    if len(counted) == len(items):
        return
    alike: dict[tuple[object, ...], list[Item]] = defaultdict(list)
    for item in items:
        if item.parents and counted[item.statement] > 1 and item.statement:
            alike[item.statement, item.parents[0], item.grades, item.deprecated].append(item)
    for group in alike.values():
        if len(group) > 1:
            yield Problem(
                "statement-repeated",
                field_of(group[0]),
                f"“{plain(group[0].statement, 80)}” stands {len(group)} times under one parent.",
                "Remove what is there twice, or say what tells them apart.",
                value=" ".join(field_of(item) for item in group)[:300],
            )


def _unwritten(framework: Framework) -> Iterator[Problem]:
    """Titles and statements that are not there or stand for some to be written."""
    if framework.title == framework.code and not framework.uri.startswith("urn:x-"):
        message = f"The framework states no title; its code, {framework.code}, stands for it."
        yield Problem("title-unstated", "title", message, "Give it the title its publisher prints.")
    if _is_placeholder(framework.title):
        hint = "Give it the title its publisher prints."
        yield Problem("placeholder", "title", f"The title, {framework.title}, stands for another.", hint)
    for item in framework.items:
        if _is_placeholder(item.statement):
            message = f"The statement of {field_of(item)}, {item.statement[:60]}, stands for one to be written."
            yield Problem("placeholder", field_of(item), message, "Write its statement.", value=item.statement[:300])


def _is_placeholder(text: str) -> bool:
    if len(text) <= _LONGEST_PLACEHOLDER and text.casefold() in _PLACEHOLDERS:
        return True
    return text[:1] in "lL" and text[: len(_FILLER)].casefold() == _FILLER
