"""Run by alembic: applies the versions to the connection that `registry.learners.migrate` opened."""

from alembic import context

from registry.learners.models import LearnerTable

# A name of its own, so that both databases may be one where an operator has only one.
context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=LearnerTable.metadata,
    version_table="learners_version",
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
