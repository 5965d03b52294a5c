"""Standard codes and standard URIs, folded so that two spellings of the same one compare equal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice

from vocab.code_shapes import DOMAIN, GENERIC, HIGH, IN_TEXT, K8, NGSS, named, without_cluster, without_words

_PREFIXES = ("ccss", "ccssm", "ngss")
_AFTER_PREFIX = ("math", "mathematics", "content", "practice", "ela", "literacy")
_CLUSTERS = "abcdefghi"
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_HEX_UUID = re.compile(r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})")
_UNSEEN = re.compile("[\x00\ud800-\udfff\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_ZEROS = re.compile(r"(?<![^.])0+(?=\d)")
_MOST_ASKED, _MOST_APART = 60, 4
_WRAPPING = " \t\r\n<>{}()[]\"'“”‘’«»,;"
_AROUND = _WRAPPING + ".:!?"
_HOST_AND_PATH = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}/\S+", re.IGNORECASE)
_ASN = re.compile(
    r"(?:purl\.org/asn|asn\.jesandco\.org|asn\.desire2learn\.com)/resources/([ds][0-9a-f]+)(?:\.(?:xml|json|html))?"
)
_COMMON_CORE = re.compile(r"corestandards\.org/(?:math/(?:content|practice)|ela-literacy)/(.+)")


def key(code: str) -> str:
    """The comparison key of one spelling: `CCSS.Math.Content.4.NF.B.3a`, `4-nf-b-3.a` and `4NFB3a` give `4.nf.b.3.a`.

    Empty where the text holds no letter and no digit. `key(key(x)) == key(x)`.
    """
    tokens = _TOKEN.findall(_folded(code))
    return ".".join(_high_school(_split_run_together(_without_prefix(tokens))))


def spellings(codes: Sequence[str]) -> tuple[str, ...]:
    """Every comparison key under which a concept with these printed codes is to be found, the closest first.

    A key that `readings` makes of the spelling by itself is not among them.
    """
    found: dict[str, None] = {}
    for code in codes:
        if folded := key(code):
            found[folded] = None
    for folded in tuple(found):
        found[without_cluster(folded)] = None
        found[_ZEROS.sub("", folded)] = None
        if not named(together := _run_together(folded)):
            found[together] = None
    return tuple(found)


def readings(stated: str) -> tuple[str, ...]:
    """The keys under which to look for what somebody wrote, a code or a URI: as it stands, then as it may be meant.

    The latter is without what is no part of a code (`Standard 4.NSO-F.10`, `04.NF.B.03`) and in the order of print
    (`AREI3`, `4.RL.1`, `MSPS1-2`).
    """
    text = _UNSEEN.sub("", stated).strip(_WRAPPING)
    lowered = text.lower()
    if lowered.startswith(("http://", "https://", "urn:")) or _uuid(lowered):
        return _of_uri(uri_key(text))
    found = dict.fromkeys((key(text), meant_key(text)))
    if _HOST_AND_PATH.fullmatch(text):
        found.update(dict.fromkeys(_of_uri(uri_key(f"http://{text}"))))
    found.pop("", None)
    return tuple(found)


def meant_key(stated: str) -> str:
    """The key of the code a spelling means: without words before it and leading zeros, in the order of print."""
    folded = _ZEROS.sub("", key(stated))
    return named(folded) or without_words(folded)


def is_prefixed(stated: str) -> bool:
    """Whether the prefix of the Common Core stands before a code, so that no state's standard of that code is meant."""
    lowered = stated.lower()
    return "ccss" in lowered or (lowered.startswith(("cc.", "cc ")) and bool(named(key(stated))))


def uri_key(uri: str) -> str:
    """The comparison key of a URI: scheme, `www.`, trailing slash, the many writings of one UUID and the several hosts
    of one ASN number folded.
    """
    text = uri.strip()
    lowered = text.lower()
    if folded := _uuid(lowered):
        return f"uuid:{folded}"
    if lowered.startswith(("urn:guid:", "urn:uuid:")):
        return lowered
    host, slash, path = re.sub(r"^https?://", "", text, flags=re.IGNORECASE).partition("/")
    host = host.lower() if lowered.startswith(("http://", "https://")) else host
    host = host.removeprefix("www.")
    path = path.rstrip("/")
    if host in ("corestandards.org", "thecorestandards.org"):  # printed in two cases by its publisher, served in any
        host, path = "corestandards.org", path.lower()
    folded = f"{host}{slash}{path}".rstrip("/")
    asn = _ASN.fullmatch(folded.lower())
    return f"asn:{asn[1]}" if asn else folded


def looks_like_code(text: str) -> bool:
    """Whether the whole text is the spelling of a standard's code (`4.NF.B.3`, `4nf3`, `MS-PS1-2`, `SC.4.P.8.1`)."""
    stated = text.strip().rstrip(".")
    if not 3 <= len(stated) <= 60:
        return False
    if IN_TEXT.fullmatch(stated) or DOMAIN.fullmatch(stated):
        return True
    if stated.count(" ") <= 3 and IN_TEXT.fullmatch(re.sub(r"\s+", ".", stated)):
        return True
    return bool(GENERIC.fullmatch(stated)) and any(c.isdigit() for c in stated) and any(c.isalpha() for c in stated)


def find_codes(text: str) -> tuple[str, ...]:
    """The codes that stand in running text, as written, in order, each once; only shapes that nothing else has."""
    return tuple(dict.fromkeys(match.group(0) for match in IN_TEXT.finditer(text)))


def codes_asked(text: str) -> tuple[str, ...]:
    """What may be codes in a question, as written, each once, the longest first.

    Beside those of `find_codes` they are what has the shape of some publisher's code (`NW.M.4.FR.1`, `4.NF`) and codes
    written apart (`4 NF B 3`). Not all are meant: who asks keeps those that a framework has.
    """
    words = list(islice(re.finditer(r"\S+", text), _MOST_ASKED))
    parts = [word[0].strip(_AROUND) for word in words]
    found = [*find_codes(text), *(part for part in parts if _shaped(part))]
    for size in range(2, _MOST_APART + 1):
        for first, last in zip(words, words[size - 1 :], strict=False):
            apart = text[first.start() : last.end()].strip(_AROUND)
            if IN_TEXT.fullmatch(re.sub(r"\s+", ".", apart)):
                found.append(apart)
    return tuple(sorted(dict.fromkeys(found), key=len, reverse=True))


def _shaped(part: str) -> bool:
    letters = sum(sign.isalpha() for sign in part)
    if DOMAIN.fullmatch(part):
        return letters > 1  # 5-G is no geometry
    return letters > 0 and letters < len(part) and bool(GENERIC.fullmatch(part.upper()))


def _folded(text: str) -> str:
    """Unicode's compatibility caseless form, so that full-width digits and odd dashes compare equal."""
    if text.isascii():
        return text.lower()
    once = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", _UNSEEN.sub("", text)).casefold())
    return unicodedata.normalize("NFKD", once.casefold())


def _uuid(lowered: str) -> str:
    """The UUID that a URI ends in, or that the text is, with its hyphens; empty where there is none."""
    last = re.split("[/:]", lowered.rstrip("/"))[-1].strip(_WRAPPING)
    match = _HEX_UUID.fullmatch(last)
    return "-".join(match.groups()) if match else ""


def _of_uri(folded: str) -> tuple[str, ...]:
    """A URI's key, and for one of the Common Core the key of the code that stands in its path."""
    path = _COMMON_CORE.fullmatch(folded)
    return (folded, meant) if path and (meant := meant_key(path[1])) else (folded,)


def _run_together(folded: str) -> str:
    """`4.nso.f.10` becomes `4.nsof.10`, which is the key of `4NSOF10`; words without any number are left alone."""
    return re.sub(r"(?<=[^\W\d])\.(?=[^\W\d])", "", folded) if any(c.isdigit() for c in folded) else folded


def _without_prefix(tokens: list[str]) -> list[str]:
    start = 0
    while start < len(tokens) - 1 and tokens[start] in _PREFIXES:
        start += 1
        while start < len(tokens) - 1 and tokens[start] in _AFTER_PREFIX:
            start += 1
    rest = tokens[start:]
    if len(rest) > 2 and rest[0] == "cc" and rest[2] in K8.get(rest[1], ()):  # CC.4.NF.3
        return rest[1:]
    return rest


def _split_run_together(tokens: list[str]) -> list[str]:
    """`kcc` becomes k, cc and `nfb` after a grade nf, b: the letters a code without separators runs together."""
    if len(tokens) < 2:
        return tokens
    first, second = tokens[0], tokens[1]
    if first[0] == "k" and first[1:] in (*K8["k"], *NGSS):
        return ["k", first[1:], *tokens[1:]]
    if first[0] == "k" and first[1:-1] in K8["k"] and first[-1] in _CLUSTERS and _numbered(tokens[1:]):
        return ["k", first[1:-1], first[-1], *tokens[1:]]
    domains = K8.get(first, ())
    if second[:-1] in domains and second not in domains and second[-1] in _CLUSTERS and _numbered(tokens[2:]):
        return [first, second[:-1], second[-1], *tokens[2:]]
    return tokens


def _numbered(tokens: list[str]) -> bool:
    return bool(tokens) and tokens[0].isdigit()


def _high_school(tokens: list[str]) -> list[str]:
    """`HSA-REI` becomes a, rei."""
    if len(tokens) < 2:
        return tokens
    first, second = tokens[0], tokens[1]
    if len(first) == 3 and first[:2] == "hs" and second in HIGH.get(first[2], ()):
        return [first[2], *tokens[1:]]
    if first == "hs" and len(tokens) > 2 and tokens[2] in HIGH.get(second, ()):
        return tokens[1:]
    if first[:2] == "hs" and first[3:] in HIGH.get(first[2:3], ()):
        return [first[2], first[3:], *tokens[1:]]
    return tokens
