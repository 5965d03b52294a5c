"""Codes and URIs of standards in all their spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.codes import codes_asked, find_codes, key, looks_like_code, spellings, uri_key

SAME = [
    ("4.NF.B.3", "CCSS.MATH.CONTENT.4.NF.B.3"),
    ("4.NF.B.3", "CCSS.Math.Content.4.NF.B.3"),
    ("4.NF.B.3", "4nf3"),
    ("4.NF.B.3", "4.NF.3"),
    ("4.NF.B.3", "4-NF-3"),
    ("4.NF.B.3", "４.ＮＦ.Ｂ.３"),
    ("4.NF.B.3", "4 NF B 3"),
    ("4.NF.B.3", "CC.4.NF.3"),
    ("4.NF.B.3a", "CCSS.Math.Content.4.NF.B.3.a"),
    ("4.NF.B.3a", "4nfb3a"),
    ("4.NF.B.3a", "4.NF.3.a"),
    ("HSA-REI.B.3", "A-REI.B.3"),
    ("HSA-REI.B.3", "A.REI.3"),
    ("HSA-REI.B.3", "HS.A-REI.B.3"),
    ("HSA-REI.B.3", "CCSS.MATH.CONTENT.HSAREI.B.3"),
    ("HSG-C.A.1", "G.C.1"),
    ("K.CC.A.1", "kcc1"),
    ("K.CC.A.1", "KCCA1"),
    ("K.G.A.1", "CCSS.Math.Content.K.G.A.1"),
    ("CCSS.Math.Practice.MP1", "MP.1"),
    ("CCSS.ELA-LITERACY.RL.4.1", "RL.4.1"),
    ("CCSS.ELA-Literacy.W.9-10.2e", "W.9-10.2.e"),
    ("MS-PS1-2", "NGSS MS.PS1.2"),
    ("K-PS2-1", "KPS2-1"),
    ("4.NSO-F.10.", "4.NSO-F.10"),
]
DIFFERENT = [
    ("4.NF.B.3", "4.NF.B.4"),
    ("4.NF.B.3", "3.NF.B.3"),
    ("4.NF.B.3", "4.NF.B.3a"),
    ("1.G.A.1", "G.C.1"),
    ("MS-PS1-2", "MS-PS12"),
    ("MS-PS1-2", "HS-PS1-2"),
    ("RL.4.1", "RI.4.1"),
    ("HSA.4.1", "A.4.1"),
    ("CC.2.1.3", "2.1.3"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_one_standard_share_a_key(one: str, other: str) -> None:
    assert set(spellings([one])) & set(spellings([other]))


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_standards_share_no_key(one: str, other: str) -> None:
    assert not set(spellings([one])) & set(spellings([other]))


@given(st.text(max_size=40))
def test_the_key_of_a_key_is_itself(code: str) -> None:
    assert key(key(code)) == key(code)


@given(
    st.from_regex(r"(ccss[.])?(k|hs|[1-8])?[.-]?[a-z]{1,4}[.-]?([a-e][.-]?)?[0-9]{1,2}[.]?[a-c]?", fullmatch=True),
    st.sampled_from([str.upper, str.lower, str.title]),
)
def test_case_never_changes_a_key(code: str, cased: object) -> None:
    assert callable(cased)
    assert key(cased(code)) == key(code)
    assert key(key(code)) == key(code)


@given(st.text(min_size=1, max_size=40))
def test_a_code_is_found_under_its_own_key(code: str) -> None:
    assert not key(code) or spellings([code])[0] == key(code)


def test_every_printed_code_of_a_concept_finds_it() -> None:
    assert spellings(["CCSS.ELA-Literacy.CCRA.R.1", "CCR.R.1"]) == (
        "ccra.r.1",
        "ccr.r.1",
    )


@pytest.mark.parametrize(
    "text",
    [
        "4.NF.B.3",
        "4nf3",
        "K.CC",
        "5 NF 2",
        "HSA-REI.B.3",
        "MS-PS1-2",
        "PS1.A",
        "RL.4.1",
        "W.9-10.2e",
        "SC.4.P.8.1",
        "CCSS.MATH.PRACTICE.MP3",
        "111.6(b)(3)(A)",
        "4.NSO-F.10.",
        "K-2-ETS1-2",
    ],
)
def test_a_code_looks_like_one(text: str) -> None:
    assert looks_like_code(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fractions",
        "2010",
        "4.5",
        "2.0.1",
        "MP3",
        "3g",
        "UTF-8",
        "ISO-8859-1",
        "Grade 4",
        "K-12",
        "555-123-4567",
        "lesson-plan",
        "index.v2.html",
        "2024-01-02",
        "www.example.org",
        "3-5",
        "Windows 7 SP1",
        "x" * 1000,
    ],
)
def test_other_things_do_not_look_like_a_code(text: str) -> None:
    assert not looks_like_code(text)


def test_codes_are_found_in_running_text_in_order_and_once() -> None:
    text = (
        "Aligned to 4.NF.B.3, CCSS.MATH.CONTENT.7.RP.A.2; HSA-REI.B.3 (MS-PS1-2). Also RL.4.1 and 4nf3. "
        "Again 4.NF.B.3, and 4.NF.B.4-5."
    )
    assert find_codes(text) == (
        *("4.NF.B.3", "CCSS.MATH.CONTENT.7.RP.A.2", "HSA-REI.B.3", "MS-PS1-2", "RL.4.1", "4nf3", "4.NF.B.4"),
    )


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("fractions NW.M.4.FR.1 under 45 min", ("NW.M.4.FR.1",)),
        ("teks 111.6.b.3, ma.4.fr.1.2", ("ma.4.fr.1.2", "111.6.b.3")),
        ("LK-FR-2 warm-up", ("LK-FR-2",)),
        ("fractions 4 nf b 3", ("4 nf b 3", "4 nf b")),
        ("number lines (4.NF)", ("4.NF",)),
        ("5-G and covid-19, H2O, on 2026-11-26, 1.2.3", ()),
        ("4.NF.B.3 " * 2_000, ("4.NF.B.3",)),
    ],
)
def test_a_question_may_name_a_code_of_any_shape(question: str, found: tuple[str, ...]) -> None:
    assert codes_asked(question) == found


@pytest.mark.parametrize(
    "text",
    [
        "Windows 7 SP1 plays mp3 and mp4 files over 3g.",
        "See version 3.5.2, section L.2 and page 4.",
        "Visit http://example.org/4.NF.B.3 or file-4.NF.B.3.pdf",
        "In 2010 pupils aged 9-10 scored 4.5 of 5.",
    ],
)
def test_prose_without_codes_yields_none(text: str) -> None:
    assert find_codes(text) == ()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://corestandards.org/Math/Content/4/NF/B/3", "https://www.corestandards.org/math/content/4/nf/b/3/"),
        ("urn:guid:FBCBB7C696FE475695920CA622B1C85B", "urn:uuid:fbcbb7c6-96fe-4756-9592-0ca622b1c85b"),
        (
            "https://a.example/ims/case/v1p0/CFItems/fbcbb7c6-96fe-4756-9592-0ca622b1c85b",
            "FBCBB7C6-96FE-4756-9592-0CA622B1C85B",
        ),
        ("http://purl.org/ASN/resources/S1", "https://purl.org/ASN/resources/S1/"),
    ],
)
def test_two_writings_of_one_uri_share_a_key(one: str, other: str) -> None:
    assert uri_key(one) == uri_key(other)


def test_the_case_of_a_path_tells_uris_apart() -> None:
    assert uri_key("http://example.org/A") != uri_key("http://example.org/a")
