# SPDX-License-Identifier: MIT
"""What the network looked at: pieces, their scores, attention, and links between words."""
from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Callable, List, NamedTuple, Tuple, Union

from ._library import ffi, text

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    #: [row][column] of float32: an array of numpy, or lists of lists where there is no numpy.
    Matrix = Union[NDArray[numpy.float32], List[List[float]]]

Span = Tuple[int, int]  #: of characters: the first one, and the one behind the last


class Link(NamedTuple):
    """A word of the source and a word of the target that belong together."""

    source: int  #: number of the word, from 0
    target: int
    share: float  #: of the target word's attention, 0 to 1; 1 where the word was copied


@dataclass(frozen=True, eq=False)
class Part:
    """A stretch of text that the network wrote at once, mostly a sentence. Pieces have U+2581 for a
    space; "</s>" ends those of the target, and in most models those of the source."""

    source_pieces: Tuple[str, ...]
    target_pieces: Tuple[str, ...]
    source_spans: Tuple[Span, ...]  #: of each piece in Attention.source
    target_spans: Tuple[Span, ...]
    scores: Tuple[float, ...]  #: natural-log probability of each target piece
    attention: Matrix  #: [target piece][source piece], 0 to 1; the sum of a row is 1


@dataclass(frozen=True, eq=False)
class Attention:
    """How a translation came about. Words are what white space separates."""

    source: str  #: the text that spans and words of the source refer to
    target: str
    source_words: Tuple[Span, ...]
    target_words: Tuple[Span, ...]
    word_scores: Tuple[float, ...]  #: sums of the scores of a target word's pieces; 0: copied
    links: Tuple[Link, ...]  #: sorted; those of at least the option alignments_threshold
    parts: Tuple[Part, ...]  #: in the order of the target; what was copied is in none

    @property
    def pieces(self) -> Tuple[str, ...]:
        """The target's pieces of all parts."""
        return tuple(piece for part in self.parts for piece in part.target_pieces)

    @property
    def source_pieces(self) -> Tuple[str, ...]:
        return tuple(piece for part in self.parts for piece in part.source_pieces)

    @property
    def scores(self) -> Tuple[float, ...]:
        """Natural-log probability of each of `pieces`."""
        return tuple(score for part in self.parts for score in part.scores)

    @cached_property
    def matrix(self) -> Matrix:
        """[piece of `pieces`][piece of `source_pieces`], 0 where they are of different parts.

        It grows with the square of the line: for long lines take those of the parts.
        """
        if len(self.parts) == 1:
            return self.parts[0].attention
        columns = len(self.source_pieces)
        rows: Matrix = _zeros(len(self.pieces), columns)
        row = column = 0
        for part in self.parts:
            width = len(part.source_pieces)
            for weights in part.attention:
                rows[row][column:column + width] = weights
                row += 1
            column += width
        return rows


def _numpy() -> Any:
    try:
        import numpy
    except ImportError:
        return None
    return numpy


def _zeros(n_rows: int, n_columns: int) -> Any:
    numpy = _numpy()
    if numpy is not None:
        return numpy.zeros((n_rows, n_columns), dtype=numpy.float32)
    return [[0.0] * n_columns for _ in range(n_rows)]


def _matrix(floats: Any, n_rows: int, n_columns: int) -> Any:
    numpy = _numpy()
    size = n_rows * n_columns
    if numpy is not None:
        if size == 0:
            return numpy.zeros((n_rows, n_columns), dtype=numpy.float32)
        stored = numpy.frombuffer(ffi.buffer(floats, size * 4), dtype=numpy.float32)
        return stored.reshape(n_rows, n_columns).copy()
    values = ffi.unpack(floats, size) if size > 0 else []
    return [values[i * n_columns:(i + 1) * n_columns] for i in range(n_rows)]


def _to_characters(encoded: bytes) -> Callable[[int], int]:
    """What turns an offset in bytes of a text into one in characters."""
    if encoded.isascii():
        return int
    offsets, n = [], 0
    for byte in encoded:
        offsets.append(n)
        n += (byte & 0xC0) != 0x80
    offsets.append(n)
    # Within a character (spans of byte pieces) its continuation bytes belong to it.
    for i in range(1, len(encoded)):
        if (encoded[i] & 0xC0) == 0x80:
            offsets[i] = offsets[i - 1]
    return offsets.__getitem__


def _spans(pairs: Any, n: int, at: Callable[[int], int]) -> Tuple[Span, ...]:
    return tuple((at(pairs[i][0]), at(pairs[i][1])) for i in range(n))


def _pieces(names: Any, n: int) -> Tuple[str, ...]:
    return tuple(text(names[i]) for i in range(n))


def _numbers(values: Any, n: int) -> Tuple[float, ...]:
    return tuple(ffi.unpack(values, n)) if n > 0 else ()


def read(a: Any) -> Attention:
    """A copy of a trujaman_attention."""
    source, target = ffi.unpack(a.source, a.source_len), ffi.unpack(a.target, a.target_len)
    at, at_target = _to_characters(source), _to_characters(target)
    parts = tuple(Part(_pieces(p.source_pieces, p.n_source), _pieces(p.target_pieces, p.n_target),
                       _spans(p.source_spans, p.n_source, at),
                       _spans(p.target_spans, p.n_target, at_target),
                       _numbers(p.scores, p.n_target),
                       _matrix(p.shares, p.n_target, p.n_source))
                  for p in (a.parts[i] for i in range(a.n_parts)))
    links = tuple(Link(a.links[i][0], a.links[i][1], a.link_shares[i]) for i in range(a.n_links))
    return Attention(source.decode("utf-8", "surrogateescape"),
                     target.decode("utf-8", "surrogateescape"),
                     _spans(a.source_words, a.n_source_words, at),
                     _spans(a.target_words, a.n_target_words, at_target),
                     _numbers(a.word_scores, a.n_target_words), links, parts)
