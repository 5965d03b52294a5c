"""Standard codes and standard URIs, folded so that two spellings of the same one compare equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Which domains the Common Core prints in which grade, and which categories in high school.
_K8 = {
    "k": ("cc", "oa", "nbt", "md", "g"),
    **dict.fromkeys("12", ("oa", "nbt", "md", "g")),
    **dict.fromkeys("345", ("oa", "nbt", "nf", "md", "g")),
    **dict.fromkeys("67", ("rp", "ns", "ee", "g", "sp")),
    "8": ("ns", "ee", "f", "g", "sp"),
}
_HIGH = {
    "n": ("rn", "q", "cn", "vm"),
    "a": ("sse", "apr", "ced", "rei"),
    "f": ("if", "bf", "le", "tf"),
    "g": ("co", "srt", "c", "gpe", "gmd", "mg"),
    "s": ("id", "ic", "cp", "md"),
}
_NGSS = ("ps", "ls", "ess", "ets")
_PREFIXES = ("ccss", "ccssm", "ngss")
_AFTER_PREFIX = ("math", "mathematics", "content", "practice", "ela", "literacy")
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_HEX_UUID = re.compile(r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})")


def key(code: str) -> str:
    """The comparison key of one spelling: `CCSS.Math.Content.4.NF.B.3a`, `4-nf-b-3.a` and `4NFB3a` give `4.nf.b.3.a`.

    Empty where the text holds no letter and no digit. `key(key(x)) == key(x)`.
    """
    tokens = _TOKEN.findall(_folded(code))
    return ".".join(_high_school(_split_run_together(_without_prefix(tokens))))


def spellings(codes: Sequence[str]) -> tuple[str, ...]:
    """Every comparison key under which a concept with these printed codes is to be found, the closest first."""
    found: dict[str, None] = {}
    for code in codes:
        if folded := key(code):
            found[folded] = None
    for folded in tuple(found):
        found[_without_cluster(folded)] = None
    return tuple(found)


def uri_key(uri: str) -> str:
    """The comparison key of a URI: scheme, `www.`, trailing slash and the many writings of one UUID folded."""
    text = uri.strip()
    lowered = text.lower()
    if lowered.startswith(("urn:guid:", "urn:uuid:")):
        match = _HEX_UUID.fullmatch(lowered[9:])
        return f"uuid:{'-'.join(match.groups())}" if match else lowered
    last = lowered.rstrip("/").rpartition("/")[2]
    if match := _HEX_UUID.fullmatch(last):
        return f"uuid:{'-'.join(match.groups())}"
    host, slash, path = re.sub(r"^https?://", "", text, flags=re.IGNORECASE).partition("/")
    host = host.lower() if lowered.startswith(("http://", "https://")) else host
    host = host.removeprefix("www.")
    path = path.rstrip("/")
    if host == "corestandards.org":  # printed in two cases by its own publisher, served in any
        path = path.lower()
    return f"{host}{slash}{path}".rstrip("/")


def looks_like_code(text: str) -> bool:
    """Whether the whole text is the spelling of a standard's code (`4.NF.B.3`, `4nf3`, `MS-PS1-2`, `SC.4.P.8.1`)."""
    stated = text.strip().rstrip(".")
    if not 3 <= len(stated) <= 60:
        return False
    if _IN_TEXT.fullmatch(stated) or _DOMAIN.fullmatch(stated):
        return True
    if stated.count(" ") <= 3 and _IN_TEXT.fullmatch(re.sub(r"\s+", ".", stated)):
        return True
    return bool(_GENERIC.fullmatch(stated)) and any(c.isdigit() for c in stated) and any(c.isalpha() for c in stated)


def find_codes(text: str) -> tuple[str, ...]:
    """The codes that stand in running text, as written, in order, each once; only shapes that nothing else has."""
    return tuple(dict.fromkeys(match.group(0) for match in _IN_TEXT.finditer(text)))


def _folded(text: str) -> str:
    """Unicode's compatibility caseless form, so that full-width digits and odd dashes compare equal."""
    once = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", text).casefold())
    return unicodedata.normalize("NFKD", once.casefold())


def _without_prefix(tokens: list[str]) -> list[str]:
    start = 0
    while start < len(tokens) - 1 and tokens[start] in _PREFIXES:
        start += 1
        while start < len(tokens) - 1 and tokens[start] in _AFTER_PREFIX:
            start += 1
    rest = tokens[start:]
    if len(rest) > 2 and rest[0] == "cc" and rest[2] in _K8.get(rest[1], ()):  # CC.4.NF.3
        return rest[1:]
    return rest


def _split_run_together(tokens: list[str]) -> list[str]:
    """`kcc` becomes k, cc and `nfb` after a grade nf, b: the letters a code without separators runs together."""
    if len(tokens) < 2:
        return tokens
    first, second = tokens[0], tokens[1]
    if first[0] == "k" and first[1:] in (*_K8["k"], *_NGSS):
        return ["k", first[1:], *tokens[1:]]
    if first[0] == "k" and first[1:-1] in _K8["k"]:
        return ["k", first[1:-1], first[-1], *tokens[1:]]
    if len(tokens) > 2 and second[:-1] in _K8.get(first, ()) and second not in _K8[first]:
        return [first, second[:-1], second[-1], *tokens[2:]]
    return tokens


def _high_school(tokens: list[str]) -> list[str]:
    """`HSA-REI` becomes a, rei."""
    if len(tokens) < 2:
        return tokens
    first, second = tokens[0], tokens[1]
    if len(first) == 3 and first[:2] == "hs" and second in _HIGH.get(first[2], ()):
        return [first[2], *tokens[1:]]
    if first == "hs" and len(tokens) > 2 and tokens[2] in _HIGH.get(second, ()):
        return tokens[1:]
    if first[:2] == "hs" and first[3:] in _HIGH.get(first[2:3], ()):
        return [first[2], first[3:], *tokens[1:]]
    return tokens


def _without_cluster(folded: str) -> str:
    """`4.nf.b.3` becomes `4.nf.3`: the Common Core numbers its standards through a domain, over its clusters."""
    parts = folded.split(".")
    if len(parts) < 4 or parts[1] not in (*_K8.get(parts[0], ()), *_HIGH.get(parts[0], ())):
        return folded
    if len(parts[2]) == 1 and parts[2].isalpha() and parts[3].isdigit():
        return ".".join((*parts[:2], *parts[3:]))
    return folded


def _pattern() -> re.Pattern[str]:
    """What a code in running text looks like: Common Core, NGSS and Texas shapes, checked against their own tables."""
    cluster, number, letter = "[A-Ia-i]", r"\d{1,2}", "(?:[.-]?[a-iA-I])?"
    grades = {"[Kk]" if g == "k" else g: domains for g, domains in _K8.items()}
    long = [(g, "|".join(d for d in domains if len(d) > 1)) for g, domains in grades.items()]
    tail = rf"(?:[.-]{cluster}[.-]{number}{letter}|[.-]{number}{letter}|[.-]{cluster})"
    k8 = "|".join(rf"{g}(?:[.-](?i:{'|'.join(d)}){tail})" for g, d in grades.items())
    k8 += "|" + "|".join(rf"{g}(?i:{d}){cluster}?[.-]?{number}{letter}" for g, d in long)
    domains = "|".join(rf"{c}[.-](?:{'|'.join(d)})" for c, d in _HIGH.items())
    high = rf"(?:HS[.-]?|hs[.-]?)?(?i:{domains}){tail}"
    grade = r"(?:K|1[0-2]|[1-9]|9-10|11-12|6-8|k)"
    strands = "RL|RI|RF|SL|RH|RST|WHST|W|L"
    ela = rf"(?:{strands}|rl|ri|rf|sl|rh|rst|whst)[.-]?{grade}[.]{number}(?:[.]?[a-k])?|CCRA?[.](?:R|W|SL|L)[.]{number}"
    topic = "(?:PS|LS|ESS|ETS)[1-4]"
    science = (
        rf"(?:K-2|3-5|K|[1-5]|MS|HS|ms|hs|k)-(?i:{topic})-{number}|(?:K-2|3-5|K|[1-5]|MS|HS)-{topic}|{topic}[.][A-E]"
    )
    practice = r"S?MP[.][1-8]"
    texas = r"(?:§\s?)?1[0-3]\d\.\d{1,3}\.?\(?[a-d]\)?(?:\(\w{1,3}\)){1,3}"
    prefix = r"(?i:CCSSM?|NGSS)[.:\s-]{1,2}(?i:MATH(?:EMATICS)?[.-]|CONTENT[.-]|PRACTICE[.-]|ELA[.-]|LITERACY[.-])*"
    body = f"{k8}|{high}|{ela}|{science}|{practice}"
    prefixed = rf"{prefix}(?:{body}|MP[1-8])"
    return re.compile(rf"(?<![\w.§/-])(?:{prefixed}|{body}|{texas})(?!\w)(?!\.\d)")


_GENERIC = re.compile(r"(?:[A-Z]{1,6}\d{0,2}|\d{1,3}[A-Z]?)(?:[.-](?:[A-Za-z]{1,4}\d{0,2}|\d{1,3}[A-Za-z]?)){2,6}")
_IN_TEXT = _pattern()
_DOMAIN = re.compile(
    "|".join(rf"{grade}[.-](?:{'|'.join(domains)})" for grade, domains in (*_K8.items(), *_HIGH.items())), re.IGNORECASE
)
