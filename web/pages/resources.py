"""The page of one resource: all that is known of it, and who says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from registry.accounts import policy
from registry.accounts.policy import Person
from registry.catalog import ratings
from registry.catalog.attribution import attribution
from registry.catalog.export import to_jsonld
from registry.catalog.read import ResourceView, resource_view
from registry.search.neighbors import Near, near
from registry.standards.browse import framework_titles
from vocab import licenses
from web.auth import visitor
from web.pages.layout import page
from web.rendering import html
from web.site import Request
from web.usage import is_person

_FIELDS = {
    "title": "title",
    "url": "link",
    "identifiers": "identifiers",
    "summary": "summary",
    "text": "text",
    "keywords": "keywords",
    "types": "kind of resource",
    "subjects": "subject",
    "grades": "grade",
    "languages": "language",
    "audiences": "whom it is for",
    "minutes": "time",
    "license": "license",
    "license_url": "license",
    "alignments": "standards",
    "access_features": "accessibility",
    "access_hazards": "hazards",
    "settings": "setting",
    "group_size": "size of the group",
    "based_on": "what it is based on",
    "part_of": "what it is part of",
    "creators": "who made it",
    "publisher": "publisher",
    "created": "when it was made",
    "modified": "when it was changed",
    "stated": "words no list knows",
}
"""What people read for the fields of a resource."""


@get("/resources/{resource_id:str}", sync_to_thread=True)
def resource_page(request: Request, resource_id: FromPath[str]) -> Response[bytes]:
    """The resource; with status 410 what is left of a withdrawn one, with 301 the one it was merged into."""
    with request.site.registry.reading.begin() as session:
        view = resource_view(session, resource_id)
        gone = bool(view.merged_into or view.withdrawn_at)
        beside = Near() if gone else near(session, request.site.registry, view.id, view.card.languages)
        titles = framework_titles(session, {each.framework for each in view.alignments})
    if view.merged_into:
        return html(b"", 301, {"Location": f"/resources/{view.merged_into}"})
    if view.withdrawn_at:
        return page(request, "withdrawn.html", visitor(request), {"view": view}, 410)
    if is_person(request):
        request.site.usage.opened(view.id)
    person = visitor(request)
    context = _context(view, beside, request.site.base_url, person) | _own_rating(request, view.id, person)
    return page(request, "resource.html", person, context | {"titles": titles})


def _own_rating(request: Request, resource_id: str, person: Person | None) -> dict[str, Any]:
    if person is None or not policy.may(person, "keep"):
        return {"may_keep": False, "my_stars": None}
    with request.site.registry.reading.begin() as session:
        return {"may_keep": True, "my_stars": ratings.stars_of(session, person.id, resource_id)}


def _context(view: ResourceView, beside: Near, base_url: str, person: Person | None) -> dict[str, Any]:
    key = view.card.license.key
    return {
        "view": view,
        "resource": view.resource,
        "card": view.card,
        "license": licenses.license(key) if key else None,
        "jsonld": to_jsonld(view, base_url),
        "credit": attribution(view.resource, view.card.providers, f"{base_url}/resources/{view.id}"),
        "near": beside,
        "gives": {each.record_id: _words_of(each.gives) for each in view.provenance},
        "reviews": policy.may(person, "review"),
    }


def _words_of(fields: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_FIELDS[field] for field in fields))
