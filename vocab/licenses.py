"""Licenses: the closed list, and what a publisher's statement of rights means in it."""

from __future__ import annotations

import re
from functools import cache

from msgspec import Struct


class License(Struct, frozen=True):
    """One license. `open`: free to use, adapt and share for any purpose; `adaptable`: may be changed, if only for some.

    `url` is empty where a publisher named a license and not its version.
    """

    key: str
    label: str
    url: str
    open: bool
    adaptable: bool


_CC = ("by", "by-sa", "by-nd", "by-nc", "by-nc-sa", "by-nc-nd")
_VERSIONS = ("1.0", "2.0", "2.5", "3.0", "4.0")
_RIGHTS = "http://rightsstatements.org/vocab/"
_OGL = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/"
_DATA = "https://opendatacommons.org/licenses/"
_OTHERS = (
    License("cc0-1.0", "CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/", open=True, adaptable=True),
    License("public-domain", "Public domain", "https://creativecommons.org/publicdomain/mark/1.0/", True, True),
    License("ogl-uk", "Open Government License (UK)", "", True, True),
    License("ogl-uk-1.0", "Open Government License (UK) 1.0", f"{_OGL}1/", True, True),
    License("ogl-uk-2.0", "Open Government License (UK) 2.0", f"{_OGL}2/", True, True),
    License("ogl-uk-3.0", "Open Government License (UK) 3.0", f"{_OGL}3/", True, True),
    License("mit", "MIT License", "https://opensource.org/license/mit", True, True),
    License("apache-2.0", "Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0", True, True),
    License("gfdl", "GNU Free Documentation License", "https://www.gnu.org/licenses/fdl-1.3.html", True, True),
    License("gpl", "GNU General Public License", "https://www.gnu.org/licenses/gpl-3.0.html", True, True),
    License("odbl-1.0", "Open Database License 1.0", f"{_DATA}odbl/1-0/", True, True),
    License("odc-by-1.0", "Open Data Commons Attribution 1.0", f"{_DATA}by/1-0/", True, True),
    License("no-copyright-us", "No copyright in the United States", f"{_RIGHTS}NoC-US/1.0/", False, True),
    License("educational-use", "In copyright, educational use permitted", f"{_RIGHTS}InC-EDU/1.0/", False, False),
    License("non-commercial-use", "In copyright, non-commercial use permitted", f"{_RIGHTS}InC-NC/1.0/", False, False),
    License("undetermined", "Copyright not known", f"{_RIGHTS}UND/1.0/", False, False),
    License("all-rights-reserved", "All rights reserved", f"{_RIGHTS}InC/1.0/", False, False),
)
_WORDS = {
    "cc0": "cc0-1.0", "cc0 1 0": "cc0-1.0", "cc0 1 0 universal": "cc0-1.0", "cc zero": "cc0-1.0",
    "cc 0": "cc0-1.0", "creative commons zero": "cc0-1.0", "public domain": "public-domain", "public": "public-domain",
    "publicdomain": "public-domain", "public domain mark": "public-domain", "public domain mark 1 0": "public-domain",
    "cc mark": "public-domain", "cc pdm": "public-domain", "cc pdm 1 0": "public-domain", "pdm": "public-domain",
    "cc pddc": "public-domain", "no known copyright": "public-domain", "in the public domain": "public-domain",
    "no rights reserved": "cc0-1.0", "ogl": "ogl-uk", "open government licence": "ogl-uk",
    "open government license": "ogl-uk", "mit": "mit", "mit license": "mit", "apache 2 0": "apache-2.0",
    "apache license 2 0": "apache-2.0", "gfdl": "gfdl", "gnu fdl": "gfdl", "gfdl 1 3": "gfdl", "gfdl 1 2": "gfdl",
    "gnu free documentation license": "gfdl", "gpl": "gpl", "gnu gpl": "gpl", "gpl 3 0": "gpl", "gpl 2 0": "gpl",
    "odbl 1 0": "odbl-1.0", "odbl": "odbl-1.0", "odc by 1 0": "odc-by-1.0",
    "all rights reserved": "all-rights-reserved", "private copyrighted": "all-rights-reserved",
    "allrightsreserved": "all-rights-reserved", "copyright": "all-rights-reserved",
    "copyrighted": "all-rights-reserved", "in copyright": "all-rights-reserved", "proprietary": "all-rights-reserved",
}  # fmt: skip
_PLACES = (
    (r"creativecommons\.org/publicdomain/zero\b", "cc0-1.0"),
    (r"creativecommons\.org/(?:publicdomain/mark|licenses/publicdomain)\b", "public-domain"),
    (r"rightsstatements\.org/(?:vocab|page)/noc-us\b", "no-copyright-us"),
    (r"rightsstatements\.org/(?:vocab|page)/inc-edu\b", "educational-use"),
    (r"rightsstatements\.org/(?:vocab|page)/inc-nc\b", "non-commercial-use"),
    (r"rightsstatements\.org/(?:vocab|page)/(?:und|cne)\b", "undetermined"),
    (r"rightsstatements\.org/(?:vocab|page)/inc(?!-edu|-nc)(?:-[\w-]+)?/", "all-rights-reserved"),
    (r"opensource\.org/licenses?/mit\b", "mit"),
    (r"apache\.org/licenses/license-2\.0", "apache-2.0"),
    (r"gnu\.org/(?:licenses|copyleft)/fdl", "gfdl"),
    (r"gnu\.org/(?:licenses|copyleft)/gpl", "gpl"),
    (r"opendatacommons\.org/licenses/odbl", "odbl-1.0"),
    (r"opendatacommons\.org/licenses/by\b", "odc-by-1.0"),
)
_CC_URL = re.compile(r"creativecommons\.org/licenses/(by(?:-n[cd]|-sa)*)(?:/(\d\.\d))?(?![\w.])")
_OGL_URL = re.compile(r"nationalarchives\.gov\.uk/doc/open-government-licence(?:/version/([123]))?")
_OGL_WORDS = re.compile(
    r"(?:open government licen[cs]e|\bogl)(?:[\s-]*uk)?[\s,-]*(?:v(?:ersion)?\s*\.?)?\s*([123])(?:\.0)?\b"
)
_CC_SHORT = re.compile(
    r"(?<![\w-])cc[\s_-]*(by(?:[\s_-]*(?:nc|nd|sa)\b)*|by(?:nc|nd|sa)*)(?![a-z])[\s_-]*v?([1-9](?:\.\d)?)?(?![\w])"
)
_CC_BARE = re.compile(r"(?:cc[\s_-]+)?((?:by|nc|nd|sa)(?:[\s_-](?:nc|nd|sa))*)[\s_-]*([1-4](?:\.[05])?)?")
_CC_LONG = re.compile(
    r"attribution((?:[\s,/-]*(?:non-?\s?commercial|share-?\s?alike|no-?\s?deriv(?:ative)?s?(?:\s+works)?))*)"
    r"[\s,-]*(?:v(?:ersion)?\.?\s*)?([1-9]\.\d)?"
)


def license_of(stated: str) -> License | None:
    """The license that a URL, a short name, a full name or a sentence states; None where it names none, or two."""
    text = " ".join(stated.strip().lower().split())
    text = re.sub(r"^https?://(?:www\.)?spdx\.org/licenses/([\w.-]+?)(?:\.html|\.json)?/?$", r"\1", text)
    words = re.sub(r"[^a-z0-9]+", " ", text).strip()
    if text in _all():
        return _all()[text]
    if words in _WORDS:
        return license(_WORDS[words])
    if match := _CC_BARE.fullmatch(text):
        return _cc(match[1], match[2])
    named = _named(text)
    distinct = {found.key: found for found in named if found}
    for found in tuple(distinct.values()):  # "CC BY" beside "CC BY 4.0" is the same license, said twice
        if not found.url and any(re.fullmatch(rf"{found.key}-\d\.\d", other) for other in distinct):
            del distinct[found.key]
    if len(distinct) == 1 and None not in named:
        return next(iter(distinct.values()))
    if not named and "all rights reserved" in text:
        return license("all-rights-reserved")
    return None


def license(key: str) -> License:
    """The license with this key; KeyError where there is none."""
    return _all()[key]


def licenses() -> tuple[License, ...]:
    """The whole closed list."""
    return tuple(_all().values())


def _named(text: str) -> list[License | None]:
    """Every license named anywhere in the text, None for one whose version does not exist."""
    found: list[License | None] = [license(key) for place, key in _PLACES if re.search(place, text)]
    found += [_cc(m[1], m[2]) for m in _CC_URL.finditer(text)]
    found += [license(f"ogl-uk-{m[1]}.0" if m[1] else "ogl-uk") for m in _OGL_URL.finditer(text)]
    found += [license(f"ogl-uk-{m[1]}.0") for m in _OGL_WORDS.finditer(text)]
    plain = re.sub(r"https?://\S+", " ", text)
    found += [_cc(m[1], m[2]) for m in _CC_SHORT.finditer(plain)]
    if "creative commons" in plain or plain.startswith("attribution"):
        found += [_cc(f"by-{_initials(m[1])}", m[2]) for m in _CC_LONG.finditer(plain)]
    if re.search(r"\bcc0\b", plain):
        found.append(license("cc0-1.0"))
    return found


def _initials(names: str) -> str:
    return "-".join(
        short for start, short in (("commercial", "nc"), ("share", "sa"), ("deriv", "nd")) if start in names
    )


def _cc(elements: str, version: str | None) -> License | None:
    parts = set(re.findall("by|nc|nd|sa", elements)) | {"by"}
    code = "-".join(part for part in ("by", "nc", "sa", "nd") if part in parts)
    if version and "." not in version:
        version += ".0"
    return _all().get(f"cc-{code}-{version}" if version else f"cc-{code}")


@cache
def _all() -> dict[str, License]:
    found = {}
    for code in _CC:
        free, adaptable = not ({"nc", "nd"} & set(code.split("-"))), "nd" not in code
        for version in (*reversed(_VERSIONS), ""):
            url = f"https://creativecommons.org/licenses/{code}/{version}/" if version else ""
            key = f"cc-{code}-{version}" if version else f"cc-{code}"
            found[key] = License(key, f"CC {code.upper()} {version}".strip(), url, free, adaptable)
    return found | {each.key: each for each in _OTHERS}
