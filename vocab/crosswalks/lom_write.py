"""A resource in IEEE LOM (1484.12.3), as repositories of learning objects exchange it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from vocab import licenses
from vocab.crosswalks.xml_write import attribute, content, label
from vocab.namespaces import VOCAB
from vocab.resource import Alignment, Collection, Resource

LOM = "http://ltsc.ieee.org/xsd/LOM"
LOM_SCHEMA = "http://ltsc.ieee.org/xsd/lomv1.0/lom.xsd"
GRADES = f"{VOCAB}grades"
"""The taxonomy our grades are of: K, 1 to 12."""

_STANDARD = "LOMv1.0"
_ROLES = {"teacher": "teacher", "student": "learner", "author": "author", "administrator": "manager"}
"""Our audiences that LOM has a role for; the others are told in our own words."""
_PURPOSES = {"teaches": "educational objective", "requires": "prerequisite"}


def to_lom(resource: Resource) -> bytes:
    """The resource as a `lom` element, without an XML declaration, so that it can stand in another document.

    Terms of our closed lists have the list's address as their source. An alignment is a classification of its
    own (educational objective, prerequisite, or `assesses` of our relations) whose taxon is the standard; a
    competency level is its keyword. Access features and hazards are accessibility restrictions.
    LOM has no place for settings, group sizes and what was stated beyond our words.
    """
    parts = (
        _general(resource),
        _life_cycle(resource),
        _category("technical", [_element("location", content(resource.url))]),
        _educational(resource),
        _rights(resource),
        *_relations(resource),
        *_classifications(resource),
    )
    return (
        f'<lom xmlns="{LOM}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        f'xsi:schemaLocation="{LOM} {LOM_SCHEMA}">{"".join(parts)}</lom>'
    ).encode()


def _general(resource: Resource) -> str:
    language = resource.languages[0] if len(resource.languages) == 1 else ""
    return _category(
        "general",
        [
            *(_identifier(value) for value in dict.fromkeys((resource.url, *resource.identifiers))),
            _worded("title", resource.title, language),
            *(_element("language", content(tag)) for tag in resource.languages),
            *(_worded("description", text, language) for text in (resource.summary, resource.text) if text),
            *(_worded("keyword", word, language) for word in resource.keywords),
        ],
    )


def _life_cycle(resource: Resource) -> str:
    parts = [_contribution("author", [name]) for name in resource.creators]
    if resource.publisher or resource.created:
        parts.append(_contribution("publisher", [resource.publisher], resource.created))
    if resource.modified:
        parts.append(_contribution("editor", [], resource.modified))
    return _category("lifeCycle", parts)


def _educational(resource: Resource) -> str:
    parts = [_term("learningResourceType", f"{VOCAB}types", key) for key in resource.types]
    for key in resource.audiences:
        known = _ROLES.get(key)
        source, value = (_STANDARD, known) if known else (f"{VOCAB}audiences", key)
        parts.append(_term("intendedEndUserRole", source, value))
    if resource.grades:
        parts.append(_term("context", _STANDARD, "school"))
    if resource.minutes:
        parts.append(_category("typicalLearningTime", [_element("duration", f"PT{resource.minutes}M")]))
    return _category("educational", parts)


def _rights(resource: Resource) -> str:
    named = resource.license_url or (licenses.license(resource.license).label if resource.license else "")
    if not named:
        return ""
    restricted = _term("copyrightAndOtherRestrictions", _STANDARD, "yes")
    return _category("rights", [restricted, _worded("description", named, "")])


def _relations(resource: Resource) -> Iterator[str]:
    related = [("ispartof", collection) for collection in resource.part_of]
    related += [("isbasedon", Collection("", url)) for url in resource.based_on]
    for kind, other in related:
        named = [_identifier(other.url)] if other.url else []
        named += [_worded("description", other.name, "")] if other.name and other.name != other.url else []
        yield _category("relation", [_term("kind", _STANDARD, kind), _category("resource", named)])


def _classifications(resource: Resource) -> Iterator[str]:
    subjects = [(key, label("subjects", key)) for key in resource.subjects]
    access = [(name, key) for name in ("access_features", "access_hazards") for key in getattr(resource, name)]
    restrictions = [_path(f"{VOCAB}{name}", key, label(name, key)) for name, key in access]
    yield from _classification("discipline", (_path(f"{VOCAB}subjects", key, word) for key, word in subjects))
    grades = (_path(GRADES, key, "Kindergarten" if key == "K" else f"Grade {key}") for key in resource.grades)
    yield from _classification("educational level", grades)
    yield from _classification("accessibility restrictions", restrictions)
    for alignment in resource.alignments:
        yield from _aligned(alignment)


def _aligned(alignment: Alignment) -> Iterator[str]:
    parts = [_path(alignment.framework, alignment.standard, alignment.name)]
    if alignment.level or alignment.level_stated:
        parts.append(_worded("keyword", alignment.level or alignment.level_stated, ""))
    if alignment.relation in _PURPOSES:
        yield from _classification(_PURPOSES[alignment.relation], parts)
    else:
        yield from _classification(alignment.relation, parts, f"{VOCAB}relations")


def _classification(purpose: str, parts: Iterable[str], source: str = _STANDARD) -> Iterator[str]:
    if held := list(parts):
        yield _category("classification", [_term("purpose", source, purpose), *held])


def _path(source: str, key: str, entry: str) -> str:
    """One taxon and the taxonomy it is of, which may be unnamed."""
    taxon = [_element("id", content(key)), *([_worded("entry", entry, "")] if entry else [])]
    return _category("taxonPath", [*([_worded("source", source, "")] if source else []), _category("taxon", taxon)])


def _contribution(role: str, names: Iterable[str], date: str = "") -> str:
    parts = [_term("role", _STANDARD, role)]
    parts += [_element("entity", content(_card(name))) for name in names if name]
    parts += [_category("date", [_element("dateTime", content(date))])] if date else []
    return _category("contribute", parts)


def _card(name: str) -> str:
    """A vCard 3.0 (RFC 2426) of somebody of whom no more than the name is known."""
    escaped = name.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return f"BEGIN:VCARD\nVERSION:3.0\nFN:{escaped}\nN:{escaped};;;;\nEND:VCARD"


def _identifier(value: str) -> str:
    catalog = "URI" if "://" in value or value.startswith("urn:") else "local"
    return _category("identifier", [_element("catalog", catalog), _element("entry", content(value))])


def _worded(name: str, text: str, language: str) -> str:
    marked = f' language="{attribute(language)}"' if language else ""
    return _element(name, f"<string{marked}>{content(text)}</string>")


def _term(name: str, source: str, value: str) -> str:
    return _element(name, _element("source", content(source)) + _element("value", content(value)))


def _category(name: str, parts: Iterable[str]) -> str:
    """An element of elements, or nothing where there are none."""
    inner = "".join(parts)
    return _element(name, inner) if inner else ""


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>"
