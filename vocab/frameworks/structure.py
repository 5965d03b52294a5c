"""Which items and links of a framework can stand: each item once, under parents that are there, no link to itself."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from operator import attrgetter

from msgspec.structs import replace

from vocab.frameworks.ends import Ends, Meant
from vocab.frameworks.mending import field_of, name_of
from vocab.frameworks.model import Association, Framework, Item
from vocab.resource import Problem, Severity


def once(framework: Framework) -> tuple[Framework, list[Problem]]:
    """The framework with the first of the items that share a URI, and a warning for each that was left out."""
    if len(set(map(attrgetter("uri"), framework.items))) == len(framework.items):
        return framework, []
    first: dict[str, Item] = {}
    others = [item for item in framework.items if first.setdefault(item.uri, item) is not item]
    problems = [_twice(first[item.uri], item) for item in others]
    return replace(framework, items=tuple(first.values())), problems


def placed(framework: Framework, ends: Ends) -> tuple[Framework, list[Problem]]:
    """The framework with every parent an item of it, and a problem for each parent that is none.

    An alias of an item or a printed code stands for the item; the framework itself as a parent means the top.
    """
    known = set(map(attrgetter("uri"), framework.items))
    if known.issuperset(chain.from_iterable(map(attrgetter("parents"), framework.items))):
        own = [item for item in framework.items if item.uri in item.parents]
        return framework, [_own_parent(item) for item in own]
    tops = {framework.uri, *framework.aliases}
    problems: list[Problem] = []
    items = [
        item if known.issuperset(item.parents) else replace(item, parents=tuple(_parents(item, ends, tops, problems)))
        for item in framework.items
    ]
    problems += [_own_parent(item) for item in items if item.uri in item.parents]
    return replace(framework, items=tuple(items)), problems


def linked(framework: Framework, meant: Meant) -> tuple[Framework, Meant, list[Problem]]:
    """The framework without links from a statement to itself, what the ends of the rest mean, and the warnings."""
    loops = {
        number
        for number, (source, target, each) in enumerate(
            zip(meant.sources, meant.targets, framework.associations, strict=True)
        )
        if source == target and (source or each.source == each.target)
    }
    if not loops:
        return framework, meant, []
    kept = [number for number in range(len(meant.sources)) if number not in loops]
    links = framework.associations
    left = Meant([meant.sources[number] for number in kept], [meant.targets[number] for number in kept])
    problems = [_loop(links[number]) for number in sorted(loops)]
    return replace(framework, associations=tuple(links[number] for number in kept)), left, problems


def _loop(link: Association) -> Problem:
    return Problem(
        "self-relation",
        link.source,
        f"{link.source} is linked with itself ({link.kind}); the link was left out.",
        "Remove the link, or name another statement.",
        value=link.target[:300],
    )


def _parents(item: Item, ends: Ends, tops: set[str], problems: list[Problem]) -> Iterator[str]:
    given = set()
    for parent in item.parents:
        found = ends.item(parent)
        if found and found not in given:
            given.add(found)
            yield found
        elif not found and parent not in tops:
            problems.append(
                Problem(
                    "parent-missing",
                    field_of(item),
                    f"{name_of(item)} names a parent that the framework does not hold: {parent}.",
                    "Add the parent to the file, or correct its identifier.",
                    value=parent[:300],
                )
            )


def _own_parent(item: Item) -> Problem:
    return Problem(
        "parent-itself",
        field_of(item),
        f"{name_of(item)} is named as its own parent.",
        "Name the statement it stands under, or none.",
        value=item.uri[:300],
        severity=Severity.ERROR,
    )


def _twice(first: Item, item: Item) -> Problem:
    same = name_of(first) == name_of(item)
    which = f"{name_of(item)} stands twice" if same else f"{name_of(first)} and {name_of(item)} have the same URI"
    return Problem(
        "item-twice",
        field_of(item),
        f"{which} ({item.uri[:200]}); the first was kept.",
        "Give every statement a URI of its own.",
        value=item.uri[:300],
    )
