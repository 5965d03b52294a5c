"""A framework as a file that other systems read, made one large one at a time."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from typing import IO

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream

from registry.errors import Unavailable
from registry.standards import export
from registry.standards.export import Edition
from vocab.frameworks.write import Format
from web.forms import LARGEST_ID, number_of
from web.pages.versions import may_see
from web.site import Request

_LARGE = 5_000
_PATIENCE = 2.0
_AGAIN = 15
_CHUNK = 1 << 16
_one_at_a_time = threading.Semaphore(1)
"""A large framework is held in memory whole while it is written."""


@get("/frameworks/{code:str}/download/{format:str}", sync_to_thread=True)
def download(request: Request, code: FromPath[str], format: FromPath[str]) -> Response[bytes] | Stream:
    """A framework as CASE, SKOS or CSV: the live version, or the one with the number `version`."""
    wanted = number_of(request.query_params, "version", 0, 1, LARGEST_ID) or None
    form = export.format_named(format)
    with request.site.registry.reading.begin() as session:
        may_see(request, session, code, wanted)
        found = export.edition(session, code, wanted)
    tag = f'W/"{found.hash[:32]}-{found.number}-{format}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache" if found.state == "waiting" else "public, no-cache"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{found.name(form)}"'
    return Stream(_chunks(_file(request, found, form)), media_type=form.media_type, headers=headers)


def _file(request: Request, found: Edition, form: Format) -> IO[bytes]:
    """The whole file, not in memory: what goes wrong while it is written is told, not cut off in the middle.

    Raises Unavailable while another large one is being written.
    """
    large = found.concepts > _LARGE
    if large and not _one_at_a_time.acquire(timeout=_PATIENCE):
        raise Unavailable("Another large framework is being written just now. Try again in a moment.", _AGAIN)
    try:
        registry = request.site.registry
        with registry.reading.begin() as session:
            pieces = export.written(session, found, form, registry.settings.base_url)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been sent
        file.writelines(pieces)
        file.seek(0)
        return file
    finally:
        if large:
            _one_at_a_time.release()


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
