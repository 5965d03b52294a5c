"""Plain text, links, dates and minutes out of what strangers wrote."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from html import unescape
from urllib.parse import quote, unquote, urlsplit

from vocab.resource import Problem

MOST_MINUTES = 100_000
MOST_URL = 4_000  # characters; a longer one is no address a person could open

_READ = 400_000  # characters of one value that are looked at; beyond that it is no description
_BLOCK = (
    "address|article|aside|blockquote|body|br|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset|figcaption|figure"
    "|footer|form|frameset|h[1-6]|header|hgroup|hr|html|input|label|legend|li|link|main|menu|meta|nav|ol|optgroup|option|p"
    "|pre|section|select|source|summary|table|tbody|td|textarea|tfoot|th|thead|title|tr|track|ul|video|audio|img|button"
)
_INLINE = (
    "a|abbr|acronym|applet|area|b|base|bdi|bdo|big|cite|code|col|colgroup|data|del|dfn|em|embed|font|i|ins|kbd|map|mark"
    "|math|meter|nobr|object|output|param|picture|progress|q|rp|rt|ruby|s|samp|small|span|strike|strong|sub|sup|time|tt|u"
    "|var|wbr|[a-z]{1,12}:[a-z]{1,20}"
)
_DROPPED = "script|style|template|iframe|noscript|noembed|noframes|svg|head|canvas"
_MARKUP = re.compile(
    rf"<(?:(?P<comment>!--)|(?P<cdata>!\[CDATA\[)|[!?][^<>]*+>"
    rf"|/?(?:(?P<dropped>{_DROPPED})|(?P<block>{_BLOCK})|{_INLINE})(?=[\s/>])"
    # A quoted attribute may hold ">"; none of the two readings goes past the next "<", so reading stays linear.
    rf"(?:(?:[^<>\"']|\"[^\"<]*+\"|'[^'<]*+')*+>|[^<>]*+>))",
    re.IGNORECASE,
)
_CLOSING = {name: re.compile(rf"</{name}\s*>|<{name}/>", re.IGNORECASE) for name in _DROPPED.split("|")}
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
# Controls, surrogates, noncharacters, soft hyphens, and the invisible marks that make a text read as another.
_ILLEGAL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060-\u2064\u202a-\u202e\u2066-\u206f\ufeff\ufff9-\uffff\ud800-\udfff\ufdd0-\ufdef]"
)


def plain(html_or_text: str, limit: int) -> str:
    """Text without markup, entities, control characters or runs of whitespace, cut at a word to `limit` characters.

    Scripts, styles and comments go with all they contain. Entities encoded twice and markup that came wholly
    escaped (as feeds send it) are read as what was meant.
    """
    text = html_or_text
    if "<" in text or "&" in text:
        text = _without_markup(text[:_READ])
    elif len(text) > limit * 8:
        text = text[:_READ]
    folded = " ".join(text.split())
    if not folded.isprintable():
        folded = " ".join(_ILLEGAL.sub("", folded).split())
    if not folded.isascii():
        folded = unicodedata.normalize("NFC", folded)
    return folded if len(folded) <= limit else _cut(folded, limit)


def has_markup(text: str) -> bool:
    """Whether HTML tags, comments or entities stand in the text ("a < b" and "R&D" are none)."""
    return ("<" in text and _MARKUP.search(text[:_READ]) is not None) or (
        "&" in text and _ENTITY.search(text[:_READ]) is not None
    )


def _without_markup(text: str) -> str:
    stripped = _strip(text) if "<" in text else text
    escaped = stripped == text
    for _ in range(2):
        if "&" not in stripped:
            break
        stripped = unescape(stripped)
    if escaped and "</" in stripped:
        stripped = unescape(_strip(stripped))
    return stripped


def _strip(text: str) -> str:
    parts: list[str] = []
    at = 0
    while found := _MARKUP.search(text, at):
        parts.append(text[at : found.start()])
        at = found.end()
        if found["comment"]:
            at = _after(text, "-->", at)
        elif found["cdata"]:
            end = text.find("]]>", at)
            parts.append(text[at:end] if end >= 0 else text[at:])
            at = end + 3 if end >= 0 else len(text)
        elif found["dropped"]:
            parts.append(" ")
            if text[found.start() + 1] != "/" and text[at - 2] != "/":
                closing = _CLOSING[found["dropped"].lower()].search(text, at)
                at = closing.end() if closing else len(text)
        elif found["block"]:
            parts.append(" ")
    parts.append(text[at:])
    return "".join(parts)


def _after(text: str, mark: str, at: int) -> int:
    end = text.find(mark, at)
    return len(text) if end < 0 else end + len(mark)


def _cut(text: str, limit: int) -> str:
    head = text[: limit - 1]
    space = head.rfind(" ", limit // 2)
    return (head[:space] if space > 0 and text[limit - 1] != " " else head).rstrip(" ,;:") + "…"


_TRACKING = re.compile(
    r"(?:utm_\w*|gclid|gclsrc|dclid|fbclid|msclkid|yclid|igshid|mc_cid|mc_eid|_ga|_gl|_hsenc|_hsmi|mkt_tok|ref_src"
    r"|oly_enc_id|vero_id|wickedid|s_cid|twclid|ttclid)",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)*[a-z0-9_](?:[a-z0-9_-]{0,62})\.?|\[[0-9a-f:.]{2,45}\]")
_NOT_IN_URL = re.compile(rf"[^\S ]|{_ILLEGAL.pattern}")
_SAFE = "!$&'()*+,;=:@/~-._%"


@lru_cache(maxsize=4096)
def canonical_url(url: str) -> str | None:
    """The one spelling of a web address (http or https), or None for anything that is not one.

    Scheme and host in lower case, no default port, fragment or tracking parameter, dots in the path resolved,
    percent-encoding as RFC 3986, section 6.2.2 has it. An address that carries a user name is refused.
    """
    url = url.strip()
    if len(url) > MOST_URL or url[:4].lower() != "http":
        return None
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
        if not host.isascii():
            host = host.encode("idna").decode("ascii")
    except ValueError:  # a bad port, bracket or host name (UnicodeError is one)
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    if ":" in host:
        host = f"[{host}]"
    if not _HOST.fullmatch(host) or _NOT_IN_URL.search(url):
        return None
    netloc = host if port in (None, {"http": 80, "https": 443}[parts.scheme]) else f"{host}:{port}"
    kept = [pair for pair in parts.query.split("&") if pair and not _TRACKING.fullmatch(pair.split("=", 1)[0])]
    query = _encoded("&".join(kept), _SAFE + "?[]")
    address = f"{parts.scheme}://{netloc}{_path(parts.path)}{'?' + query if query else ''}"
    return address if len(address) <= MOST_URL else None


def _path(path: str) -> str:
    if not path:
        return "/"
    path = _encoded(path, _SAFE)
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            kept[-1:] = []
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", "..") and (not kept or kept[-1]):
        kept.append("")
    return "/" + "/".join(kept)


_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def _encoded(text: str, safe: str) -> str:
    if "%" in text:
        text = re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)
        text = _PERCENT.sub(lambda m: c if (c := unquote(m[0], "latin-1")) in _UNRESERVED else m[0].upper(), text)
    return quote(text, safe=safe)


_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_ISO = re.compile(
    r"([12]\d{3})(?:-?(\d{2})(?:-?(\d{2}))?)?"
    r"(?:[T ](\d{2}):?(\d{2})(?::?(\d{2})(?:[.,]\d+)?)?\s*(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?",
    re.IGNORECASE,
)
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.]([12]\d{3})(?:[ ,].*)?")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -]([12]\d{3})")
_MONTH_FIRST = re.compile(r"([A-Za-z]{3,9})\.? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?([12]\d{3})")


def iso_date(stated: str, today: str) -> tuple[str | None, Problem | None]:
    """The date or UTC datetime stated, in ISO 8601, or None with the problem; a day after `today` counts as wrong.

    A year or a month alone stands for its first day; `03/04/2024` is read as Americans write it; a time
    without a zone is taken as UTC.
    """
    read = _read_date(stated.strip()[:60])
    if read is None or read[0] not in "12":
        return None, Problem(
            "date-unreadable",
            "date",
            "This date could not be read and was left out.",
            "Write dates as YYYY-MM-DD.",
            stated[:300],
        )
    if today and read[:10] > today[:10]:
        return None, Problem(
            "date-in-future",
            "date",
            "This date lies in the future and was left out.",
            "State the day the resource was made or last changed.",
            stated[:300],
        )
    return read, None


@lru_cache(maxsize=2048)
def _read_date(text: str) -> str | None:
    try:
        if found := _ISO.fullmatch(text):
            year, month, day, hour, minute, second, zone = found.groups()
            if hour is None:
                return date(int(year), int(month or 1), int(day or 1)).isoformat()
            zone = (zone or "Z").upper().replace("UTC", "Z")
            clock = datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{zone}")
            return _in_utc(clock)
        if found := _SLASHED.fullmatch(text):
            first, second_part, year_part = (int(part) for part in found.groups())
            month_part, day_part = (first, second_part) if first <= 12 and "/" in text else (second_part, first)
            return date(year_part, month_part, day_part).isoformat()
        if found := _DAY_FIRST.fullmatch(text):
            return _named(found[3], found[2], found[1])
        if found := _MONTH_FIRST.fullmatch(text):
            return _named(found[3], found[1], found[2] or "1")
        return _in_utc(parsedate_to_datetime(text)) if "," in text and ":" in text else None
    except (ValueError, OverflowError):
        return None


def _named(year: str, month: str, day: str) -> str:
    return date(int(year), _MONTHS.index(month[:3].lower()) + 1, int(day)).isoformat()


def _in_utc(clock: datetime) -> str:
    if clock.tzinfo is None:
        clock = clock.replace(tzinfo=UTC)
    return clock.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


_NUMBER = r"(\d{1,6}(?:[.,]\d{1,4})?)"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?", re.IGNORECASE
)
_CLOCK = re.compile(r"(\d{1,3}):([0-5]\d)(?::([0-5]\d))?(?:\s*h(?:ours?|rs?)?)?", re.IGNORECASE)
_WORDED = re.compile(
    rf"(?:{_NUMBER}\s*-?\s*(?:hours?|hrs?|h|stunden?|horas?|std\.?)\.?)?(?:\s*(?:,|and|und|y)?\s*)"
    rf"(?:{_NUMBER}\s*-?\s*(?:minutes?|minutos?|minuten|mins?|m|['′])?\.?)?",
    re.IGNORECASE,
)
_RANGE = re.compile(rf"{_NUMBER}\s*(?:-|–|—|to|bis)\s*{_NUMBER}(.*)", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:about|around|approx(?:\.|imately)?|circa|ca\.?|up to|~|≈)\s*", re.IGNORECASE)


@lru_cache(maxsize=2048)
def minutes_of(stated: str) -> int | None:
    """Whole minutes (1 to 100,000) of `PT1H30M`, `45`, `45 min`, `1 hour`, `1:30` or `30-45 minutes` (the longer).

    None for what has no fixed length, as "2 class periods".
    """
    text = _ABOUT.sub("", stated.strip()[:60])
    if not text:
        return None
    if found := _DURATION.fullmatch(text):
        weeks, days, hours, minutes, seconds = (float((part or "0").replace(",", ".")) for part in found.groups())
        return _whole(weeks * 10_080 + days * 1_440 + hours * 60 + minutes + seconds / 60)
    if found := _CLOCK.fullmatch(text):
        return _whole(int(found[1]) * 60 + int(found[2]) + int(found[3] or 0) / 60)
    if found := _RANGE.fullmatch(text):
        text = found[2] + found[3]
    if found := _WORDED.fullmatch(text):
        hours, minutes = (float((part or "0").replace(",", ".")) for part in found.groups())
        return _whole(hours * 60 + minutes)
    return None


def _whole(minutes: float) -> int | None:
    whole = round(minutes + 0.001)
    return max(whole, 1) if minutes > 0 and whole <= MOST_MINUTES else None
