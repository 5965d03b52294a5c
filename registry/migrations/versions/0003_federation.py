"""Censuses, alarms, fingerprints and merges, the sets of the OAI-PMH provider, records of other registries, usage, words"""

import secrets

from alembic import op
import sqlalchemy as sa

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('fingerprint',
    sa.Column('key', sa.BigInteger(), nullable=False),
    sa.Column('resource_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_fingerprint_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key', 'resource_id', name=op.f('pk_fingerprint'))
    )
    with op.batch_alter_table('fingerprint', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_fingerprint_resource_id'), ['resource_id'], unique=False)

    op.create_table('membership',
    sa.Column('spec', sa.String(), nullable=False),
    sa.Column('stamp', sa.DateTime(timezone=True), nullable=False),
    sa.Column('resource_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_membership_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('spec', 'stamp', 'resource_id', name=op.f('pk_membership'))
    )
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_membership_resource_id'), ['resource_id'], unique=False)

    op.create_table('merge',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('kept_id', sa.String(), nullable=False),
    sa.Column('gone_id', sa.String(), nullable=False),
    sa.Column('records', sa.Text(), nullable=False),
    sa.Column('alignments', sa.Text(), nullable=False),
    sa.Column('by', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('undone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['gone_id'], ['resource.id'], name=op.f('fk_merge_gone_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['kept_id'], ['resource.id'], name=op.f('fk_merge_kept_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_merge'))
    )
    with op.batch_alter_table('merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_merge_gone_id'), ['gone_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_merge_kept_id'), ['kept_id'], unique=False)

    op.create_table('pair',
    sa.Column('first_id', sa.String(), nullable=False),
    sa.Column('second_id', sa.String(), nullable=False),
    sa.Column('score', sa.Double(), nullable=False),
    sa.Column('why', sa.String(), nullable=False),
    sa.Column('decision', sa.String(), nullable=False),
    sa.Column('decided_by', sa.String(), nullable=False),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['first_id'], ['resource.id'], name=op.f('fk_pair_first_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['second_id'], ['resource.id'], name=op.f('fk_pair_second_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('first_id', 'second_id', name=op.f('pk_pair'))
    )
    with op.batch_alter_table('pair', schema=None) as batch_op:
        batch_op.create_index('ix_pair_decision_score', ['decision', 'score'], unique=False)
        batch_op.create_index(batch_op.f('ix_pair_second_id'), ['second_id'], unique=False)

    op.create_table('usage',
    sa.Column('resource_id', sa.String(), nullable=False),
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('found', sa.Integer(), nullable=False),
    sa.Column('opened', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_usage_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('resource_id', 'day', name=op.f('pk_usage'))
    )
    op.create_table('census',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('given', sa.LargeBinary(), nullable=False),
    sa.Column('named', sa.LargeBinary(), nullable=False),
    sa.Column('listed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_census_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source_id', 'position', name=op.f('pk_census'))
    )
    op.create_table('word',
    sa.Column('term', sa.String(), nullable=False),
    sa.Column('resources', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('term', name=op.f('pk_word'))
    )
    op.create_table('held',
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_held_record_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_held_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('source_id', 'record_id', name=op.f('pk_held'))
    )
    with op.batch_alter_table('held', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_held_record_id'), ['record_id'], unique=False)

    with op.batch_alter_table('problem', schema=None) as batch_op:
        batch_op.add_column(sa.Column('from_list', sa.Boolean(), nullable=False, server_default='0'))

    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.add_column(sa.Column('origin', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('path', sa.Text(), nullable=False, server_default='[]'))
        batch_op.add_column(sa.Column('recognized', sa.String(), nullable=False, server_default=''))
        batch_op.create_index('ix_record_changed', ['changed_at', 'id'], unique=False)
        batch_op.create_index('ix_record_origin', ['origin'], unique=False, sqlite_where=sa.text("origin <> ''"), postgresql_where=sa.text("origin <> ''"))

    with op.batch_alter_table('resource', schema=None) as batch_op:
        batch_op.add_column(sa.Column('taken_down', sa.String(), nullable=False, server_default=''))
        batch_op.add_column(sa.Column('merged_into', sa.String(), nullable=True))

    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.add_column(sa.Column('measures', sa.Text(), nullable=False, server_default='{}'))

    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.add_column(sa.Column('deletions_accepted', sa.Boolean(), nullable=False, server_default='0'))

    if op.get_context().dialect.name == 'postgresql':
        op.execute('ALTER TABLE alias ALTER COLUMN key TYPE VARCHAR COLLATE "C"')
    # By this number other registries know this one, wherever it moves.
    op.execute(f"INSERT INTO stamp (name, value) VALUES ('registry', {secrets.randbelow(2**31 - 1) + 1})")
    # Put together again in the background, every resource gets its sets and its fingerprint.
    op.execute(
        "INSERT INTO reassembly (resource_id) SELECT id FROM resource "
        "WHERE withdrawn_at IS NULL AND id NOT IN (SELECT resource_id FROM reassembly)"
    )


def downgrade() -> None:
    op.execute("DELETE FROM stamp WHERE name = 'registry'")
    if op.get_context().dialect.name == 'postgresql':
        op.execute('ALTER TABLE alias ALTER COLUMN key TYPE VARCHAR COLLATE "default"')
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.drop_column('deletions_accepted')

    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.drop_column('measures')

    with op.batch_alter_table('resource', schema=None) as batch_op:
        batch_op.drop_column('merged_into')
        batch_op.drop_column('taken_down')

    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.drop_index('ix_record_origin', sqlite_where=sa.text("origin <> ''"), postgresql_where=sa.text("origin <> ''"))
        batch_op.drop_index('ix_record_changed')
        batch_op.drop_column('recognized')
        batch_op.drop_column('path')
        batch_op.drop_column('origin')

    with op.batch_alter_table('problem', schema=None) as batch_op:
        batch_op.drop_column('from_list')

    op.drop_table('held')
    op.drop_table('word')
    op.drop_table('census')
    op.drop_table('usage')
    with op.batch_alter_table('pair', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_pair_second_id'))
        batch_op.drop_index('ix_pair_decision_score')

    op.drop_table('pair')
    with op.batch_alter_table('merge', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_merge_kept_id'))
        batch_op.drop_index(batch_op.f('ix_merge_gone_id'))

    op.drop_table('merge')
    with op.batch_alter_table('membership', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_membership_resource_id'))

    op.drop_table('membership')
    with op.batch_alter_table('fingerprint', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_fingerprint_resource_id'))

    op.drop_table('fingerprint')
