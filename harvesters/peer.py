"""Another registry: the records it passes on (`registry.catalog.passing`), from where the last run stood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from harvesters.failures import ANSWER, failed, list_problem
from harvesters.http import Fetcher
from harvesters.source import SourceConfig
from registry.ports import Harvested, Page

_A_PAGE = 100
_MOST_PAGES = 100_000
_MOST_HOPS = 16
_REGISTRY = r"registry:[0-9a-f]{1,8}"
_ORIGIN = re.compile(rf"({_REGISTRY})/[0-9a-f]{{32}}")
_PATH = "/api/v1/changes"


class _Answer(Struct):
    registry: str
    items: list[msgspec.Raw]
    next: str
    more: bool


class _Item(Struct):
    origin: str
    path: list[str]
    changed: str
    deleted: bool = False
    provider: str = ""
    first_seen: str = ""
    resource: msgspec.Raw = msgspec.Raw()


class PeerHarvester:
    """The records of a registry. Its list has no end: each run takes what has changed since the last."""

    def __init__(self, config: SourceConfig, fetcher: Fetcher) -> None:
        self._config = config
        self._fetcher = fetcher

    def pages(self, since: datetime | None, checkpoint: dict[str, str] | None) -> Iterator[Page]:
        """Pages of records; read from its start, the list names every record there is.

        `since` is not asked for: the place where the last clean run stood is exact, and kept.
        """
        place = checkpoint or (self._config.state if since is not None else {})
        cursor, whole = place.get("cursor", ""), "whole" in place or not place
        for _ in range(_MOST_PAGES):
            answer = self._ask(cursor)
            if answer.more and answer.next == cursor:
                break
            cursor = answer.next
            kept = {"cursor": cursor}
            yield Page(
                records=tuple(_harvested(item, answer.registry) for item in answer.items),
                checkpoint=({**kept, "whole": "yes"} if whole else kept) if answer.more else None,
                whole=whole,
                complete=whole and not answer.more,
                state=None if answer.more else kept,
            )
            if not answer.more:
                return
        raise failed(
            "peer-endless",
            ANSWER,
            "The other registry's list of changes does not come to an end.",
            "Tell its operator; what came before was taken.",
            self._config.url,
            start_over=True,
        )

    def _ask(self, cursor: str) -> _Answer:
        base = self._config.url.partition("#")[0].partition("?")[0].rstrip("/").removesuffix(_PATH)
        asked = {"limit": str(_A_PAGE)} | ({"cursor": cursor} if cursor else {})
        url = f"{base}{_PATH}?{urlencode(asked)}"
        fetched = self._fetcher.get(url, accept="application/json")
        try:
            answer = msgspec.json.decode(fetched.body, type=_Answer)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise failed(
                "peer-other-answer",
                ANSWER,
                "What answers there is no Open Resource Registry.",
                "Give the public address of the other registry, as https://registry.example.gov.",
                url,
            ) from None
        if not re.fullmatch(_REGISTRY, answer.registry):
            raise failed(
                "peer-nameless",
                ANSWER,
                "The other registry does not say who it is.",
                "Ask its operator to bring it up to date.",
                url,
            )
        return answer


def _harvested(raw: msgspec.Raw, sender: str) -> Harvested:
    """One record of an answer; one that cannot be used comes with its problem."""
    try:
        item = msgspec.json.decode(raw, type=_Item)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _unusable(raw, str(error))
    origin = _ORIGIN.fullmatch(item.origin)
    known = all(re.fullmatch(_REGISTRY, each) for each in item.path)
    if not origin or not known or not 1 <= len(item.path) <= _MOST_HOPS:
        return _unusable(raw, "its origin or path is none")
    if item.path[0] != origin[1] or item.path[-1] != sender:
        return _unusable(raw, "its path does not lead from its origin to the registry that sent it")
    content = {"resource": item.resource, "provider": item.provider, "first_seen": item.first_seen}
    gone = item.deleted or not bytes(item.resource)
    return Harvested(
        identifier=item.origin,
        format="" if gone else "registry",
        payload=b"" if gone else msgspec.json.encode(content),
        datestamp=item.changed,
        deleted=gone,
        origin=item.origin,
        path=tuple(item.path),
    )


def _unusable(raw: msgspec.Raw, reason: str) -> Harvested:
    return Harvested(
        identifier=f"unreadable-{sha256(raw).hexdigest()[:24]}",
        problems=(
            list_problem(
                "peer-item-unusable",
                "items",
                f"A record of the other registry cannot be used: {reason[:200]}.",
                "Tell its operator.",
                bytes(raw)[:300].decode("utf-8", "replace"),
                error=True,
            ),
        ),
    )
