"""What the codes of the Common Core, the NGSS and Texas look like, in running text and as keys."""

from __future__ import annotations

import re

# Which domains the Common Core prints in which grade, and which categories in high school.
K8 = {
    "k": ("cc", "oa", "nbt", "md", "g"),
    **dict.fromkeys("12", ("oa", "nbt", "md", "g")),
    **dict.fromkeys("345", ("oa", "nbt", "nf", "md", "g")),
    **dict.fromkeys("67", ("rp", "ns", "ee", "g", "sp")),
    "8": ("ns", "ee", "f", "g", "sp"),
}
HIGH = {
    "n": ("rn", "q", "cn", "vm"),
    "a": ("sse", "apr", "ced", "rei"),
    "f": ("if", "bf", "le", "tf"),
    "g": ("co", "srt", "c", "gpe", "gmd", "mg"),
    "s": ("id", "ic", "cp", "md"),
}
NGSS = ("ps", "ls", "ess", "ets")
_LONGEST = 80

Shape = tuple[re.Pattern[str], str]


def named(key: str) -> str:
    """The key of the Common Core or NGSS code that was meant, from the key of what was written.

    `standard.4.nfb.3.a` gives `4.nf.b.3.a`, `arei.3` a.rei.3, `4.rl.1` rl.4.1, `msps.1.2` ms.ps.1.2. Empty where it has
    no shape of theirs. A grade before a lone L is not read so: `4.L.1` is life science in North Carolina.
    """
    if len(key) > _LONGEST:
        return ""
    rest = _BEFORE_NAMED.sub("", key)
    for pattern, order in _NAMED:
        if found := pattern.fullmatch(rest):
            parts = (found[int(each)] if each.isdigit() else each for each in order.split())
            return ".".join(part for part in parts if part)
    return ""


def without_words(key: str) -> str:
    """A key without the words before a code that are no part of it: `standard.4.nso.f.10` gives `4.nso.f.10`."""
    return _BEFORE_ANY.sub("", key) if len(key) <= _LONGEST else key


def without_cluster(key: str) -> str:
    """`4.nf.b.3` becomes `4.nf.3`: the Common Core numbers its standards through a domain, over its clusters."""
    parts = key.split(".")
    if len(parts) < 4 or parts[1] not in (*K8.get(parts[0], ()), *HIGH.get(parts[0], ())):
        return key
    if len(parts[2]) == 1 and parts[2].isalpha() and parts[3].isdigit():
        return ".".join((*parts[:2], *parts[3:]))
    return key


def _named() -> tuple[Shape, ...]:
    """Shapes over keys, whose dots may be missing between letters, and the order in which their groups are printed."""
    tail = r"(?:\.?([a-i]))?(?:\.(\d{1,2})(?:\.([a-i]))?)?"
    grades = r"k|9\.10|11\.12|6\.8|1[0-2]|[1-9]"
    strands = "rl|ri|rf|sl|rh|rst|whst|w"
    shapes = [
        (rf"(?:0\.)?({g})(?:\.(?:st|nd|rd|th)\.grade)?\.?({'|'.join(d)}){tail}", "1 2 3 4 5") for g, d in K8.items()
    ]
    shapes += [(rf"(?:hs\.?|9\.12\.)?({c})\.?({'|'.join(d)}){tail}", "1 2 3 4 5") for c, d in HIGH.items()]
    shapes += [
        (rf"({strands}|l)\.?({grades})\.(\d{{1,2}})(?:\.([a-k]))?", "1 2 3 4"),
        (rf"(?:0\.(?=k))?({grades})\.?({strands})\.(\d{{1,2}})(?:\.([a-k]))?", "2 1 3 4"),
        (r"ccra?\.?(r|w|sl|l)\.(\d{1,2})", "ccra 1 2"),
        (r"(r|w|sl|l)\.?ccra?\.(\d{1,2})", "ccra 1 2"),
        (rf"(?:0\.(?=k))?(k\.2|3\.5|k|[1-5]|ms|hs)\.?({'|'.join(NGSS)})\.([1-4])(?:\.(\d{{1,2}}))?", "1 2 3 4"),
        (rf"({'|'.join(NGSS)})\.([1-4])\.([a-e])", "1 2 3"),
        (r"s?mp\.([1-8])", "mp 1"),
    ]
    return tuple((re.compile(pattern), order) for pattern, order in shapes)


def _pattern() -> re.Pattern[str]:
    """What a code in running text looks like: Common Core, NGSS and Texas shapes, checked against their own tables."""
    cluster, number, letter = "[A-Ia-i]", r"\d{1,2}", "(?:[.-]?[a-iA-I])?"
    grades = {"[Kk]" if g == "k" else g: domains for g, domains in K8.items()}
    long = [(g, "|".join(d for d in domains if len(d) > 1)) for g, domains in grades.items()]
    tail = rf"(?:[.-]{cluster}[.-]{number}{letter}|[.-]{number}{letter}|[.-]{cluster})"
    k8 = "|".join(rf"{g}(?:[.-](?i:{'|'.join(d)}){tail})" for g, d in grades.items())
    k8 += "|" + "|".join(rf"{g}(?i:{d}){cluster}?[.-]?{number}{letter}" for g, d in long)
    domains = "|".join(rf"{c}[.-](?:{'|'.join(d)})" for c, d in HIGH.items())
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


_NAMED = _named()
_WORDS = "standards?|std|code|ccssm?|ngss|dci|pe|teks|math(?:ematics)?|content|practice|ela|literacy"
_BEFORE_ANY = re.compile(rf"^(?:(?:{_WORDS})\.)+(?=.*\d)")
# Marketplaces run the prefix and the code together: CCSS4.NF.B.3, CCSSRL.4.1, NGSSMS-PS1-2.
_BEFORE_NAMED = re.compile(
    rf"^(?:(?:{_WORDS}|high\.school|grade|gr|g(?=\.\d)|kindergarten(?=\.k\.))\.)*(?:ccss(?:m(?!p))?|ngss)?\.?(?:cc\.(?=[k\d]))?"
)
IN_TEXT = _pattern()
GENERIC = re.compile(r"(?:[A-Z]{1,6}\d{0,2}|\d{1,3}[A-Z]?)(?:[.-](?:[A-Za-z]{1,4}\d{0,2}|\d{1,3}[A-Za-z]?)){2,6}")
DOMAIN = re.compile(
    "|".join(rf"{grade}[.-](?:{'|'.join(domains)})" for grade, domains in (*K8.items(), *HIGH.items())), re.IGNORECASE
)
