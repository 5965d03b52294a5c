"""What a stored framework may not hold, put right: markup, control characters, too long texts, wrong languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from operator import attrgetter

from msgspec.structs import replace

from vocab.frameworks.model import Association, Framework, Item
from vocab.frameworks.shapes import Broken, is_language_tag
from vocab.grades import GRADES
from vocab.languages import language_of
from vocab.resource import Problem, Severity
from vocab.text import has_markup, plain

MOST_TEXT = 20_000
_MOST_LABEL = 2_000
_MOST_KIND = 200
_MOST_CODE = 200
_MOST_ADDRESS = 2_000
_LARGEST = 2**31 - 1
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
_UNDETERMINED = "und"


def is_plain(text: str) -> bool:
    """Whether `plain` would surely return the text as it is; False is no proof of the contrary."""
    return (
        text.isprintable()
        and "<" not in text
        and "&" not in text
        and "  " not in text
        and text[:1] != " "
        and text[-1:] != " "
        and (text.isascii() or unicodedata.is_normalized("NFC", text))
    )


def with_statements(framework: Framework) -> Framework:
    """The framework with its label as the statement of every item that has no other."""
    bare = {n for n, item in enumerate(framework.items) if not item.statement or item.statement.isspace()}
    if not bare:
        return framework
    items = (replace(e, statement=e.label) if n in bare else e for n, e in enumerate(framework.items))
    return replace(framework, items=tuple(items))


class Needs:
    """What is to be mended, by number, because it breaks a shape."""

    def __init__(self) -> None:
        self.items: set[int] = set()
        self.links: set[int] = set()
        self.unlinked: set[int] = set()
        self.license = False

    def note(self, broken: Broken) -> None:
        """Learn of a broken shape."""
        if broken.shape_of == "Framework":
            self.license |= broken.problem.code == "license-link-unusable"
        elif broken.shape_of != "Association":
            self.items.add(broken.number)
        elif broken.problem.code.startswith("association-"):
            self.unlinked.add(broken.number)
        else:
            self.links.add(broken.number)


def mended(framework: Framework, needs: Needs) -> Framework:
    """The framework as it can be stored; an item or link that needs no mending is the same object as before."""
    untidy = needs.items | set(_untidy(framework.items))
    language = language_taken(framework.language, "en")
    items, links = framework.items, framework.associations
    if untidy:
        items = tuple(_item(each, language) if n in untidy else each for n, each in enumerate(items))
    if needs.links or needs.unlinked:
        kept = ((n, each) for n, each in enumerate(links) if n not in needs.unlinked)
        links = tuple(_link(each) if n in needs.links else each for n, each in kept)
    license_url, rights = framework.license_url, _clean(framework.rights, MOST_TEXT)
    if needs.license:
        license_url, rights = "", rights if license_url in rights else _clean(f"{rights} {license_url}", MOST_TEXT)
    return replace(
        framework,
        title=_clean(framework.title, 500),
        version=_clean(framework.version, 500),
        publisher=_clean(framework.publisher, 2_000),
        description=_clean(framework.description, MOST_TEXT),
        license_url=license_url,
        rights=rights,
        language=language,
        items=items,
        associations=links,
    )


def language_taken(stated: str, otherwise: str) -> str:
    """The language tag that a stated one is taken as: itself, what a list knows under that name, or `otherwise`."""
    return stated if is_language(stated) else language_of(stated) or otherwise


def is_language(tag: str) -> bool:
    """Whether it is a well-formed tag that opens as our list writes its language, or with a three-letter code."""
    if not is_language_tag(tag):
        return False
    primary = tag.partition("-")[0]
    known = language_of(primary)
    return known == primary if known else len(primary) == 3


def language_problems(framework: Framework) -> Iterator[Problem]:
    """A warning for each wrong language tag, saying what was taken for it."""
    otherwise = language_taken(framework.language, "en")
    if not is_language(framework.language):
        yield _language_problem(framework.title, framework.code, framework.language, otherwise)
    wrong = {tag for tag in set(map(attrgetter("language"), framework.items)) if not is_language(tag)}
    for item in framework.items if wrong else ():
        if item.language in wrong:
            taken = language_taken(item.language, otherwise)
            yield _language_problem(name_of(item), field_of(item), item.language, taken)
    for item in framework.items:
        if item.labels:
            for tag in item.labels:
                if not is_language(tag):
                    taken = language_taken(tag, _UNDETERMINED)
                    yield _language_problem(f"A translation of {name_of(item)}", field_of(item), tag, taken)


def text_problems(before: Sequence[Item], after: Sequence[Item]) -> Iterator[Problem]:
    """What mending took out of the texts: HTML, and with it the whole statement where nothing else was in it."""
    for item, kept in zip(before, after, strict=True):
        if item is kept:
            continue
        if has_markup(item.statement):
            message = f"The statement of {name_of(kept)} holds HTML, which was taken out."
            yield Problem("statement-markup", field_of(kept), message, "Write plain text.", value=item.statement[:300])
        if item.statement.strip() and not kept.statement:
            message = f"{name_of(kept)} has no statement."
            yield Problem("statement-empty", field_of(kept), message, "Write its statement.", item.uri, Severity.ERROR)


def name_of(item: Item) -> str:
    """What a person calls it: its code, the beginning of its wording, or its URI."""
    return item.codes[0] if item.codes else _clean(item.label or item.statement, 60) or item.uri


def field_of(item: Item) -> str:
    """What identifies it in a problem: its code or URI."""
    return item.codes[0] if item.codes else item.uri


def _untidy(items: Sequence[Item]) -> Iterator[int]:
    for attribute in ("statement", "label", "notes"):
        for number, text in enumerate(map(attrgetter(attribute), items)):
            if text and not is_plain(text):
                yield number
    wrong = {tag for tag in set(map(attrgetter("language"), items)) if not is_language(tag)}
    for number, item in enumerate(items):
        if item.language in wrong or (item.labels and not _are_tidy(item.labels)):
            yield number


def _are_tidy(labels: Mapping[str, str]) -> bool:
    return all(text and is_plain(text) and is_language(tag) for tag, text in labels.items())


def _item(item: Item, otherwise: str) -> Item:
    language = language_taken(item.language, otherwise)
    found = replace(
        item,
        statement=_clean(item.statement, MOST_TEXT) or _clean(item.label, _MOST_LABEL),
        label=_clean(item.label, _MOST_LABEL),
        notes=_clean(item.notes, MOST_TEXT),
        kind=_shortened(item.kind, _MOST_KIND),
        codes=_texts(item.codes, _MOST_CODE),
        aliases=tuple(each for each in item.aliases if len(each) <= _MOST_ADDRESS and not _CONTROL.search(each)),
        grades=tuple(grade for grade in item.grades if grade in GRADES),
        position=min(max(item.position, 0), _LARGEST),
        language=language,
        labels=_labels(item),
    )
    return item if found == item else found


def _labels(item: Item) -> dict[str, str]:
    kept: dict[str, str] = {}
    for tag, text in item.labels.items():
        if cleaned := _clean(text, MOST_TEXT):
            kept.setdefault(language_taken(tag, _UNDETERMINED), cleaned)
    return kept


def _link(link: Association) -> Association:
    sequence = link.sequence
    if sequence is not None and not -_LARGEST - 1 <= sequence <= _LARGEST:
        sequence = None
    return replace(link, sequence=sequence, notes=_shortened(link.notes, MOST_TEXT))


def _texts(stated: Sequence[str], most: int) -> tuple[str, ...]:
    cleaned = (_CONTROL.sub("", each) for each in stated)
    return tuple(dict.fromkeys(each for each in cleaned if each.strip() and len(each) <= most))


def _shortened(text: str, most: int) -> str:
    if len(text) <= most and not _CONTROL.search(text):
        return text
    cleaned = _CONTROL.sub("", text)
    return cleaned if len(cleaned) <= most else f"{cleaned[: most - 1]}…"


def _language_problem(name: str, field: str, stated: str, taken: str) -> Problem:
    return Problem(
        "language-unknown",
        field,
        f"{name}: {stated or 'an empty text'} is no proper language tag; {taken} was taken.",
        "State the language by its tag, as en, es or zh-Hans.",
        value=stated[:300],
    )


def _clean(text: str, most: int) -> str:
    """Plain text that stays as it is when it is cleaned again: what was escaped twice comes to light in two steps."""
    once = plain(text, most)
    again = plain(once, most)
    return once if once == again else plain(again, most)
