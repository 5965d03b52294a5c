"""Grades out of publishers' words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vocab.grades import GRADES, grades_of, grades_of_ages


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("Grade 4", "4"),
        ("4th grade", "4"),
        ("fourth grade", "4"),
        ("Fourth-grade", "4"),
        ("Grade 10", "10"),
        ("grades 3-5", "3 4 5"),
        ("Grades 3, 4, and 5", "3 4 5"),
        ("Grades 3 and 5", "3 5"),
        ("3rd through 5th grades", "3 4 5"),
        ("Grade 3 - Grade 5", "3 4 5"),
        ("Grades K–2", "K 1 2"),
        ("K-2", "K 1 2"),
        ("PreK-2", "K 1 2"),
        ("Kindergarten", "K"),
        ("KG", "K"),
        ("09", "9"),
        ("4", "4"),
        ("3.0", "3"),
        ("4;5;6", "4 5 6"),
        ("9-11", "9 10 11"),
        ("Grades 9 to 12", "9 10 11 12"),
        ("Year Group 7", "6"),
        ("Mathematics Year Group 7", "6"),
        ("Year 1", "K"),
        ("Years 3 and 4", "2 3"),
        ("KS2", "2 3 4 5"),
        ("Key Stage 1", "K 1"),
        ("High School", "9 10 11 12"),
        ("middle-school", "6 7 8"),
        ("lower-primary", "K 1 2"),
        ("upper-primary", "3 4 5"),
        ("http://purl.org/ASN/scheme/ASNEducationLevel/4", "4"),
        ("http://purl.org/ASN/scheme/ASNEducationLevel/K", "K"),
        ("ages 9-10", "4"),
        ("Algebra for high school students", "9 10 11 12"),
    ],
)
def test_grades_are_read_from_what_publishers_say(stated: str, expected: str) -> None:
    assert grades_of(stated) == tuple(expected.split())


@pytest.mark.parametrize(
    "stated",
    [
        "",
        "2010",
        "Year 2010",
        "13",
        "Grade 100",
        "Grade 4.5",
        "Lesson 4",
        "Algebra 1",
        "college",
        "preschool",
        "PK",
        "graduate-professional",
        "4.NF.B.3",
        "https://example.org/page",
        "one of twelve",
        "x" * 5000,
    ],
)
def test_other_words_name_no_grade(stated: str) -> None:
    assert grades_of(stated) == ()


def test_ages_are_those_of_pupils_in_the_grade() -> None:
    assert grades_of_ages(5, 5) == ("K",)
    assert grades_of_ages(9, 11) == ("4", "5")
    assert grades_of_ages(14, 18) == ("9", "10", "11", "12")
    assert grades_of_ages(25, 99) == ()


@given(st.text(max_size=60))
def test_only_grades_of_the_list_come_out_in_its_order(stated: str) -> None:
    found = grades_of(stated)
    assert found == tuple(grade for grade in GRADES if grade in found)
