"""How people, districts, marketplaces and other systems respell the code or address of a standard, a rule each.

A rule takes a printed code (an address rule: a URI) and gives its respellings, none where it does not apply to it.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from vocab.frameworks.guid import guid

Rule = Callable[[str], tuple[str, ...]]

_MATH = re.compile(r"(?:(K|[1-8])|HS([NAFGS]))[.-]([A-Z]{1,4})\.([A-I])(?:\.(\d+)([a-i])?)?")
_ELA = re.compile(r"(RL|RI|RF|SL|RH|RST|WHST|W|L)\.(K|\d+(?:-\d+)?)\.(\d+)([a-k])?")
_ANCHOR = re.compile(r"CCRA\.(R|W|SL|L)\.(\d+)")
_NGSS = re.compile(r"((?:K-2|3-5|K|[1-5]|MS|HS)-(?:PS|LS|ESS|ETS)\d)(?:-(\d+))?")
_IDEA = re.compile(r"(?:PS|LS|ESS|ETS)\d\.[A-E]")
_PRACTICE = re.compile(r"CCSS\.Math\.Practice\.MP(\d)")
_SEPARATOR = re.compile(r"[.\s-]+")


def other_case(code: str) -> tuple[str, ...]:
    """Who types in a hurry, and systems that shout."""
    return code.lower(), code.upper(), code.title()


def other_separators(code: str) -> tuple[str, ...]:
    """File names, tags, column headings and spreadsheets: one separator throughout."""
    return tuple(_SEPARATOR.sub(each, code.rstrip(".")) for each in (".", "-", " ", "_", "/", " . ", " - "))


def no_separators(code: str) -> tuple[str, ...]:
    """Hashtags and search boxes: 4NFB3a, HSAREIB3, RL4.1 (between two numbers a separator must stay)."""
    return (re.sub(r"(?<!\d)[.\s-]+|[.\s-]+(?!\d)", "", code),) if not _PRACTICE.match(code) else ()


def no_cluster(code: str) -> tuple[str, ...]:
    """The Common Core as first printed in 2010, and most teachers: 4.NF.3, A-REI.3."""
    found = _MATH.fullmatch(code)
    if not found or not found[5]:
        return ()
    short = re.sub(r"\.[A-I](?=\.\d)", "", code)
    return short, short.replace(".", "-"), short.replace(".", " "), _SEPARATOR.sub("", short), short.lower()


def mathematics_prefix(code: str) -> tuple[str, ...]:
    """corestandards.org, CASE exports, lesson plans: whatever stands for Common Core mathematics before the code."""
    if not _MATH.fullmatch(code):
        return ()
    words = (
        "CCSS.MATH.CONTENT.",
        "CCSS.Math.Content.",
        "ccss.math.content.",
        "CCSS:",
        "CCSS ",
        "CCSS-",
        "CCSS.",
        "CCSSM ",
    )
    more = ("CCSSM.", "CCSS.Math.", "CCSS-Math-", "CCSS Math: ", "CCSS.MATH-CONTENT-", "Math.Content.", "CCSS: Math ")
    return tuple(f"{each}{code}" for each in (*words, *more))


def cc_prefix(code: str) -> tuple[str, ...]:
    """The first CASE and ASN exports of the Common Core: CC.4.NF.3, CC.9-12.A.REI.3."""
    found = _MATH.fullmatch(code)
    if not found or not found[5]:
        return ()
    grade = found[1] or f"9-12.{found[2]}"
    rest = f"{found[5]}{found[6] or ''}"
    return f"CC.{grade}.{found[3]}.{rest}", f"CC.{grade}.{found[3]}.{found[4]}.{rest}"


def language_arts_prefix(code: str) -> tuple[str, ...]:
    """corestandards.org and lesson plans: whatever stands for Common Core language arts before the code."""
    if not _ELA.fullmatch(code) and not _ANCHOR.fullmatch(code):
        return ()
    words = ("CCSS.ELA-LITERACY.", "CCSS.ELA-Literacy.", "CCSS.ELA.", "CCSS.", "CCSS:", "CCSS ELA ", "ELA-Literacy.")
    return tuple(
        f"{each}{code}" for each in (*words, "CCSS.ELA-Literacy/", "ccss.ela-literacy.", "CCSS ELA-Literacy: ")
    )


def marketplace_prefix(code: str) -> tuple[str, ...]:
    """Marketplaces that run the prefix and the code together: CCSS4.NF.B.3, CCSSRL.4.1, NGSSMS-PS1-2."""
    if _PRACTICE.fullmatch(code):
        return (f"CCSS{code[-3:]}",)
    if _MATH.fullmatch(code) or _ELA.fullmatch(code):
        return (f"CCSS{code}",)
    return (f"NGSS{code}",) if _NGSS.fullmatch(code) else ()


def other_parts(code: str) -> tuple[str, ...]:
    """State documents and spreadsheets: the part of a standard as 3.a, 3(a), 3-a, 3 a, 3A."""
    found = re.fullmatch(r"(.*\d)\.?([a-k])", code)
    if not found:
        return ()
    return tuple(
        f"{found[1]}{part}"
        for part in (f".{found[2]}", f"({found[2]})", f"-{found[2]}", f" {found[2]}", found[2].upper())
    )


def high_school(code: str) -> tuple[str, ...]:
    """Textbooks and states write a high school code with HS, without it, and with its category apart or not."""
    found = _MATH.fullmatch(code)
    if not found or not found[2]:
        return ()
    rest = code[3:].lstrip("-.")
    written = [f"{found[2]}-{rest}", f"{found[2]}.{rest}", f"HS.{found[2]}.{rest}", f"HS.{found[2]}-{rest}"]
    written += [
        f"HS{found[2]}.{rest}",
        f"HS {found[2]} {rest}",
        f"9-12.{found[2]}-{rest}",
        f"High School {found[2]}-{rest}",
    ]
    if found[5]:
        number = f"{found[5]}{found[6] or ''}"
        written += [
            f"{found[2]}{found[3]}{number}",
            f"{found[2]}-{found[3]}.{number}",
            f"HS{found[2]}{found[3]}.{number}",
        ]
    return tuple(written)


def grade_words(code: str) -> tuple[str, ...]:
    """Pacing guides: Grade 4 NF.B.3, Gr. 4 NF.B.3, 4th grade NF.B.3, Grade 4: 4.NF.B.3."""
    found = _MATH.fullmatch(code)
    if not found or not found[1]:
        return ()
    rest = code[2:]
    written = [f"Grade {found[1]} {rest}", f"Gr. {found[1]} {rest}", f"GRADE {found[1]}.{rest}"]
    if found[1] != "K":
        ordinal = {"1": "1st", "2": "2nd", "3": "3rd"}.get(found[1], f"{found[1]}th")
        written.append(f"{ordinal} grade {rest}")
    return tuple(written)


def leading_zeros(code: str) -> tuple[str, ...]:
    """Databases that sort: 04.NF.B.03, 0K.CC.A.1, RL.04.01."""
    padded = re.sub(r"(?<!\d)\d(?!\d)", r"0\g<0>", code)
    if not any(shape.fullmatch(code) for shape in (_MATH, _ELA)):
        return (padded,) if padded != code and not _PRACTICE.match(code) else ()
    return (padded, f"0{padded}") if code.startswith("K") else (padded,)


def language_arts_order(code: str) -> tuple[str, ...]:
    """States that put the grade first, 4.RL.1, and teachers who write RL4.1; not a lone L, which is life science too."""
    found = _ELA.fullmatch(code)
    if not found:
        return ()
    number = f"{found[3]}{found[4] or ''}"
    close = (f"{found[1]}{found[2]}.{number}", f"{found[1]} {found[2]}.{number}", f"{found[1]}-{found[2]}.{number}")
    first = (f"{found[2]}.{found[1]}.{number}", f"{found[2]}{found[1]}.{number}", f"{found[2]}-{found[1]}-{number}")
    return close if found[1] == "L" else (*close, *first)


def anchor_order(code: str) -> tuple[str, ...]:
    """The anchor standards as first printed, R.CCR.1, and as they are shortened, CCR.R.1."""
    found = _ANCHOR.fullmatch(code)
    return (f"{found[1]}.CCR.{found[2]}", f"CCR.{found[1]}.{found[2]}", f"CCRA.{found[1]}{found[2]}") if found else ()


def science(code: str) -> tuple[str, ...]:
    """NGSS performance expectations in lesson plans, file names and exports."""
    found = _NGSS.fullmatch(code)
    if not found:
        return ()
    grade, topic = re.split(r"-(?=[PLE])", found[1])
    dot, dash, line, blank = (f"{each}{found[2]}" if found[2] else "" for each in ".-_ ")
    return (
        *(f"{grade}.{topic}{dot}", f"{grade}{topic}{dash}", f"{grade} {topic}{blank}", f"{grade}_{topic}{line}"),
        *(f"NGSS.{code}", f"NGSS {code}", f"NGSS:{code}", f"NGSS-{code}", f"NGSS PE {code}", f"PE {code}"),
    )


def science_ideas(code: str) -> tuple[str, ...]:
    """NGSS disciplinary core ideas, with and without the word."""
    return (f"DCI {code}", f"NGSS DCI {code}", f"NGSS {code}", code.replace(".", "-")) if _IDEA.fullmatch(code) else ()


def practices(code: str) -> tuple[str, ...]:
    """The standards for mathematical practice as teachers call them: MP1, SMP.1, CCSS.MATH.PRACTICE.MP1."""
    found = _PRACTICE.fullmatch(code)
    words = (
        "MP",
        "MP.",
        "mp",
        "SMP",
        "SMP.",
        "SMP ",
        "CCSS.MATH.PRACTICE.MP",
        "CCSS.Math.MP",
        "CCSS MP",
        "Math.Practice.MP",
    )
    return tuple(f"{each}{found[1]}" for each in words) if found else ()


def typography(code: str) -> tuple[str, ...]:
    """What word processors, PDFs and East Asian keyboards make of dots, dashes, blanks and letters."""
    wide = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in code)
    dashes = [
        _SEPARATOR.sub(dash, code.rstrip(".")) for dash in "\u2010\u2011\u2013\u2014\u2212\u00a0\u00b7\u2024\u3002"
    ]
    return wide, *dashes, f"\ufeff{code}", code[:1] + "\u200b" + code[1:], code.replace(".", ".\u00ad")


def surroundings(code: str) -> tuple[str, ...]:
    """What is copied along: quotes, brackets, punctuation, blanks."""
    quoted = (
        "“{}”",
        '"{}"',
        "'{}'",
        "«{}»",
        "[{}]",
        "({})",
        "{{{}}}",
        "<{}>",
        "{},",
        "{};",
        "{}:",
        "{}.",
        " {}\n",
        "* {}",
    )
    return tuple(each.format(code) for each in quoted)


def words_before(code: str) -> tuple[str, ...]:
    """Forms and headings: Standard 4.NF.B.3."""
    return tuple(f"{each}{code}" for each in ("Standard ", "standard: ", "Standards: ", "Std. ", "STANDARD "))


def several_at_once(code: str) -> tuple[str, ...]:
    """What a copied cell of a spreadsheet holds: a word, a prefix, other case and other separators together."""
    prefix = "CCSS." if _MATH.fullmatch(code) or _ELA.fullmatch(code) else "NGSS " if _NGSS.fullmatch(code) else ""
    loose = _SEPARATOR.sub(" - ", code.rstrip("."))
    return f"“Standard {prefix}{code.lower()}”", f"({prefix}{loose})", f"standard: {prefix}{code.upper()};"


def asn_hosts(uri: str) -> tuple[str, ...]:
    """The Achievement Standards Network has moved; its numbers are the same at every address."""
    found = re.fullmatch(r"http://asn\.jesandco\.org/resources/(S[0-9A-F]+)", uri)
    hosts = ("asn.jesandco.org/resources", "purl.org/ASN/resources", "asn.desire2learn.com/resources")
    if not found:
        return ()
    return (
        *(
            f"{scheme}{host}/{found[1]}{end}"
            for host in hosts
            for scheme in ("http://", "https://")
            for end in ("", "/")
        ),
        *(f"{host}/{found[1]}" for host in hosts),
        f"http://purl.org/ASN/resources/{found[1]}.xml",
    )


def corestandards(uri: str) -> tuple[str, ...]:
    """corestandards.org in both cases, with and without www and a trailing slash, and its address since it moved."""
    path = uri.removeprefix("http://corestandards.org/")
    if path == uri:
        return ()
    hosts = ("corestandards.org/", "www.corestandards.org/", "www.thecorestandards.org/")
    return tuple(
        f"{scheme}{host}{each}{end}"
        for scheme in ("http://", "https://", "")
        for host in hosts
        for each in (path, path.lower())
        for end in ("", "/")
    )


def own_guid(uri: str) -> tuple[str, ...]:
    """The identifier under which we publish a statement in CASE, as CASE consumers write it."""
    return _guids(guid(uri))


def publisher_guid(uri: str) -> tuple[str, ...]:
    """A CASE identifier of the publisher's own, as urn:guid: in ASN exports and elsewhere at will."""
    scheme, _, stated = uri.rpartition(":")
    return (uri, *_guids(str(uuid.UUID(stated)))) if scheme.lower() in ("urn:guid", "urn:uuid") else ()


CODE_RULES: tuple[Rule, ...] = (
    *(other_case, other_separators, no_separators, no_cluster, mathematics_prefix, cc_prefix, language_arts_prefix),
    *(marketplace_prefix, other_parts, high_school, grade_words, leading_zeros, language_arts_order, anchor_order),
    *(science, science_ideas, practices, typography, surroundings, words_before, several_at_once),
)
ADDRESS_RULES: tuple[Rule, ...] = (asn_hosts, corestandards, own_guid, publisher_guid)


def _guids(own: str) -> tuple[str, ...]:
    bare = own.replace("-", "")
    places = (
        "https://case.example/ims/case/v1p0/CFItems/",
        "https://other.example/ims/case/v1p1/CFItems/",
        "https://a.example/uri/",
    )
    return (own, own.upper(), bare, f"urn:uuid:{own}", f"URN:UUID:{own.upper()}", f"urn:guid:{bare}", f"{{{own.upper()}}}",
            *(f"{place}{own}" for place in places), f"{places[0]}{own.upper()}/")  # fmt: skip
