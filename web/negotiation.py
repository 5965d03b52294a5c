"""Which of the forms we can give an Accept header prefers (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence


def preferred(accept: str, offered: Sequence[str]) -> str | None:
    """The offered media type with the highest quality, the earlier of equals; None where none is acceptable."""
    ranges = [_range(part) for part in accept.split(",") if part.strip()][:50]
    if not ranges:
        return offered[0]
    qualities = {media: _quality(media, ranges) for media in offered}
    best = max(offered, key=lambda media: qualities[media])
    return best if qualities[best] > 0 else None


def unchanged(if_none_match: str, tag: str) -> bool:
    """Whether the If-None-Match header names this ETag (weak comparison, RFC 9110, section 13.1.2)."""
    stated = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in stated or tag in stated


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip().lower() for piece in part.split(";"))
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return media, min(max(float(value), 0.0), 1.0)
            except ValueError:
                return media, 0.0
    return media, 1.0


def _quality(media: str, ranges: Sequence[tuple[str, float]]) -> float:
    """The quality of the most specific range that covers the media type."""
    for wanted in (media, media.partition("/")[0] + "/*", "*/*"):
        for name, quality in ranges:
            if name == wanted:
                return quality
    return 0.0
