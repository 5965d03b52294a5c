"""Versions of frameworks, counts by level, providers' words for levels"""

from alembic import op
import sqlalchemy as sa

from vocab.frameworks.guid import link_guid

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None

# Full-text search of the standards: on SQLite a table of its own that triggers keep in step, on PostgreSQL an index.
_SQLITE_TEXT = (
    "CREATE VIRTUAL TABLE concept_text USING fts5(code, label, statement, content='concept', content_rowid='id', "
    "tokenize='porter unicode61 remove_diacritics 2')",
    "CREATE TRIGGER concept_text_new AFTER INSERT ON concept BEGIN INSERT INTO concept_text(rowid, code, label, "
    "statement) VALUES (new.id, new.code, new.label, new.statement); END",
    "CREATE TRIGGER concept_text_old AFTER DELETE ON concept BEGIN INSERT INTO concept_text(concept_text, rowid, code, "
    "label, statement) VALUES ('delete', old.id, old.code, old.label, old.statement); END",
    "CREATE TRIGGER concept_text_changed AFTER UPDATE OF code, label, statement ON concept BEGIN "
    "INSERT INTO concept_text(concept_text, rowid, code, label, statement) VALUES ('delete', old.id, old.code, "
    "old.label, old.statement); INSERT INTO concept_text(rowid, code, label, statement) VALUES (new.id, new.code, "
    "new.label, new.statement); END",
    "INSERT INTO concept_text(concept_text) VALUES ('rebuild')",
)
_POSTGRESQL_TEXT = (
    "CREATE INDEX ix_concept_text ON concept USING gin "
    "(to_tsvector('english', code || ' ' || label || ' ' || statement))",
)


def upgrade() -> None:
    op.create_table('definition',
    sa.Column('framework_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('guid', sa.String(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['framework_id'], ['framework.id'], name=op.f('fk_definition_framework_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('framework_id', 'kind', 'position', name=op.f('pk_definition'))
    )
    with op.batch_alter_table('definition', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_definition_guid'), ['guid'], unique=False)

    op.create_table('framework_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('framework_id', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('concepts', sa.Integer(), nullable=False),
    sa.Column('problems', sa.Text(), nullable=False),
    sa.Column('summary', sa.Text(), nullable=False),
    sa.Column('compared_with', sa.Integer(), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('live_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('past_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['framework_id'], ['framework.id'], name=op.f('fk_framework_version_framework_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_framework_version')),
    sa.UniqueConstraint('framework_id', 'number', name=op.f('uq_framework_version_framework_id_number'))
    )
    op.create_table('level_word',
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('word', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_level_word_provider_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('provider_id', 'word', name=op.f('pk_level_word'))
    )
    op.create_table('reassembly',
    sa.Column('resource_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_reassembly_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('resource_id', name=op.f('pk_reassembly'))
    )
    op.create_table('past_concept',
    sa.Column('concept_id', sa.Integer(), nullable=False),
    sa.Column('since', sa.Integer(), nullable=False),
    sa.Column('until', sa.Integer(), nullable=False),
    sa.Column('framework_id', sa.Integer(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('gone', sa.Boolean(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['concept_id'], ['concept.id'], name=op.f('fk_past_concept_concept_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('concept_id', 'since', name=op.f('pk_past_concept'))
    )
    with op.batch_alter_table('past_concept', schema=None) as batch_op:
        batch_op.create_index('ix_past_concept_place', ['framework_id', 'parent_id', 'until'], unique=False)

    op.create_table('retag',
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('old_uri', sa.String(), nullable=False),
    sa.Column('new_uris', sa.Text(), nullable=False),
    sa.Column('confidence', sa.Double(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('decision', sa.String(), nullable=False),
    sa.Column('chosen', sa.Text(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['version_id'], ['framework_version.id'], name=op.f('fk_retag_version_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version_id', 'old_uri', name=op.f('pk_retag'))
    )
    with op.batch_alter_table('retag', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_retag_decision'), ['decision'], unique=False)
        batch_op.create_index(batch_op.f('ix_retag_old_uri'), ['old_uri'], unique=False)

    op.create_table('tally',
    sa.Column('concept_id', sa.Integer(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('resources', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['concept_id'], ['concept.id'], name=op.f('fk_tally_concept_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('concept_id', 'level', name=op.f('pk_tally'))
    )
    op.create_table('version_change',
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('content', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['framework_version.id'], name=op.f('fk_version_change_version_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version_id', 'position', name=op.f('pk_version_change'))
    )
    with op.batch_alter_table('version_change', schema=None) as batch_op:
        batch_op.create_index('ix_version_change_kind', ['version_id', 'kind', 'position'], unique=False)

    op.create_table('version_part',
    sa.Column('version_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['version_id'], ['framework_version.id'], name=op.f('fk_version_part_version_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('version_id', 'position', name=op.f('pk_version_part'))
    )
    with op.batch_alter_table('alignment', schema=None) as batch_op:
        batch_op.add_column(sa.Column('retagged', sa.Boolean(), nullable=False, server_default=sa.false()))

    with op.batch_alter_table('association', schema=None) as batch_op:
        batch_op.add_column(sa.Column('guid', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('sequence', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('grouping', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('notes', sa.String(), nullable=False, server_default=''))
        batch_op.drop_index(batch_op.f('ix_association_source_id'))
        batch_op.drop_index(batch_op.f('ix_association_target_id'))
        batch_op.drop_constraint(batch_op.f('uq_association_kind_source_uri_target_uri_origin'), type_='unique')
        batch_op.create_index(batch_op.f('ix_association_guid'), ['guid'], unique=False)
        batch_op.create_index('ix_association_loose', ['id'], unique=False, sqlite_where=sa.text('source_id IS NULL OR target_id IS NULL'), postgresql_where=sa.text('source_id IS NULL OR target_id IS NULL'))
        batch_op.create_index(batch_op.f('ix_association_origin'), ['origin'], unique=False)
        batch_op.create_index('ix_association_source', ['source_id', 'kind'], unique=False)
        batch_op.create_index('ix_association_target', ['target_id', 'kind'], unique=False)
        batch_op.drop_constraint(batch_op.f('fk_association_target_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_association_source_id'), type_='foreignkey')
        batch_op.create_foreign_key(batch_op.f('fk_association_source_id'), 'concept', ['source_id'], ['id'], ondelete='SET NULL')
        batch_op.create_foreign_key(batch_op.f('fk_association_target_id'), 'concept', ['target_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('concept', schema=None) as batch_op:
        batch_op.add_column(sa.Column('aliases', sa.Text(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('details', sa.Text(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('since', sa.Integer(), nullable=False, server_default='1'))
        batch_op.add_column(sa.Column('changed_in', sa.Integer(), nullable=False, server_default='1'))

    with op.batch_alter_table('framework', schema=None) as batch_op:
        batch_op.add_column(sa.Column('description', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('aliases', sa.Text(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('details', sa.Text(), nullable=False, server_default='{}'))
        batch_op.add_column(sa.Column('live', sa.Integer(), nullable=False, server_default='1'))

    with op.batch_alter_table('resource', schema=None) as batch_op:
        batch_op.add_column(sa.Column('tallied', sa.Text(), nullable=False, server_default='[]'))
    _name_links(op.get_bind())
    # Every resource is counted under its standards when it is indexed again.
    op.execute("UPDATE resource SET indexed_revision = 0")
    for statement in _SQLITE_TEXT if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL_TEXT:
        op.execute(statement)


def _name_links(connection: sa.Connection) -> None:
    link = sa.table("association", *map(sa.column, ("id", "guid", "origin", "source_uri", "kind", "target_uri")))
    rows = connection.execute(sa.select(link.c.id, link.c.origin, link.c.source_uri, link.c.kind, link.c.target_uri))
    named = [{"key": row[0], "name": link_guid(*row[1:])} for row in rows]
    if named:
        change = sa.update(link).where(link.c.id == sa.bindparam("key")).values(guid=sa.bindparam("name"))
        connection.execute(change, named)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("new", "old", "changed"):
            op.execute(f"DROP TRIGGER concept_text_{name}")
        op.execute("DROP TABLE concept_text")
    else:
        op.execute("DROP INDEX ix_concept_text")
    with op.batch_alter_table('resource', schema=None) as batch_op:
        batch_op.drop_column('tallied')

    with op.batch_alter_table('framework', schema=None) as batch_op:
        batch_op.drop_column('live')
        batch_op.drop_column('details')
        batch_op.drop_column('aliases')
        batch_op.drop_column('description')

    with op.batch_alter_table('concept', schema=None) as batch_op:
        batch_op.drop_column('changed_in')
        batch_op.drop_column('since')
        batch_op.drop_column('details')
        batch_op.drop_column('aliases')

    with op.batch_alter_table('association', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_association_target_id'), type_='foreignkey')
        batch_op.drop_constraint(batch_op.f('fk_association_source_id'), type_='foreignkey')
        batch_op.create_foreign_key(batch_op.f('fk_association_source_id'), 'concept', ['source_id'], ['id'], ondelete='CASCADE')
        batch_op.create_foreign_key(batch_op.f('fk_association_target_id'), 'concept', ['target_id'], ['id'], ondelete='CASCADE')
        batch_op.drop_index('ix_association_target')
        batch_op.drop_index('ix_association_source')
        batch_op.drop_index(batch_op.f('ix_association_origin'))
        batch_op.drop_index('ix_association_loose', sqlite_where=sa.text('source_id IS NULL OR target_id IS NULL'), postgresql_where=sa.text('source_id IS NULL OR target_id IS NULL'))
        batch_op.drop_index(batch_op.f('ix_association_guid'))
        batch_op.create_unique_constraint(batch_op.f('uq_association_kind_source_uri_target_uri_origin'), ['kind', 'source_uri', 'target_uri', 'origin'])
        batch_op.create_index(batch_op.f('ix_association_target_id'), ['target_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_association_source_id'), ['source_id'], unique=False)
        batch_op.drop_column('notes')
        batch_op.drop_column('grouping')
        batch_op.drop_column('sequence')
        batch_op.drop_column('guid')

    with op.batch_alter_table('alignment', schema=None) as batch_op:
        batch_op.drop_column('retagged')

    op.drop_table('version_part')
    with op.batch_alter_table('version_change', schema=None) as batch_op:
        batch_op.drop_index('ix_version_change_kind')

    op.drop_table('version_change')
    op.drop_table('tally')
    with op.batch_alter_table('retag', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_retag_old_uri'))
        batch_op.drop_index(batch_op.f('ix_retag_decision'))

    op.drop_table('retag')
    with op.batch_alter_table('past_concept', schema=None) as batch_op:
        batch_op.drop_index('ix_past_concept_place')

    op.drop_table('past_concept')
    op.drop_table('reassembly')
    op.drop_table('level_word')
    op.drop_table('framework_version')
    with op.batch_alter_table('definition', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_definition_guid'))

    op.drop_table('definition')
