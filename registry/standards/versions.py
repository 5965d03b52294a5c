"""The versions of a framework: received and compared before they go live, switched to, taken back, read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.orm import Session

from registry.db import now
from registry.errors import Conflict, NotFound
from registry.models import ChangeRow, ConceptRow, FrameworkRow, RetagRow, VersionRow
from registry.standards.content import content, keep_content
from registry.standards.load import LoadReport, as_code, make_live, make_undone, refuse_errors
from registry.standards.portions import portions
from registry.standards.retagging import note_replaced, note_retagged
from registry.standards.touched import waiting as resources_waiting
from vocab.frameworks.changes import Change, Kind
from vocab.frameworks.difference import about, compare
from vocab.frameworks.model import Framework
from vocab.frameworks.nearest import nearest
from vocab.frameworks.retags import Retag


class VersionView(Struct, frozen=True):
    """One version of a framework. `state` is waiting, live or past; `summary` counts its changes by kind.

    `compared_with` is the number of the version that the changes are told against, 0 for the first.
    """

    number: int
    state: str
    label: str
    concepts: int
    problems: int
    summary: dict[str, int]
    compared_with: int
    imported_at: datetime
    live_at: datetime | None
    past_at: datetime | None


def receive(
    session: Session, framework: Framework, digest: str, named: bool = False, at_once: bool = False
) -> LoadReport:
    """Store what was read from a file: the first version of a framework goes live, a later one waits.

    `digest` identifies the bytes: the same again change nothing. A later version is compared with the live one and
    waits for `switch`, unless `at_once`; one that waited before gives way to it. A framework is known by its URI; where
    its code was given by a person (`named`) and belongs to another URI, the file is the next version of that framework.
    Raises Rejected, naming items, where the file has errors, and Conflict.
    """
    refuse_errors(framework.problems)
    row = _known(session, framework, named)
    if row is None:
        return _first(session, framework, digest)
    incoming = framework if named else as_code(framework, row.code)
    row = locked_row(session, row.uri)
    waiting = _waiting(session, row.id)
    if row.code == incoming.code and (row.hash == digest or (waiting and waiting.hash == digest and not at_once)):
        same = row.hash == digest
        number, state = (row.live, "live") if same else (waiting.number if waiting else 0, "waiting")
        return LoadReport(code=row.code, unchanged=True, number=number, state=state, problems=row.problems)
    _refuse_foreign_code(session, row, incoming.code)
    live = _version(session, row, row.live) if _has(session, row.id, row.live) else None
    old = content(session, live.id) if live else None
    if live is None or old is None:  # imported before versions were kept
        return _in_place(session, row, incoming, digest)
    changes = compare(old, incoming)
    if not changes and not about(old, incoming) and row.code == incoming.code:
        row.hash = live.hash = digest
        return LoadReport(code=row.code, unchanged=True, number=row.live, problems=row.problems)
    if waiting:
        session.delete(waiting)
        session.flush()
    proposed = nearest(changes, old, incoming)
    version = _store(session, row, incoming, digest, "waiting", changes, proposed, compared_with=row.live)
    if at_once or not changes:
        return replace(switch(session, row.code, version.number), problems=framework.problems)
    return LoadReport(
        code=row.code,
        state="waiting",
        number=version.number,
        problems=framework.problems,
        summary=version.summary,
        added=version.summary.get(Kind.ADDED, 0),
    )


def switch(session: Session, code: str, number: int | None = None) -> LoadReport:
    """Make a waiting version (by default the one that waits) the live one, in this transaction.

    What it was compared with may have changed since: then it is compared again first. Raises NotFound, Conflict.
    """
    row = locked_row(session, code)
    version = _version(session, row, number) if number else _waiting(session, row.id)
    if version is None:
        raise NotFound(f"No version of {row.code} waits to go live.")
    if version.state != "waiting":
        raise Conflict(f"Version {version.number} of {row.code} does not wait: it is {version.state}.")
    live = _version(session, row, row.live)
    old, new = _contents(session, live, version)
    if version.compared_with != live.number:
        _compare_again(session, version, old, new, live.number)
    report = make_live(session, row, old, new, version.number, _renamed(session, version.id))
    note_replaced(session, row.id, version.number)
    row.hash, row.imported_at, row.problems = version.hash, version.imported_at, version.problems
    live.state, live.past_at = "past", now()
    version.state, version.live_at = "live", now()
    session.flush()
    note_retagged(session, version.id)
    return replace(report, summary=version.summary, problems=version.problems, touched=resources_waiting(session))


def take_back(session: Session, code: str, number: int | None = None) -> LoadReport:
    """Undo the last switch in this transaction: the version before is live again, and all is as it was.

    The version taken back waits again, with the decisions made on it. Raises Conflict where there is none before, and
    where `number` is no longer the live one.
    """
    row = locked_row(session, code)
    version = _version(session, row, number or row.live)
    if version.number != row.live:
        raise Conflict(f"Version {number} of {row.code} is {version.state}; only the live one can be taken back.")
    if not version.compared_with:
        raise Conflict(f"Version {version.number} of {row.code} is its first: there is none to go back to.")
    if waiting := _waiting(session, row.id):
        raise Conflict(f"Version {waiting.number} of {row.code} waits, compared with this one. Discard it first.")
    before = _version(session, row, version.compared_with)
    old, new = _contents(session, before, version)
    note_retagged(session, version.id)
    note_replaced(session, row.id, version.number)
    report = make_undone(session, row, old, new, version.number, before.number, _renamed(session, version.id))
    row.hash, row.imported_at, row.problems = before.hash, before.imported_at, before.problems
    before.state, before.past_at = "live", None
    version.state, version.live_at = "waiting", None
    session.flush()
    return report


def discard(session: Session, code: str, number: int) -> None:
    """Delete a version that waits, with what was decided on it. Raises NotFound, Conflict."""
    row = locked_row(session, code)
    version = _version(session, row, number)
    if version.state != "waiting":
        raise Conflict(f"Version {number} of {row.code} is {version.state}; only one that waits can be discarded.")
    session.delete(version)


def versions(session: Session, code: str) -> tuple[VersionView, ...]:
    """The versions of a framework, the newest first. Raises NotFound."""
    row = framework_row(session, code)
    rows = session.scalars(
        select(VersionRow).where(VersionRow.framework_id == row.id).order_by(VersionRow.number.desc())
    )
    return tuple(map(_view, rows))


def version_view(session: Session, code: str, number: int) -> VersionView:
    """One version of a framework. Raises NotFound."""
    return _view(_version(session, framework_row(session, code), number))


def read_content(session: Session, code: str, number: int | None = None) -> Framework:
    """A framework whole, as a version of it (the live one by default) was imported. Raises NotFound. O(its size)."""
    row = framework_row(session, code)
    found = content(session, _version(session, row, number or row.live).id)
    if found is None:
        raise NotFound(
            f"Version {number or row.live} of {row.code} was not kept: it was imported before versions were."
        )
    return found


def changes_of(
    session: Session, code: str, number: int, kind: str = "", after: int = -1, limit: int = 100
) -> tuple[tuple[int, Change], ...]:
    """Changes that a version makes, each with its place, of one kind or all, from the one after `after` on."""
    version = _version(session, framework_row(session, code), number)
    rows = session.execute(
        select(ChangeRow.position, ChangeRow.content)
        .where(
            ChangeRow.version_id == version.id, ChangeRow.position > after, *([ChangeRow.kind == kind] if kind else [])
        )
        .order_by(ChangeRow.position)
        .limit(limit)
    )
    return tuple((position, change) for position, change in rows)


def framework_row(session: Session, code_or_uri: str) -> FrameworkRow:
    """The framework with this code, in any case, or URI. Raises NotFound. The row stays in this package."""
    by_code = func.lower(FrameworkRow.code) == code_or_uri.lower()
    found = session.scalars(select(FrameworkRow).where(or_(by_code, FrameworkRow.uri == code_or_uri))).all()
    if not found:
        raise NotFound(f"There is no framework “{code_or_uri[:200]}” here.")
    return min(found, key=lambda each: each.uri == code_or_uri)


def locked_row(session: Session, code_or_uri: str) -> FrameworkRow:
    """The framework, held against everybody else who changes its versions until the transaction ends."""
    row = framework_row(session, code_or_uri)
    session.refresh(row, with_for_update=True)
    return row


def _known(session: Session, framework: Framework, named: bool) -> FrameworkRow | None:
    row = session.scalar(select(FrameworkRow).where(FrameworkRow.uri == framework.uri))
    if row is not None:
        return row
    other = session.scalar(select(FrameworkRow).where(FrameworkRow.code == framework.code))
    if other is not None and not named:
        raise Conflict(
            f"Another framework ({other.title}) is stored as {other.code}. Import this one under another code "
            f"(--as NAME), or as the next version of that one (--as {other.code})."
        )
    return other


def _refuse_foreign_code(session: Session, row: FrameworkRow, code: str) -> None:
    if code != row.code and session.scalar(select(FrameworkRow.id).where(FrameworkRow.code == code)):
        raise Conflict(f"Another framework is stored as {code}. Import this one under another code (--as).")


def _first(session: Session, framework: Framework, digest: str) -> LoadReport:
    moment = now()
    row = FrameworkRow(uri=framework.uri, code=framework.code, title="", hash=digest, imported_at=moment)
    row.problems = framework.problems
    session.add(row)
    session.flush()
    return _in_place(session, row, framework, digest)


def _in_place(session: Session, row: FrameworkRow, framework: Framework, digest: str) -> LoadReport:
    """The first version that is kept, live at once."""
    number = (session.scalar(select(func.max(VersionRow.number)).where(VersionRow.framework_id == row.id)) or 0) + 1
    report = make_live(session, row, None, framework, number, {})
    row.hash, row.imported_at, row.problems = digest, now(), framework.problems
    _store(session, row, framework, digest, "live", (), (), compared_with=0)
    return replace(report, problems=framework.problems)


def _store(
    session: Session,
    row: FrameworkRow,
    framework: Framework,
    digest: str,
    state: str,
    changes: Sequence[Change],
    retags: Sequence[Retag],
    compared_with: int,
) -> VersionRow:
    highest = session.scalar(select(func.max(VersionRow.number)).where(VersionRow.framework_id == row.id)) or 0
    version = VersionRow(
        framework_id=row.id,
        number=highest + 1,
        state=state,
        label=framework.version,
        hash=digest,
        concepts=len(framework.items),
        problems=framework.problems,
        compared_with=compared_with,
        imported_at=now(),
        live_at=now() if state == "live" else None,
    )
    session.add(version)
    session.flush()
    keep_content(session, version.id, framework)
    _keep_changes(session, version, changes, retags)
    return version


def _keep_changes(session: Session, version: VersionRow, changes: Sequence[Change], retags: Sequence[Retag]) -> None:
    version.summary = dict(Counter(change.kind.value for change in changes))
    rows: list[dict[str, Any]] = [
        {"version_id": version.id, "position": position, "kind": change.kind.value, "content": change}
        for position, change in enumerate(changes)
    ]
    if rows:
        session.execute(insert(ChangeRow), rows)
    proposed = [
        {
            "version_id": version.id,
            "old_uri": each.old_uri,
            "new_uris": each.new_uris,
            "confidence": each.confidence,
            "why": each.why,
            "decision": "",
            "chosen": (),
            "decided_by": "",
        }
        for each in retags
    ]
    if proposed:
        session.execute(insert(RetagRow), proposed)


def _compare_again(session: Session, version: VersionRow, old: Framework, new: Framework, number: int) -> None:
    """The changes against another version; what was decided on a statement stands where it still makes sense."""
    decided = {
        row.old_uri: (row.decision, row.chosen, row.decided_by, row.decided_at)
        for row in session.scalars(select(RetagRow).where(RetagRow.version_id == version.id, RetagRow.decision != ""))
    }
    session.expire_all()
    session.execute(delete(ChangeRow).where(ChangeRow.version_id == version.id))
    session.execute(delete(RetagRow).where(RetagRow.version_id == version.id))
    version.compared_with = number
    changes = compare(old, new)
    _keep_changes(session, version, changes, nearest(changes, old, new))
    for row in session.scalars(select(RetagRow).where(RetagRow.version_id == version.id)):
        if row.old_uri in decided:
            row.decision, row.chosen, row.decided_by, row.decided_at = decided[row.old_uri]


def _renamed(session: Session, version_id: int) -> dict[str, str]:
    """Old URIs of statements that go on under another one.

    Not where a statement of either URI is here already, gone since an earlier version: then it comes back as itself.
    """
    rows = session.scalars(
        select(ChangeRow.content).where(ChangeRow.version_id == version_id, ChangeRow.kind == Kind.REIDENTIFIED.value)
    )
    found = {change.old[0].uri: change.new[0].uri for change in rows}
    here: set[str] = set()
    for some in portions([*found.keys(), *found.values()]):
        here.update(session.scalars(select(ConceptRow.uri).where(ConceptRow.uri.in_(some))))
    return {old: new for old, new in found.items() if not (old in here and new in here)}


def _contents(session: Session, before: VersionRow, after: VersionRow) -> tuple[Framework, Framework]:
    old, new = content(session, before.id), content(session, after.id)
    if old is None or new is None:
        raise Conflict("The content of one of the two versions was not kept. Import the framework's file again.")
    return old, new


def _has(session: Session, framework_id: int, number: int) -> bool:
    wanted = select(VersionRow.id).where(VersionRow.framework_id == framework_id, VersionRow.number == number)
    return session.scalar(wanted) is not None


def _version(session: Session, row: FrameworkRow, number: int) -> VersionRow:
    found = session.scalar(select(VersionRow).where(VersionRow.framework_id == row.id, VersionRow.number == number))
    if found is None:
        raise NotFound(f"{row.code} has no version {number}.")
    return found


def _waiting(session: Session, framework_id: int) -> VersionRow | None:
    return session.scalar(
        select(VersionRow)
        .where(VersionRow.framework_id == framework_id, VersionRow.state == "waiting")
        .order_by(VersionRow.number.desc())
    )


def _view(row: VersionRow) -> VersionView:
    return VersionView(
        number=row.number,
        state=row.state,
        label=row.label,
        concepts=row.concepts,
        problems=len(row.problems),
        summary=row.summary,
        compared_with=row.compared_with,
        imported_at=row.imported_at,
        live_at=row.live_at,
        past_at=row.past_at,
    )
