"""The elements of Learning Object Metadata by their local names, and the texts in them in the best language."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MOST = 1_000


def all_in(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """The children with one of these local names, given in lower case."""
    for number, child in enumerate(element.iterchildren("{*}*")):
        if number >= _MOST:
            return
        if etree.QName(child).localname.lower() in names:
            yield child


def first_in(element: etree._Element | None, *names: str) -> etree._Element | None:
    """The first child with one of these local names, or None."""
    return None if element is None else next(all_in(element, *names), None)


def text_of(element: etree._Element | None) -> str:
    """All text in an element, trimmed; empty where there is no element."""
    return "" if element is None else "".join(element.itertext()).strip()


class Texts:
    """Reads texts that stand in several languages: English first, then the record's own, then what is unmarked."""

    def __init__(self, languages: Sequence[str]) -> None:
        self._own = next((code[:2].lower() for code in languages if code), "en")

    def ranked(self, element: etree._Element) -> list[str]:
        """Every text in the element, those in the best language first."""
        return [text for _, text in self._strings(element)]

    def best(self, element: etree._Element) -> list[str]:
        """The texts in the best language there is; several where one element holds several of one language."""
        found = self._strings(element)
        return [text for rank, text in found if rank == found[0][0]]

    def value(self, element: etree._Element | None) -> str:
        """The value of a vocabulary element (its `source` left out), or its first text."""
        if element is None:
            return ""
        inner = first_in(element, "value")
        return next(iter(self.best(element if inner is None else inner)), "")

    def _strings(self, element: etree._Element) -> list[tuple[tuple[int, str], str]]:
        """(rank and language, text) of each text in the element, best first."""
        found = []
        for part in all_in(element, "string", "langstring"):
            language = (part.get(_LANG) or part.get("language") or part.get("lang") or "")[:2].lower()
            if text := text_of(part):
                found.append((self._rank(language), text))
        if not found and (text := text_of(element)):
            found.append(((0, ""), text))
        return sorted(found, key=lambda pair: pair[0])

    def _rank(self, language: str) -> tuple[int, str]:
        return {"en": 0, self._own: 1 if self._own != "en" else 0, "": 2, "x-": 2}.get(language, 3), language
