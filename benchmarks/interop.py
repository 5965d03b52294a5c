"""Every real file harvested through its kind from a local server: seen, stored, rejected and why; frequent problems."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from sqlalchemy import func, select

from benchmarks import interop_site, stage
from harvesters.fetching import fetcher_for
from harvesters.run import RunReport, harvest
from registry.app import Registry, open_registry
from registry.catalog.sources import add_source
from registry.models import ProblemRow, SourceRow
from registry.settings import read_settings
from web.demo.loopback import serving

_OAK = interop_site.Source("lessons over OAI-PMH (Oak)", "oak", "oai", "")
_NOT_HARVESTED = "not resources, so not harvested: 41 mapping tables, 11 xAPI statements, licenses"


def run() -> Iterable[str]:
    """A line for each kind of file, the reasons of what was rejected, and the twenty most frequent problems."""
    if lines := stage.absent():
        return lines
    lines = []
    sources = (_OAK, *interop_site.SOURCES)
    with stage.oak_endpoint() as endpoint, stage.embedded() as environment, serving(interop_site.site_at) as base:
        stage.prepare(environment, endpoint)
        registry = open_registry(read_settings(environment))
        try:
            with registry.sessions.begin() as session:
                for source in interop_site.SOURCES:
                    add_source(session, source.name, source.kind, f"{base}{source.path}", source.group)
            with fetcher_for(registry.settings) as fetcher:
                reports = {source.name: harvest(registry, source.name, fetcher=fetcher) for source in sources}
            lines += [line for group in _grouped(sources) for line in _told(registry, group, reports)]
            lines.append(_NOT_HARVESTED)
            lines += _frequent(registry)
        finally:
            registry.close()
    return lines


def _grouped(sources: Iterable[interop_site.Source]) -> Iterable[list[interop_site.Source]]:
    groups: dict[str, list[interop_site.Source]] = defaultdict(list)
    for source in sources:
        groups[source.group].append(source)
    return groups.values()


def _told(registry: Registry, group: list[interop_site.Source], reports: dict[str, RunReport]) -> Iterable[str]:
    """How a kind of file fared, then why records were rejected and why sources failed."""
    found = [reports[source.name] for source in group]
    seen, rejected = sum(report.seen for report in found), sum(report.rejected for report in found)
    withdrawn = sum(report.withdrawn for report in found)
    seconds = sum(report.seconds for report in found)
    statuses = Counter(report.status for report in found)
    said = ", ".join(f"{count} {status}" if len(found) > 1 else status for status, count in statuses.items())
    gone = f", {withdrawn} deleted" if withdrawn else ""
    yield (
        f"{group[0].kind:9} {group[0].group} ({sum(source.files for source in group)} files): {seen:,} seen, "
        f"{seen - rejected - withdrawn:,} stored{gone}, {rejected:,} rejected; {said}; {seconds:.1f} s"
    )
    names = [source.name for source in group if reports[source.name].status != "failed"]
    reasons = (
        select(ProblemRow.code, func.count(), func.min(ProblemRow.message))
        .join(SourceRow, SourceRow.id == ProblemRow.source_id)
        .where(SourceRow.name.in_(names), ProblemRow.severity == "error")
        .group_by(ProblemRow.code)
        .order_by(func.count().desc())
    )
    with registry.reading.begin() as session:
        rows = session.execute(reasons).all()
    for code, count, message in rows:
        yield f"          {count:,} x {code}: {message}"
    failures = Counter(report.detail for report in found if report.status == "failed")
    for detail, count in failures.items():
        yield f"          {count} failed: {detail}"


def _frequent(registry: Registry) -> Iterable[str]:
    frequent = (
        select(ProblemRow.code, ProblemRow.severity, func.count(), func.count(ProblemRow.source_id.distinct()))
        .group_by(ProblemRow.code, ProblemRow.severity)
        .order_by(func.count().desc())
        .limit(20)
    )
    yield "the twenty most frequent problems:"
    with registry.reading.begin() as session:
        for number, (code, severity, count, sources) in enumerate(session.execute(frequent), 1):
            named = select(SourceRow.name).join(ProblemRow, ProblemRow.source_id == SourceRow.id)
            most = session.scalar(
                named.where(ProblemRow.code == code).group_by(SourceRow.name).order_by(func.count().desc()).limit(1)
            )
            yield f"{number:4} {count:7,} {code} ({severity}; {sources} sources, most in {most})"
