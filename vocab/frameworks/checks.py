"""What a framework must satisfy before it is stored: its shapes, plain text, no circles, codes told apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from vocab.frameworks.circles import cycle_problems as cycle_problems
from vocab.frameworks.ends import Ends, Meant, folded_end
from vocab.frameworks.mending import (
    Needs,
    field_of,
    language_problems,
    mended,
    name_of,
    text_problems,
    with_statements,
)
from vocab.frameworks.model import Framework
from vocab.frameworks.relations import relation_problems
from vocab.frameworks.shapes import Broken, broken_shapes
from vocab.frameworks.structure import linked, once, placed
from vocab.resource import Problem, Severity

_MOST_OF_A_KIND = 50
_TOLD_WITH_WHAT_WAS_TAKEN = ("language-unknown", "label-language-unknown")


def checked(framework: Framework) -> Framework:
    """The framework as it can be stored, with every trouble among its problems; errors mean: do not store.

    Texts are made plain, and what breaks a shape or cannot stand is mended or left out, as its warning says. An item
    with nothing to mend is the same object as before.
    """
    told = _Told(framework.problems)
    told.add(_nothing_in_it(framework))
    stated = with_statements(framework)
    needs = Needs()
    told.add(_shape_problems(stated, needs))
    told.add(language_problems(stated))
    found = mended(stated, needs)
    told.add(text_problems(stated.items, found.items))
    found, twice = once(found)
    ends = Ends(found.items)
    found, misplaced = placed(found, ends)
    found, meant, loops = linked(found, _meant(found, ends))
    told.add((*twice, *misplaced, *loops))
    told.add(relation_problems(found, ends, meant))
    return replace(found, problems=told.problems())


class _Told:
    """Problems, each once and at most fifty of a kind with a count of the rest: a person reads them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self._kept: dict[Problem, None] = {}
        self._counted: dict[tuple[str, Severity], int] = defaultdict(int)
        self.add(problems)

    def add(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            kind = (problem.code, problem.severity)
            if self._counted[kind] >= _MOST_OF_A_KIND:
                self._counted[kind] += 1
            elif problem not in self._kept:
                self._counted[kind] += 1
                self._kept[problem] = None

    def problems(self) -> tuple[Problem, ...]:
        return (*self._kept, *self._rest())

    def _rest(self) -> Iterator[Problem]:
        for (code, severity), count in self._counted.items():
            if count > _MOST_OF_A_KIND:
                message = f"{count - _MOST_OF_A_KIND} more problems of the kind {code}."
                yield Problem(code, "items", message, "Mend the first ones and check again.", severity=severity)


def _nothing_in_it(framework: Framework) -> Iterator[Problem]:
    if not framework.items and not framework.associations:
        yield Problem(
            "no-items",
            "items",
            f"{framework.title} holds no statements.",
            "Export the framework with its statements.",
            severity=Severity.ERROR,
        )


def _shape_problems(framework: Framework, needs: Needs) -> Iterator[Problem]:
    """What breaks the shapes, each naming its item or link; `needs` learns what is to be mended."""
    for each in broken_shapes(framework):
        needs.note(each)
        if each.problem.code not in _TOLD_WITH_WHAT_WAS_TAKEN:
            yield _named(each, framework)


def _named(broken: Broken, framework: Framework) -> Problem:
    problem = broken.problem
    if broken.shape_of == "Framework":
        return problem
    if broken.shape_of == "Association":
        link = framework.associations[broken.number]
        message = f"{link.source[:200]} {link.kind[:60]} {link.target[:200]}: {problem.message}"
        return replace(problem, field="associations", message=message)
    item = framework.items[broken.number]
    name = name_of(item) or f"Item {broken.number + 1}"
    return replace(problem, field=field_of(item) or name, message=f"{name}: {problem.message}")


def _meant(framework: Framework, ends: Ends) -> Meant:
    """The ends of every link as URIs of items, or merely folded where the framework is a table of links alone."""
    if not framework.only_links:
        return ends.meant(framework.associations)
    spelled = {end: folded_end(end) for each in framework.associations for end in (each.source, each.target)}
    return Meant(
        [spelled[each.source] for each in framework.associations],
        [spelled[each.target] for each in framework.associations],
    )
