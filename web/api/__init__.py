"""The JSON API, open and closed."""

from web.api import (
    changes,
    classes,
    districts,
    learners,
    passing,
    progressions,
    requests,
    resources,
    search,
    sources,
    standards,
    versions,
)

OPEN = [
    search.search_catalog,
    search.suggest_completions,
    resources.read_resource,
    standards.list_standards,
    standards.read_standard,
    versions.list_versions,
    changes.read_changes,
    passing.read_record_changes,
    progressions.read_progression,
]
CLOSED = [
    learners.create,
    learners.put_wishes,
    learners.add_evidence,
    learners.profile,
    learners.path,
    learners.recommendations,
    classes.grid,
    sources.read_sources,
    sources.read_runs,
    sources.read_problems,
    sources.harvest_source,
    districts.read_district,
    districts.accept_deletions,
    requests.read_requests,
]
