"""JSON-LD from strangers read as plain nodes with schema.org's own property names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

Node = dict[str, Any]

MOST_BYTES = 16_000_000
_MOST_NODES = 2_000
_SCHEMA = "http://schema.org/"
_SCHEMA_CONTEXT = re.compile(r"https?://(?:www\.)?schema\.org(?:/|/docs/jsonldcontext\.jsonld?)?#?", re.IGNORECASE)
_PREFIX = re.compile(
    r"(?:https?://(?:www\.)?schema\.org/|https?://purl\.org/dcx/lrmi-terms/|https?://(?:www\.)?oerschema\.org/"
    r"|schema:|sdo:|lrmi:|oer:)",
    re.IGNORECASE,
)
# Possessive, and begun only where white space begins: else a long row of it is gone over again and again.
_WRAPPING = re.compile(r"^\s*+(?://)?\s*+<!(?:\[CDATA\[|--)|(?<!\s)\s*+(?://\s*+)?(?:\]\]>|-->)\s*+;?\s*+$|;\s*+$")
_ELSEWHERE = frozenset((
    "AboutPage", "Action", "AggregateRating", "AlignmentObject", "Answer", "BreadcrumbList", "Brand", "CheckoutPage",
    "CollegeOrUniversity", "Comment", "ContactPage", "ContactPoint", "Corporation", "DefinedTerm", "DefinedTermSet",
    "EducationalOrganization", "EntryPoint", "Event", "GovernmentOrganization", "HighSchool", "ImageObject",
    "ItemList", "ItemPage", "JobPosting", "LibrarySystem", "ListItem", "LocalBusiness", "MiddleSchool", "NGO",
    "Offer", "OfferCatalog", "Organization", "Person", "Place", "PostalAddress", "PreSchool", "Product",
    "ProfilePage", "PropertyValue", "Rating", "ReadAction", "Review", "School", "SearchAction", "SearchResultsPage",
    "Service", "SiteNavigationElement", "SpeakableSpecification", "Store", "WPFooter", "WPHeader", "WPSideBar",
    "WebPageElement", "WebSite",
))  # fmt: skip
_CREATIVE = frozenset((
    "3DModel", "Activity", "AmpStory", "Article", "Assessment", "AudioObject", "Audiobook", "Blog", "BlogPosting",
    "Book", "Chapter", "Clip",
    "Collection", "ComicStory", "Course", "CreativeWork", "CreativeWorkSeries", "Dataset", "DigitalDocument",
    "Drawing", "Episode", "ExercisePlan", "FAQPage", "Game", "Guide", "HowTo", "HyperToc", "HyperTocEntry",
    "LearningResource", "Lesson", "Manuscript", "Map", "MathSolver", "MediaObject", "MobileApplication", "Movie",
    "MusicComposition", "MusicRecording", "NewsArticle", "Painting", "Photograph", "Play", "PodcastEpisode",
    "PodcastSeries", "Poster", "PresentationDigitalDocument", "PublicationIssue", "PublicationVolume", "QAPage",
    "Quiz", "Report", "ScholarlyArticle", "Sculpture", "ShortStory", "SoftwareApplication", "SoftwareSourceCode",
    "SpreadsheetDigitalDocument", "Syllabus", "TechArticle", "TextDigitalDocument", "TextObject", "Thesis",
    "SupportingMaterial", "Unit", "VideoGame", "VideoObject", "VisualArtwork", "WebApplication", "WebContent",
    "WebPage",
))  # fmt: skip
_EDUCATIONAL = frozenset(
    ("learningResourceType", "educationalAlignment", "teaches", "assesses", "educationalLevel", "educationalUse",
     "competencyRequired", "typicalAgeRange", "timeRequired")
)  # fmt: skip


def parse(payload: bytes) -> object:
    """The JSON value in the payload; ValueError where there is none (bad JSON, too deep, over 16 MB).

    Pages wrap JSON-LD in comments, end it with a semicolon or break lines inside strings: that is read too.
    """
    if len(payload) > MOST_BYTES:
        raise ValueError("larger than 16 MB")
    try:
        return msgspec.json.decode(payload)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        text = _WRAPPING.sub("", payload.decode("utf-8-sig"))
        try:
            lenient = json.loads(_WRAPPING.sub("", text), strict=False)
            # Half characters (a lone D800) and NaN, which Python lets pass, no store and no encoder takes.
            return msgspec.json.decode(json.dumps(lenient, ensure_ascii=False).encode("utf-8", "replace"))
        except RecursionError:
            raise ValueError("nested too deeply") from None


def nodes(document: object, base: str = "") -> tuple[list[Node], bool]:
    """The top-level nodes (single, list, `@graph`) under schema.org's names, and whether the context was understood.

    A context that renames terms is worked out by PyLD, with no context but schema.org's and none fetched.
    """
    understood = True
    found: list[Node] = []
    for node in _many(document):
        if not isinstance(node, dict):
            continue
        if _renames(node.get("@context")):
            expanded = _expanded(node, base)
            understood = understood and expanded is not None
            found += [_local_names(each) for each in (expanded if expanded is not None else [node])]
        else:
            found.append(_local_names(node) if _is_prefixed(node) else node)
    flat = list(_unfolded(found))
    return (_joined(flat) if len(flat) > 1 else flat), understood


def kinds(node: Node) -> list[str]:
    """The local names of a node's types."""
    types = [*_many(node.get("@type")), *_many(node.get("type"))]
    return [_PREFIX.sub("", kind) for kind in types if isinstance(kind, str)]


def is_elsewhere(node: Node) -> bool:
    """Whether the node's type says that it is clearly no learning resource (an organization, a breadcrumb list)."""
    types = kinds(node)
    return any(kind in _ELSEWHERE for kind in types) and not any(kind in _CREATIVE for kind in types)


def weight(node: Node) -> int:
    """How surely a node is a learning resource: 0 not at all, 1 as the page it stands on, 2 or 3 for its own sake."""
    educational = any(node.get(name) for name in _EDUCATIONAL)
    if is_elsewhere(node) or not (node.get("name") or node.get("headline") or node.get("title")):
        return 0
    types = [kind for kind in kinds(node) if kind in _CREATIVE]
    if educational or "LearningResource" in types:
        return 3
    if not types:
        return 0 if kinds(node) else 1
    return 1 if types == ["WebPage"] else 2


def resources_in(jsonld: bytes) -> list[bytes]:
    """The learning resources in a page's JSON-LD block, each as JSON-LD that stands alone; none where it is no JSON."""
    try:
        found, _ = nodes(parse(jsonld))
    except (ValueError, RecursionError):
        return []
    weighed = [(node, weight(node)) for node in found]
    most = max((each for _, each in weighed), default=0)
    least = 2 if most > 1 else 1
    return [
        msgspec.json.encode({"@context": "https://schema.org/"} | {k: v for k, v in node.items() if k != "@context"})
        for node, each in weighed
        if each >= least
    ]


def _many(value: object) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _unfolded(found: list[Node]) -> Iterator[Node]:
    """The nodes with those of `@graph` and of pages' main entities and item lists in their places."""
    pending = list(reversed(found))
    for _ in range(_MOST_NODES):
        if not pending:
            return
        node = pending.pop()
        inner = [*_many(node.get("@graph")), *_many(node.get("mainEntity"))]
        for item in _many(node.get("itemListElement")):
            inner += _many(item.get("item")) if isinstance(item, dict) and "item" in item else [item]
        inner = [each for each in inner if isinstance(each, dict) and len(each) > 1]
        pending += [_local_names(each) if _is_prefixed(each) else each for each in reversed(inner)]
        if set(node) - {"@context", "@graph", "@id"}:
            yield node


def _joined(found: list[Node]) -> list[Node]:
    """The nodes with bare references (`{"@id": …}`) to other nodes replaced by what they refer to, one step deep."""
    named = {node["@id"]: node for node in found if isinstance(node.get("@id"), str)}

    def resolved(value: Any) -> Any:
        if isinstance(value, list):
            return [resolved(each) for each in value]
        if isinstance(value, dict) and value.keys() == {"@id"} and isinstance(value["@id"], str):
            target = named.get(value["@id"], value)
            return {name: content for name, content in target.items() if not isinstance(content, dict | list)}
        return value

    return [
        {name: resolved(value) if isinstance(value, dict | list) else value for name, value in node.items()}
        for node in found
    ]


def _is_prefixed(node: Node) -> bool:
    return any(":" in name for name in node)


def _local_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {_PREFIX.sub("", name, count=1): _local_names(each) for name, each in value.items()}
    return [_local_names(each) for each in value] if isinstance(value, list) else value


def _renames(context: object) -> bool:
    """Whether a context gives any name another meaning than schema.org does."""
    return any(
        isinstance(each, Mapping) and any(_is_renaming(name, meaning) for name, meaning in each.items())
        for each in _many(context)
    )


def _is_renaming(name: str, meaning: object) -> bool:
    if name.startswith("@"):
        return name == "@vocab" and not (isinstance(meaning, str) and _SCHEMA_CONTEXT.fullmatch(meaning))
    iri = meaning.get("@id") if isinstance(meaning, Mapping) else meaning
    if not isinstance(iri, str):
        return isinstance(meaning, Mapping) and "@reverse" in meaning
    if iri.endswith(("/", "#", ":", "_", "=")):  # a prefix: only those that hide schema.org need working out
        return bool(_SCHEMA_CONTEXT.fullmatch(iri)) and name not in ("schema", "sdo")
    return _PREFIX.sub("", iri, count=1) != name


def _expanded(node: Node, base: str) -> list[Node] | None:
    from pyld import jsonld  # imported here: it takes 0.1 s, and few records need it

    contexts = [each for each in _many(node.get("@context")) if isinstance(each, Mapping)]
    local = {**node, "@context": [{"@vocab": _SCHEMA, "schema": _SCHEMA, "sdo": _SCHEMA}, *contexts]}
    try:
        expanded = jsonld.expand(local, {"documentLoader": _no_loader, "base": base})
    except (jsonld.JsonLdError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None  # PyLD answers odd input with any of these; the simple reading is still there
    return [each for each in expanded if isinstance(each, dict)]


def _no_loader(url: str, options: object) -> dict[str, object]:
    if _SCHEMA_CONTEXT.fullmatch(url):
        context = {"@context": {"@vocab": _SCHEMA, "schema": _SCHEMA, "sdo": _SCHEMA}}
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": context}
    raise ValueError(f"no context is fetched from {url[:200]}")
