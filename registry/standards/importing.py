"""A framework file, folder or progression table into the store, and the resources it concerns put together again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from registry.catalog.assemble import reassemble
from registry.db import Sessions
from registry.errors import Rejected
from registry.standards.load import LoadReport, store_framework, store_links
from vocab.frameworks.progression import read_progression
from vocab.frameworks.read import is_progression_file, read_framework

_AT_ONCE = 500


def import_path(sessions: Sessions, path: Path, code: str | None = None) -> LoadReport:
    """Import what stands at the path, in one transaction; then link the resources that waited for it, 500 at a time.

    Raises Rejected where it cannot be read or has errors; then nothing has changed.
    """
    try:
        if is_progression_file(path):
            links, problems = read_progression(path)
            with sessions.begin() as session:
                return store_links(session, links, code or path.stem, problems)
        framework = read_framework(path, code)
        digest = _digest(path, framework.code)
    except (ValueError, OSError) as error:
        raise Rejected(str(error)) from None
    with sessions.begin() as session:
        report = store_framework(session, framework, digest)
    reassemble_all(sessions, report.touched)
    return report


def reassemble_all(sessions: Sessions, resource_ids: Sequence[str]) -> None:
    """Put many resources together again, a transaction for each 500. Repeating it does no harm."""
    for start in range(0, len(resource_ids), _AT_ONCE):
        with sessions.begin() as session:
            reassemble(session, resource_ids[start : start + _AT_ONCE])


def _digest(path: Path, code: str) -> str:
    digest = hashlib.sha256(code.encode())
    for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()
