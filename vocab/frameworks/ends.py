"""Which statement of a framework the end of a link or the parent of an item means."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from msgspec import Struct

from vocab.codes import key, uri_key
from vocab.frameworks.model import Association, Framework, Item


class Meant(Struct, frozen=True):
    """For each link the URI of the item at either end, as `Ends.item` says it."""

    sources: list[str | None]
    targets: list[str | None]


class Ends:
    """The items of a framework by URI, alias and printed code in any spelling; `shared` are codes of several items."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.shared: dict[str, dict[str, str]] = {}
        self._coded: dict[str, Item] = {}
        self._known = {alias: item.uri for item in items for alias in item.aliases}
        self._known.update((item.uri, item.uri) for item in items)
        self._spelled: dict[str, str | None] = {}
        for item in items:
            for code in item.codes:
                self._code(item, code)

    def item(self, end: str) -> str | None:
        """The URI of the item that is meant; None where the framework has none such, empty where several share it."""
        found = self._known.get(end)
        return self._by_code(end) if found is None and not is_uri(end) else found

    def meant(self, links: Sequence[Association]) -> Meant:
        """What the ends of all the links mean, as `item` says it of one."""
        sources, targets = (list(map(attrgetter(name), links)) for name in ("source", "target"))
        return Meant(list(map(self.item, sources)), list(map(self.item, targets)))

    def _by_code(self, end: str) -> str | None:
        if end not in self._spelled:
            folded = key(end)
            only = self._coded.get(folded)
            self._spelled[end] = "" if folded in self.shared else only.uri if only else None
        return self._spelled[end]

    def _code(self, item: Item, code: str) -> None:
        if not (folded := key(code)):
            return
        first = self._coded.setdefault(folded, item)
        if first is not item:
            printed = next(each for each in first.codes if key(each) == folded)
            self.shared.setdefault(folded, {first.uri: printed}).setdefault(item.uri, code)


def is_uri(end: str) -> bool:
    """Whether the end of a link is written as a URI, and not as a code."""
    return "://" in end or end.startswith("urn:")


def folded_end(end: str) -> str:
    """One spelling for an end where no framework is at hand to know it: its key as a URI or as a code."""
    return uri_key(end) if is_uri(end) else key(end) or end


def own_space(framework: Framework) -> tuple[str, ...]:
    """How the URIs begin that can only be statements of this framework."""
    own = framework.uri.rstrip("/#")
    return (f"{own}/", f"{own}#", f"urn:x-framework:{framework.code}:")
