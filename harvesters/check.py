"""A source tried out: its first records read and understood, nothing stored."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from msgspec import Struct

from harvesters.column_uses import ColumnUse, TableSample
from harvesters.http import Fetcher
from harvesters.kinds import make_harvester
from harvesters.source import SourceConfig
from registry.catalog.context import crosswalk_context
from registry.ports import Harvested, HarvestFailed, Page
from vocab.crosswalks.crosswalk import crosswalk
from vocab.resource import Problem, Resource, Severity
from vocab.shapes import validate

_SAMPLES = 3
_NOT_IN_A_LIST = frozenset(
    f"{each}-unknown"
    for each in (
        "type",
        "use",
        "subject",
        "grade",
        "language",
        "license",
        "audience",
        "accessibility",
        "setting",
        "level",
    )
)


class ProblemCount(Struct, frozen=True):
    """One problem, how many records (or lists) have it, and the identifier and value of the first."""

    code: str
    count: int
    severity: str
    field: str
    message: str
    hint: str
    example: str
    value: str


class CheckReport(Struct, frozen=True):
    """What a harvest would meet; `failure` says why the source cannot be read (further), `summary` all of it.

    `known` is the share (0 to 1) of the values for our closed lists that the lists know, None where there were none.
    `columns` tells of a table how each column was understood, `columns_missing` the important fields without one.
    """

    source: str
    kind: str
    ok: bool
    read: int
    usable: int
    rejected: int
    deleted: int
    problems: tuple[ProblemCount, ...]
    samples: tuple[Resource, ...]
    failure: Problem | None
    summary: str
    known: float | None = None
    columns: tuple[ColumnUse, ...] = ()
    columns_missing: tuple[str, ...] = ()


class _Findings:
    """What has been met so far, problems by their code."""

    def __init__(self, config: SourceConfig) -> None:
        self.read = self.usable = self.deleted = 0
        self.values_known = self.values_unknown = 0
        self.table = TableSample(crosswalk_context(config.options, "", "", config.provider).columns)
        self.samples: list[Resource] = []
        self.failure: Problem | None = None
        self._problems: dict[str, ProblemCount] = {}

    def note(self, problems: Iterable[Problem], example: str) -> None:
        for problem in problems:
            known = self._problems.get(problem.code)
            self._problems[problem.code] = ProblemCount(
                code=problem.code,
                count=known.count + 1 if known else 1,
                severity=str(problem.severity),
                field=known.field if known else problem.field,
                message=known.message if known else problem.message,
                hint=problem.hint,
                example=known.example if known else example,
                value=known.value if known else problem.value,
            )

    @property
    def problems(self) -> tuple[ProblemCount, ...]:
        """The problems, errors first, then by how frequent they are."""
        return tuple(
            sorted(self._problems.values(), key=lambda each: (each.severity != "error", -each.count, each.code))
        )


def check_source(kind: str, config: SourceConfig, fetcher: Fetcher, limit: int = 200) -> CheckReport:
    """What the first `limit` records of a source come to. Raises Rejected where kind or options are unknown."""
    harvester = make_harvester(kind, config, fetcher)
    findings = _Findings(config)
    try:
        _read(harvester.pages(None, None), config, limit, findings)
    except HarvestFailed as failure:
        findings.failure = failure.problem
    rejected = findings.read - findings.usable - findings.deleted
    return CheckReport(
        source=config.name,
        kind=kind,
        ok=findings.failure is None and findings.usable > 0,
        read=findings.read,
        usable=findings.usable,
        rejected=rejected,
        deleted=findings.deleted,
        problems=findings.problems,
        samples=tuple(findings.samples),
        failure=findings.failure,
        summary=_summary(findings, rejected),
        known=_share(findings.values_known, findings.values_unknown),
        columns=findings.table.uses(),
        columns_missing=findings.table.missing(),
    )


def _read(pages: Iterable[Page], config: SourceConfig, limit: int, findings: _Findings) -> None:
    for page in pages:
        findings.note(page.problems, config.url)
        for harvested in islice(page.records, limit - findings.read):
            findings.read += 1
            _understand(harvested, config, findings)
        if findings.read >= limit:
            return


def _understand(harvested: Harvested, config: SourceConfig, findings: _Findings) -> None:
    if harvested.deleted:
        findings.deleted += 1
        return
    problems, resource = list(harvested.problems), None
    if harvested.payload:
        context = crosswalk_context(config.options, harvested.identifier, harvested.url, config.provider)
        found = crosswalk(harvested.format, harvested.payload, context)
        problems += found.problems
        resource = found.resource
        findings.values_unknown += sum(each.code in _NOT_IN_A_LIST for each in found.problems)
        if harvested.format == "csv":
            findings.table.take(harvested.payload, found.problems)
    if resource is not None:
        problems += [problem for problem in validate(resource) if problem not in problems]
    findings.note(problems, harvested.identifier)
    if resource is not None and not any(problem.severity is Severity.ERROR for problem in problems):
        findings.usable += 1
        findings.values_known += _listed(resource)
        if len(findings.samples) < _SAMPLES:
            findings.samples.append(resource)


def _listed(resource: Resource) -> int:
    """How many values of our closed lists stand in a resource."""
    levels = sum(each.level is not None for each in resource.alignments)
    lists = (resource.types, resource.subjects, resource.grades, resource.languages, resource.audiences)
    more = (resource.access_features, resource.access_hazards, resource.settings)
    return sum(map(len, (*lists, *more))) + levels + (resource.license is not None)


def _share(known: int, unknown: int) -> float | None:
    return round(known / (known + unknown), 3) if known + unknown else None


def _summary(findings: _Findings, rejected: int) -> str:
    if findings.failure is not None:
        how_far = f" after {findings.read} records" if findings.read else ""
        return f"The source cannot be read{how_far}: {findings.failure.message} {findings.failure.hint}"
    if not findings.read:
        return "The source answers, but it lists no record."
    said = f"{findings.usable} of {findings.read} records can be taken"
    said += f", {findings.deleted} are marked as deleted" if findings.deleted else ""
    said += f", {rejected} would be rejected" if rejected else ""
    return said + ". Nothing was stored."
