"""What a framework must satisfy before it is stored: statements to store, plain text, no cycles, codes told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from msgspec.structs import replace

from vocab.codes import key
from vocab.frameworks.model import Framework, Item
from vocab.resource import Problem, Severity
from vocab.text import has_markup, plain

_MOST_TEXT = 20_000
_MOST_OF_A_KIND = 50


def checked(framework: Framework) -> Framework:
    """The framework with plain text throughout and every trouble among its problems."""
    items = tuple(_plain(item) for item in framework.items)
    found = replace(framework, items=items)
    problems = (
        *framework.problems,
        *_no_items(found),
        *_markup(framework.items),
        *_empty(items),
        *_duplicate_codes(items),
        *_dangling(found),
        *_cycles(found),
    )
    return replace(found, problems=tuple(_capped(problems)))


def cycle_problems(edges: Iterable[tuple[str, str]], what: str, names: Mapping[str, str]) -> list[Problem]:
    """An error for each cycle met among the edges, fifty at most, told in `names`; empty where there is no cycle."""
    following: dict[str, list[str]] = defaultdict(list)
    for source, target in edges:
        following[source].append(target)
    return [_cycle(path, what, names) for path in islice(_cycle_paths(following), _MOST_OF_A_KIND)]


def _cycle_paths(following: Mapping[str, list[str]]) -> Iterator[list[str]]:
    done: set[str] = set()
    for start in following:
        path: list[str] = []
        on_path: dict[str, int] = {}
        waiting = [(start, False)]
        while waiting:
            node, leaving = waiting.pop()
            if leaving:
                path.pop()
                del on_path[node]
                done.add(node)
                continue
            if node in done:
                continue
            if node in on_path:
                yield [*path[on_path[node] :], node]
                continue
            on_path[node] = len(path)
            path.append(node)
            waiting.append((node, True))
            waiting += [(each, False) for each in reversed(following.get(node, ()))]


def _cycle(path: list[str], what: str, names: Mapping[str, str]) -> Problem:
    shown = [names.get(node, node) for node in path]
    told = " → ".join(shown if len(shown) <= 12 else [*shown[:10], "…", shown[-1]])
    return Problem(
        f"cycle-{what}",
        shown[0],
        f"These stand in a circle ({what}): {told}.",
        "Remove one of the links.",
        value=told[:300],
        severity=Severity.ERROR,
    )


def _cycles(framework: Framework) -> list[Problem]:
    names = {item.uri: _name(item) for item in framework.items}
    known = {address: item.uri for item in framework.items for address in (*item.aliases, item.uri)}
    hierarchy = [(item.uri, parent) for item in framework.items for parent in item.parents]
    precedes = [
        (known.get(each.source, each.source), known.get(each.target, each.target))
        for each in framework.associations
        if each.kind == "precedes"
    ]
    return cycle_problems(hierarchy, "parent", names) + cycle_problems(precedes, "precedes", names)


def _name(item: Item) -> str:
    return item.codes[0] if item.codes else plain(item.label or item.statement, 60) or item.uri


def _plain(item: Item) -> Item:
    return replace(
        item,
        statement=plain(item.statement, _MOST_TEXT) or plain(item.label, _MOST_TEXT),
        label=plain(item.label, _MOST_TEXT),
        notes=plain(item.notes, _MOST_TEXT),
        labels={tag: plain(text, _MOST_TEXT) for tag, text in item.labels.items()},
    )


def _no_items(framework: Framework) -> Iterator[Problem]:
    if not framework.items:
        yield Problem(
            "no-items",
            "items",
            f"{framework.title} holds no statements.",
            "Export the framework with its statements.",
            severity=Severity.ERROR,
        )


def _markup(items: Iterable[Item]) -> Iterator[Problem]:
    for item in items:
        if has_markup(item.statement):
            message = f"The statement of {_name(item)} holds HTML, which was taken out."
            yield Problem("statement-markup", _name(item), message, "Write plain text.", value=item.statement[:300])


def _empty(items: Iterable[Item]) -> Iterator[Problem]:
    for item in items:
        if not item.statement:
            message = f"{_name(item)} has no statement."
            yield Problem("statement-empty", _name(item), message, "Write its statement.", item.uri, Severity.ERROR)


def _duplicate_codes(items: Iterable[Item]) -> Iterator[Problem]:
    printed: dict[str, dict[str, str]] = defaultdict(dict)
    for item in items:
        for code in item.codes:
            printed[key(code)].setdefault(item.uri, code)
    for places in printed.values():
        if len(places) > 1:
            codes = list(dict.fromkeys(places.values()))
            message = (
                f"{' and '.join(codes)} is printed on {len(places)} statements; by code they cannot be told apart."
            )
            yield Problem("code-twice", codes[0], message, "Give each a code of its own.", value=" ".join(places)[:300])


def _dangling(framework: Framework) -> Iterator[Problem]:
    known = {name for item in framework.items for name in (item.uri, *item.aliases, *item.codes)}
    for each in framework.associations:
        if each.source not in known and each.target not in known:
            message = f"{each.source} {each.kind} {each.target}: neither end is in the framework."
            hint = "Export the link with the framework that one end belongs to."
            yield Problem("association-dangling", "associations", message, hint, value=each.source[:300])


def _capped(problems: Iterable[Problem]) -> Iterator[Problem]:
    """At most fifty problems of a kind, then one that counts the rest: a person reads them."""
    counted: dict[tuple[str, Severity], int] = defaultdict(int)
    for problem in problems:
        counted[problem.code, problem.severity] += 1
        if counted[problem.code, problem.severity] <= _MOST_OF_A_KIND:
            yield problem
    for (code, severity), count in counted.items():
        if count > _MOST_OF_A_KIND:
            message = f"{count - _MOST_OF_A_KIND} more problems of the kind {code}."
            yield Problem(code, "items", message, "Mend the first ones and check again.", severity=severity)
