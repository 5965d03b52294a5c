"""The learners' tables, in a database of their own. No column takes a name, mail, birth date or text about a child."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, MetaData, String, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from registry.db import Json, Utc
from registry.models.table import NAMES

Words = Json(tuple[str, ...])


class LearnerTable(DeclarativeBase):
    """A table of the learners' database."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {datetime: Utc(), str: String(), float: Double()}


class LearnerRow(LearnerTable):
    """A learner: 128 random bits in a school's namespace, and what they want and need.

    `goals` are concept URIs. `folded_to` is the moment of the latest evidence in the folded state, None where
    there is none: older evidence that still arrives means folding anew.
    """

    __tablename__ = "learner"

    id: Mapped[str] = mapped_column(primary_key=True)
    school: Mapped[str] = mapped_column(index=True)
    grade: Mapped[str | None]
    languages: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    interests: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    aspirations: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    goals: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    needs: Mapped[tuple[str, ...]] = mapped_column(Words, default=())
    folded_to: Mapped[float | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    """When something last arrived for this learner; retention counts from here."""


class EvidenceRow(LearnerTable):
    """One evidence as it came (`raw`, JSON) and as it is folded. One set aside is kept and counts for nothing."""

    __tablename__ = "evidence"

    id: Mapped[str] = mapped_column(primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"))
    raw: Mapped[str]
    at: Mapped[datetime]
    kind: Mapped[str]
    score: Mapped[float]
    easiness: Mapped[float]
    subject: Mapped[str]
    source: Mapped[str | None]
    set_aside: Mapped[bool] = mapped_column(default=False)
    received_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("learner_id", "source"), Index("ix_evidence_learner_at", "learner_id", "at"))


class EvidenceStandardRow(LearnerTable):
    """One standard of an evidence, and how far the evidence moved it when it was folded."""

    __tablename__ = "evidence_standard"

    evidence_id: Mapped[str] = mapped_column(ForeignKey("evidence.id", ondelete="CASCADE"), primary_key=True)
    uri: Mapped[str] = mapped_column(primary_key=True)
    delta: Mapped[float] = mapped_column(default=0.0)


class AbilityRow(LearnerTable):
    """A learner's folded general ability in one subject."""

    __tablename__ = "ability"

    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    mean: Mapped[float]
    variance: Mapped[float]


class CompetencyRow(LearnerTable):
    """A learner's folded state in one competency, by its URI (see `mastery.Competency`)."""

    __tablename__ = "competency"

    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True)
    uri: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str]
    mean: Mapped[float]
    variance: Mapped[float]
    unsettled: Mapped[float]
    at: Mapped[float]
    count: Mapped[int]
    tries: Mapped[int]
    mastered: Mapped[bool]
    gains: Mapped[float]
    losses: Mapped[float]


class ClassRow(LearnerTable):
    """A class of a school."""

    __tablename__ = "class"

    id: Mapped[str] = mapped_column(primary_key=True)
    school: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    created_at: Mapped[datetime]


class MemberRow(LearnerTable):
    """A learner in a class; `position` is all a class page needs to call them "Learner 07"."""

    __tablename__ = "class_member"

    class_id: Mapped[str] = mapped_column(ForeignKey("class.id", ondelete="CASCADE"), primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]

    __table_args__ = (UniqueConstraint("class_id", "position"),)


class AccessRow(LearnerTable):
    """Who read or changed a learner's record, when and why; the family can see it."""

    __tablename__ = "access"

    id: Mapped[str] = mapped_column(primary_key=True)
    learner_id: Mapped[str] = mapped_column(ForeignKey("learner.id", ondelete="CASCADE"))
    who: Mapped[str]
    why: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (Index("ix_access_learner_at", "learner_id", "at"),)
