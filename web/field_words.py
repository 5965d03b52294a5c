"""What people read for a field or parameter that is at fault, where machines read its key."""

from __future__ import annotations

_WORDS = {
    "q": "Words",
    "standard": "Standard",
    "level": "Level",
    "grade": "Grade",
    "subject": "Subject",
    "type": "Kind of resource",
    "license": "License",
    "language": "Language",
    "provider": "Provider",
    "access": "Accessibility",
    "open": "Only open licenses",
    "minutes_max": "Time",
    "relation": "Relation to the standard",
    "sort": "Sort by",
    "exact": "Only this standard",
    "literal": "All of it as words",
    "limit": "Results on a page",
    "facets": "Counts of the filters",
    "cursor": "Place in the list",
    "after": "Place in the list",
    "page": "Place in the list",
    "left": "First framework",
    "right": "Second framework",
    "url": "Address",
    "every_minutes": "How often",
    "iss": "Address of the platform",
    "login_hint": "Sign-in at the platform",
    "lti_message_hint": "What the platform sent along",
    "target_link_uri": "What is opened",
    "openid_configuration": "Description of the platform",
    "registration_endpoint": "Registration at the platform",
}


def field_words(key: str) -> str:
    """The words for a field, as its label has them where it has one; those of its key where no list holds it."""
    return _WORDS.get(key) or key[:1].upper() + key[1:].replace("_", " ")
