"""The line that gives credit for a resource: its title, author, source and license, as text and as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from urllib.parse import urlsplit

from msgspec import Struct

from vocab import licenses
from vocab.resource import Resource

_MOST_NAMES = 10
_PUBLIC = frozenset(("cc0-1.0", "public-domain", "no-copyright-us"))
_NOT_LICENSED = frozenset(("educational-use", "non-commercial-use", "undetermined", "all-rights-reserved"))
NOT_STATED = "No license is stated: ask the publisher before you copy or change it."


class Attribution(Struct, frozen=True):
    """One line of credit, the same words twice; what strangers wrote is escaped in `html`."""

    text: str
    html: str


class _Linked(Struct, frozen=True):
    """Words and the address they lead to, if any."""

    words: str
    url: str = ""

    def as_text(self) -> str:
        """The address follows in brackets; where the words are the address, it stands alone."""
        return f"{self.words} ({self.url})" if self.url and self.url != self.words else self.words

    def as_html(self, relation: str = "") -> str:
        if not self.url:
            return escape(self.words)
        rel = f' rel="{relation}"' if relation else ""
        return f'<a{rel} href="{escape(self.url)}">{escape(self.words)}</a>'


def attribution(resource: Resource, providers: Sequence[str], page: str) -> Attribution:
    """Who is to be credited, in the order title, author, source, license (TASL, as Creative Commons recommends it).

    `page` is the resource's address here, which stands for a source that is no web address. Where the license is not
    known the line says so, and claims none.
    """
    source = _web(resource.url) or page
    title, by = _Linked(resource.title, source), _author(resource, providers)
    before, terms, after = _terms(resource)
    return Attribution(
        text=f"“{title.words}” ({source}){by}{before}{terms.as_text()}{after}",
        html=f"“{title.as_html()}”{escape(by)}{escape(before)}{terms.as_html('license')}{escape(after)}",
    )


def _author(resource: Resource, providers: Sequence[str]) -> str:
    """The creators, then the publisher if it is another; those who provide the record only where neither is named."""
    named = dict.fromkeys((*resource.creators, resource.publisher))
    names = [name for name in named if name.strip()]
    return f" by {_listed(names)}" if names else f" from {_listed(providers)}" if providers else ""


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _terms(resource: Resource) -> tuple[str, _Linked, str]:
    """What is said before the license's name, the name, and what is said after it."""
    if resource.license is None:
        stated = _web(resource.license_url)
        if not stated:
            return ". ", _Linked(NOT_STATED), ""
        return ". Its terms are stated at ", _Linked(stated, stated), ""
    known = licenses.license(resource.license)
    named = _Linked(known.label, known.url)
    if known.key in _PUBLIC:
        return " is marked with ", named, "."
    if known.key in _NOT_LICENSED:
        return ". ", named, "."
    return " is licensed under ", named, "." if known.url else "; its version is not stated."


def _web(url: str) -> str:
    """The address if a browser may be sent there, else nothing."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""
