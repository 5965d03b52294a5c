"""Templates to pages: the environment, the words it puts for keys, and the values every page needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Response
from litestar.enums import MediaType
from markupsafe import Markup

from vocab import languages, licenses, schemes
from web.assets import Assets
from web.field_words import field_words

SCHEME_OF_FACET = {
    "level": "levels",
    "subject": "subjects",
    "type": "types",
    "access": "access_features",
    "hazard": "access_hazards",
    "audience": "audiences",
    "setting": "settings",
    "relation": "relations",
}
"""The closed list (one of `schemes.NAMES`) that holds the keys of a facet."""
_SOURCES_OF_A_CLAIM = {
    "declared": "stated by the publisher",
    "suggested": "suggested by a machine, not yet checked",
    "accepted": "suggested by a machine, confirmed by a curator",
    "added": "added by a curator",
}


class Templates:
    """The Jinja environment; everything a template prints is escaped."""

    def __init__(self, assets: Assets, base_url: str) -> None:
        self._environment = Environment(
            loader=PackageLoader("web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.globals.update(asset=assets.url, base_url=base_url)
        self._environment.filters.update(
            word=word,
            field=field_words,
            level_rank=level_rank,
            lang_attribute=lang_attribute,
            origin=lambda key: _SOURCES_OF_A_CLAIM.get(key, key),
            grades=grade_span,
            day=day,
            moment=moment,
            rtl=languages.is_rtl,
            link=safe_link,
            marked=marked,
            host=lambda url: urlsplit(url).hostname or url,
            script_json=script_json,
            segment=lambda text: quote(text, safe=""),
            query=lambda pairs: urlencode(pairs, doseq=True),
            percent=lambda share: f"{round(100 * share)}%",
        )

    def render(self, name: str, context: Mapping[str, Any]) -> bytes:
        """The page or partial as UTF-8."""
        return self._environment.get_template(name).render(context).encode()


def html(content: bytes, status: int = 200, headers: dict[str, str] | None = None) -> Response[bytes]:
    """A page as an answer; what depends on who asks or how is not kept by anybody in between."""
    kept = {"Cache-Control": "private, no-cache", "Vary": "HX-Request, Cookie"} | (headers or {})
    return Response(content, media_type=MediaType.HTML, status_code=status, headers=kept)


def word(key: str, facet: str) -> str:
    """What a person reads for a key of a facet or closed list; the key itself where no list holds it."""
    if facet == "license":
        return _license_word(key)
    if facet == "language":
        return languages.label(key)
    if facet == "grade":
        return "Kindergarten" if key == "K" else f"Grade {key}"
    if facet not in SCHEME_OF_FACET:
        return key
    try:
        return schemes.scheme(SCHEME_OF_FACET[facet]).term(key).label
    except KeyError:
        return key


def level_rank(key: str) -> int:
    """The place of a level in its order, from 1; 0 for a word that is no level."""
    order = [term.key for term in schemes.scheme("levels").terms]
    return order.index(key) + 1 if key in order else 0


def lang_attribute(tags: tuple[str, ...]) -> Markup:
    """The `lang` and `dir` of text that is not in the page's own language; nothing where it may be."""
    if not tags or "en" in tags:
        return Markup("")
    direction = Markup(' dir="rtl"') if languages.is_rtl(tags[0]) else ""
    return Markup(' lang="{}"{}').format(tags[0], direction)


def marked(pieces: Iterable[tuple[str, bool]]) -> Markup:
    """A text whose pieces of interest are marked: whole words, which are then read aloud as any others."""
    return Markup("").join(Markup("<mark>{}</mark>").format(text) if on else text for text, on in pieces)


def grade_span(grades: tuple[str, ...]) -> str:
    """Grades as a person says them: `Grade 4`, `Grades 3–5`, `Grades K, 4`."""
    order = ["K", *map(str, range(1, 13))]
    places = sorted(order.index(grade) for grade in grades if grade in order)
    if not places:
        return ", ".join(grades)
    if len(places) == 1:
        return word(order[places[0]], "grade")
    if places == list(range(places[0], places[-1] + 1)):
        return f"Grades {order[places[0]]}–{order[places[-1]]}"
    return "Grades " + ", ".join(order[place] for place in places)


def day(value: datetime | str | None) -> str:
    """A date as `March 4, 2026`; text that is no date stays as it is."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return str(value)
    return f"{value:%B} {value.day}, {value.year}" if value else ""


def moment(value: datetime | None) -> str:
    """A moment as `March 4, 2026, 14:05 UTC`."""
    return f"{day(value)}, {value:%H:%M} UTC" if value else ""


def safe_link(url: str) -> str:
    """The URL if a browser may be sent there, else nothing: `javascript:` and its kin are no links."""
    try:
        return url if urlsplit(url).scheme in ("http", "https") else ""
    except ValueError:  # an address so odd that it has no parts
        return ""


def script_json(value: Any) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - every character that HTML gives a meaning has been replaced


def _license_word(key: str) -> str:
    try:
        return licenses.license(key).label
    except KeyError:
        return key
