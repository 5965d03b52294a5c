"""The pages, open and closed."""

from web.pages import (
    admin,
    classes,
    downloads,
    learners,
    levels,
    progressions,
    resources,
    search,
    sign_in,
    standards,
    versions,
    vocabularies,
)

OPEN = [
    search.search_page,
    search.suggestions,
    resources.resource_page,
    standards.standards_page,
    standards.standard_page,
    versions.version_tree,
    downloads.download,
    progressions.progression_page,
    vocabularies.vocabularies_page,
    vocabularies.vocabulary_page,
    vocabularies.term_page,
    sign_in.sign_in_page,
    sign_in.sign_in,
    sign_in.sign_out,
]
CLOSED = [
    learners.learner_page,
    classes.classes_page,
    classes.class_page,
    admin.admin_page,
    admin.source_page,
    admin.harvest,
    levels.levels_page,
    levels.map_word,
]
