"""RDF from strangers."""

import pyoxigraph as ox
import pytest

from vocab import rdf

RDF_XML = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.example/">{}</rdf:RDF>'
TURTLE = b'@prefix e: <http://e.example/> .\ne:a e:says "yes"@en, "oui"@fr, e:b .'


def parse(content: bytes, name: str = "file") -> rdf.Graph:
    format = rdf.format_of(name, content)
    assert format is not None
    return rdf.parse(content, format, name)


@pytest.mark.parametrize(
    "content",
    [
        TURTLE,
        b"\xef\xbb\xbf" + TURTLE,
        b"# a comment\n" + TURTLE,
        RDF_XML.format(
            '<rdf:Description rdf:about="http://e.example/a"><e:says xml:lang="en">yes</e:says>'
            '<e:says xml:lang="fr">oui</e:says><e:says rdf:resource="http://e.example/b"/></rdf:Description>'
        ).encode(),
        b'{"@id": "http://e.example/a", "http://e.example/says": [{"@value": "yes", "@language": "en"}, '
        b'{"@value": "oui", "@language": "fr"}, {"@id": "http://e.example/b"}]}',
    ],
)
def test_a_document_is_told_by_what_it_holds_and_read_the_same(content: bytes) -> None:
    found = parse(content)["http://e.example/a"]
    assert rdf.text(found, "http://e.example/says", language="fr") == "oui"
    assert rdf.texts(found, "http://e.example/says") == ["yes", "oui"]
    assert rdf.uris(found, "http://e.example/says") == ["http://e.example/b"]


def test_a_language_that_is_not_there_gives_what_is() -> None:
    assert rdf.text(parse(TURTLE)["http://e.example/a"], "http://e.example/says", language="de") == "yes"
    assert rdf.text(parse(TURTLE)["http://e.example/a"], "http://e.example/other") == ""


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"@prefix e: <http://e.example/> .\n\ne:a e:b", "line 3"),
        (RDF_XML.format("<e:a>").encode(), "not well-formed XML"),
        ((BOMB + RDF_XML.format("&b;")).encode(), "DOCTYPE"),
        (('<!DOCTYPE x SYSTEM "file:///etc/passwd">' + RDF_XML.format("")).encode(), "DOCTYPE"),
        (RDF_XML.format("<e:a><e:b>" * 1000 + "</e:b></e:a>" * 1000).encode(), "depth"),
        (b'{"@context": "http://127.0.0.1/context", "@id": "http://e.example/a"}', "not fetched"),
        (b'{"@context": {"@import": "file:///etc/passwd"}, "@id": "http://e.example/a"}', "not fetched"),
        (b'{"@id": "http://e.example/a", "http://e.example/b": ' + b"[" * 100_000, "not well-formed RDF"),
    ],
)
def test_a_broken_or_hostile_document_is_refused_in_one_sentence_that_names_it(content: bytes, told: str) -> None:
    with pytest.raises(ValueError, match=told) as refusal:
        parse(content, "upload.rdf")
    assert str(refusal.value).startswith("upload.rdf ")


def test_a_document_beyond_the_cap_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdf, "MOST_BYTES", 10)
    with pytest.raises(ValueError, match="Split it"):
        rdf.parse(TURTLE, ox.RdfFormat.TURTLE, "big.ttl")


def test_other_text_is_no_rdf() -> None:
    assert rdf.format_of("a.csv", b"code,statement\n1,x") is None
    assert rdf.format_of("a.json", b'{"CFDocument": {}}') is None


def test_merging_keeps_each_statement_once_and_blank_nodes_apart() -> None:
    one = parse(b'<http://e.example/a> <http://e.example/b> "x", _:n . _:n <http://e.example/b> "one" .')
    two = parse(b'<http://e.example/a> <http://e.example/b> "x", _:n . _:n <http://e.example/b> "two" .')
    merged = rdf.merge([one, two])
    assert [v.text for v in merged["http://e.example/a"]["http://e.example/b"] if not v.is_uri] == ["x"]
    assert len(merged) == 3


def test_a_large_json_ld_document_is_read_as_a_small_one() -> None:
    node = '{"@id": "http://e.example/%d", "@type": "http://e.example/T", "http://e.example/p": "%s"}'
    nodes = ",".join(node % (number, "x" * 1000) for number in range(9000))
    content = f'{{"@context": {{}}, "@graph": [{nodes}]}}'.encode()
    found = parse(content, "big.jsonld")
    assert len(content) > 8 * 2**20
    assert len(found) == 9000
    with pytest.raises(ValueError, match=r"big\.jsonld is not well-formed RDF"):
        parse(content[:-1], "big.jsonld")


def test_a_datatype_is_kept_where_it_says_more_than_text() -> None:
    content = b'<urn:x:a> <urn:x:p> "1"^^<urn:x:T>, "2"^^<http://www.w3.org/2001/XMLSchema#string>, "3"@en .'
    values = parse(content, "a.ttl")["urn:x:a"]["urn:x:p"]
    assert [value.datatype for value in values] == ["urn:x:T", "", ""]


@pytest.mark.parametrize(
    "uri", ["http://a.example/> <b", "no iri", "", "http://[bad", "4.NX.A.1", "urn:x-stated:a%20b"]
)
def test_a_uri_that_is_no_iri_is_written_whole_all_the_same(uri: str) -> None:
    written = rdf.node(uri).value
    assert written.startswith("urn:x-stated:")
    assert rdf.stated(written) == uri
    triple = ox.Triple(rdf.node(uri), rdf.node("http://e.example/p"), rdf.node("urn:uuid:1"))
    content = ox.serialize([triple], format=ox.RdfFormat.N_TRIPLES)
    assert content is not None
    assert [quad.subject.value for quad in ox.parse(content, format=ox.RdfFormat.N_TRIPLES)] == [written]


def test_half_a_surrogate_is_written_as_a_question_mark() -> None:
    assert rdf.node("a\ud800b").value == "urn:x-stated:a%3Fb"


def test_a_uri_that_is_an_iri_is_written_as_it_is() -> None:
    assert rdf.node("https://a.example/ü?q=1#x").value == "https://a.example/ü?q=1#x"
