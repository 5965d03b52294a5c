"""The OAI-PMH provider harvested whole by other people's harvesters: sickle, oaipmh-scythe, Perl's HTTP::OAI."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from oaipmh_scythe import Scythe
from sickle import Sickle
from sickle.oaiexceptions import NoRecordsMatch

from registry.app import open_registry
from registry.catalog import sets
from registry.catalog.ingest import batch_for, ingest
from registry.models import ResourceRow, SourceRow
from registry.ports import Harvested
from tests import servers
from tests.factories import harvested
from tests.web.conftest import settings_in

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

START = datetime(2026, 3, 1, tzinfo=UTC)
_SERVE = (
    "import sys; from granian.server import Server; from granian.constants import Interfaces, Loops;"
    "Server('tests.browser.served:create', address='127.0.0.1', port=int(sys.argv[1]), interface=Interfaces.ASGI,"
    " factory=True, loop=Loops.asyncio, log_enabled=False).serve()"
)
_PERL = """
use HTTP::OAI;
my ($url, $verb, %args) = @ARGV;
my $list = HTTP::OAI::Harvester->new(baseURL => $url, resume => 1)->$verb(%args, onRecord => sub {
    my $header = $verb eq 'ListRecords' ? $_[0]->header : $_[0];
    print $header->identifier, ' ', ($header->is_deleted ? 1 : 0), "\\n";
});
die $list->message if $list->is_error;
"""
"""Of a list followed to its end its iterator keeps only the last page; the callback is given every record."""

Listed = dict[str, bool]
"""Identifier to whether it is deleted; a record that comes twice fails the harvest."""


@dataclass(frozen=True)
class Provider:
    """A served provider, and what a harvester must find there."""

    url: str
    expected: Listed
    subjects: Listed
    late: Listed


@pytest.fixture(scope="module")
def provider(filled_stores: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    """The small catalog and 230 lessons more, 15 of them withdrawn, changed one a minute."""
    folder = tmp_path_factory.mktemp("harvested") / "data"
    shutil.copytree(filled_stores, folder)
    expected, subjects, late = _fill(folder)
    port = servers.free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "OER_DATA_DIR": str(folder), "OER_BASE_URL": url}
    process = subprocess.Popen([sys.executable, "-c", _SERVE, str(port)], cwd=servers.ROOT, env=environment)
    try:
        servers.wait_for(f"{url}/healthz")
        yield Provider(f"{url}/oai", expected, subjects, late)
    finally:
        process.terminate()
        process.wait(20)


def _fill(folder: Path) -> tuple[Listed, Listed, Listed]:
    registry = open_registry(settings_in(folder))
    with registry.sessions.begin() as session:
        source = session.query(SourceRow).filter(SourceRow.name == "lakeside").one()
        batch = batch_for(session, source.id, "another run")
        ingest(session, batch, [harvested(f"more-{number}") for number in range(230)])
        ingest(session, batch, [Harvested(identifier=f"more-{number}", deleted=True) for number in range(0, 230, 16)])
    with registry.sessions.begin() as session:
        rows = session.query(ResourceRow).order_by(ResourceRow.id).all()
        for minute, row in enumerate(rows):
            row.updated_at = START + timedelta(minutes=minute)
        session.flush()
        sets.restamp(session, [row.id for row in rows])
        named = {row.id: f"oai:127.0.0.1:{row.id}" for row in rows}
        gone = {row.id: row.withdrawn_at is not None for row in rows}
        members = sets.sets_of(session, named)
    registry.close()
    expected = {named[each]: gone[each] for each in named}
    subjects = {named[each]: gone[each] for each, specs in members.items() if "subject:mathematics" in specs}
    return expected, subjects, dict(list(expected.items())[100:])


def listed(pairs: list[tuple[str, bool]]) -> Listed:
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


def by_sickle(url: str, verb: str = "ListRecords", **params: str) -> Listed:
    client = Sickle(url)
    found = client.ListRecords if verb == "ListRecords" else client.ListIdentifiers
    records = found(**({"metadataPrefix": "oai_dc"} | params))
    headers = [record.header if verb == "ListRecords" else record for record in records]
    return listed([(header.identifier, header.deleted) for header in headers])


def by_scythe(url: str, **params: str) -> Listed:
    with Scythe(url) as client:
        records = client.list_records(**params)
        return listed([(record.header.identifier, record.header.deleted) for record in records])


def by_perl(url: str, verb: str = "ListRecords", **params: str) -> Listed:
    if subprocess.run(["perl", "-MHTTP::OAI", "-e", "1"], capture_output=True).returncode:
        servers.missing("Perl's HTTP::OAI is not installed (libhttp-oai-perl)")
    arguments = [part for pair in ({"metadataPrefix": "oai_dc"} | params).items() for part in pair]
    ran = subprocess.run(["perl", "-e", _PERL, url, verb, *arguments], capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    return listed([(name, flag == "1") for name, flag in (line.split(" ") for line in ran.stdout.splitlines())])


def test_sickle_finds_everything_and_all_deletions(provider: Provider) -> None:
    assert sum(provider.expected.values()) == 16
    for prefix in ("oai_dc", "lom", "lrmi", "rdf"):
        assert by_sickle(provider.url, metadataPrefix=prefix) == provider.expected
    assert by_sickle(provider.url, "ListIdentifiers") == provider.expected


def test_sickle_finds_each_set_and_each_span(provider: Provider) -> None:
    specs = [each.setSpec for each in Sickle(provider.url).ListSets()]
    assert specs == sorted(specs)
    for spec in specs:
        found = by_sickle(provider.url, set=spec)
        assert found.items() <= provider.expected.items()
    assert by_sickle(provider.url, set="subject:mathematics") == provider.subjects
    assert by_sickle(provider.url, set="provider") == provider.expected
    since = START + timedelta(minutes=100)
    late = by_sickle(provider.url, **{"from": f"{since:%Y-%m-%dT%H:%M:%SZ}"})
    assert late == provider.late
    until = since - timedelta(seconds=1)
    early = by_sickle(provider.url, until=f"{until:%Y-%m-%dT%H:%M:%SZ}")
    assert early | late == provider.expected
    assert not early.keys() & late.keys()
    assert by_sickle(provider.url, **{"from": "2026-03-01", "until": "2026-03-01"}) == provider.expected
    with pytest.raises(NoRecordsMatch):
        by_sickle(provider.url, until="2026-02-28")


def test_sickle_asks_by_post_too(provider: Provider) -> None:
    records = Sickle(provider.url, http_method="POST").ListRecords(metadataPrefix="oai_dc")
    assert listed([(record.header.identifier, record.header.deleted) for record in records]) == provider.expected


def test_scythe_finds_everything_and_all_deletions(provider: Provider) -> None:
    assert by_scythe(provider.url) == provider.expected
    assert by_scythe(provider.url, metadata_prefix="lrmi", set_="subject:mathematics") == provider.subjects
    assert by_scythe(provider.url, from_=f"{START + timedelta(minutes=100):%Y-%m-%dT%H:%M:%SZ}") == provider.late
    with Scythe(provider.url) as client:
        assert client.identify().deletedRecord == "persistent"
        assert {each.metadataPrefix for each in client.list_metadata_formats()} == {"oai_dc", "lom", "lrmi", "rdf"}


def test_perls_harvester_finds_everything_and_all_deletions(provider: Provider) -> None:
    assert by_perl(provider.url) == provider.expected
    assert by_perl(provider.url, "ListIdentifiers", metadataPrefix="lrmi") == provider.expected
    assert by_perl(provider.url, set="subject:mathematics") == provider.subjects
    late = by_perl(provider.url, **{"from": f"{START + timedelta(minutes=100):%Y-%m-%dT%H:%M:%SZ}"})
    assert late == provider.late
