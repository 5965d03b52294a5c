"""A record as registries pass it on: our own resource as JSON, with its provider and when it was first seen."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
from msgspec import Struct

from vocab.crosswalks.notes import refused
from vocab.resource import Context, Crosswalked, Resource
from vocab.text import canonical_url, plain


class Passed(Struct, frozen=True, omit_defaults=True):
    """What is passed on. Fields that a newer registry adds are left out by an older one."""

    resource: Resource
    provider: str
    first_seen: str = ""


def to_payload(resource: Resource, provider: str, first_seen: datetime) -> bytes:
    """The payload that `from_registry` reads."""
    return msgspec.json.encode(Passed(resource, provider, first_seen.astimezone(UTC).isoformat()))


def from_registry(payload: bytes, context: Context) -> Crosswalked:
    """The resource in a payload; its links and texts are made safe again, whatever the other registry let pass."""
    try:
        passed = msgspec.json.decode(payload, type=Passed)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return refused("payload-unreadable", "record", str(error))
    resource = passed.resource
    title, url = plain(resource.title, 500), canonical_url(resource.url)
    if not title:
        return refused("title-missing", "title")
    if not url:
        return refused("link-missing", "url", resource.url)
    safe = msgspec.structs.replace(
        resource,
        title=title,
        url=url,
        summary=plain(resource.summary, 2_000),
        text=plain(resource.text, 20_000),
        license_url=canonical_url(resource.license_url) or "",
        based_on=tuple(link for each in resource.based_on if (link := canonical_url(each))),
    )
    return Crosswalked(safe, (), plain(passed.provider, 300), _moment(passed.first_seen))


def _moment(stated: str) -> str:
    """The moment in UTC; empty where it is none or has no zone."""
    try:
        moment = datetime.fromisoformat(stated)
        return moment.astimezone(UTC).isoformat() if moment.tzinfo else ""
    except (ValueError, OverflowError):
        return ""
