"""Licenses out of publishers' words."""

import pytest

from vocab.licenses import license, license_of, licenses


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0"),
        ("http://creativecommons.org/licenses/by/4.0", "cc-by-4.0"),
        ("https://creativecommons.org/licenses/by/4.0/legalcode", "cc-by-4.0"),
        ("https://creativecommons.org/licenses/by-nc/4.0/deed.de", "cc-by-nc-4.0"),
        ("http://creativecommons.org/licenses/by-sa/2.0/be/", "cc-by-sa-2.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/deed.en", "cc0-1.0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "public-domain"),
        ("cc-by-sa", "cc-by-sa"),
        ("CC BY-SA 4.0", "cc-by-sa-4.0"),
        ("CC-BY-NC-ND-4.0", "cc-by-nc-nd-4.0"),
        ("by-nd-nc 1.0", "cc-by-nc-nd-1.0"),
        ("cc-nc-sa-4.0", "cc-by-nc-sa-4.0"),
        ("CC0", "cc0-1.0"),
        ("Creative Commons Attribution 4.0 International", "cc-by-4.0"),
        ("Attribution-ShareAlike 3.0 Unported", "cc-by-sa-3.0"),
        (
            "This work is licensed under a Creative Commons Attribution-NonCommercial-ShareAlike 3.0 License "
            "(CC BY-NC-SA 3.0).",
            "cc-by-nc-sa-3.0",
        ),
        ("Except where noted: CC BY. https://creativecommons.org/licenses/by/4.0/", "cc-by-4.0"),
        ("http://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", "ogl-uk-3.0"),
        ("Open Government Licence v3.0", "ogl-uk-3.0"),
        ("Public domain", "public-domain"),
        ("http://rightsstatements.org/vocab/InC/1.0/", "all-rights-reserved"),
        ("http://rightsstatements.org/vocab/InC-EDU/1.0/", "educational-use"),
        ("© 2020 A District. All rights reserved.", "all-rights-reserved"),
        ("Apache-2.0", "apache-2.0"),
    ],
)
def test_a_license_is_read_from_what_publishers_say(stated: str, expected: str) -> None:
    found = license_of(stated)
    assert found is not None
    assert found.key == expected


@pytest.mark.parametrize(
    "stated",
    [
        "",
        "free",
        "Creative Commons",
        "CC BY 9.0",
        "CC BY or CC BY-SA",
        "see website",
        "https://example.org/by/4.0",
        "https://creativecommons.org/licenses/by/7.0/",
        "some rights reserved",
        "x" * 100000,
    ],
)
def test_a_statement_of_no_one_license_gives_none(stated: str) -> None:
    assert license_of(stated) is None


def test_no_version_is_invented() -> None:
    assert license("cc-by").url == ""
    assert license("cc-by").open


def test_only_licenses_that_let_everyone_adapt_for_any_purpose_are_open() -> None:
    open_keys = {each.key for each in licenses() if each.open}
    assert {"cc-by-4.0", "cc-by-sa-3.0", "cc0-1.0", "public-domain", "ogl-uk-3.0"} <= open_keys
    assert not [key for key in open_keys if "-nc" in key or "-nd" in key or "reserved" in key]
    assert license("cc-by-nc-4.0").adaptable
    assert not license("cc-by-nd-4.0").adaptable


def test_every_license_is_found_by_its_own_key_label_and_url() -> None:
    for each in licenses():
        assert license_of(each.key) == each
        if each.url:
            assert license_of(each.url) == each


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        license("cc-by-9.0")
