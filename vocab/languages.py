"""Languages: the tag that a code, a name or a URI states."""

from __future__ import annotations

import csv
import io
import unicodedata
from functools import cache
from importlib.resources import files

from msgspec import Struct

_RIGHT_TO_LEFT = frozenset(("ar", "dv", "fa", "he", "ks", "prs", "ps", "rhg", "sd", "ug", "ur", "yi"))


class _Table(Struct, frozen=True):
    labels: dict[str, str]
    tags: dict[str, str]


def language_of(stated: str) -> str | None:
    """The BCP 47 tag of a stated language (`en-US`, `eng`, `English`, a URI); None where none is known.

    The region is dropped (`en-US` is `en`); a script that changes what a reader needs is kept (`zh-Hans`).
    """
    text = stated.strip()
    if text.lower().startswith(("http://", "https://", "urn:", "info:")):
        text = text.rstrip("/").replace("#", "/").replace(":", "/").rpartition("/")[2]
    tags = _table().tags
    folded = _folded(text.partition(".")[0].replace("_", "-")).removesuffix(" language")
    if folded in tags:
        return tags[folded]
    parts = folded.replace("(", "-").replace(",", "-").replace(";", "-").split("-")
    with_script = "-".join(part.strip() for part in parts[:2])
    return tags.get(with_script) or tags.get(parts[0].strip())


def label(tag: str) -> str:
    """The English name of a language tag, or the tag itself where the list does not hold it."""
    return _table().labels.get(tag, tag)


def is_rtl(tag: str) -> bool:
    """Whether the language is written from right to left."""
    return tag.partition("-")[0] in _RIGHT_TO_LEFT


@cache
def _table() -> _Table:
    text = files("vocab").joinpath("data/languages.csv").read_text(encoding="utf-8")
    labels: dict[str, str] = {}
    tags: dict[str, str] = {}
    for row in csv.DictReader(io.StringIO(text)):
        labels[row["tag"]] = row["label"]
        for name in (row["tag"], row["label"], *row["codes"].split("|"), *row["names"].split("|")):
            if name:
                tags[_folded(name)] = row["tag"]
    return _Table(labels, tags)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
