# SPDX-License-Identifier: MIT
"""What translating lines gives."""
from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterator, List, Sequence, Tuple

from . import attention as attentions
from . import errors
from ._library import ffi, lib

if TYPE_CHECKING:
    from .attention import Attention, Link, Matrix


@dataclass(frozen=True)
class Translation:
    """A translation of a line. What is told of pieces and words needs alignments=True."""

    text: str
    score: float  #: natural-log probability / length ** length_penalty, summed over sentences
    details: Attention | None = None  #: spans, words, and the parts of the line

    @property
    def _details(self) -> Attention:
        if self.details is None:
            raise errors.UsageError("results were made without alignments=True")
        return self.details

    @property
    def pieces(self) -> Tuple[str, ...]:
        """The pieces that the network wrote, with "</s>", those of all sentences of the line."""
        return self._details.pieces

    @property
    def source_pieces(self) -> Tuple[str, ...]:
        """The pieces that it read."""
        return self._details.source_pieces

    @property
    def piece_scores(self) -> Tuple[float, ...]:
        """[len(pieces)]: natural-log probability of each piece."""
        return self._details.scores

    @property
    def attention(self) -> Matrix:
        """[len(pieces)][len(source_pieces)]: shares of attention, 0 to 1, float32.

        An array of numpy, or a list of lists where numpy is missing.
        """
        return self._details.matrix

    @property
    def alignments(self) -> Tuple[Link, ...]:
        """Which words belong together, numbered from 0 as they stand between white space."""
        return self._details.links


@dataclass(frozen=True)
class Result(Translation):
    """The best translation of a line, and the others."""

    index: int = 0  #: of the line, from 0
    source: str = ""
    translations: Tuple[Translation, ...] = ()  #: up to n_best by falling score; the first is this


def read_texts(result: Any, n: int) -> List[str]:
    """The best translation of each of n lines."""
    texts, n_bytes = [], ffi.new("size_t *")
    for line in range(n):
        chars = lib.trujaman_result_text(result, line, 0, n_bytes)
        texts.append(ffi.unpack(chars, n_bytes[0]).decode("utf-8", "surrogateescape"))
    return texts


def read_scores(result: Any, n: int) -> List[float]:
    return [lib.trujaman_result_score(result, line, 0) for line in range(n)]


def read_results(result: Any, sources: Sequence[str], index: int,
                 with_attention: bool) -> Iterator[Result]:
    """The results of lines, of which the first has the number `index`."""
    n_bytes = ffi.new("size_t *")
    for line, source in enumerate(sources):
        translations = []
        for rank in range(lib.trujaman_result_count(result, line)):
            chars = lib.trujaman_result_text(result, line, rank, n_bytes)
            text = ffi.unpack(chars, n_bytes[0]).decode("utf-8", "surrogateescape")
            a = lib.trujaman_result_attention(result, line, rank) if with_attention else ffi.NULL
            translations.append(Translation(text, lib.trujaman_result_score(result, line, rank),
                                            attentions.read(a) if a != ffi.NULL else None))
        best = translations[0]
        yield Result(best.text, best.score, best.details, index + line, source,
                     tuple(translations))
