"""The words of a statement, taken apart once: PostgreSQL ranks by them without doing it again for each match"""

from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None

_WORDS = "to_tsvector('english', code || ' ' || label || ' ' || statement)"


def upgrade() -> None:
    if op.get_bind().dialect.name != 'postgresql':
        return
    op.execute("DROP INDEX ix_concept_text")
    op.execute(f"ALTER TABLE concept ADD COLUMN concept_text tsvector GENERATED ALWAYS AS ({_WORDS}) STORED")
    op.execute("CREATE INDEX ix_concept_text ON concept USING gin (concept_text)")
