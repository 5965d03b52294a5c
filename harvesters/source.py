"""What an adapter is told about its source."""

from __future__ import annotations

from msgspec import Struct


class SourceConfig(Struct, frozen=True):
    """A source as its adapter sees it; `state` is what the last clean run left (`Page.state`)."""

    name: str
    url: str
    options: dict[str, str] = {}
    provider: str = ""
    state: dict[str, str] = {}
