"""Whatever a framework holds, what is written of it is read back the same, in every format of ours."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from vocab.frameworks import skos_write, table_write
from vocab.frameworks.checks import checked
from vocab.frameworks.model import KINDS, Association, Framework, Item
from vocab.frameworks.read import read_framework
from vocab.frameworks.write import FORMATS

WRITERS: dict[str, Callable[[Framework], Iterator[bytes]]] = {
    "ttl": skos_write.write,
    "nt": lambda framework: skos_write.write(framework, "nt"),
    "jsonld": lambda framework: skos_write.write(framework, "jsonld"),
    "rdf": lambda framework: skos_write.write(framework, "rdf"),
    "csv": table_write.write,
}

texts = st.one_of(
    st.sampled_from(
        ("=SUM(A1)", "'+1", "- a", "@x", "a | b", "[1]", 'say "x"\\', "a\nb", "1;2,3\t4", "Römer", "数 学")
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cn", "Co", "Cs")), max_size=12),
).map(str.strip)
words = texts.filter(bool)
uris = st.one_of(
    st.integers(0, 9).map(lambda n: f"http://a.example/s/{n}"),
    st.integers(0, 3).map(lambda n: f"urn:uuid:00000000-0000-4000-8000-00000000000{n}"),
    st.sampled_from(("http://a.example/../b", "dcterms:title", "urn:x-stated:a%20b", "http://a.example/ü", "A.1 b")),
)
codes = st.one_of(st.sampled_from(("4.NF.B.3", "-1.A", "=1", "a|b", "MP1")), words)
languages = st.sampled_from(("en", "es", "zh-Hans", "de"))
leaves = st.one_of(texts, st.integers(-5, 5), st.booleans(), st.none(), st.lists(texts, max_size=2))
details = st.dictionaries(
    st.one_of(
        st.sampled_from(
            (
                *("altLabel", "definition", "note", "scopeNote", "educationLevel", "listEnumeration", "extensions"),
                *("dcterms:source", "skos:broader", "skos:prefLabel", "rdfs:seeAlso", "http://a.example/p", "dc:a-b"),
                *("lastChangeDateTime", "notationTypes", "terms:notes", "@id", ""),
            )
        ),
        words,
    ),
    st.one_of(
        leaves,
        st.dictionaries(st.sampled_from(("en", "de", "", "@id", "@value", "@language")), leaves, max_size=2),
        st.dictionaries(st.sampled_from(("en", "de-at", "")), st.lists(words, min_size=1, max_size=2), max_size=2),
        st.fixed_dictionaries({"@id": uris}),
    ),
    max_size=4,
)
items = st.builds(
    Item,
    uri=uris,
    statement=words,
    codes=st.lists(codes, max_size=3, unique=True).map(tuple),
    aliases=st.lists(uris, max_size=2, unique=True).map(tuple),
    parents=st.lists(uris, max_size=2, unique=True).map(tuple),
    position=st.integers(-3, 10**6),
    kind=texts,
    label=texts,
    notes=texts,
    grades=st.lists(st.sampled_from(("K", "1", "12")), max_size=2, unique=True).map(tuple),
    subjects=st.lists(st.sampled_from(("mathematics", "history")), max_size=2, unique=True).map(tuple),
    language=languages,
    labels=st.dictionaries(languages, words, max_size=2),
    deprecated=st.booleans(),
    details=details,
)
links = st.builds(
    Association,
    source=st.one_of(uris, codes),
    kind=st.sampled_from((*KINDS, "ext:assesses")),
    target=st.one_of(uris, codes),
    identifier=st.sampled_from(
        ("", "", "00000000-0000-4000-8000-0000000000aa", "11111111-0000-4000-8000-0000000000ab")
    ),
    sequence=st.one_of(st.none(), st.integers(-2, 9)),
    grouping=st.sampled_from(("", "", "00000000-0000-4000-8000-0000000000ff")),
    notes=st.one_of(st.just(""), texts),
)
objects = st.dictionaries(words, leaves, max_size=2)
frameworks = st.builds(
    Framework,
    uri=st.sampled_from(("http://a.example/f", "urn:x-framework:f", "no iri")),
    code=st.just("f"),
    title=words,
    items=st.lists(items, max_size=4, unique_by=lambda item: item.uri).map(tuple),
    associations=st.lists(links, max_size=5, unique=True).map(tuple),
    aliases=st.lists(uris, max_size=2, unique=True).map(tuple),
    version=texts,
    publisher=texts,
    description=texts,
    language=languages,
    license_url=st.sampled_from(("", "https://creativecommons.org/licenses/by/4.0/", "see below")),
    rights=texts,
    subjects=st.lists(st.sampled_from(("mathematics", "history")), max_size=2, unique=True).map(tuple),
    definitions=st.dictionaries(
        st.sampled_from(("CFConcepts", "CFLicenses")), st.lists(objects, max_size=2).map(tuple), max_size=2
    ),
    rubrics=st.lists(objects, max_size=2).map(tuple),
    details=details,
)


def as_read(framework: Framework) -> Framework:
    """The framework as a reader could have returned it: what the checks take out is gone."""
    for _ in range(4):  # markup that came escaped twice takes more than one reading
        framework = replace(checked(replace(framework, problems=())), problems=())
    return framework


@pytest.mark.parametrize("format", WRITERS)
@given(stated=frameworks)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_written_is_read_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, format: str, stated: Framework
) -> None:
    framework = as_read(stated)
    assume(framework == replace(checked(framework), problems=()))
    path = tmp_path_factory.getbasetemp() / f"round.{format}"
    path.write_bytes(b"".join(WRITERS[format](framework)))
    found = read_framework(path, "f")
    assert replace(found, problems=()) == framework


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_on_offer_is_read_back(tmp_path: Path, format: str) -> None:
    framework = as_read(
        Framework(
            "urn:uuid:00000000-0000-4000-8000-000000000001",
            "f",
            "Fractions",
            items=(
                Item("urn:uuid:00000000-0000-4000-8000-000000000002", "Numbers", kind="Domain", position=1),
                Item(
                    "urn:uuid:00000000-0000-4000-8000-000000000003",
                    "Add fractions.",
                    codes=("4.NF.B.3", "4.NF.3"),
                    parents=("urn:uuid:00000000-0000-4000-8000-000000000002",),
                    position=1,
                    grades=("4",),
                    labels={"es": "Sumar fracciones."},
                ),
            ),
            associations=(
                Association("urn:uuid:00000000-0000-4000-8000-000000000003", "precedes", "http://b.example/5.NF.1"),
            ),
        )
    )
    path = tmp_path / f"f{FORMATS[format].suffix}"
    path.write_bytes(b"".join(FORMATS[format].write(framework)))
    found = read_framework(path, "f")
    if format == "case1.0":  # has no room for translations, several codes and much else
        assert [(item.uri, item.statement, item.parents) for item in found.items] == [
            (item.uri, item.statement, item.parents) for item in framework.items
        ]
    else:
        assert replace(found, problems=()) == framework
