"""The kinds of sources there are, what can be set for each, and the adapter that reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from harvesters.cartridge import CartridgeHarvester
from harvesters.feed import FeedHarvester
from harvesters.http import Fetcher
from harvesters.oai import OaiHarvester
from harvesters.peer import PeerHarvester
from harvesters.sitemap import SitemapHarvester
from harvesters.source import SourceConfig
from harvesters.table import TableHarvester
from registry.errors import FieldError, Rejected
from registry.ports import Harvester
from vocab.crosswalks.columns import FIELD_NAMES

__all__ = ["KINDS", "OPTIONS_FOR_ALL", "Kind", "Option", "SourceConfig", "check_options", "make_harvester"]


class Option(Struct, frozen=True):
    """Something an operator can set for a source; a name that ends in a dot is the start of many.

    `fields` are the names that may follow the dot, in the plural too; any where there are none.
    """

    name: str
    help: str
    fields: tuple[str, ...] = ()

    def fits(self, name: str) -> bool:
        """Whether a setting of this name is one of this option."""
        if not self.name.endswith("."):
            return name == self.name
        rest = name.removeprefix(self.name)
        known = not self.fields or rest in self.fields or rest.removesuffix("s") in self.fields
        return name.startswith(self.name) and bool(rest) and known


class Kind(Struct, frozen=True):
    """A kind of source: how people call it, what its address leads to, its options, and its adapter."""

    name: str
    label: str
    address: str
    options: tuple[Option, ...]
    make: Callable[[SourceConfig, Fetcher], Harvester]


OPTIONS_FOR_ALL = (
    Option("level.", "level.Meets=proficient: the publisher's word for a competency level, and ours."),
    Option(
        "default.",
        "default.license=cc-by-4.0: what holds for every record that does not say otherwise.",
        ("language", "license", "publisher"),
    ),
)

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "oai",
            "OAI-PMH repository",
            "The base URL of the repository, without a verb.",
            (
                Option("prefix", "The metadata prefix to ask for; by default the richest one we can read."),
                Option("set", "Only the records of this set."),
            ),
            OaiHarvester,
        ),
        Kind(
            "sitemap",
            "Web site with schema.org data",
            "The address of the site's sitemap, or of an index of sitemaps.",
            (),
            SitemapHarvester,
        ),
        Kind(
            "feed",
            "Feed (RSS or Atom)",
            "The address of the feed.",
            (Option("follow", "yes: read the page of each entry too, and take what it says in schema.org's words."),),
            FeedHarvester,
        ),
        Kind(
            "table",
            "Spreadsheet (CSV, TSV, XLSX, ODS, XLS)",
            "The address of the file, or the link that shares it (Google Sheets, OneDrive, Dropbox, GitHub).",
            (
                Option("id_column", "The column that identifies a row; by default one named ID, else the link."),
                Option("sheet", "The sheet of a workbook; by default the first one that has a header row."),
                Option("column.", "column.title=Heading: the column that holds one of our fields.", FIELD_NAMES),
            ),
            TableHarvester,
        ),
        Kind(
            "cartridge",
            "Common Cartridge (full or thin)",
            "The address of an .imscc file, of a page that links to some, or of a text file with one address a line.",
            (),
            CartridgeHarvester,
        ),
        Kind(
            "peer",
            "Another registry",
            "The public address of another Open Resource Registry.",
            (),
            PeerHarvester,
        ),
    )
}


def make_harvester(kind: str, config: SourceConfig, fetcher: Fetcher) -> Harvester:
    """The adapter for a source. Raises Rejected naming the kind or the option that is unknown."""
    check_options(kind, config.options)
    return KINDS[kind].make(config, fetcher)


def check_options(kind: str, options: dict[str, str]) -> None:
    """Raise Rejected where the kind, or an option for it, is none there is."""
    if kind not in KINDS:
        raise Rejected(
            f"There is no kind of source named {kind}.", [FieldError("kind", f"Use one of {', '.join(KINDS)}.")]
        )
    known = (*KINDS[kind].options, *OPTIONS_FOR_ALL)
    errors = []
    for name, value in options.items():
        if not any(option.fits(name) for option in known):
            errors.append(FieldError(f"options.{name}", _unknown_option(kind, name, known)))
        elif not value.strip():
            errors.append(FieldError(f"options.{name}", "Give a value, or leave the option out."))
    if errors:
        raise Rejected("The source cannot be used with these options.", errors)


def _unknown_option(kind: str, name: str, known: Sequence[Option]) -> str:
    for option in known:
        if option.fields and name.startswith(option.name):
            return f"After {option.name} stands one of {', '.join(option.fields)}."
    said = ", ".join(f"{option.name}…" if option.name.endswith(".") else option.name for option in known)
    return f"The kind {kind} takes the options {said}."
