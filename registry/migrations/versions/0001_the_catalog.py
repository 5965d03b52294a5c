"""The catalog"""

from alembic import op
import sqlalchemy as sa

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('framework',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('uri', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('version', sa.String(), nullable=False),
    sa.Column('publisher', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('license_url', sa.String(), nullable=False),
    sa.Column('rights', sa.String(), nullable=False),
    sa.Column('subjects', sa.Text(), nullable=False),
    sa.Column('problems', sa.Text(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('imported_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('concepts', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_framework')),
    sa.UniqueConstraint('code', name=op.f('uq_framework_code')),
    sa.UniqueConstraint('uri', name=op.f('uq_framework_uri'))
    )
    op.create_table('lease',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('owner', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_lease'))
    )
    op.create_table('person',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('name', name=op.f('uq_person_name'))
    )
    op.create_table('provider',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slug', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_provider')),
    sa.UniqueConstraint('name', name=op.f('uq_provider_name')),
    sa.UniqueConstraint('slug', name=op.f('uq_provider_slug'))
    )
    op.create_table('resource',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('card', sa.Text(), nullable=False),
    sa.Column('revision', sa.Integer(), nullable=False),
    sa.Column('indexed_revision', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resource'))
    )
    with op.batch_alter_table('resource', schema=None) as batch_op:
        batch_op.create_index('ix_resource_stale', ['id'], unique=False, sqlite_where=sa.text('indexed_revision < revision'), postgresql_where=sa.text('indexed_revision < revision'))
        batch_op.create_index('ix_resource_updated_at_id', ['updated_at', 'id'], unique=False)

    op.create_table('stamp',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('value', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_stamp'))
    )
    op.create_table('api_key',
    sa.Column('prefix', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('scopes', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_api_key_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('prefix', name=op.f('pk_api_key'))
    )
    with op.batch_alter_table('api_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_key_person_id'), ['person_id'], unique=False)

    op.create_table('concept',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('framework_id', sa.Integer(), nullable=False),
    sa.Column('uri', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('statement', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('label', sa.String(), nullable=False),
    sa.Column('notes', sa.String(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('labels', sa.Text(), nullable=False),
    sa.Column('codes', sa.Text(), nullable=False),
    sa.Column('grades', sa.Text(), nullable=False),
    sa.Column('subjects', sa.Text(), nullable=False),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('deprecated', sa.Boolean(), nullable=False),
    sa.Column('gone', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['framework_id'], ['framework.id'], name=op.f('fk_concept_framework_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['parent_id'], ['concept.id'], name=op.f('fk_concept_parent_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_concept')),
    sa.UniqueConstraint('uri', name=op.f('uq_concept_uri'))
    )
    with op.batch_alter_table('concept', schema=None) as batch_op:
        batch_op.create_index('ix_concept_framework_parent', ['framework_id', 'parent_id', 'position'], unique=False)
        batch_op.create_index(batch_op.f('ix_concept_parent_id'), ['parent_id'], unique=False)

    op.create_table('identifier',
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('scope', sa.String(), nullable=False),
    sa.Column('resource_id', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_identifier_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('value', 'scope', name=op.f('pk_identifier'))
    )
    with op.batch_alter_table('identifier', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_identifier_resource_id'), ['resource_id'], unique=False)

    op.create_table('sign_in',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_sign_in'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_sign_in_until'), ['until'], unique=False)

    op.create_table('source',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('provider_id', sa.Integer(), nullable=False),
    sa.Column('options', sa.Text(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('every_minutes', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lease_owner', sa.String(), nullable=True),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('clean_since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('checkpoint', sa.Text(), nullable=True),
    sa.Column('state', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_source_provider_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_source')),
    sa.UniqueConstraint('name', name=op.f('uq_source_name'))
    )
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_source_due_at'), ['due_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_source_provider_id'), ['provider_id'], unique=False)

    op.create_table('alias',
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('concept_id', sa.Integer(), nullable=False),
    sa.Column('printed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['concept_id'], ['concept.id'], name=op.f('fk_alias_concept_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key', 'concept_id', name=op.f('pk_alias'))
    )
    with op.batch_alter_table('alias', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alias_concept_id'), ['concept_id'], unique=False)

    op.create_table('alignment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('resource_id', sa.String(), nullable=False),
    sa.Column('concept_id', sa.Integer(), nullable=True),
    sa.Column('stated', sa.String(), nullable=False),
    sa.Column('relation', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=True),
    sa.Column('level_stated', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('confidence', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['concept_id'], ['concept.id'], name=op.f('fk_alignment_concept_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_alignment_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alignment'))
    )
    with op.batch_alter_table('alignment', schema=None) as batch_op:
        batch_op.create_index('ix_alignment_concept', ['concept_id', 'relation', 'level'], unique=False)
        batch_op.create_index(batch_op.f('ix_alignment_resource_id'), ['resource_id'], unique=False)
        batch_op.create_index('ix_alignment_unresolved', ['stated'], unique=False, sqlite_where=sa.text('concept_id IS NULL'), postgresql_where=sa.text('concept_id IS NULL'))

    op.create_table('association',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('source_uri', sa.String(), nullable=False),
    sa.Column('target_uri', sa.String(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=True),
    sa.Column('target_id', sa.Integer(), nullable=True),
    sa.Column('origin', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['concept.id'], name=op.f('fk_association_source_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['target_id'], ['concept.id'], name=op.f('fk_association_target_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_association')),
    sa.UniqueConstraint('kind', 'source_uri', 'target_uri', 'origin', name=op.f('uq_association_kind_source_uri_target_uri_origin'))
    )
    with op.batch_alter_table('association', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_association_source_id'), ['source_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_association_target_id'), ['target_id'], unique=False)

    op.create_table('record',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('identifier', sa.String(), nullable=False),
    sa.Column('resource_id', sa.String(), nullable=True),
    sa.Column('outcome', sa.String(), nullable=False),
    sa.Column('datestamp', sa.String(), nullable=False),
    sa.Column('url', sa.String(), nullable=False),
    sa.Column('format', sa.String(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('first_seen', sa.DateTime(timezone=True), nullable=False),
    sa.Column('changed_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_record_resource_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_record_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_record'))
    )
    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_record_resource_id'), ['resource_id'], unique=False)
        batch_op.create_index('ix_record_source_outcome', ['source_id', 'outcome'], unique=False)

    op.create_table('run',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(), nullable=False),
    sa.Column('full', sa.Boolean(), nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen', sa.Integer(), nullable=False),
    sa.Column('created', sa.Integer(), nullable=False),
    sa.Column('updated', sa.Integer(), nullable=False),
    sa.Column('unchanged', sa.Integer(), nullable=False),
    sa.Column('withdrawn', sa.Integer(), nullable=False),
    sa.Column('rejected', sa.Integer(), nullable=False),
    sa.Column('detail', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_run_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_run'))
    )
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.create_index('ix_run_source_started', ['source_id', 'started_at'], unique=False)

    op.create_table('payload',
    sa.Column('record_id', sa.String(), nullable=False),
    sa.Column('content', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_payload_record_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('record_id', name=op.f('pk_payload'))
    )
    op.create_table('problem',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('source_id', sa.Integer(), nullable=False),
    sa.Column('record_id', sa.String(), nullable=True),
    sa.Column('run_id', sa.String(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('field', sa.String(), nullable=False),
    sa.Column('message', sa.String(), nullable=False),
    sa.Column('hint', sa.String(), nullable=False),
    sa.Column('value', sa.String(), nullable=False),
    sa.Column('severity', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['record_id'], ['record.id'], name=op.f('fk_problem_record_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['source_id'], ['source.id'], name=op.f('fk_problem_source_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_problem'))
    )
    with op.batch_alter_table('problem', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_problem_record_id'), ['record_id'], unique=False)
        batch_op.create_index('ix_problem_source_code', ['source_id', 'code'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('problem', schema=None) as batch_op:
        batch_op.drop_index('ix_problem_source_code')
        batch_op.drop_index(batch_op.f('ix_problem_record_id'))

    op.drop_table('problem')
    op.drop_table('payload')
    with op.batch_alter_table('run', schema=None) as batch_op:
        batch_op.drop_index('ix_run_source_started')

    op.drop_table('run')
    with op.batch_alter_table('record', schema=None) as batch_op:
        batch_op.drop_index('ix_record_source_outcome')
        batch_op.drop_index(batch_op.f('ix_record_resource_id'))

    op.drop_table('record')
    with op.batch_alter_table('association', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_association_target_id'))
        batch_op.drop_index(batch_op.f('ix_association_source_id'))

    op.drop_table('association')
    with op.batch_alter_table('alignment', schema=None) as batch_op:
        batch_op.drop_index('ix_alignment_unresolved', sqlite_where=sa.text('concept_id IS NULL'), postgresql_where=sa.text('concept_id IS NULL'))
        batch_op.drop_index(batch_op.f('ix_alignment_resource_id'))
        batch_op.drop_index('ix_alignment_concept')

    op.drop_table('alignment')
    with op.batch_alter_table('alias', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alias_concept_id'))

    op.drop_table('alias')
    with op.batch_alter_table('source', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_source_provider_id'))
        batch_op.drop_index(batch_op.f('ix_source_due_at'))

    op.drop_table('source')
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_until'))
        batch_op.drop_index(batch_op.f('ix_sign_in_person_id'))

    op.drop_table('sign_in')
    with op.batch_alter_table('identifier', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_identifier_resource_id'))

    op.drop_table('identifier')
    with op.batch_alter_table('concept', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_concept_parent_id'))
        batch_op.drop_index('ix_concept_framework_parent')

    op.drop_table('concept')
    with op.batch_alter_table('api_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_key_person_id'))

    op.drop_table('api_key')
    op.drop_table('stamp')
    with op.batch_alter_table('resource', schema=None) as batch_op:
        batch_op.drop_index('ix_resource_updated_at_id')
        batch_op.drop_index('ix_resource_stale', sqlite_where=sa.text('indexed_revision < revision'), postgresql_where=sa.text('indexed_revision < revision'))

    op.drop_table('resource')
    op.drop_table('provider')
    op.drop_table('person')
    op.drop_table('lease')
    op.drop_table('framework')
