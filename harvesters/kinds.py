"""The kinds of sources there are, what can be set for each, and the adapter that reads it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from harvesters.http import Fetcher
from harvesters.oai import OaiHarvester
from harvesters.sitemap import SitemapHarvester
from harvesters.source import SourceConfig
from harvesters.table import TableHarvester
from registry.errors import FieldError, Rejected
from registry.ports import Harvester

__all__ = ["KINDS", "OPTIONS_FOR_ALL", "Kind", "Option", "SourceConfig", "check_options", "make_harvester"]


class Option(Struct, frozen=True):
    """Something an operator can set for a source; a name that ends in a dot is the start of many."""

    name: str
    help: str


class Kind(Struct, frozen=True):
    """A kind of source: how people call it, what its address leads to, its options, and its adapter."""

    name: str
    label: str
    address: str
    options: tuple[Option, ...]
    make: Callable[[SourceConfig, Fetcher], Harvester]


OPTIONS_FOR_ALL = (
    Option("level.", "level.Meets=proficient: the publisher's word for a competency level, and ours."),
    Option("default.", "default.license=cc-by-4.0: what holds for every record that does not say otherwise."),
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
            "table",
            "Spreadsheet (CSV or TSV)",
            "The address of the file; a shared sheet must be published to the web as CSV.",
            (
                Option("id_column", "The column that identifies a row; by default one named ID, else the link."),
                Option("column.", "column.title=Heading: the column that holds one of our fields."),
            ),
            TableHarvester,
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
    known = [option.name for option in (*KINDS[kind].options, *OPTIONS_FOR_ALL)]
    errors = []
    for name, value in options.items():
        fits = any(name.startswith(each) and name != each if each.endswith(".") else name == each for each in known)
        if not fits:
            said = ", ".join(f"{each}…" if each.endswith(".") else each for each in known)
            errors.append(FieldError(f"options.{name}", f"The kind {kind} takes the options {said}."))
        elif not value.strip():
            errors.append(FieldError(f"options.{name}", "Give a value, or leave the option out."))
    if errors:
        raise Rejected("The source cannot be used with these options.", errors)
