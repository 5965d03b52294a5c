"""What is shipped for production names only what exists, and has no secret that works by default."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from web.cli import main

ROOT = Path(__file__).parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = set(re.findall(r"OER_[A-Z_]+", (ROOT / "registry/settings.py").read_text()))


def test_every_secret_must_be_set_by_whoever_runs_it() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    secrets = re.findall(r"\$\{(OER_\w*(?:PASSWORD|KEY))([^}]*)\}", text)
    assert {name for name, _ in secrets} == {
        "OER_POSTGRES_ADMIN_PASSWORD", "OER_POSTGRES_PASSWORD", "OER_LEARNER_POSTGRES_PASSWORD", "OER_SEARCH_KEY", "OER_REDIS_PASSWORD", "OER_SECRET_KEY",
    }  # fmt: skip
    assert [name for name, rest in secrets if not rest.startswith(":?")] == []


@pytest.mark.parametrize("name", ["web", "worker", "upgrade"])
def test_the_registry_s_services_set_only_settings_that_are_read(name: str) -> None:
    service = COMPOSE["services"][name]
    assert set(service["environment"]) <= SETTINGS
    command = service["command"]
    assert command[0] == "oer"
    words = [word for word in command[1:] if not word.startswith("-") and not word[0].isdigit()]
    assert CliRunner().invoke(main, [*words, "--help"]).exit_code == 0


def test_what_keeps_data_has_a_named_volume_and_what_others_wait_for_a_health_check() -> None:
    services = COMPOSE["services"]
    for name in ("postgres", "redis", "meilisearch"):
        assert services[name]["healthcheck"]["test"]
        assert services[name]["volumes"][0].split(":")[0] in COMPOSE["volumes"]
    for service in services.values():
        for needed, condition in (service.get("depends_on") or {}).items():
            assert condition["condition"] in ("service_healthy", "service_completed_successfully")
            assert needed in services
    assert "HEALTHCHECK" in DOCKERFILE


def test_the_learners_have_a_database_and_a_role_of_their_own() -> None:
    environment = COMPOSE["services"]["web"]["environment"]
    catalog, learners = environment["OER_DATABASE_URL"], environment["OER_LEARNER_DATABASE_URL"]
    assert catalog.split("://")[1].split(":")[0] != learners.split("://")[1].split(":")[0]
    made = COMPOSE["configs"]["databases"]["content"]
    for name in ("registry", "learners"):
        assert f"CREATE ROLE {name} LOGIN" in made
        assert f"REVOKE CONNECT ON DATABASE {name} FROM PUBLIC" in made


def test_the_image_copies_files_that_exist_and_runs_as_nobody_special() -> None:
    copied = [
        line.split()[1:-1] for line in DOCKERFILE.splitlines() if line.startswith("COPY ") and "--from" not in line
    ]
    assert [name for names in copied for name in names if not (ROOT / name).exists()] == []
    assert re.search(r"^USER oer$", DOCKERFILE, re.MULTILINE)
    assert set(re.findall(r"\bOER_[A-Z_]+", DOCKERFILE)) <= SETTINGS


def test_the_package_ships_every_kind_of_file_it_holds() -> None:
    patterns = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]["*"]
    endings = {pattern.removeprefix("*") for pattern in patterns}
    held = {
        path.suffix
        for package in ("vocab", "registry", "harvesters", "web")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and path.suffix not in (".py", ".pyc")
    }
    assert held <= endings, f"add to package-data in pyproject.toml: {held - endings}"
