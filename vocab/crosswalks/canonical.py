"""From what a payload says to a resource in our words, the same way for every format."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from vocab.crosswalks import words
from vocab.crosswalks.notes import Notes
from vocab.crosswalks.stated import Said, Stated
from vocab.resource import Collection, Context, Crosswalked, Resource
from vocab.text import canonical_url, has_markup, iso_date, plain

TITLE, SUMMARY, TEXT = 500, 2_000, 20_000


def canonical(stated: Stated, context: Context, notes: Notes) -> Crosswalked:
    """The resource that `stated` describes, with every problem met; no resource where title or link is missing."""
    title, url = _title(stated, notes), _url(stated, context, notes)
    if not title or not url:
        return Crosswalked(None, notes.problems)
    summary, text = _texts(stated, notes)
    grades, subjects_by_level, competency = words.levels(stated.levels, context, notes)
    grades += words.ages(stated.ages, notes) + words.claimed_grades(stated.claims, context)
    subjects, topics, tentative = words.subjects(stated.subjects, stated.topics, notes)
    types, settings = words.uses(stated.uses, notes)
    license = words.rights(stated.licenses, context, notes)
    for said in stated.kept:
        notes.keep(said)
    resource = Resource(
        title=title,
        url=url,
        identifiers=_identifiers(stated, context, url),
        summary=summary,
        text=text,
        keywords=_names(stated.keywords, notes, 100, *topics),
        types=_distinct(words.keys("types", stated.types, notes, "type-unknown"), types),
        subjects=_distinct(subjects, subjects_by_level),
        grades=_in_order(grades),
        languages=words.languages(stated.languages, context, notes),
        audiences=words.keys("audiences", stated.audiences, notes, "audience-unknown"),
        minutes=words.minutes(stated.durations, notes),
        license=license.key if license else None,
        license_url=_license_url(stated, license.url if license else ""),
        alignments=words.alignments([*stated.claims, *tentative], competency, context, notes),
        access_features=words.keys("access_features", stated.features, notes, "accessibility-unknown"),
        access_hazards=words.keys("access_hazards", stated.hazards, notes, "accessibility-unknown"),
        settings=_distinct(words.keys("settings", stated.settings, notes, "setting-unknown"), settings),
        group_size=words.group_size(stated.group_sizes, notes),
        based_on=_based_on(stated, notes),
        part_of=_collections(stated.part_of),
        creators=_names(stated.creators, notes, 200),
        publisher=next(iter(_names(stated.publishers, notes, 300)), "") or context.defaults.get("publisher", ""),
        created=min(_dates(stated.created, context, notes), default=""),
        modified=max(_dates(stated.modified, context, notes), default=""),
        stated=notes.kept,
    )
    return Crosswalked(resource, notes.problems)


def _title(stated: Stated, notes: Notes) -> str:
    found = ""
    for said in stated.titles:
        title = plain(said.value, TITLE)
        if title and found:
            if title != found:
                notes.keep(Said(said.field, title))
        elif title:
            found = title
            if has_markup(said.value):
                notes.note("markup-removed", said.field)
            if len(said.value) > TITLE and title.endswith("…"):
                notes.note("title-cut", said.field)
    if not found:
        notes.note("title-missing", stated.titles[0].field if stated.titles else "title")
    return found


def _url(stated: Stated, context: Context, notes: Notes) -> str:
    for said in stated.links:
        if url := canonical_url(said.value):
            return url
        if said.value.strip():
            notes.unknown("link-unusable", said)
    for value in (context.url, *(said.value for said in stated.identifiers), context.identifier):
        if url := canonical_url(value):
            return url
    notes.note("link-missing", stated.links[0].field if stated.links else "url")
    return ""


def _identifiers(stated: Stated, context: Context, url: str) -> tuple[str, ...]:
    found = [plain(said.value, 500) for said in stated.identifiers[: words.MOST_VALUES]]
    found += [other for said in stated.links if (other := canonical_url(said.value)) and other != url]
    return tuple(dict.fromkeys(value for value in (context.identifier, *found) if value and value != url))


def _texts(stated: Stated, notes: Notes) -> tuple[str, str]:
    """The summary, and the longer text: what was not taken as the summary."""
    parts = [*stated.summaries, *stated.texts]
    clean: list[str] = []
    for said in parts:
        text = plain(said.value, TEXT)
        if len(said.value) > TEXT and text.endswith("…"):
            notes.note("text-cut", said.field)
        if has_markup(said.value):
            notes.note("markup-removed", said.field)
        if text and text not in clean:
            clean.append(text)
    if not clean:
        return "", ""
    summary, rest = clean[0], clean[1:]
    if len(summary) > SUMMARY:
        rest = clean
        summary = plain(summary, SUMMARY)
    return summary, plain(" ".join(rest), TEXT)


def _license_url(stated: Stated, known: str) -> str:
    return known or next((url for said in stated.licenses if (url := canonical_url(said.value))), "")


def _based_on(stated: Stated, notes: Notes) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for said in words.some(stated.based_on, notes):
        if url := next((url for text in (said.value, *said.also) if (url := canonical_url(text))), None):
            found[url] = None
        else:
            notes.keep(said)
    return tuple(found)


def _collections(stated: list[Collection]) -> tuple[Collection, ...]:
    found: dict[Collection, None] = {}
    for collection in stated[: words.MOST_VALUES]:
        url = canonical_url(collection.url) or ""
        if name := plain(collection.name, 300) or url:
            found[Collection(name, url)] = None
    return tuple(found)


def _dates(values: list[Said], context: Context, notes: Notes) -> list[str]:
    found: list[str] = []
    for said in words.some(values, notes):
        read, problem = iso_date(said.value, context.today)
        if problem:
            notes.add(replace(problem, field=said.field))
            notes.keep(said)
        elif read:
            found.append(read)
    return found


def _names(values: list[Said], notes: Notes, limit: int, *more: str) -> tuple[str, ...]:
    """Names or keywords, each once whatever its case."""
    found: dict[str, str] = {}
    for text in (*(said.value for said in words.some(values, notes)), *more):
        name = plain(text, limit).strip("#,; ")
        if name:
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def _distinct(*lists: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for values in lists for value in values))


def _in_order(grades: list[str]) -> tuple[str, ...]:
    return tuple(sorted(set(grades), key=lambda grade: 0 if grade == "K" else int(grade)))
