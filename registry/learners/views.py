"""What leaves here: the answers about learners and classes as the API gives them."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from registry.catalog.card import Card


class Wishes(Struct, frozen=True):
    """What a learner wants and needs. `goals` are URIs, `needs` keys of access features or of hazards to avoid."""

    grade: str | None
    languages: tuple[str, ...]
    interests: tuple[str, ...]
    aspirations: tuple[str, ...]
    goals: tuple[str, ...]
    needs: tuple[str, ...]


class StandardName(Struct, frozen=True):
    """A standard as it is named to people and machines."""

    uri: str
    code: str
    statement: str
    framework: str


class Known(Struct, frozen=True):
    """What is known of a learner and a standard; never a bare number.

    `state` is unknown, gap, developing, mastered or review; `interval` brackets the probability by one standard
    deviation of the learner's level; `inferred` marks what only neighboring standards suggest: it is never counted.
    """

    state: str
    probability: float
    interval: tuple[float, float]
    count: int
    last: datetime | None
    inferred: bool


class Behind(Struct, frozen=True):
    """One evidence behind a standing: `delta` is what it moved the mean then, `now` what is left (logits)."""

    id: str
    at: datetime
    kind: str
    score: float
    delta: float
    now: float
    set_aside: bool


class StandardProfile(Struct, frozen=True):
    """One standard of a learner's profile. The `now` of its evidence adds up to `mean` less `prior`, in logits."""

    uri: str
    code: str
    statement: str
    framework: str
    state: str
    probability: float
    interval: tuple[float, float]
    count: int
    last: datetime | None
    inferred: bool
    goal: bool
    prior: float
    mean: float
    evidence: tuple[Behind, ...]


class Profile(Struct, frozen=True):
    """A learner: what they wish, and each standard there is something to say about."""

    id: str
    grade: str | None
    languages: tuple[str, ...]
    interests: tuple[str, ...]
    aspirations: tuple[str, ...]
    goals: tuple[StandardName, ...]
    needs: tuple[str, ...]
    standards: tuple[StandardProfile, ...]


class PathStep(Struct, frozen=True):
    """One step to a goal. `kind` is learn, review, or check (probably known: one item will tell).

    `needs` names the steps that come before it, `unlocks` counts those that come after and rest on it.
    """

    uri: str
    code: str
    statement: str
    framework: str
    kind: str
    state: str
    probability: float
    interval: tuple[float, float]
    count: int
    last: datetime | None
    inferred: bool
    goal: bool
    needs: tuple[str, ...]
    unlocks: int
    reason: str


class Path(Struct, frozen=True):
    """The way to the goals, in order; `note` is one plain sentence that says what the steps amount to."""

    goals: tuple[StandardName, ...]
    steps: tuple[PathStep, ...]
    note: str


class Reason(Struct, frozen=True):
    """One factor of a score, and in plain words why it is what it is."""

    factor: str
    value: float
    why: str


class Recommendation(Struct, frozen=True):
    """A resource for one standard (and `also` for others); the values of the reasons multiply to the score."""

    id: str
    title: str
    url: str
    minutes: int | None
    standard: StandardName
    kind: str
    also: tuple[StandardName, ...]
    level: str | None
    score: float
    reasons: tuple[Reason, ...]
    resource: Card


class Missing(Struct, frozen=True):
    """A standard for which nothing fits: the level that would help, and in plain words what is missing."""

    uri: str
    code: str
    statement: str
    framework: str
    level: str
    why: str


class Recommendations(Struct, frozen=True):
    """What to use next, best first; what is missing; and one plain sentence on the whole."""

    items: tuple[Recommendation, ...]
    missing: tuple[Missing, ...]
    minutes: int
    note: str


class Cell(Struct, frozen=True):
    """One learner and one standard in a class grid."""

    state: str
    probability: float
    interval: tuple[float, float]
    count: int
    last: datetime | None


class GridRow(Struct, frozen=True):
    """One learner of a class, called by their place in it; a cell for each column."""

    learner: str
    label: str
    cells: tuple[Cell, ...]


class Grid(Struct, frozen=True):
    """A class by standard; `counts` has for each column how many learners are in which state."""

    id: str
    title: str
    standards: tuple[StandardName, ...]
    learners: tuple[GridRow, ...]
    counts: tuple[dict[str, int], ...]
