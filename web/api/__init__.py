"""The JSON API, open and closed."""

from web.api import (
    changes,
    classes,
    collections,
    districts,
    learners,
    passing,
    progressions,
    ratings,
    requests,
    resources,
    saved,
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
    collections.read_collections,
    collections.read_collection,
]
BESIDE_OPEN = [
    collections.make_collection,
    collections.put_collection,
    collections.delete_collection,
]
"""Closed, each by a `before_request` of its own, because an open one has the same path: that takes one router."""
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
    collections.add_item,
    collections.delete_item,
    collections.copy_collection,
    ratings.put_rating,
    ratings.delete_rating,
    saved.read_saved,
    saved.save_search,
    saved.delete_saved,
]
