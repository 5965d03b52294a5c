"""Links as people share them, and the file behind each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvesters.sheet_address import file_address

SHEET = "https://docs.google.com/spreadsheets/d/1AbC-dEfGhIjK_lmnop"
PUBLISHED = "https://docs.google.com/spreadsheets/d/e/2PACX-1vAbCdEf"
SHARE = "aHR0cHM6Ly8xZHJ2Lm1zL3gvcyFBYkNk"


@pytest.mark.parametrize(
    ("shared", "file"),
    [
        (f"{SHEET}/edit?usp=sharing", f"{SHEET}/export?format=csv"),
        (f"{SHEET}/edit#gid=42", f"{SHEET}/export?format=csv&gid=42"),
        (f"{SHEET}/edit?gid=42#gid=42", f"{SHEET}/export?format=csv&gid=42"),
        (f"{SHEET}/htmlview?resourcekey=0-x", f"{SHEET}/export?format=csv&resourcekey=0-x"),
        (SHEET, f"{SHEET}/export?format=csv"),
        (SHEET.replace("/d/", "/u/0/d/") + "/view", f"{SHEET}/export?format=csv"),
        (SHEET.replace("/spreadsheets", "/a/oak.example/spreadsheets") + "/edit", f"{SHEET}/export?format=csv"),
        (f"{PUBLISHED}/pubhtml", f"{PUBLISHED}/pub?output=csv"),
        (f"{PUBLISHED}/pubhtml?gid=7&single=true", f"{PUBLISHED}/pub?gid=7&single=true&output=csv"),
        ("https://drive.google.com/file/d/1AbC-dEfGhIjK/view?usp=sharing",
         "https://drive.google.com/uc?export=download&id=1AbC-dEfGhIjK"),
        ("https://drive.google.com/open?id=1AbC-dEfGhIjK",
         "https://drive.google.com/uc?export=download&id=1AbC-dEfGhIjK"),
        ("https://www.dropbox.com/s/abc/units.xlsx?dl=0", "https://www.dropbox.com/s/abc/units.xlsx?dl=1"),
        ("https://www.dropbox.com/scl/fi/abc/units.xlsx?rlkey=k&st=s&dl=0",
         "https://www.dropbox.com/scl/fi/abc/units.xlsx?rlkey=k&st=s&dl=1"),
        ("https://1drv.ms/x/s!AbCd", f"https://api.onedrive.com/v1.0/shares/u!{SHARE}/root/content"),
        ("https://onedrive.live.com/embed?resid=A%21B&authkey=C",
         "https://onedrive.live.com/download?resid=A%21B&authkey=C"),
        ("https://oak.sharepoint.com/:x:/s/curriculum/EaBc?e=xYz",
         "https://oak.sharepoint.com/:x:/s/curriculum/EaBc?e=xYz&download=1"),
        ("https://github.com/oak/units/blob/main/data/units.csv",
         "https://raw.githubusercontent.com/oak/units/main/data/units.csv"),
        ("https://gitlab.com/oak/units/-/blob/main/units.csv", "https://gitlab.com/oak/units/-/raw/main/units.csv"),
        ("https://codeberg.org/oak/units/src/branch/main/units.csv",
         "https://codeberg.org/oak/units/raw/branch/main/units.csv"),
    ],
)  # fmt: skip
def test_a_shared_link_leads_to_its_file(shared: str, file: str) -> None:
    assert file_address(shared) == file
    assert file_address(file) == file or "onedrive" in file


@pytest.mark.parametrize(
    "url",
    [
        "https://oak.example/units.csv",
        f"{SHEET}/export?format=xlsx",
        f"{SHEET}/gviz/tq?tqx=out:csv",
        f"{PUBLISHED}/pub?output=tsv",
        "https://docs.google.com/document/d/1AbC-dEfGhIjK/edit",
        "https://docs.google.com.evil.example/spreadsheets/d/1AbC-dEfGhIjK/edit",
        "https://evilsharepoint.com/:x:/s/a/b",
        "https://github.com/oak/units",
        "https://[broken",
        "ftp://github.com/oak/units/blob/main/units.csv",
        "",
    ],
)
def test_every_other_address_stays_as_it_is(url: str) -> None:
    assert file_address(url) == url


@pytest.mark.parametrize(
    ("shared", "file"),
    [
        (f"{SHEET}/edit?gid=42#gid=42", f"{SHEET}/export?format=xlsx"),
        (f"{PUBLISHED}/pubhtml?gid=7&single=true", f"{PUBLISHED}/pub?output=xlsx"),
        ("https://oak.example/t?format=csv&gid=1", "https://oak.example/t?format=csv&gid=1"),
    ],
)
def test_where_one_sheet_is_named_the_whole_workbook_is_asked_for(shared: str, file: str) -> None:
    assert file_address(shared, whole_workbook=True) == file


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    assert isinstance(file_address(text), str)
    assert isinstance(file_address(f"https://docs.google.com/{text}"), str)
