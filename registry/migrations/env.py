"""How alembic reaches the catalog's database: through the connection `registry.migrate` hands it."""

from alembic import context

from registry.migrate import plain_type
from registry.models import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    render_item=plain_type,
)
with context.begin_transaction():
    context.run_migrations()
