"""A framework file, folder or table of links into the store, and the resources it concerns put together again."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import delete, select

from registry.catalog.assemble import reassemble
from registry.db import Sessions
from registry.errors import Rejected
from registry.models import ReassemblyRow
from registry.standards.load import LoadReport, store_links
from registry.standards.versions import receive
from vocab.frameworks.read import read_framework

_AT_ONCE = 500


def import_path(sessions: Sessions, path: Path, code: str | None = None, at_once: bool = False) -> LoadReport:
    """Import what stands at the path, in one transaction; then link the resources that waited for it, 500 at a time.

    The next version of a framework waits to be switched to, unless `at_once`. Raises Rejected where it cannot be read
    or has errors; then nothing has changed.
    """
    try:
        framework = read_framework(path, code)
        digest = _digest(path)
    except (ValueError, OSError) as error:
        raise Rejected(str(error)) from None
    with sessions.begin() as session:
        if framework.only_links:
            report = store_links(session, framework.associations, framework.code, framework.problems)
        else:
            report = receive(session, framework, digest, named=code is not None, at_once=at_once)
    reassemble_waiting(sessions)
    return report


def reassemble_waiting(sessions: Sessions) -> int:
    """Put together again the resources that a change of the standards concerns, a transaction for each 500; how many.

    Repeating it does no harm, and whoever is killed at it leaves the rest to the next.
    """
    count = 0
    while True:
        with sessions.begin() as session:
            order = select(ReassemblyRow.resource_id).order_by(ReassemblyRow.resource_id)
            ids = session.scalars(order.limit(_AT_ONCE)).all()
            if not ids:
                return count
            reassemble(session, ids)
            session.execute(delete(ReassemblyRow).where(ReassemblyRow.resource_id.in_(ids)))
        count += len(ids)


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            with file.open("rb") as opened:
                while some := opened.read(1 << 20):
                    digest.update(some)
    return digest.hexdigest()
