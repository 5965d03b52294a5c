"""Every file of standards, progressions and vocabularies: imported, given out as CASE, SKOS and CSV, and read again."""

from __future__ import annotations

import multiprocessing
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

from registry.db import make_engine, make_sessions
from registry.migrate import upgrade
from registry.standards.importing import import_path
from tests.servers import SHARED
from vocab.frameworks.read import read_framework
from vocab.frameworks.write import FORMATS

_ENDINGS = (".xml", ".json", ".jsonld", ".json-ld", ".ttl", ".csv")
_AGAIN = ("case", "ttl", "csv")


class Row(msgspec.Struct, frozen=True):
    """What became of one file; `refused` says why it was not imported, `differs` the formats that lost something."""

    items: int = 0
    links: int = 0
    seconds: float = 0.0
    peak: int = 0
    problems: dict[str, int] = {}
    differs: tuple[str, ...] = ()
    refused: str = ""


def run() -> Iterator[str]:
    """A line a file, then what they add up to."""
    if not SHARED.exists():
        yield f"skipped: the real data is not here ({SHARED})"
        return
    yield f"{'file':58} {'items':>6} {'links':>6} {'s':>6} {'MB':>5}  given out and read again; problems"
    total: Counter[str] = Counter()
    for path in files():
        row = _apart(path)
        name = str(path.relative_to(SHARED)).removeprefix("vocabularies/").removeprefix("standards/")
        if row.refused:
            total["refused"] += 1
            yield f"{name:58} refused: {row.refused[:150]}"
            continue
        total["imported"] += 1
        total["the same again"] += not row.differs
        told = ", ".join(f"{count} {code}" for code, count in row.problems.items())
        same = f"differs as {', '.join(row.differs)}" if row.differs else "same"
        yield f"{name:58} {row.items:6} {row.links:6} {row.seconds:6.2f} {row.peak:5}  {same}; {told}"
    yield ", ".join(f"{count} {what}" for what, count in total.items())


def files() -> list[Path]:
    """The files and the one folder that makes one vocabulary."""
    found = [
        path
        for folder in ("standards", "progression", "vocabularies")
        for path in sorted((SHARED / folder).rglob("*"))
        if path.suffix in _ENDINGS and "schema" not in path.name
    ]
    return [*found, SHARED / "vocabularies/oak-national-curriculum"]


def _apart(path: Path) -> Row:
    """The row, made in a process of its own, whose memory is its own."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_row, (path,))


def _row(path: Path) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/registry.sqlite")
        upgrade(engine)
        started = time.perf_counter()
        try:
            import_path(make_sessions(engine), path, "code")
        except Exception as error:  # the benchmark tells every outcome
            return Row(refused=str(error))
        finally:
            engine.dispose()
        seconds = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        framework = read_framework(path, "code")
        problems = dict(Counter(problem.code for problem in framework.problems))
        bare = msgspec.structs.replace(framework, problems=())
        differs = []
        for key in _AGAIN:
            written = Path(folder) / f"code{FORMATS[key].suffix}"
            written.write_bytes(b"".join(FORMATS[key].write(bare)))
            again = read_framework(written, "code")
            if msgspec.structs.replace(again, problems=()) != bare:
                differs.append(key)
        return Row(len(framework.items), len(framework.associations), seconds, peak, problems, tuple(differs))
