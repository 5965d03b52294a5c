"""The problems a crosswalk can meet, each in a sentence its publisher can act on."""

from __future__ import annotations

from vocab.crosswalks.stated import Said
from vocab.resource import Crosswalked, Problem, Severity
from vocab.text import plain

_ERRORS = {
    "payload-unreadable": (
        "The record could not be read.",
        "Check that it is well-formed in the format it is sent as, in UTF-8, and under 16 MB.",
    ),
    "doctype-refused": (
        "The record declares a DOCTYPE, which is not read for safety.",
        "Send the XML without a DOCTYPE and without entities of its own.",
    ),
    "not-a-resource": (
        "The record describes something that is no learning resource.",
        "Give it the type LearningResource, or another kind of CreativeWork.",
    ),
    "title-missing": ("The resource has no title.", "Give every resource a title that says what it is."),
    "link-missing": (
        "The resource has no web address that starts with http:// or https://.",
        "State the address of the page where a teacher opens the resource.",
    ),
}
_WARNINGS = {
    "accessibility-unknown": (
        "“{}” is no accessibility feature or hazard we know.",
        "Use the schema.org accessibility words, as captions or flashing.",
    ),
    "audience-unknown": ("“{}” is no audience we know.", "Say who it is for: student, teacher, parent, administrator."),
    "context-unreadable": (
        "The JSON-LD context could not be read, so the names were taken as schema.org's own.",
        "Use https://schema.org/ as the context.",
    ),
    "formula-in-cell": (
        "The cell holds a spreadsheet formula, which is kept as text.",
        "Paste the cell's value in place of its formula.",
    ),
    "grade-unknown": (
        "“{}” is no grade from K to 12, school level or competency level we know.",
        "Write grades as K, 1 to 12, or a range as 3-5.",
    ),
    "group-size-unknown": ("“{}” is no group size.", "Write a number or a range, as 3-5."),
    "language-missing": ("The resource states no language.", "State the language by its code, as en or es."),
    "language-unknown": ("“{}” is no language we know.", "State the language by its code, as en or es."),
    "level-unknown": (
        "“{}” is no competency level we know.",
        "Use the words of the levels list, or map your own words to it in the source's settings.",
    ),
    "level-without-standard": (
        "A level is stated, but no standard it would be the level of.",
        "Name the standard the resource is aligned to.",
    ),
    "license-conflict": (
        "The record states more than one license; the stricter one was taken.",
        "State one license, by its address.",
    ),
    "license-missing": (
        "The resource states no license, so others cannot tell whether they may use it.",
        "State a license by its address, as https://creativecommons.org/licenses/by/4.0/.",
    ),
    "license-unknown": (
        "“{}” is no license we know.",
        "State a license by its address, as https://creativecommons.org/licenses/by/4.0/.",
    ),
    "link-unusable": (
        "“{}” is no web address we can link to.",
        "Give a full address that starts with http:// or https:// and holds no user name.",
    ),
    "markup-removed": ("The text held HTML, which was taken out.", "Send plain text."),
    "minutes-unknown": ("“{}” is no length in minutes.", "State the time in minutes, or in ISO 8601 as PT45M."),
    "relation-unknown": (
        "“{}” is no relation to a standard we know; the resource is taken to teach it.",
        "Use teaches, assesses or requires.",
    ),
    "setting-unknown": ("“{}” is no setting we know.", "Say where it is used: whole class, small group, home, online."),
    "standard-unknown": (
        "No standard's code or address stands in “{}”.",
        "State the standard by its code, as 4.NF.B.3, or its address.",
    ),
    "subject-unknown": (
        "“{}” is no school subject we know; it became a keyword.",
        "Use a subject of the subjects list, as mathematics or biology.",
    ),
    "text-cut": ("The text was longer than we keep and was cut.", "Send a summary of up to 2,000 characters."),
    "title-cut": ("The title was longer than 500 characters and was cut.", "Give a short title; describe below it."),
    "too-many-values": ("The field holds more than 300 values; the rest was left out.", "State fewer values."),
    "type-unknown": ("“{}” is no type of resource we know.", "Use a type of the types list, as lesson or video."),
    "use-unknown": ("“{}” is no educational use we know.", "Say what it is for: lesson, practice, assessment."),
}  # fmt: skip


def problem(code: str, field: str, value: str = "") -> Problem:
    """The problem of this code, said of a publisher's field and value."""
    message, hint = _ERRORS.get(code) or _WARNINGS[code]
    severity = Severity.ERROR if code in _ERRORS else Severity.WARNING
    cut = value[:300]
    return Problem(code, field, message.replace("{}", value[:80]), hint, cut, severity)


def refused(code: str, field: str, value: str = "") -> Crosswalked:
    """No resource, and the problem that stood against it."""
    return Crosswalked(None, (problem(code, field, value),))


class Notes:
    """Collects, while one record is read, its problems and the values that no list knows; each is noted once."""

    def __init__(self) -> None:
        self._problems: dict[Problem, None] = {}
        self._kept: dict[str, None] = {}

    def note(self, code: str, field: str, value: str = "") -> None:
        """Add a problem."""
        self._problems[problem(code, field, value)] = None

    def add(self, found: Problem) -> None:
        """Add a problem made elsewhere."""
        self._problems[found] = None

    def keep(self, said: Said) -> None:
        """Keep a value as it was stated."""
        if text := plain(said.value, 500):
            self._kept[f"{said.field}: {text}"] = None

    def unknown(self, code: str, said: Said) -> None:
        """Keep a value that no list knows, and say so."""
        self.note(code, said.field, plain(said.value, 300))
        self.keep(said)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems, in the order they were met."""
        return tuple(self._problems)

    @property
    def kept(self) -> tuple[str, ...]:
        """The kept values, each as `field: value`, at most 200."""
        return tuple(self._kept)[:200]
