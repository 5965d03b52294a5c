"""Jobs in the background of the serving process."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from registry.background import Background
from registry.jobs import Job

PATIENCE = 10


class Slow:
    """A job that says when it runs and goes on when it may; it remembers what it was run with."""

    def __init__(self) -> None:
        self.runs: list[dict[str, str]] = []
        self._begun, self._may_end = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, **arguments: str) -> None:
        self.runs.append(arguments)
        self._begun.release()
        assert self._may_end.acquire(timeout=PATIENCE)

    def wait_begun(self) -> None:
        assert self._begun.acquire(timeout=PATIENCE)

    def end(self) -> None:
        self._may_end.release()


@pytest.fixture
def background() -> Iterator[Background]:
    """One with a single thread, so that what is asked for second waits."""
    made = Background(threads=1)
    yield made
    made.stop()


def finished(background: Background) -> None:
    """Return when everything asked for so far is done."""
    done = threading.Event()
    background.add([Job("mark", done.set)])
    background("mark")
    assert done.wait(PATIENCE)


def test_a_job_asked_for_while_it_waits_is_run_once(background: Background) -> None:
    slow, runs = Slow(), []
    background.add([Job("slow", slow), Job("quick", lambda: runs.append("quick"))])
    background("slow")
    slow.wait_begun()
    for _ in range(5):
        background("quick")
    assert runs == []
    slow.end()
    finished(background)
    assert runs == ["quick"]


def test_a_job_asked_for_while_it_runs_is_run_once_more_afterwards(background: Background) -> None:
    slow = Slow()
    background.add([Job("slow", slow)])
    background("slow")
    slow.wait_begun()
    for _ in range(5):
        background("slow")
    assert len(slow.runs) == 1
    slow.end()
    slow.wait_begun()
    slow.end()
    finished(background)
    assert len(slow.runs) == 2


def test_the_same_job_with_other_arguments_is_another(background: Background) -> None:
    runs: list[str] = []
    slow = Slow()
    background.add([Job("slow", slow), Job("harvest", lambda source: runs.append(source))])
    background("slow")
    slow.wait_begun()
    for source in ("oak", "ash", "oak"):
        background("harvest", source=source)
    slow.end()
    finished(background)
    assert runs == ["oak", "ash"]


def test_a_job_that_fails_is_logged_and_the_thread_lives(
    background: Background, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    runs: list[str] = []

    def fail() -> None:
        runs.append("failed")
        raise ZeroDivisionError("this job cannot")

    background.add([Job("broken", fail)])
    background("broken")
    finished(background)
    background("broken")
    finished(background)
    assert runs == ["failed", "failed"]
    written = capsys.readouterr()
    assert "this job cannot" in written.out + written.err + caplog.text


def test_a_job_that_is_not_known_is_refused_to_its_asker(background: Background) -> None:
    with pytest.raises(KeyError):
        background("nothing")


def test_repeated_jobs_run_at_the_start_and_again_and_the_others_only_when_asked_for() -> None:
    again, asked = threading.Semaphore(0), []
    background = Background()
    background.add([Job("repeated", again.release, every=0.1), Job("single", lambda: asked.append(1))])
    background.start()
    try:
        assert all(again.acquire(timeout=PATIENCE) for _ in range(3))
    finally:
        background.stop()
    assert asked == []


def test_nothing_is_begun_after_the_stop() -> None:
    slow, runs = Slow(), []
    background = Background(threads=1)
    background.add([Job("slow", slow), Job("quick", lambda: runs.append("quick"))])
    background("slow")
    slow.wait_begun()
    background("quick")
    background("slow")
    background.stop()
    background("quick")
    slow.end()
    for thread in threading.enumerate():
        if thread.name.startswith("job_"):
            thread.join(PATIENCE)
    assert (len(slow.runs), runs) == (1, [])


def test_a_process_that_is_told_to_stop_does_not_wait_for_a_long_job() -> None:
    script = (
        "import threading, time; from registry.background import Background; from registry.jobs import Job\n"
        "background, begun = Background(), threading.Event()\n"
        "def long(): begun.set(); time.sleep(600)\n"
        "background.add([Job('long', long)]); background('long'); assert begun.wait(30); background.stop()\n"
    )
    assert subprocess.run([sys.executable, "-c", script], timeout=60, check=False).returncode == 0
