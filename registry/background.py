"""Jobs in the background of the serving process, where there is no broker."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from queue import SimpleQueue
from threading import Thread

import structlog

from registry.jobs import Job

log = structlog.get_logger()

_Call = tuple[str, tuple[tuple[str, str], ...]]


class Background:
    """Runs jobs in a few threads, and the repeated ones when their time comes.

    A job asked for while it waits is run once; asked for while it runs, once more afterwards. Threads end
    with the process, at any point: jobs are made for that.
    """

    def __init__(self, threads: int = 3) -> None:
        self._jobs: dict[str, Job] = {}
        self._calls: SimpleQueue[_Call] = SimpleQueue()
        # Daemons, unlike an executor's threads: a process that is told to stop does not wait for a long job.
        self._threads = [Thread(target=self._work, name=f"job-{number}", daemon=True) for number in range(threads)]
        self._lock = threading.Lock()
        self._waiting: set[_Call] = set()
        self._running: set[_Call] = set()
        self._again: set[_Call] = set()
        self._stop = threading.Event()
        self._clock = Thread(target=self._repeat, name="job-clock", daemon=True)

    def add(self, jobs: Iterable[Job]) -> None:
        """Make these jobs known, before the start."""
        self._jobs.update((job.name, job) for job in jobs)

    def start(self) -> None:
        """Begin with the repeated jobs."""
        self._clock.start()

    def stop(self) -> None:
        """Begin nothing more; what runs is left to end with the process."""
        self._stop.set()

    def __call__(self, name: str, /, **arguments: str) -> None:
        """Run a job soon."""
        call = (self._jobs[name].name, tuple(sorted(arguments.items())))
        with self._lock:
            if self._stop.is_set() or call in self._waiting:
                return
            if call in self._running:
                self._again.add(call)
                return
            self._waiting.add(call)
            for thread in self._threads:
                if thread.ident is None:
                    thread.start()
        self._calls.put(call)

    def _work(self) -> None:
        while True:
            call = self._calls.get()
            if self._stop.is_set():
                return
            self._run(call)

    def _run(self, call: _Call) -> None:
        name, arguments = call
        with self._lock:
            self._waiting.discard(call)
            self._running.add(call)
        try:
            self._jobs[name].run(**dict(arguments))
        except Exception:  # Whatever went wrong, the thread must live: the job is repeated or asked for again.
            log.exception("job_failed", job=name)
        finally:
            with self._lock:
                self._running.discard(call)
                again = call in self._again
                self._again.discard(call)
        if again:
            self(name, **dict(arguments))

    def _repeat(self) -> None:
        due = {job.name: time.monotonic() + job.after for job in self._jobs.values() if job.every}
        while not self._stop.wait(0.2):
            for name, moment in due.items():
                if time.monotonic() >= moment:
                    due[name] = time.monotonic() + (self._jobs[name].every or 0)
                    self(name)
