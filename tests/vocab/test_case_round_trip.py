"""Frameworks of any kind, written as CASE packages and read again."""

import json
import uuid
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from vocab.frameworks import case
from vocab.frameworks.case_definitions import is_moment
from vocab.frameworks.case_fields import DEFINITIONS, OURS
from vocab.frameworks.case_write import write
from vocab.frameworks.model import KINDS, Association, Framework, Item
from vocab.frameworks.progression import read_progression
from vocab.frameworks.read import read_framework
from vocab.grades import GRADES
from vocab.schemes import scheme

DATA = Path(__file__).parents[3] / "shared" / "data"
BASE = "https://registry.example"
STANDARDS, VOCABULARIES = DATA / "standards", DATA / "vocabularies"

words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
uuids = st.uuids().map(str)
uris = st.one_of(
    uuids.map("urn:uuid:{}".format),
    uuids.map(str.upper).map("urn:uuid:{}".format),
    uuids.map("http://state.example/standards/{}".format),
    words.map("https://state.example/{}".format),
    st.text("abcdefg", min_size=1).map("https://state.example/{}".format),
    st.text("abcdefg", min_size=1).map("urn:x-state:{}".format),
)
plain_json = st.recursive(
    st.one_of(st.booleans(), words, st.integers(-(2**31), 2**31), st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(words.filter(lambda key: key != OURS), inner, max_size=3)
    ),
    max_leaves=5,
)
links = st.one_of(uris, st.fixed_dictionaries({"title": words, "identifier": uuids | words, "uri": uris}), plain_json)
dates = st.sampled_from(
    ["2014-08-01", "2014-02-30", "2014", "2014-08-01T10:00:00+00:00", "2014-08-01 10:00:00", "soon"]
)
ITEM_DETAILS = {
    "listEnumeration": words,
    "alternativeLabel": words,
    "conceptKeywords": st.lists(words, max_size=3),
    "conceptKeywordsURI": links,
    "subject": st.lists(words | st.just("Math"), max_size=3),
    "subjectURI": st.lists(links, max_size=2) | links,
    "educationLevel": st.lists(words | st.just("Grade 3"), max_size=3),
    "language": st.sampled_from(["en-US", "en", "x-klingon", "es-MX", ""]),
    "CFItemTypeURI": links,
    "licenseURI": links,
    "statusStartDate": dates,
    "statusEndDate": dates,
    "lastChangeDateTime": dates,
    "extensions": st.dictionaries(words.filter(lambda key: key != OURS), plain_json, max_size=2),
}
DOCUMENT_DETAILS = {
    **{member: ITEM_DETAILS[member] for member in ("subject", "subjectURI", "language", "licenseURI", "extensions")},
    **{member: ITEM_DETAILS[member] for member in ("statusStartDate", "statusEndDate", "lastChangeDateTime")},
    **dict.fromkeys(("creator", "frameworkType", "officialSourceURL", "adoptionStatus"), words),
    "CFPackage.extensions": st.dictionaries(words, plain_json, max_size=2),
    "CFDefinitions.extensions": st.dictionaries(words, plain_json, max_size=2),
}


def details_of(known: dict[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    wild = st.dictionaries(words | st.sampled_from(list(known)), plain_json, max_size=2)
    return st.one_of(st.just({}), st.fixed_dictionaries({}, optional=known), wild)


subjects = st.lists(st.sampled_from([term.key for term in scheme("subjects").terms]), unique=True, max_size=2).map(
    tuple
)
grades = st.lists(st.sampled_from(GRADES), unique=True, max_size=4).map(tuple)
languages = st.sampled_from(["en", "es", "de", "zh-Hans", "tlh"])
numbers = st.integers(0, 20) | st.integers(-(2**31) + 1, 2**31 - 1)


@st.composite
def items(draw: st.DrawFn, uri: str, uris_of_all: list[str]) -> Item:
    parents = draw(st.lists(st.sampled_from(uris_of_all), unique=True, max_size=3))
    details = draw(details_of(ITEM_DETAILS))
    if len(parents) > 1 and draw(st.booleans()):
        details = {**details, "sequenceNumber": {parents[1]: draw(numbers)}}
    return Item(
        uri=uri,
        statement=draw(words),
        codes=draw(st.lists(words, max_size=3).map(tuple)),
        aliases=draw(st.lists(uris, unique=True, max_size=2).map(tuple)),
        parents=tuple(parents),
        position=draw(numbers),
        kind=draw(words),
        label=draw(words),
        notes=draw(words),
        grades=draw(grades),
        subjects=draw(subjects),
        language=draw(languages),
        labels=draw(st.dictionaries(languages, words, max_size=2)),
        deprecated=draw(st.booleans()),
        details=details,
    )


@st.composite
def objects(draw: st.DrawFn, depth: int = 2) -> dict[str, Any]:
    members = {
        **dict.fromkeys(("title", "description", "hierarchyCode", "licenseText", "category", "quality"), words),
        "uri": uris | words,
        "lastChangeDateTime": dates,
        "CFItemURI": links,
        "weight": plain_json,
        "position": plain_json,
        "extensions": plain_json,
    }
    found = draw(st.fixed_dictionaries({"identifier": (uuids | words).filter(bool)}, optional=members))
    below = ["", "CFRubricCriterionLevels", "CFRubricCriteria"][depth]
    return {**found, below: draw(st.lists(objects(depth - 1), max_size=2))} if below else found


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    uri, *known = draw(st.lists(uris, min_size=1, max_size=5, unique=True))
    ends = (uris | words.filter(bool)) | (st.sampled_from(known) if known else uris) | st.just(uri)
    kinds = st.sampled_from([*KINDS, "ext:likes", "ext:is fond of"])
    sequences = st.none() | numbers
    links = st.builds(
        Association, ends, kinds, ends, st.just("") | uuids | words, sequences, st.just("") | uuids | words, words
    )
    return Framework(
        uri=uri,
        code="any",
        title=draw(words),
        items=tuple(draw(items(each, known)) for each in known),
        associations=tuple(draw(st.lists(links, max_size=4, unique=True))),
        aliases=draw(st.lists(uris, unique=True, max_size=2).map(tuple)),
        version=draw(words),
        publisher=draw(words),
        description=draw(words),
        language=draw(languages),
        license_url=draw(uris | words),
        rights=draw(words),
        subjects=draw(subjects),
        definitions=draw(
            st.dictionaries(
                st.sampled_from(DEFINITIONS), st.lists(objects(0), min_size=1, max_size=2).map(tuple), max_size=2
            )
        ),
        rubrics=draw(st.lists(objects(), max_size=1).map(tuple)),
        details=draw(details_of(DOCUMENT_DETAILS)),
    )


def again(framework: Framework, **manner: str) -> Framework:
    return replace(case.read(b"".join(write(framework, **manner)), "again", framework.code), problems=())


@settings(max_examples=100, deadline=None)
@given(frameworks(), st.sampled_from(["", BASE]), st.sampled_from(["", "2026-01-02T03:04:05Z"]))
def test_a_written_framework_is_read_as_it_was(framework: Framework, base: str, changed: str) -> None:
    assert again(framework, base=base, changed=changed) == framework


def validators() -> dict[str, list[Any]]:
    folder = DATA / "schemas" / "case-1.1"
    names = ("case_v1p1_cfpackage-jsonschema1.json", "cfpackage-official.json")
    new = [json.loads((folder / name).read_text(), strict=False) for name in names]
    old = json.loads((STANDARDS / "case" / "case-v1p0-cfpackage-schema.json").read_text())
    formats = jsonschema.FormatChecker()
    formats.checks("date-time")(lambda value: not isinstance(value, str) or is_moment(value))
    return {
        "1.1": [jsonschema.Draft201909Validator(each, format_checker=formats) for each in new],
        "1.0": [jsonschema.Draft7Validator(old, format_checker=formats)],
    }


def faults(package: dict[str, Any], validator: Any) -> list[str]:
    return [f"{'.'.join(map(str, error.path))}: {error.message}"[:300] for error in validator.iter_errors(package)]


MEMBERS_OF_1_0 = {
    "CFDocument": "CFPackageDocument",
    "CFItems": "CFPackageItem",
    "CFAssociations": "CFPackageAssociation",
}


def members_beyond(package: dict[str, Any], validator: Any) -> set[str]:
    """The members that the schema of 1.0 does not list: it lets any pass."""
    listed = {name: validator.schema["definitions"][kind]["properties"] for name, kind in MEMBERS_OF_1_0.items()}
    stated = {name: package[name] if isinstance(package[name], list) else [package[name]] for name in listed}
    return {member for name, found in stated.items() for each in found for member in each if member not in listed[name]}


real = pytest.mark.real
beside = pytest.mark.skipif(not DATA.is_dir(), reason="the published data is not beside the project (../shared/data)")


@real
@beside
def test_whatever_is_written_keeps_to_the_closed_schemas_of_both_versions() -> None:
    known = validators()

    @settings(max_examples=40, deadline=None)
    @given(frameworks(), st.sampled_from(["", BASE]))
    def keeps(framework: Framework, base: str) -> None:
        for version, each in known.items():
            package = json.loads(b"".join(write(framework, version, base)))
            assert [faults(package, validator) for validator in each] == [[] for _ in each]
            for number in (*package["CFItems"], *package["CFAssociations"], package["CFDocument"]):
                assert uuid.UUID(number["identifier"])
            assert version == "1.1" or members_beyond(package, each[0]) == set()

    keeps()


def published() -> list[Path]:
    single = [path for path in STANDARDS.rglob("*") if path.is_file() and "schema" not in path.name]
    folders = [path for path in VOCABULARIES.glob("*") if path.is_dir()]
    return sorted((*single, *folders, *VOCABULARIES.glob("openeduhub/*.ttl"), *VOCABULARIES.glob("lrmi/*.ttl")))


def read_published(path: Path) -> Framework:
    return replace(read_framework(path, "published"), problems=())


@real
@beside
@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(DATA))) for path in published()])
def test_every_published_framework_comes_back_whole_from_a_valid_package(path: Path) -> None:
    try:
        framework = read_published(path)
    except ValueError:
        pytest.skip("holds no framework")
    assert again(framework) == framework
    assert again(framework, base=BASE, changed="2026-01-02T03:04:05Z") == framework
    small = len(framework.items) < 800  # the validator is slow
    for version, known in (validators() if small else {}).items():
        package = json.loads(b"".join(write(framework, version)))
        assert [faults(package, each) for each in known] == [[] for _ in known]


@real
@beside
def test_the_published_progression_comes_back_whole_from_a_package_of_associations_alone() -> None:
    found, _ = read_progression(DATA / "progression" / "ccss-math.csv")
    framework = Framework("urn:x-progression:ccss", "links", "Coherence", associations=found)
    assert again(framework) == framework
    assert len(found) == 1040
