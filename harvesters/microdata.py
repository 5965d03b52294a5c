"""Microdata read in steps that grow with the page: extruct's reader looks at nested items again and again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from extruct.utils import parse_html
from extruct.w3cmicrodata import MicrodataExtractor

from harvesters.odd_addresses import drop_odd_addresses

_MOST_STEPS = 300_000
"""Elements looked at for one page: ten times what a page of 2,000 items needs."""


def items_in(body: bytes, encoding: str | None, url: str) -> list[dict[str, Any]]:
    """The top items of a page as extruct gives them, without addresses that are none.

    Raises ValueError where the page is nested, or refers to itself, so often that reading it would take too long.
    """
    document = parse_html(body, encoding)
    named: dict[str, Any] = {}
    for element in document.iter():
        named.setdefault(element.get("id", ""), element)
    drop_odd_addresses(document, url)
    found: list[dict[str, Any]] = _Bounded(named).extract_items(document, url)
    return found


class _Bounded(MicrodataExtractor):  # type: ignore[misc]
    """The reader of extruct with walks of its own, which are counted."""

    def __init__(self, named: dict[str, Any]) -> None:
        super().__init__()
        self._named = named
        self._steps = 0

    def _extract_properties(
        self, node: Any, items_seen: set[Any], base_url: str, itemids: dict[Any, int]
    ) -> Iterator[tuple[str, Any]]:
        for each in self._properties_under(node):
            yield from self._extract_property(each, items_seen=items_seen, base_url=base_url, itemids=itemids)

    def _extract_property_refs(
        self, node: Any, refid: str, items_seen: set[Any], base_url: str, itemids: dict[Any, int]
    ) -> Iterator[tuple[str, Any]]:
        self._count(1)
        if (named := self._named.get(refid)) is None:
            return
        own = [named] if named.get("itemprop") is not None else []
        inside = () if named.get("itemscope") is not None else self._properties_under(named)
        for each in (*own, *inside):
            yield from self._extract_property(each, items_seen=items_seen, base_url=base_url, itemids=itemids)

    def _extract_textContent(self, node: Any) -> str:
        if not len(node):
            return " ".join((node.text or "").split())
        self._count(sum(1 for _ in node.iter()))
        text: str = super()._extract_textContent(node)
        return text

    def _properties_under(self, node: Any) -> Iterator[Any]:
        """The properties of an item or of what it refers to, in the order of the page; not those of items within."""
        waiting = list(reversed(node))
        while waiting:
            self._count(1)
            each = waiting.pop()
            if each.get("itemprop") is not None:
                yield each
            if each.get("itemscope") is None:
                waiting.extend(reversed(each))

    def _count(self, steps: int) -> None:
        self._steps += steps
        if self._steps > _MOST_STEPS:
            raise ValueError("its items are nested, or refer to each other, too often")
