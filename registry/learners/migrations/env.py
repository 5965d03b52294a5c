"""How alembic reaches the learners' database: through the connection `registry.migrate` hands it."""

from alembic import context

from registry.learners.models import LearnerTable
from registry.migrate import plain_type

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=LearnerTable.metadata,
    render_as_batch=True,
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
