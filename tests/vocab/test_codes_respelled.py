"""Every respelling that the rules make is read as the code it was made of, and no two codes of one framework meet."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import pytest

from tests.servers import shared
from tests.vocab.respelled import ADDRESS_RULES, CODE_RULES, Rule
from vocab.codes import is_prefixed, key, meant_key, readings, spellings, uri_key
from vocab.frameworks.guid import guid
from vocab.frameworks.model import Item
from vocab.frameworks.read import read_framework

PRINTED = (
    *(
        "4.NF.B.3",
        "4.NF.B.4",
        "4.NF.B.3a",
        "4.NF.B",
        "K.CC.A.1",
        "K.G.A.1",
        "K.NBT.A.1",
        "1.OA.C.6",
        "8.F.A.1",
        "7.G.A.1",
    ),
    *("HSA-REI.B.3", "HSG-C.A.1", "HSN-Q.A.1", "HSS-ID.B.6a", "HSG-CO.A.1", "HSF-IF.A", "CCSS.Math.Practice.MP1"),
    *("RL.4.1", "W.9-10.2e", "RF.K.1a", "L.4.1a", "L.K.2", "RST.6-8.3", "WHST.11-12.1e", "CCRA.R.1", "CCRA.SL.6"),
    *("MS-PS1-2", "K-PS2-1", "K-2-ETS1-1", "3-5-ETS1-2", "HS-ESS2-4", "1-PS4", "PS1.A", "ESS2.D"),
    *("4.NSO-F.10.", "AI.N.5.", "PK.LD-V.10.", "HSA.4.1", "I-B.1.L2", "4.1. E2", "SC.4.P.8.1", "111.6(b)(3)(A)"),
)
URIS = (
    "http://asn.jesandco.org/resources/S114342D",
    "http://corestandards.org/Math/Content/4/NF/B/3/a",
    "http://corestandards.org/ELA-Literacy/RL/4/1",
    "urn:guid:1A7D11B497334220BAFD174AE988EE0C",
)
FRAMEWORKS = (
    *("ccss-math.asn.rdf.xml", "ccss-ela.asn.rdf.xml", "ngss.asn.rdf.xml", "asn-manifest/math.json"),
    *(f"asn-rdf-json/DC-{name}.json" for name in ("arts", "english", "history", "math", "science")),
)
KNOWN: dict[str, set[str]] = defaultdict(set)
for _code in PRINTED:
    for _key in spellings([_code]):
        KNOWN[_key].add(_code)


def meanings(stated: str) -> set[str]:
    """The codes that a spelling may mean, of its closest reading that means any."""
    keys = readings(stated)
    return next((KNOWN[each] for each in keys if each in KNOWN), set())


@pytest.mark.parametrize("rule", CODE_RULES, ids=lambda rule: rule.__name__)
def test_every_respelling_of_a_code_is_read_as_that_code_alone(rule: Rule) -> None:
    made = [(code, text) for code in PRINTED for text in rule(code)]
    assert made
    assert [(code, text, meanings(text)) for code, text in made if meanings(text) != {code}] == []


@pytest.mark.parametrize("rule", ADDRESS_RULES, ids=lambda rule: rule.__name__)
def test_every_respelling_of_an_address_has_its_key(rule: Rule) -> None:
    made = [(uri, text) for uri in URIS for text in rule(uri)]
    assert made
    for uri, text in made:
        assert {uri_key(uri), f"uuid:{guid(uri)}"} & set(readings(text)), text


@pytest.mark.parametrize(
    ("stated", "meant"),
    [
        ("Grade 4 NF.B.3", "4.nf.b.3"),
        ("3rd grade MD.A.1", "3.md.a.1"),
        ("9-12.A-REI.3", "a.rei.3"),
        ("9-10.W.2e", "w.9.10.2.e"),
        ("W.K.1", "w.k.1"),
        ("TEKS §111.6.b.3.A", "111.6.b.3.a"),
        ("Standard", "standard"),
    ],
)
def test_the_code_that_is_meant(stated: str, meant: str) -> None:
    assert meant_key(stated) == meant


@pytest.mark.parametrize(
    "stated", ["4.L.1", "4.ZZ.1", "Standards for 4", "MS-PX1-2", "SMP9", "x" * 1000 + "1", ".".join("1" * 500)]
)
def test_what_has_no_known_shape_is_read_as_it_stands(stated: str) -> None:
    assert set(readings(stated)) <= {key(stated), key(stated).removeprefix("standards.")}


@pytest.mark.parametrize(
    ("stated", "prefixed"),
    [("CCSS.4.NF.3", True), ("Standard CCSSRL.4.1", True), ("CC.4.NF.3", True), ("CC.2.1.3", False), ("4.NF.3", False)],
)
def test_the_prefix_of_the_common_core_is_seen(stated: str, prefixed: bool) -> None:
    assert is_prefixed(stated) is prefixed


def test_nothing_is_read_from_nothing() -> None:
    assert readings("") == readings(" — ") == ()


@pytest.mark.real
@pytest.mark.parametrize("name", FRAMEWORKS)
def test_statements_of_one_framework_share_a_key_only_where_their_publisher_prints_one_code_twice(name: str) -> None:
    printed = {item.uri: {" ".join(re.findall(r"\w+", code.upper())) for code in item.codes} for item in _items(name)}
    found: dict[str, set[str]] = defaultdict(set)
    for item in _items(name):
        for each in (*spellings(item.codes), *map(meant_key, item.codes)):
            found[each].add(item.uri)
    assert [uris for uris in found.values() if not set.intersection(*(printed[uri] for uri in uris))] == []


@cache
def _items(name: str) -> tuple[Item, ...]:
    return read_framework(shared(f"standards/{name}")).items
