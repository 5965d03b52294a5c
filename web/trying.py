"""Sources tried out from a page: one at a time a person, a few records, and twenty seconds at most."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from msgspec import structs

from harvesters.check import CheckReport, check_source
from harvesters.failures import ANSWER, failed
from harvesters.http import Fetcher, Limits
from harvesters.kinds import check_options
from harvesters.source import SourceConfig
from registry.errors import Conflict, FieldError, Rejected, Unavailable
from registry.settings import Settings

RECORDS = 25
SECONDS = 20.0
_AT_ONCE = 4
_OUT_OF_TIME = "check-out-of-time"
_MOST_OPTIONS = 50
_LONGEST = 2_000


class Trials:
    """Whose trials run in this process now."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[str] = set()

    @contextmanager
    def one(self, person_id: str) -> Iterator[None]:
        """This person's only trial. Raises Conflict while another one runs, Unavailable where too many others do."""
        with self._lock:
            if person_id in self._running:
                raise Conflict("A check that you started is still running. Wait for it, at most half a minute.")
            if len(self._running) >= _AT_ONCE:
                raise Unavailable("Several links are being checked just now.", 20)
            self._running.add(person_id)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(person_id)


class Stated(Mapping[str, str]):
    """What a form says, one text a field; a field that is missing is empty."""

    def __init__(self, form: Mapping[str, object]) -> None:
        self._fields = {str(name): str(value).strip()[:_LONGEST] for name, value in form.items()}

    def __getitem__(self, name: str) -> str:
        return self._fields.get(name, "")

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


def try_out(settings: Settings, kind: str, config: SourceConfig, seconds: float = SECONDS) -> CheckReport:
    """What the first records of a source come to, read in `seconds` at most; nothing is stored.

    Raises Rejected where the kind or an option is unknown.
    """
    check_options(kind, config.options)
    until = time.monotonic() + seconds
    with _hurried(settings, until) as fetcher:
        report = check_source(kind, config, fetcher, RECORDS)
    late = report.failure is not None and time.monotonic() >= until
    return _cut_short(report, seconds) if late else report


def options_in(text: str) -> dict[str, str]:
    """Options written one a line as `name=value`. Raises Rejected for a line that is none."""
    options: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            wrong = f"“{line[:80]}” is no option: write name=value, one a line."
            raise Rejected("The options cannot be read.", [FieldError("options", wrong)])
        options[name.strip()] = value.strip()
    if len(options) > _MOST_OPTIONS:
        raise Rejected("There are too many options.", [FieldError("options", f"Give at most {_MOST_OPTIONS}.")])
    return options


def _cut_short(report: CheckReport, seconds: float) -> CheckReport:
    """The report of a check whose time was up, whatever its adapter made of that."""
    said = f"The site needs longer than the {seconds:.0f} seconds a check may take. {report.read} records were read"
    said += f", {report.usable} of them can be taken. A harvest takes the time it needs. Nothing was stored."
    problems = tuple(each for each in report.problems if each.code != _OUT_OF_TIME)
    return structs.replace(report, ok=report.usable > 0, problems=problems, summary=said)


def _hurried(settings: Settings, until: float) -> Fetcher:
    """A fetcher that gives up once the time is over, whatever it waits for."""

    def hurry() -> None:
        if time.monotonic() >= until:
            raise failed(_OUT_OF_TIME, ANSWER, "The time for this check is up.", "A harvest takes the time it needs.")

    def nap(wanted: float) -> None:
        time.sleep(max(0.0, min(wanted, until - time.monotonic())))
        hurry()

    limits = Limits(body=16 * 1024 * 1024, seconds=SECONDS, read_seconds=8.0, tries=2, longest_wait=4.0)
    fetcher = Fetcher(settings.allowed_networks, settings.base_url, limits, sleep=nap)
    fetcher.heartbeat = hurry
    return fetcher
