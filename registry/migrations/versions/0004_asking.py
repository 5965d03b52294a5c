"""What teachers looked for and did not find"""

from alembic import op
import sqlalchemy as sa

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('resource_request',
    sa.Column('day', sa.Date(), nullable=False),
    sa.Column('standard', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('count', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('day', 'standard', 'level', 'text', name=op.f('pk_resource_request'))
    )


def downgrade() -> None:
    op.drop_table('resource_request')
