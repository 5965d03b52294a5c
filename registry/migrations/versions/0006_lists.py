"""Lists people keep, saved searches, ratings"""

from alembic import op
import sqlalchemy as sa

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('collection',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('share_key', sa.String(), nullable=False),
    sa.Column('owner_id', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('visibility', sa.String(), nullable=False),
    sa.Column('copied_from', sa.String(), nullable=True),
    sa.Column('credit', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['copied_from'], ['collection.id'], name=op.f('fk_collection_copied_from'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['owner_id'], ['person.id'], name=op.f('fk_collection_owner_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_collection'))
    )
    op.create_index(op.f('ix_collection_copied_from'), 'collection', ['copied_from'])
    op.create_index('ix_collection_owner_id_updated_at', 'collection', ['owner_id', 'updated_at'])
    op.create_index('ix_collection_visibility_updated_at', 'collection', ['visibility', 'updated_at', 'id'])

    op.create_table('collection_item',
    sa.Column('collection_id', sa.String(), nullable=False),
    sa.Column('resource_id', sa.String(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(), nullable=False),
    sa.Column('added_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['collection_id'], ['collection.id'], name=op.f('fk_collection_item_collection_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_collection_item_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('collection_id', 'resource_id', name=op.f('pk_collection_item'))
    )
    op.create_index(op.f('ix_collection_item_resource_id'), 'collection_item', ['resource_id'])

    op.create_table('saved_search',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('query', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_saved_search_person_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_saved_search')),
    sa.UniqueConstraint('person_id', 'query', name=op.f('uq_saved_search_person_id_query'))
    )

    op.create_table('rating',
    sa.Column('person_id', sa.String(), nullable=False),
    sa.Column('resource_id', sa.String(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_rating_person_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_rating_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'resource_id', name=op.f('pk_rating'))
    )
    op.create_index(op.f('ix_rating_resource_id'), 'rating', ['resource_id'])

    op.create_table('rating_tally',
    sa.Column('resource_id', sa.String(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('stars', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['resource_id'], ['resource.id'], name=op.f('fk_rating_tally_resource_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('resource_id', name=op.f('pk_rating_tally'))
    )
    # The index learns when each resource arrived, and where it stands by its ratings.
    op.execute('UPDATE resource SET revision = revision + 1')


def downgrade() -> None:
    op.drop_table('rating_tally')
    op.drop_table('rating')
    op.drop_table('saved_search')
    op.drop_table('collection_item')
    op.drop_table('collection')
