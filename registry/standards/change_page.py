"""The changes of a version as a curator reads them: each with its re-tag and the resources it concerns."""

from __future__ import annotations

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.models import ChangeRow, ConceptRow, VersionRow
from registry.standards.deciding import concerned, decided
from registry.standards.portions import portions
from registry.standards.retagging import RetagView, proposals_for, resources_of
from registry.standards.versions import VersionView, changes_of, framework_row, version_view
from vocab.frameworks.changes import Change

A_PAGE = 50
_MOST_READ = 20_000
_BRING = ("split", "merged", "replaced", "reidentified", "added")
_WITH_RETAGS = ("removed", "split", "merged", "replaced", "deprecated")


class ChangeLine(Struct, frozen=True):
    """One change. `resources` are aligned with the old statements; `retags` the proposals for them that there are."""

    position: int
    change: Change
    resources: int
    retags: tuple[RetagView, ...]


class ChangePage(Struct, frozen=True):
    """A page of the changes that a version of a framework makes; `next` is the place to go on after, if there is more.

    `decided` counts the version's proposals by decision ("" open); `concerned` the resources that proposals touch;
    `names` says what a person calls the statements that proposals name, by URI.
    """

    framework: str
    title: str
    live: int
    version: VersionView
    lines: tuple[ChangeLine, ...]
    next: int | None
    decided: dict[str, int]
    concerned: int
    names: dict[str, str]


def change_page(
    session: Session, code: str, number: int, kind: str = "", after: int = -1, limit: int = A_PAGE
) -> ChangePage:
    """Changes of one kind or all, from the one after `after` on. Raises NotFound. O(the page)."""
    row = framework_row(session, code)
    found = changes_of(session, row.code, number, kind, after, limit + 1)
    shown = found[:limit]
    uris = [side.uri for _, change in shown for side in change.old]
    version = session.scalars(
        select(VersionRow.id).where(VersionRow.framework_id == row.id, VersionRow.number == number)
    ).one()
    counts, proposed = resources_of(session, uris), proposals_for(session, version, uris)
    return ChangePage(
        framework=row.code,
        title=row.title,
        live=row.live,
        version=version_view(session, row.code, number),
        lines=tuple(
            ChangeLine(
                position=position,
                change=change,
                resources=sum(counts.get(side.uri, 0) for side in change.old),
                retags=tuple(
                    proposed[side.uri]
                    for side in change.old
                    if side.uri in proposed and change.kind.value in _WITH_RETAGS
                ),
            )
            for position, change in shown
        ),
        next=shown[-1][0] if len(found) > limit else None,
        decided=decided(session, row.code, number),
        concerned=concerned(session, row.code, number),
        names=_names(session, version, {uri for each in proposed.values() for uri in (*each.new_uris, *each.chosen)}),
    )


def _names(session: Session, version_id: int, uris: set[str]) -> dict[str, str]:
    """What statements are called: as they are in use, else as the version that waits brings them."""
    found: dict[str, str] = {}
    for some in portions(sorted(uris)):
        rows = session.execute(
            select(ConceptRow.uri, ConceptRow.code, ConceptRow.statement).where(ConceptRow.uri.in_(some))
        )
        found |= {uri: code or statement for uri, code, statement in rows}
    if uris - found.keys():
        brought = select(ChangeRow.content).where(ChangeRow.version_id == version_id, ChangeRow.kind.in_(_BRING))
        for change in session.scalars(brought.order_by(ChangeRow.position).limit(_MOST_READ)):
            found |= {side.uri: side.name for side in change.new if side.uri in uris}
    return found
