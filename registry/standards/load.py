"""A framework or a table of links into the store: all or nothing, the same bytes twice change nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from registry.errors import FieldError, Rejected
from registry.models import AssociationRow, DefinitionRow, FrameworkRow, StampRow
from registry.standards.concepts import delete_items, restore_items, write_items
from registry.standards.links import loosen_ends, tie_loose_ends, write_links
from registry.standards.touched import note_resources_of, note_unresolved, recount, waiting
from vocab.frameworks.guid import guid
from vocab.frameworks.model import Association, Framework
from vocab.resource import Problem, Severity

_OF_THE_HEAD = (
    "uri", "code", "title", "version", "publisher", "description", "language", "license_url", "rights", "subjects",
    "aliases", "details",
)  # fmt: skip


class LoadReport(Struct, frozen=True):
    """What an import did.

    `state` says whether version `number` is live or waits to be switched to; then `summary` counts its changes by kind.
    `touched` resources are put together again afterwards, because standards they state have changed.
    """

    code: str
    state: str = "live"
    number: int = 0
    unchanged: bool = False
    added: int = 0
    changed: int = 0
    gone: int = 0
    associations: int = 0
    problems: tuple[Problem, ...] = ()
    touched: int = 0
    summary: dict[str, int] = {}


def refuse_errors(problems: Iterable[Problem]) -> None:
    """Raise Rejected, naming items, where there are errors among the problems."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    if errors:
        raise Rejected(
            f"Nothing was imported: {errors[0].message}",
            [FieldError(problem.field, f"{problem.message} {problem.hint}".strip()) for problem in errors],
        )


def make_live(
    session: Session,
    row: FrameworkRow,
    old: Framework | None,
    new: Framework,
    number: int,
    renamed: Mapping[str, str],
) -> LoadReport:
    """Bring the live tables from the old content (None at first) to the new one, as version `number`.

    `renamed` maps old URIs of statements to new ones. Costs what differs, and a pass over both contents.
    """
    _write_head(session, row, new, number)
    origin = f"framework:{row.code}"
    written = write_items(session, row.id, old, new, number, renamed)
    tied = write_links(session, origin, new.uri, old, new, written.ids)
    loose = tie_loose_ends(session, origin) if written.added or written.changed else frozenset()
    _finish(session, (*written.changed, *written.gone), tied.shaping | loose)
    return LoadReport(
        code=row.code,
        number=number,
        added=len(written.added),
        changed=len(written.changed),
        gone=len(written.gone),
        associations=tied.written,
        touched=waiting(session),
    )


def make_undone(
    session: Session,
    row: FrameworkRow,
    old: Framework,
    new: Framework,
    number: int,
    before: int,
    renamed: Mapping[str, str],
) -> LoadReport:
    """Take version `number`, whose content is `new`, out of the live tables: version `before` stands as it stood."""
    _write_head(session, row, old, before)
    origin = f"framework:{row.code}"
    written = restore_items(session, old, new, number, renamed)
    note_resources_of(session, written.changed)
    tied = write_links(session, origin, old.uri, new, old, {})
    loose = loosen_ends(session, set(written.changed), but=origin)
    delete_items(session, written.added)
    _finish(session, written.changed, (tied.shaping | loose) - set(written.added))
    return LoadReport(
        code=row.code,
        number=before,
        changed=len(written.changed) - len(written.added),
        gone=len(written.added),
        associations=tied.written,
        touched=waiting(session),
    )


def store_links(session: Session, links: Sequence[Association], origin: str, problems: Sequence[Problem]) -> LoadReport:
    """Store a progression or a crosswalk in place of what the same origin said before.

    An end that no framework has yet is kept and tied when it arrives. Raises Rejected where there are errors.
    """
    refuse_errors(problems)
    uri = f"urn:x-links:{origin}"
    table = Framework(uri=uri, code=origin, title=origin, associations=tuple(links))
    gone = session.execute(
        select(AssociationRow.source_id, AssociationRow.target_id).where(AssociationRow.origin == f"table:{origin}")
    ).all()
    tied = write_links(session, f"table:{origin}", uri, None, table, {})
    ends = {end for pair in gone for end in pair if end is not None}
    _finish(session, (), tied.shaping | (ends if any(link.kind == "exactMatch" for link in links) else set()))
    return LoadReport(code=origin, associations=tied.written, problems=tuple(problems), touched=waiting(session))


def raise_stamp(session: Session) -> None:
    """Say that the standards have changed, so that every process reads its graph again."""
    raised = session.execute(update(StampRow).where(StampRow.name == "standards").values(value=StampRow.value + 1))
    if not raised.rowcount:  # type: ignore[attr-defined]
        session.add(StampRow(name="standards", value=1))
        session.flush()


def _finish(session: Session, touched: Iterable[int], shaping: Iterable[int]) -> None:
    raise_stamp(session)
    note_resources_of(session, set(touched))
    note_unresolved(session)
    recount(session, set(shaping))


def _write_head(session: Session, row: FrameworkRow, framework: Framework, number: int) -> None:
    if row.code != framework.code:
        renamed = update(AssociationRow).where(AssociationRow.origin == f"framework:{row.code}")
        session.execute(renamed.values(origin=f"framework:{framework.code}"))
    for name in _OF_THE_HEAD:
        setattr(row, name, getattr(framework, name))
    row.concepts, row.live = len(framework.items), number
    session.flush()
    session.execute(delete(DefinitionRow).where(DefinitionRow.framework_id == row.id))
    lists = {**framework.definitions, "CFRubrics": framework.rubrics}
    rows = [
        {
            "framework_id": row.id,
            "kind": kind,
            "position": position,
            "guid": guid(str(each.get("identifier") or each.get("uri") or "")),
            "content": each,
        }
        for kind, several in lists.items()
        for position, each in enumerate(several)
    ]
    if rows:
        session.execute(insert(DefinitionRow), rows)


def as_code(framework: Framework, code: str) -> Framework:
    """The same framework under another code."""
    return framework if framework.code == code else replace(framework, code=code)
