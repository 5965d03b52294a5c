"""What opens a district's feed of problems to a feed reader, which can neither sign in nor send a key."""

from __future__ import annotations

import hashlib
import hmac

from registry.settings import Settings


def feed_token(settings: Settings, slug: str) -> str:
    """The token of this district's feed: it opens nothing else, and ends when the secret key is changed."""
    return hmac.new(settings.secret_key.encode(), f"problems:{slug}".encode(), hashlib.sha256).hexdigest()[:40]


def opens_feed(settings: Settings, slug: str, token: str) -> bool:
    """Whether this is the token of this district's feed."""
    return hmac.compare_digest(token.encode("utf-8", "replace"), feed_token(settings, slug).encode())
