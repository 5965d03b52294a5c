"""A resource, and a subject, as LTI Resource Search 1.0 has them (information model, sections 5 and 6)."""

from __future__ import annotations

from typing import Any

from registry.catalog.outgoing import Described
from registry.catalog.read import AlignmentView
from vocab import schemes
from vocab.crosswalks.xml_write import label
from vocab.frameworks.guid import guid
from vocab.grades import GRADES

MEMBERS = (
    "name", "description", "subject", "url", "ltiLink", "learningResourceType", "language", "typicalAgeRange",
    "learningObjectives", "author", "publisher", "useRightsURL", "timeRequired", "educationalAudience",
    "accessibilityFeatures", "accessibilityHazards", "publishDate", "relevance",
)  # fmt: skip
"""The members of Resource that are ever given here."""
_FIRST_AGE = 5
"""In kindergarten."""


def resource_object(told: Described, score: float, base_url: str) -> dict[str, Any]:
    """A Resource; what is not known of it is left out, but for what the model requires."""
    resource, card = told.resource, told.card
    found = {
        "name": resource.title,
        "description": resource.summary,
        "subject": [label("subjects", key) for key in resource.subjects],
        "url": resource.url or f"{base_url}/resources/{told.id}",
        "ltiLink": {"title": resource.title, "url": f"{base_url}/lti/launch?resource={told.id}"},
        "learningResourceType": [label("types", key) for key in resource.types],
        "language": list(resource.languages),
        "typicalAgeRange": _ages(resource.grades),
        "learningObjectives": [_objective(each, base_url) for each in told.alignments if each.resolved],
        "author": list(resource.creators),
        "publisher": resource.publisher or ", ".join(card.providers),
        "useRightsURL": card.license.url or resource.license_url,
        "timeRequired": f"PT{resource.minutes}M" if resource.minutes else "",
        "educationalAudience": [label("audiences", key) for key in resource.audiences],
        "accessibilityFeatures": list(resource.access_features),
        "accessibilityHazards": list(resource.access_hazards),
        "publishDate": resource.created or resource.modified,
        "relevance": score,
    }
    required = ("name", "subject", "learningResourceType")
    return {name: value for name, value in found.items() if name in required or value not in ("", [], None)}


def subject_objects() -> list[dict[str, Any]]:
    """Every Subject of the closed list, each with the one above it."""
    return [
        {"identifier": term.key, "name": term.label, **({"parent": term.broader} if term.broader else {})}
        for term in schemes.scheme("subjects").terms
    ]


def _objective(found: AlignmentView, base_url: str) -> dict[str, Any]:
    """A LearningObjective; the GUID is CASE's identifier, the address its own or ours."""
    own = guid(found.uri)
    stated = {
        "alignmentType": found.relation,
        "educationalFramework": found.framework,
        "targetName": found.code,
        "targetDescription": found.statement,
        "targetURL": found.uri,
        "caseItemUri": found.uri if own in found.uri.lower() else f"{base_url}/ims/case/v1p1/CFItems/{own}",
        "caseItemGUID": own,
    }
    return {name: value for name, value in stated.items() if value}


def _ages(grades: tuple[str, ...]) -> str:
    """The span of ages at which these grades are taught, as `9-10`."""
    places = [GRADES.index(grade) for grade in grades if grade in GRADES]
    return f"{min(places) + _FIRST_AGE}-{max(places) + _FIRST_AGE + 1}" if places else ""
