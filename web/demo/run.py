"""The main job from end to end, on three districts of our own: harvested, tagged, indexed, searched, recommended."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta

import click
from msgspec import structs
from sqlalchemy import select

from harvesters.fetching import fetcher_for
from harvesters.http import Fetcher
from harvesters.run import RunReport, harvest
from registry.app import Registry, open_registry
from registry.catalog import sources
from registry.db import now
from registry.errors import Conflict
from registry.learners import classes, evidence, profile
from registry.learners.access import Reader
from registry.learners.app import Learners, open_learners
from registry.learners.recommend import recommend
from registry.learners.views import Recommendations
from registry.models import SourceRow
from registry.search import indexing
from registry.search.query import Query, SearchPage, search
from registry.settings import Settings
from registry.standards.importing import import_path
from web import running
from web.demo import content
from web.demo.endpoints import Districts, serve_districts

LOOPBACK = "127.0.0.0/8"
SCHOOL = "northwater-demo-school"
STANDARD, LEVEL = "NW.M.4.FR.2", "developing"
_PORT = 8765
_READER = Reader("demo", "the demo shows one learner's next steps")


def run_demo(settings: Settings, serving: bool, host: str, port: int) -> None:
    """Run the main job and print what came of it; then serve it, the districts beside it, until told to stop."""
    began = time.monotonic()
    if serving:
        running.check_free(host, port)
    allowed = tuple(dict.fromkeys((*settings.allowed_networks, LOOPBACK)))
    settings = structs.replace(settings, allowed_networks=allowed)
    running.prepare(settings)
    registry, learners = open_registry(settings), open_learners(settings)
    try:
        running.announce_first_secrets(registry)
        with _districts() as districts:
            _import_frameworks(registry)
            _add_sources(registry, districts)
            _harvest_all(registry)
            class_id, learner_id = _class(registry, learners)
            _show_search(registry)
            _show_next(registry, learners, learner_id)
            click.echo(f"\nDone in {time.monotonic() - began:.1f} s. Everything is in {settings.data_dir}.")
            if serving:
                registry.close()
                learners.close()
                click.echo(f"The class is at http://{host}:{port}/classes/{class_id} (sign in as admin).")
                running.serve(settings, host, port, workers=1)
    finally:
        learners.close()
        registry.close()


@contextmanager
def _districts() -> Iterator[Districts]:
    """The districts on their usual port, so that their links stay the same; on any free one where it is taken."""
    with ExitStack() as opened:
        try:
            districts = opened.enter_context(serve_districts(_PORT))
        except OSError:
            districts = opened.enter_context(serve_districts())
        yield districts


def _import_frameworks(registry: Registry) -> None:
    click.echo("Frameworks")
    for path, code in (
        (content.FRAMEWORK_PATH, "northwater"),
        (content.SECOND_FRAMEWORK_PATH, "lakeside"),
    ):
        report = import_path(registry.sessions, path, code)
        done = "unchanged" if report.unchanged else f"{report.added} standards, {report.associations} links"
        click.echo(f"  {code:<12} {done}")


def _add_sources(registry: Registry, districts: Districts) -> None:
    """The three sources; one that is there from an earlier demo gets the address of today."""
    for name, kind, url, provider, options in (
        ("lakeside-oai", "oai", districts.oai_url, "Lakeside Unified", {}),
        ("northwater-sheet", "table", districts.csv_url, "Northwater County", {"level.Meets": "proficient"}),
        ("riverbend-site", "sitemap", districts.sitemap_url, "Riverbend Schools", {}),
    ):
        with registry.sessions.begin() as session:
            row = session.scalar(select(SourceRow).where(SourceRow.name == name))
            if row:
                row.url = url
            else:
                sources.add_source(session, name, kind, url, provider, options)


def _harvest_all(registry: Registry) -> None:
    click.echo("\nHarvest            status   seen  new  changed  same  withdrawn  rejected  seconds")
    for name in ("lakeside-oai", "northwater-sheet", "riverbend-site"):
        with fetcher_for(registry.settings) as fetcher:
            _show_run(_harvested(registry, name, fetcher))
    report = indexing.index_stale(registry)
    click.echo(f"{report.indexed} resources indexed." if not report.skipped else f"Not indexed here: {report.skipped}.")
    click.echo("\nWhat the districts should mend")
    for name in ("lakeside-oai", "northwater-sheet", "riverbend-site"):
        with registry.reading.begin() as session:
            for problem in sources.problems_of(session, name):
                click.echo(f"  {name}: {problem.record_identifier or 'the list'}: {problem.message}")
                click.echo(f"    {'rejected; ' if problem.severity == 'error' else ''}{problem.hint}")


def _harvested(registry: Registry, name: str, fetcher: Fetcher) -> RunReport | None:
    try:
        return harvest(registry, name, full=True, fetcher=fetcher)
    except Conflict as conflict:
        click.echo(f"{name}: {conflict.detail}", err=True)
        return None


def _show_run(report: RunReport | None) -> None:
    if report:
        click.echo(
            f"{report.source:<18} {report.status:<8} {report.seen:>4} {report.created:>4} {report.updated:>8} "
            f"{report.unchanged:>5} {report.withdrawn:>10} {report.rejected:>9} {report.seconds:>8.1f}"
        )
        if report.detail:
            click.echo(f"  {report.detail}")


def _class(registry: Registry, learners: Learners) -> tuple[str, str]:
    """The demo's class, made at the first run: its id, and the learner to show."""
    with learners.sessions.begin() as session:
        for held in classes.classes_of(session, SCHOOL):
            return held.id, classes.learners_of(session, held.id)[0]
    told = content.demo_class()
    moment = now()
    with learners.sessions.begin() as session, registry.reading.begin() as catalog:
        class_id = classes.create_class(session, SCHOOL, told.name)
        members = []
        for each in told.learners:
            learner_id = profile.create_learner(session, SCHOOL)
            members.append(learner_id)
            wishes = {
                name: getattr(each, name)
                for name in ("grade", "languages", "interests", "aspirations", "goals", "needs")
            }
            profile.put_profile(session, catalog, _READER, learner_id, wishes)
            stated = [
                {
                    "learner": learner_id,
                    "standards": list(one.standards),
                    "score": one.score,
                    "kind": one.kind,
                    "at": (moment - timedelta(days=one.days_ago)).isoformat(),
                    "easiness": one.easiness,
                }
                for one in each.evidence
            ]
            evidence.add(session, catalog, stated, moment)
        classes.add_members(session, class_id, members)
    click.echo(
        f"\nClass “{told.name}”: {len(members)} learners, {sum(len(e.evidence) for e in told.learners)} evidences."
    )
    return class_id, members[0]


def _show_search(registry: Registry) -> None:
    with registry.reading.begin() as session:
        query = Query(standard=(STANDARD,), level=(LEVEL,), limit=3)
        page = search(session, registry, query)
    _print_search(page)


def _print_search(page: SearchPage) -> None:
    click.echo(f"\nSearch: what teaches {STANDARD} at {LEVEL}? {page.total} found in {page.took_ms:.1f} ms")
    for item in page.items:
        minutes = f"{item.minutes} min" if item.minutes else "no time stated"
        click.echo(f"  - {item.title} ({', '.join(item.providers)}; {minutes}; {item.license.key or 'no license'})")


def _show_next(registry: Registry, learners: Learners, learner_id: str) -> None:
    with learners.sessions.begin() as session, registry.reading.begin() as catalog:
        graph = registry.graphs.current(catalog)
        found = recommend(session, catalog, registry.index, graph, _READER, learner_id, now(), limit=3)
    _print_next(found)


def _print_next(found: Recommendations) -> None:
    click.echo("\nNext for Learner 01")
    for item in found.items:
        click.echo(f"  - {item.title}  (for {item.standard.code}, score {item.score:.4f})")
        for reason in item.reasons:
            click.echo(f"      {reason.factor:<10} {reason.value:>6.3f}  {reason.why}")
    for missing in found.missing[:3]:
        click.echo(f"  missing: {missing.why}")
    if found.note:
        click.echo(f"  {found.note}")
    sys.stdout.flush()
