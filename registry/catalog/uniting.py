"""What a resource says when its records differ: whose word goes first, and which field is whose.

Two registries that know the same records must come to the same resource, so nothing here depends on when or in which
order they arrived.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec

from vocab import licenses
from vocab.resource import Problem, Resource


class Word(Protocol):
    """What one record says, and who it is: `assemble.Member` is one."""

    @property
    def provider(self) -> str: ...  # noqa: D102
    @property
    def identifier(self) -> str: ...  # noqa: D102
    @property
    def resource(self) -> Resource: ...  # noqa: D102
    @property
    def first_seen(self) -> datetime: ...  # noqa: D102
    @property
    def origin(self) -> str: ...  # noqa: D102


def precedence(word: Word) -> tuple[bool, int, datetime, str]:
    """What records are sorted by, the one whose word goes first at the front.

    First whoever publishes the resource itself, before those who only list it; then the more complete record; then
    the one seen first where it was first harvested; then the address it has there.
    """
    return (not _publishes(word), -_completeness(word.resource), word.first_seen, word.origin)


def united(words: Sequence[Word]) -> Resource:
    """One resource from what several records, in their order, say.

    The first record's word counts, and the others fill what it leaves empty. But a title or summary that says little
    gives way to a good one; the longest text is kept, for search reads it; lists are united, for a district that adds
    a standard or a caption track takes nothing away; of two licenses the stricter counts, for whoever relies on this
    record must not be promised too much; and both dates are one record's, for those of two may belong to two editions.
    """
    resources = [word.resource for word in words]
    changes: dict[str, Any] = {}
    for field in Resource.__struct_fields__:
        if field in _UNITED:
            said = (each for resource in resources for each in getattr(resource, field))
            changes[field] = tuple(dict.fromkeys(said))
        elif field != "license_url":
            changes[field] = getattr(resources[_speaker(resources, field)], field)
    changes["license_url"] = resources[_speaker(resources, "license")].license_url
    return msgspec.structs.replace(resources[0], **changes)


def who_says(words: Sequence[Word]) -> dict[str, tuple[int, ...]]:
    """For each field that holds something, the places (in the given order) of the records it comes from."""
    resources = [word.resource for word in words]
    found: dict[str, tuple[int, ...]] = {}
    for field in Resource.__struct_fields__:
        if field in _UNITED:
            found[field] = tuple(place for place, resource in enumerate(resources) if getattr(resource, field))
        elif getattr(resources[speaker := _speaker(resources, field)], field):
            found[field] = (speaker,)
    return {field: places for field, places in found.items() if places}


def license_conflict(word: Word, body: Resource) -> Problem | None:
    """What its publisher should know where another record states a stricter license for the same resource."""
    stated = word.resource.license
    if stated is None or body.license is None or _strictness(stated) == _strictness(body.license):
        return None
    return Problem(
        code="license-conflict",
        field="license",
        message=f"Another record of the same resource states a stricter license ({body.license}), which is shown.",
        hint="Agree with the other publisher on the license, and state the same one.",
        value=stated,
    )


_UNITED = (
    "identifiers", "keywords", "types", "subjects", "grades", "languages", "audiences", "alignments",
    "access_features", "access_hazards", "settings", "based_on", "part_of", "stated",
)  # fmt: skip
_COUNTED = (
    "summary", "text", "keywords", "types", "subjects", "grades", "languages", "audiences", "minutes", "license",
    "alignments", "access_features", "creators", "part_of", "created", "modified",
)  # fmt: skip
_GOOD_SUMMARY = 40  # characters
_NO_TITLE = re.compile(
    r"https?://\S+|[\w%+.-]+\.(?:pdf|docx?|pptx?|xlsx?|html?|mp4|zip)|(?:untitled|document|lesson|page)[\s\d]*", re.I
)


def _speaker(resources: Sequence[Resource], field: str) -> int:
    """The place of the record whose word counts for a field that holds one value."""
    places = range(len(resources))
    if field == "text":
        return max(places, key=lambda place: (len(resources[place].text), -place))
    if field in ("license", "license_url"):
        return max(places, key=lambda place: (_strictness(resources[place].license), -place))
    if field == "title":
        return next((place for place in places if _says_something(resources[place].title)), 0)
    if field == "summary":
        good = next((place for place in places if len(resources[place].summary) >= _GOOD_SUMMARY), None)
        return max(places, key=lambda place: (len(resources[place].summary), -place)) if good is None else good
    if field in ("created", "modified"):
        return next((place for place in places if resources[place].created or resources[place].modified), 0)
    return next((place for place in places if getattr(resources[place], field)), 0)


def _says_something(title: str) -> bool:
    return not _NO_TITLE.fullmatch(title.strip()) and not (title.isupper() and len(title) > 8)


def _strictness(key: str | None) -> int:
    """How much a license withholds, the more the higher; -1 where none is stated."""
    if key is None:
        return -1
    known = licenses.license(key)
    elements = key.split("-")
    withheld = 8 * (not known.adaptable) + 4 * (not known.open)
    return (
        withheld
        + sum(weight for element, weight in (("nc", 2), ("sa", 1), ("by", 1)) if element in elements)
        + (2 if key == "all-rights-reserved" else 0)
    )


def _publishes(word: Word) -> bool:
    """Whether the record is its publisher's own: it names nobody else as one, or its link leads to where it stands."""
    publisher = " ".join(word.resource.publisher.casefold().split())
    if not publisher or publisher == " ".join(word.provider.casefold().split()):
        return True
    link = urlsplit(word.resource.url).netloc.removeprefix("www.")
    return bool(link) and link == _host(word.identifier)


def _host(identifier: str) -> str:
    if identifier.lower().startswith("oai:"):
        return identifier.split(":")[1].lower().removeprefix("www.")
    try:
        return urlsplit(identifier).netloc.lower().removeprefix("www.")
    except ValueError:
        return ""


def _completeness(resource: Resource) -> int:
    return sum(bool(getattr(resource, field)) for field in _COUNTED)
