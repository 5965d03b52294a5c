"""The rules that hold the house up, each saying what to do instead."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("vocab", "registry", "harvesters", "web")
MODULES = sorted(
    path
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if "versions" not in path.parts and "node_modules" not in path.parts
)
TESTS = sorted((ROOT / "tests").rglob("*.py"))
TOP = {
    "pyproject.toml", "registry", "harvesters", "vocab", "web", "tests", "docker-compose.yml", "README.md", "Makefile",
    "Dockerfile", "benchmarks", "docs", ".ci", "requirements.lock", "package.json", "package-lock.json", "CHANGELOG.md",
    ".gitignore", ".dockerignore", ".importlinter",
}  # fmt: skip


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_imports_point_only_to_the_left() -> None:
    found = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert found.returncode == 0, (
        f"an import points the wrong way (vocab <- registry <- harvesters <- web):\n{found.stdout}"
    )


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_a_module_is_small_and_says_its_job(path: Path) -> None:
    text = path.read_text()
    lines = text.count("\n")
    assert lines <= 400, f"{_name(path)} has {lines} lines: cut it where a reader would (cap 400)"
    assert ast.get_docstring(ast.parse(text)), f"{_name(path)} opens without a sentence on its job"


@pytest.mark.parametrize("path", TESTS, ids=_name)
def test_a_test_module_is_small(path: Path) -> None:
    lines = path.read_text().count("\n")
    assert lines <= 600, f"{_name(path)} has {lines} lines: cut it by behavior (cap 600)"


def test_no_module_is_named_for_nothing() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "misc", "base", "manager", "service"}
    found = [_name(path) for path in MODULES if path.stem in vague or path.parent.name in vague]
    assert not found, f"name these for the use case they serve: {found}"


def test_only_a_command_prints() -> None:
    found = [
        f"{_name(path)}:{node.lineno}"
        for path in MODULES
        if path.name != "cli.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not found, f"log instead, or return what the command should print: {found}"


def test_the_environment_is_read_in_one_place() -> None:
    found = [
        _name(path)
        for path in MODULES
        if path != ROOT / "registry" / "settings.py" and re.search(r"\bos\.(environ|getenv)\b", path.read_text())
    ]
    assert not found, f"take a setting from Settings, which registry/settings.py reads once: {found}"


def test_no_use_case_commits() -> None:
    found = [
        f"{_name(path)}:{node.lineno}"
        for path in MODULES
        if path.parts[-2] != "migrations" and path.stem != "migrate"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("commit", "rollback")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "session"
    ]
    assert not found, f"open the transaction at the edge with `sessions.begin()` and let it end there: {found}"


def test_code_is_synchronous() -> None:
    allowed = {ROOT / "web" / name for name in ("observe.py", "auth.py", "app.py", "errors.py")}
    found = [
        _name(path)
        for path in MODULES
        if path not in allowed
        and any(isinstance(n, ast.AsyncFunctionDef) for n in ast.walk(ast.parse(path.read_text())))
    ]
    assert not found, f"write it synchronous: the same function serves handlers, jobs, commands and tests: {found}"


def test_a_handler_or_command_is_short() -> None:
    decorators = {"get", "post", "put", "delete", "command"}
    found = []
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.FunctionDef):
                continue
            names = {
                part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "")
                for part in (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
            }
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if names & decorators and body and (body[-1].end_lineno or 0) - body[0].lineno + 1 > 15:
                found.append(f"{_name(path)}:{node.lineno} {node.name}")
    assert not found, f"move what they do into the use case they serve (cap 15 lines): {found}"


def test_the_top_level_is_fixed() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    found = {line.split("/")[0] for line in listed} - TOP
    assert not found, f"find these a place below the packages: {found}"


def test_locks_name_no_host() -> None:
    for name in ("requirements.lock", "package-lock.json"):
        found = re.findall(
            r"https?://(?!opencollective|github|paulmillr|www\.patreon)[^\s\"]+", (ROOT / name).read_text()
        )
        assert not found, f"{name} names a download host: {found[:3]}"
