"""Learning platforms that launch us over LTI, and what their launches need"""

from alembic import op
import sqlalchemy as sa

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('lti_platform',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('issuer', sa.String(), nullable=False),
    sa.Column('client_id', sa.String(), nullable=False),
    sa.Column('auth_url', sa.String(), nullable=False),
    sa.Column('token_url', sa.String(), nullable=False),
    sa.Column('jwks_url', sa.String(), nullable=False),
    sa.Column('deployments', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_platform')),
    sa.UniqueConstraint('name', name=op.f('uq_lti_platform_name')),
    sa.UniqueConstraint('issuer', 'client_id', name=op.f('uq_lti_platform_issuer_client_id'))
    )
    op.create_table('lti_used',
    sa.Column('token', sa.String(), nullable=False),
    sa.Column('until', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('token', name=op.f('pk_lti_used'))
    )
    with op.batch_alter_table('lti_used', schema=None) as batch_op:
        batch_op.create_index('ix_lti_used_until', ['until'], unique=False)
    op.create_table('lti_key',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('public', sa.Text(), nullable=False),
    sa.Column('private', sa.String(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_lti_key'))
    )


def downgrade() -> None:
    op.drop_table('lti_key')
    op.drop_table('lti_used')
    op.drop_table('lti_platform')
