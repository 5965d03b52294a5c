"""What a source's options tell the crosswalk: its columns, its words for levels, what it states once for all."""

from __future__ import annotations

from collections.abc import Mapping

from registry.db import now
from vocab.resource import Context


def crosswalk_context(
    options: Mapping[str, str], identifier: str, url: str, provider: str, words: Mapping[str, str] | None = None
) -> Context:
    """The context for one record of a source.

    Options `column.title=Heading`, `level.Meets=proficient` and `default.license=cc-by-4.0` are read; others are
    for the harvester. `words` are the provider's own for levels (`catalog.levels`); a source's option goes before them.
    """
    defaults = {"publisher": provider, **_under(options, "default.")}
    return Context(
        identifier=identifier,
        url=url,
        columns=_under(options, "column."),
        levels={**(words or {}), **{word.casefold(): level for word, level in _under(options, "level.").items()}},
        defaults=defaults,
        today=now().date().isoformat(),
    )


def _under(options: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name[len(prefix) :]: value for name, value in options.items() if name.startswith(prefix)}
