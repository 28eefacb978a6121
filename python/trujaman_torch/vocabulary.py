# SPDX-License-Identifier: MIT
"""Makes vocabularies from texts and splits texts into pieces. Needs python3-sentencepiece, which
nothing else here does."""
from __future__ import annotations

import io
from typing import Any, Iterator, List

from .errors import TrujamanError
from .options import Options
from .spm import Vocabulary


def _library() -> Any:
    try:
        import sentencepiece
    except ImportError:
        raise TrujamanError("splitting text into pieces needs sentencepiece "
                            "(Debian: python3-sentencepiece)") from None
    return sentencepiece


def read(path: str) -> bytes:
    """A SentencePiece model, as a file or in a model file."""
    try:
        with open(path, "rb") as f:
            data = f.read(1 << 30)
    except OSError as e:
        raise TrujamanError(f"cannot read {path}: {e.strerror}") from None
    try:
        Vocabulary(data)
    except TrujamanError as e:
        raise TrujamanError(f"{path}: {e}") from None
    return data


def train(lines: Iterator[bytes], options: Options) -> bytes:
    """A vocabulary with the settings of `trujaman train`."""
    out = io.BytesIO()
    fallback = options["byte-fallback"] is not False
    try:
        _library().SentencePieceTrainer.train(
            sentence_iterator=iter(lines), model_writer=out,
            model_type=options["vocab-type"] or "unigram", vocab_size=options["vocab-size"],
            byte_fallback=fallback, character_coverage=0.9995 if fallback else 1.0,
            hard_vocab_limit=False, num_threads=4, unk_id=0, bos_id=1, eos_id=2, pad_id=-1,
            minloglevel=4)
    except (RuntimeError, OSError) as e:
        raise TrujamanError(f"cannot make a vocabulary of {options['vocab-size']} pieces: {e}"
                            ) from None
    return out.getvalue()


class Splitter:
    """Text to ids."""

    def __init__(self, model: bytes, side: str) -> None:
        self.vocabulary = Vocabulary(model)
        self.processor = _library().SentencePieceProcessor()
        self.processor.LoadFromSerializedProto(model)
        self.eos, self.bos = self.vocabulary.eos, self.vocabulary.bos
        if self.eos < 0:
            raise TrujamanError(f"the {side} vocabulary: found no piece </s>, "
                                "which training needs")

    def ids(self, text: str) -> List[int]:
        return self.processor.EncodeAsIds(text)


