"""The line of credit: title, author, source and license, and nothing claimed that nobody stated."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.catalog.attribution import NOT_STATED, Attribution, attribution
from vocab import licenses
from vocab.resource import Resource

URL = "https://lakeside.example/lessons/1"
PAGE = "https://registry.example/resources/1"
BY = "https://creativecommons.org/licenses/by/4.0/"


def credit(providers: tuple[str, ...] = ("Lakeside",), **stated: Any) -> Attribution:
    return attribution(Resource(**{"title": "Equal parts", "url": URL, **stated}), providers, PAGE)


class Read(HTMLParser):
    """What a browser shows of a line, and where its links lead."""

    def __init__(self, line: str) -> None:
        super().__init__()
        self.text, self.links, self.tags = "", [], set[str]()
        self.feed(line)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links.append(dict(attrs).get("href"))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_line_names_title_author_source_and_license() -> None:
    line = credit(creators=("Ada", "Bo"), publisher="Lakeside Press", license="cc-by-4.0")
    assert line.text == f"“Equal parts” ({URL}) by Ada, Bo, Lakeside Press is licensed under CC BY 4.0 ({BY})."
    assert line.html == (
        f'“<a href="{URL}">Equal parts</a>” by Ada, Bo, Lakeside Press is licensed under '
        f'<a rel="license" href="{BY}">CC BY 4.0</a>.'
    )


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"creators": ("Ada",), "publisher": "Ada"}, " by Ada. "),
        ({"publisher": "Lakeside Press"}, " by Lakeside Press. "),
        ({}, " from Lakeside. "),
        ({"providers": ()}, f"({URL}). "),
        ({"creators": tuple(f"Author {number}" for number in range(12))}, "Author 9 and 2 more. "),
    ],
)
def test_the_author_is_who_is_stated_and_else_who_provides_it(stated: dict[str, Any], said: str) -> None:
    assert said in credit(**stated).text


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({}, f" from Lakeside. {NOT_STATED}"),
        ({"license_url": "https://x.example/terms"}, ". Its terms are stated at https://x.example/terms"),
        ({"license_url": "javascript:alert(1)"}, f". {NOT_STATED}"),
        ({"license": "cc-by"}, " is licensed under CC BY; its version is not stated."),
        ({"license": "cc0-1.0"}, " is marked with CC0 1.0 (https://creativecommons.org/publicdomain/zero/1.0/)."),
        ({"license": "all-rights-reserved"}, ". All rights reserved (http://rightsstatements.org/vocab/InC/1.0/)."),
        ({"license": "undetermined"}, ". Copyright not known (http://rightsstatements.org/vocab/UND/1.0/)."),
    ],
)
def test_a_license_is_said_as_far_as_it_is_known(stated: dict[str, Any], said: str) -> None:
    line = credit(**stated)
    assert line.text.endswith(said)
    assert ("licensed under" in line.text) == ("cc-by" in str(stated))


@pytest.mark.parametrize("key", [each.key for each in licenses.licenses() if not each.adaptable])
def test_what_may_not_be_changed_is_never_called_public(key: str) -> None:
    assert "marked with" not in credit(license=key).text


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://[", "", "//x", "https:"])
def test_a_source_that_is_no_web_address_gives_way_to_the_page_here(url: str) -> None:
    line = credit(url=url)
    assert f"“Equal parts” ({PAGE})" in line.text
    assert Read(line.html).links == [PAGE]


@given(title=st.text(), author=st.text(), url=st.text(), terms=st.text())
def test_words_of_strangers_are_words_in_the_html(title: str, author: str, url: str, terms: str) -> None:
    line = credit(title=title, creators=(author,), url="https://x.example/" + url, license_url=terms)
    assert Read(line.html).tags == {"a"}
    hostile = credit(title=f"<script>{title}</script>", creators=(f'" onclick="{author}',), url=url)
    assert Read(hostile.html).tags == {"a"}
    assert "<script>" in Read(hostile.html).text
