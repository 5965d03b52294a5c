"""What a browser may load into a page of ours, where that page may be framed and where its forms may go (CSP)."""

from __future__ import annotations

_FRAMED = ("/embed/", "/lti/")
"""Where the pages stand that are made for other people's pages; all others are in no frame."""


def policy(path: str, frames: str = "'none'", forms: str = "'self'") -> str:
    """The Content-Security-Policy of a page; `frames` is what it may frame itself, `forms` where its forms may go."""
    ancestors = "*" if is_framed(path) else "'none'"
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action {forms}; base-uri 'none'; frame-src {frames}; "
        f"frame-ancestors {ancestors}; manifest-src 'self'"
    )


def is_framed(path: str) -> bool:
    """Whether the page at this path may stand in a frame on any site; it sets and reads no cookie."""
    return path.startswith(_FRAMED)
