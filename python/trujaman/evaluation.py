# SPDX-License-Identifier: MIT
"""How similar translations are to those of people."""
from __future__ import annotations

import os
import tempfile
from typing import TYPE_CHECKING, Any, Iterable, List, NamedTuple, Tuple, Union

from . import _calls, errors, files
from ._library import ERROR_BYTES, check, encode, ffi, lib, new_message

if TYPE_CHECKING:
    from .option_types import File

    #: A file, or lines in memory.
    Text = Union[File, Iterable[str]]


class Evaluation(NamedTuple):
    """The similarity of translations to references, as sacreBLEU computes it by default."""

    lines: int
    bleu: float  #: 0 to 100, over words of the tokeniser 13a
    chrf: float  #: chrF2, 0 to 100, over characters
    precisions: Tuple[float, ...]  #: [4]: of n-grams of 1 to 4 words; percent, smoothed
    brevity_penalty: float  #: 0 to 1
    correct: Tuple[int, ...]  #: [4]: n-grams of the translations that were matched,
    total: Tuple[int, ...]  #: [4]: and all of them
    hypothesis_words: int
    reference_words: int


def _input(given: Text, keep: List[Any]) -> Tuple[Any, int | None]:
    """A trujaman_input, and how many lines it has, if they are in memory."""
    if isinstance(given, (str, os.PathLike)):
        made, kept = files.new_input(given)
        keep.append(kept)
        return made, None
    # The library reads descriptors and files.
    file = tempfile.TemporaryFile()
    keep.append(file)
    n = 0
    for n, line in enumerate(given, 1):
        encoded = encode(line)
        if b"\n" in encoded:
            raise errors.InputError("a line in memory contains a line feed")
        file.write(encoded + b"\n")
    file.flush()
    file.seek(0)
    made = ffi.new("trujaman_input *")
    made.size, made.fd, made.force_text = ffi.sizeof("trujaman_input"), file.fileno(), 1
    return made, n


def evaluate(hypotheses: Text, references: Text) -> Evaluation:
    """Compare translations with references, line by line: BLEU and chrF.

    Each is a file (a string is its name) or lines in memory. The result has the same bits on every
    machine.

    >>> import trujaman
    >>> e = trujaman.evaluate(["The door is open."], ["The door is not open."])
    >>> round(e.bleu, 1), round(e.chrf, 1)
    (40.9, 62.7)
    """
    keep: List[Any] = []
    inputs, lines = [], []
    for text in (hypotheses, references):
        made, n = _input(text, keep)
        inputs.append(made)
        lines.append(n)
    if lines == [0, 0]:
        raise errors.InputError("there are no lines to compare")
    if None not in lines and lines[0] != lines[1]:  # the library's message would name descriptors
        raise errors.InputError(f"{lines[0]} hypotheses, but {lines[1]} references")

    def compute(call: _calls.Call) -> Any:
        message = new_message()
        found = ffi.new("trujaman_evaluation *", {"size": ffi.sizeof("trujaman_evaluation")})
        call.begin(None)
        check(lib.trujaman_evaluate(*inputs, found, message, ERROR_BYTES), message)
        keep.clear()
        return found

    e = _calls.run(compute)
    return Evaluation(e.lines, e.bleu, e.chrf, tuple(e.precisions), e.brevity_penalty,
                      tuple(e.correct), tuple(e.total), e.hypothesis_words, e.reference_words)
