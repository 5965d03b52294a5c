"""What is special to the index in the data directory: one owner, many readers, generations of files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from registry.errors import Conflict, Unavailable
from registry.ports import IndexQuery
from registry.search.embedded import EmbeddedIndex
from tests.registry.search.documents import document, found


def test_only_one_opening_of_the_folder_may_write_and_gives_way_when_it_closes(tmp_path: Path) -> None:
    first, second = EmbeddedIndex(tmp_path / "index"), EmbeddedIndex(tmp_path / "index")
    assert first.writable()
    assert not second.writable()
    with pytest.raises(Conflict):
        second.put([document(1, "Rain")])
    with pytest.raises(Conflict):
        second.rebuild([])
    first.close()
    assert second.writable()
    second.close()


def test_a_process_that_dies_frees_the_index(tmp_path: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from registry.search.embedded import EmbeddedIndex;"
        "index = EmbeddedIndex(Path(sys.argv[1])); print(index.writable(), flush=True); sys.stdin.read()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path / "index")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    index = EmbeddedIndex(tmp_path / "index")
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"True\n"
        assert not index.writable()
        child.kill()
        child.wait()
    assert index.writable()
    index.close()


def test_a_reader_sees_what_the_owner_commits_and_rebuilds(tmp_path: Path) -> None:
    owner, reader = EmbeddedIndex(tmp_path / "index"), EmbeddedIndex(tmp_path / "index")
    assert found(reader) == []
    owner.put([document(1, "Rain")])
    assert found(reader, "rain") == [1]
    owner.put([document(2, "Rain again", modified=5)])
    assert set(found(reader, "rain")) == {1, 2}
    owner.rebuild([[document(3, "Snow")]])
    assert found(reader, "rain") == []
    assert found(reader, "snow") == [3]
    owner.close()
    reader.close()


def test_what_was_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    first = EmbeddedIndex(tmp_path / "index")
    first.put([document(1, "Rain")])
    first.rebuild([[document(1, "Rain"), document(2, "Snow")]])
    first.put([document(3, "Hail")])
    first.close()
    second = EmbeddedIndex(tmp_path / "index")
    assert second.search(IndexQuery()).total == 3
    second.put([document(4, "Fog")])
    assert found(second, "fog") == [4]
    assert [path.name for path in (tmp_path / "index").glob("gen-*")] == ["gen-2"]
    second.close()


def test_a_deleted_folder_is_an_empty_index_that_can_be_written(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    index.put([document(1, "Rain")])
    index.close()
    shutil.rmtree(tmp_path / "index")
    assert found(index) == []
    index.put([document(2, "Snow")])
    assert found(index) == [2]
    index.close()


def test_an_index_of_another_version_counts_as_empty(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    index.put([document(1, "Rain")])
    index.close()
    (tmp_path / "index/current").write_text("0 gen-1")
    again = EmbeddedIndex(tmp_path / "index")
    assert found(again) == []
    again.put([document(2, "Snow")])
    assert found(again) == [2]
    again.close()


def test_damaged_files_are_unavailable_until_a_rebuild(tmp_path: Path) -> None:
    index = EmbeddedIndex(tmp_path / "index")
    index.put([document(1, "Rain")])
    index.close()
    (tmp_path / "index/gen-1/meta.json").write_text("{")
    again = EmbeddedIndex(tmp_path / "index")
    with pytest.raises(Unavailable, match="oer index rebuild"):
        again.search(IndexQuery())
    with pytest.raises(Unavailable):
        again.put([document(2, "Snow")])
    assert again.rebuild([[document(2, "Snow")]]) == 1
    assert found(again) == [2]
    again.close()
