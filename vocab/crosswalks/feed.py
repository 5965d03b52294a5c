"""One entry of an RSS or Atom feed, as flat JSON of ours, read into a resource."""

from __future__ import annotations

import re

import msgspec
from msgspec import Struct

from vocab.crosswalks.canonical import canonical
from vocab.crosswalks.jsonld import MOST_BYTES
from vocab.crosswalks.notes import Notes, refused
from vocab.crosswalks.stated import Said, Stated
from vocab.grades import grades_of
from vocab.resource import Context, Crosswalked
from vocab.text import canonical_url

_GRADE = re.compile(r"(?:grades?|year|kindergarten|(?:elementary|middle|high|primary|secondary) school|k-\d)\b", re.I)
_MEDIA = ("video", "audio", "image")


class Tag(Struct, frozen=True, omit_defaults=True):
    """A category of an entry; `scheme` says whose word it is."""

    term: str
    label: str = ""
    scheme: str = ""


class Enclosure(Struct, frozen=True, omit_defaults=True):
    """A file that comes with an entry, with its media type."""

    url: str
    type: str = ""


class Entry(Struct, frozen=True, omit_defaults=True):
    """An entry as its feed gave it, HTML and all; `licenses` and `language` are the feed's where it has none."""

    id: str = ""
    title: str = ""
    link: str = ""
    summary: str = ""
    content: tuple[str, ...] = ()
    tags: tuple[Tag, ...] = ()
    authors: tuple[str, ...] = ()
    publisher: str = ""
    published: str = ""
    updated: str = ""
    licenses: tuple[str, ...] = ()
    language: str = ""
    enclosures: tuple[Enclosure, ...] = ()
    identifiers: tuple[str, ...] = ()


def from_feed_entry(payload: bytes, context: Context) -> Crosswalked:
    """The resource that an `Entry` in JSON describes."""
    if len(payload) > MOST_BYTES:
        return refused("payload-unreadable", "entry", "larger than 16 MB")
    try:
        entry = msgspec.json.decode(payload, type=Entry)
    except (ValueError, RecursionError) as error:
        return refused("payload-unreadable", "entry", str(error))
    notes = Notes()
    return canonical(_stated(entry), context, notes)


def _stated(entry: Entry) -> Stated:
    stated = Stated()
    stated.titles.append(Said("title", entry.title))
    links = [entry.link, *(enclosure.url for enclosure in entry.enclosures)]
    stated.links += [Said("link", link) for link in links[:1] if link]
    stated.links += [Said("enclosure", link) for link in links[1:] if canonical_url(link)]
    stated.identifiers += [Said("id", value) for value in (entry.id, *entry.identifiers) if value]
    texts = [text for text in (entry.summary, *entry.content) if text.strip()]
    stated.summaries += [Said("summary" if entry.summary else "content", text) for text in texts[:1]]
    stated.texts += [Said("content", text) for text in texts[1:]]
    for tag in entry.tags:
        name = tag.label or tag.term
        said = Said("category", name, (tag.term,) if tag.term != name else ())
        graded = _GRADE.search(name[:200]) and grades_of(name[:200])
        (stated.levels if graded else stated.topics).append(said)
    kinds = dict.fromkeys(enclosure.type.partition("/")[0].lower() for enclosure in entry.enclosures)
    stated.types += [Said("enclosure", kind) for kind in kinds if kind in _MEDIA]
    stated.creators += [Said("author", name) for name in entry.authors]
    stated.publishers += [Said("publisher", entry.publisher)] if entry.publisher else []
    stated.created += [Said("published", entry.published)] if entry.published else []
    stated.modified += [Said("updated", entry.updated)] if entry.updated else []
    stated.licenses += [Said("rights", text) for text in entry.licenses]
    stated.languages += [Said("language", entry.language)] if entry.language else []
    return stated
