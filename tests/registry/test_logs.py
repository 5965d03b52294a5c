"""Logs: one JSON line an event, whoever writes it, with the request or run it belongs to."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

from tests.journeys import house

ROOT = Path(__file__).parents[2]


def logged(form: str, program: str) -> list[str]:
    """The lines that a program writes to stderr once the logs are configured."""
    begin = "import logging, structlog\nfrom registry.logs import configure_logs\n"
    program = f"{begin}configure_logs({form!r})\n{textwrap.dedent(program)}"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout == ""
    return ran.stderr.splitlines()


def events(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def test_our_lines_and_the_libraries_have_one_form_and_what_is_bound() -> None:
    ours, theirs, later = events(
        logged(
            "json",
            """
            with structlog.contextvars.bound_contextvars(request_id="r-1", run_id="run-1"):
                structlog.get_logger("web").info("asked", status=200)
                logging.getLogger("some.library").warning("a %s", "warning")
            structlog.get_logger("web").info("later")
            """,
        )
    )
    assert (ours["event"], ours["status"], ours["level"], ours["logger"]) == ("asked", 200, "info", "web")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("a warning", "warning", "some.library")
    assert [(each["request_id"], each["run_id"]) for each in (ours, theirs)] == [("r-1", "run-1")] * 2
    assert all(each["timestamp"].endswith("Z") for each in (ours, theirs))
    assert not {"request_id", "run_id"} & set(later)


def test_an_exception_is_one_line_with_its_trace_in_it() -> None:
    (failed,) = events(
        logged(
            "json",
            """
            try:
                1 / 0
            except ZeroDivisionError:
                structlog.get_logger().exception("failed", text="two\\nlines")
            """,
        )
    )
    assert failed["level"] == "error"
    assert "ZeroDivisionError: division by zero" in failed["exception"]
    assert failed["text"] == "two\nlines"


def test_chatter_of_libraries_is_left_out() -> None:
    program = 'logging.getLogger("httpx").info("GET"); logging.getLogger("some").debug("detail")'
    assert logged("json", program) == []


def test_automatic_is_json_where_nobody_sits_at_a_terminal() -> None:
    (line,) = logged("auto", 'structlog.get_logger().info("asked")')
    assert json.loads(line)["event"] == "asked"
    (line,) = logged("text", 'structlog.get_logger().info("asked", status=200)')
    assert "asked" in line and "status=200" in line and not line.startswith("{")


def test_a_request_s_lines_carry_its_id_and_a_harvest_s_its_run(tmp_path: Path) -> None:
    env = house.environment(tmp_path / "data")
    log = tmp_path / "log"
    with house.District("oak", 3).open() as oak:
        house.done(env, "source", "add", "oak", "oai", oak.url)
        with house.site(env, log) as site:
            answer = house.get(f"{site}/api/v1/search", headers={"X-Request-Id": "asked-by-a-test"})
            assert answer.headers["x-request-id"] == "asked-by-a-test"
            given = house.get(f"{site}/healthz").headers["x-request-id"]
            house.eventually("the harvest has ended", lambda: "harvest_ended" in log.read_text())
    told = events([line for line in log.read_text().splitlines() if line.startswith("{")])
    requests = {each["request_id"]: each for each in told if each["event"] == "request"}
    assert requests["asked-by-a-test"]["route"] == "/api/v1/search"
    assert requests[given]["status"] == 200
    (harvest,) = [each for each in told if each["event"] == "harvest_ended"]
    assert [(harvest["run_id"], harvest["source"])] == house.ask(env, "SELECT id, 'oak' FROM run")
