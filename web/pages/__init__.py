"""The pages, open and closed."""

from web.pages import admin, classes, learners, resources, search, sign_in, standards

OPEN = [
    search.search_page,
    search.suggestions,
    resources.resource_page,
    standards.standards_page,
    standards.standard_page,
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
]
