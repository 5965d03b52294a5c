"""The first tables of the learners' database."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table("class",
    sa.Column("id", sa.String(), nullable=False),
    sa.Column("school", sa.String(), nullable=False),
    sa.Column("title", sa.String(), nullable=False),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_class")
    )
    op.create_index("ix_class_school", "class", ["school"], unique=False)

    op.create_table("learner",
    sa.Column("id", sa.String(), nullable=False),
    sa.Column("school", sa.String(), nullable=False),
    sa.Column("grade", sa.String(), nullable=True),
    sa.Column("languages", sa.Text(), nullable=False),
    sa.Column("interests", sa.Text(), nullable=False),
    sa.Column("aspirations", sa.Text(), nullable=False),
    sa.Column("goals", sa.Text(), nullable=False),
    sa.Column("needs", sa.Text(), nullable=False),
    sa.Column("folded_to", sa.Double(), nullable=True),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_learner")
    )
    op.create_index("ix_learner_school", "learner", ["school"], unique=False)
    op.create_index("ix_learner_updated_at", "learner", ["updated_at"], unique=False)

    op.create_table("ability",
    sa.Column("learner_id", sa.String(), nullable=False),
    sa.Column("subject", sa.String(), nullable=False),
    sa.Column("mean", sa.Double(), nullable=False),
    sa.Column("variance", sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name="fk_ability_learner_id", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("learner_id", "subject", name="pk_ability")
    )
    op.create_table("access",
    sa.Column("id", sa.String(), nullable=False),
    sa.Column("learner_id", sa.String(), nullable=False),
    sa.Column("who", sa.String(), nullable=False),
    sa.Column("why", sa.String(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name="fk_access_learner_id", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name="pk_access")
    )
    op.create_index("ix_access_at", "access", ["at"], unique=False)
    op.create_index("ix_access_learner_at", "access", ["learner_id", "at"], unique=False)

    op.create_table("class_member",
    sa.Column("class_id", sa.String(), nullable=False),
    sa.Column("learner_id", sa.String(), nullable=False),
    sa.Column("position", sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(["class_id"], ["class.id"], name="fk_class_member_class_id", ondelete="CASCADE"),
    sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name="fk_class_member_learner_id", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("class_id", "learner_id", name="pk_class_member"),
    sa.UniqueConstraint("class_id", "position", name="uq_class_member_class_id_position")
    )
    op.create_index("ix_class_member_learner_id", "class_member", ["learner_id"], unique=False)

    op.create_table("competency",
    sa.Column("learner_id", sa.String(), nullable=False),
    sa.Column("uri", sa.String(), nullable=False),
    sa.Column("subject", sa.String(), nullable=False),
    sa.Column("mean", sa.Double(), nullable=False),
    sa.Column("variance", sa.Double(), nullable=False),
    sa.Column("unsettled", sa.Double(), nullable=False),
    sa.Column("at", sa.Double(), nullable=False),
    sa.Column("count", sa.Integer(), nullable=False),
    sa.Column("tries", sa.Integer(), nullable=False),
    sa.Column("mastered", sa.Boolean(), nullable=False),
    sa.Column("gains", sa.Double(), nullable=False),
    sa.Column("losses", sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name="fk_competency_learner_id", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("learner_id", "uri", name="pk_competency")
    )
    op.create_table("evidence",
    sa.Column("id", sa.String(), nullable=False),
    sa.Column("learner_id", sa.String(), nullable=False),
    sa.Column("raw", sa.String(), nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("kind", sa.String(), nullable=False),
    sa.Column("score", sa.Double(), nullable=False),
    sa.Column("easiness", sa.Double(), nullable=False),
    sa.Column("subject", sa.String(), nullable=False),
    sa.Column("source", sa.String(), nullable=True),
    sa.Column("set_aside", sa.Boolean(), nullable=False),
    sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(["learner_id"], ["learner.id"], name="fk_evidence_learner_id", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    sa.UniqueConstraint("learner_id", "source", name="uq_evidence_learner_id_source")
    )
    op.create_index("ix_evidence_learner_at", "evidence", ["learner_id", "at"], unique=False)
    op.create_index("ix_evidence_received_at", "evidence", ["received_at"], unique=False)

    op.create_table("evidence_standard",
    sa.Column("evidence_id", sa.String(), nullable=False),
    sa.Column("uri", sa.String(), nullable=False),
    sa.Column("delta", sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(["evidence_id"], ["evidence.id"], name="fk_evidence_standard_evidence_id", ondelete="CASCADE"),
    sa.PrimaryKeyConstraint("evidence_id", "uri", name="pk_evidence_standard")
    )


def downgrade() -> None:
    op.drop_table("evidence_standard")
    op.drop_index("ix_evidence_received_at", "evidence")
    op.drop_index("ix_evidence_learner_at", "evidence")

    op.drop_table("evidence")
    op.drop_table("competency")
    op.drop_index("ix_class_member_learner_id", "class_member")

    op.drop_table("class_member")
    op.drop_index("ix_access_learner_at", "access")
    op.drop_index("ix_access_at", "access")

    op.drop_table("access")
    op.drop_table("ability")
    op.drop_index("ix_learner_updated_at", "learner")
    op.drop_index("ix_learner_school", "learner")

    op.drop_table("learner")
    op.drop_index("ix_class_school", "class")

    op.drop_table("class")
