"""Every published framework, vocabulary and progression beside the project, written and read back."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from vocab.frameworks import skos_write, table_write
from vocab.frameworks.checks import checked
from vocab.frameworks.model import Framework
from vocab.frameworks.read import read_framework

DATA = Path(__file__).parents[3] / "shared" / "data"
pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not DATA.is_dir(), reason="the published data is not beside the project (../shared/data)"),
]
NO_FRAMEWORK = {
    "case-v1p0-cfpackage-schema.json": "CFDocument should be an object",  # a JSON schema
    "LRexample01.jsonld": "holds no skos:Concept",  # resources
    "LRexample01a.json-ld": "holds no skos:Concept",
    "alignmentsUK_jsonld.json": "no framework we can read",  # HTML around JSON-LD
    "type+audience+level_jsonld.json": "no framework we can read",
    "lrmi-terms.ttl": "defines classes and properties",
    "oak-curriculum-ontology.ttl": "defines classes and properties",
    "oak-curriculum-constraints.ttl": "holds no skos:Concept",  # SHACL
    "threads.ttl": "holds no skos:Concept",  # Oak's own classes, concepts only beside the other files of the folder
    "ex_lecture.ttl": r"not well-formed RDF: .* line 29",
    "accessibilityFeature.ttl": r"not well-formed RDF: .* line 15",
}
FOLDERS = ("oak-national-curriculum", "openeduhub", "lrmi")
SUFFIXES = (".ttl", ".jsonld", ".json-ld", ".json", ".xml", ".csv")


def published() -> list[Path]:
    """The files and folders to read; none where the data is not there."""
    files = [
        path
        for folder in ("standards", "progression", "vocabularies")
        for path in sorted((DATA / folder).rglob("*"))
        if path.suffix in SUFFIXES
    ]
    return [*files, *(path for name in FOLDERS if (path := DATA / "vocabularies" / name).is_dir())]


def refusal(path: Path) -> str:
    return "holds no skos:Concept" if "programme-structure" in path.name else NO_FRAMEWORK.get(path.name, "")


def stable(framework: Framework) -> Framework:
    """The framework with text that is as plain as it gets: markup that came escaped twice may need another reading."""
    return replace(checked(replace(framework, problems=())), problems=())


@pytest.mark.parametrize("path", [path for path in published() if refusal(path)], ids=lambda path: path.name)
def test_a_file_that_holds_no_framework_is_refused_with_the_reason(path: Path) -> None:
    with pytest.raises(ValueError, match=refusal(path)):
        read_framework(path)


@pytest.mark.parametrize("path", [path for path in published() if not refusal(path)], ids=lambda path: path.name)
def test_a_published_framework_is_read_back_the_same(path: Path, tmp_path: Path) -> None:
    framework = stable(read_framework(path))
    assert framework.items or framework.only_links or path.name == "EmptyExternalFramework.json"
    for format in ("ttl", "jsonld", "csv"):
        written = tmp_path / f"written.{format}"
        content = table_write.write(framework) if format == "csv" else skos_write.write(framework, format)
        written.write_bytes(b"".join(content))
        assert replace(read_framework(written, framework.code), problems=()) == framework, format
