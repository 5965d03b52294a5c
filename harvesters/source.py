"""What an adapter is told about its source, and whose host it is on."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from msgspec import Struct


class SourceConfig(Struct, frozen=True):
    """A source as its adapter sees it; `state` is what the last clean run left (`Page.state`)."""

    name: str
    url: str
    options: dict[str, str] = {}
    provider: str = ""
    state: dict[str, str] = {}


def host_of(url: str) -> str:
    """The host (and port) that a harvest of this address burdens; empty for the operator's own machine."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    if host == "localhost":
        return ""
    try:
        return "" if ipaddress.ip_address(host).is_loopback else parts.netloc.rpartition("@")[2].lower()
    except ValueError:
        return parts.netloc.rpartition("@")[2].lower()
