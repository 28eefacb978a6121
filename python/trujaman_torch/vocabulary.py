# SPDX-License-Identifier: MIT
"""Makes vocabularies from texts and splits texts into pieces. Needs python3-sentencepiece, which
nothing else here does."""
from __future__ import annotations

import io
from typing import Any, Callable, Dict, Iterator, List, Union

from . import texts
from .config import Config
from .errors import TrujamanError
from .options import Options
from .spm import Vocabulary
from .tokens import CONTROLS, SEPARATORS, SPACES, UNKNOWN, Tokens, encode


def _library() -> Any:
    try:
        import sentencepiece
    except ImportError:
        raise TrujamanError("splitting text into pieces needs sentencepiece "
                            "(Debian: python3-sentencepiece)") from None
    return sentencepiece


def read(path: str, tokens: bool = False) -> bytes:
    """A SentencePiece model, or a list of tokens."""
    try:
        with open(path, "rb") as f:
            data = f.read(1 << 30)
    except OSError as e:
        raise TrujamanError(f"cannot read {path}: {e.strerror}") from None
    try:
        (Tokens if tokens else Vocabulary)(data)
    except TrujamanError as e:
        raise TrujamanError(f"{path}: {e}") from None
    return data


def _commonest(lines: Iterator[bytes], size: int) -> bytes:
    """The list of the commonest words, of equally common ones those first whose bytes are."""
    counts: Dict[bytes, int] = {}
    bad = [c.encode("utf-8") for c in SEPARATORS if c not in SPACES]
    for line in lines:
        for word in line.translate(bytes.maketrans(texts.SPACES, b" " * 6)).split(b" "):
            if word and not any(c in word for c in bad):
                counts[word] = counts.get(word, 0) + 1
    special = [UNKNOWN, *CONTROLS[:2]]
    ordered = sorted(counts, key=lambda w: (-counts[w], w))
    words = [w.decode("utf-8") for w in ordered if w.decode("utf-8") not in (UNKNOWN, *CONTROLS)]
    return encode([*special, *words[:max(size - len(special), 0)]])


def train(lines: Iterator[bytes], options: Options) -> bytes:
    """A vocabulary with the settings of `trujaman train`."""
    if options["vocab-type"] == "tokens":
        return _commonest(lines, options["vocab-size"])
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


def open_as(config: Config, model: bytes) -> Union[Vocabulary, Tokens]:
    """A vocabulary of the kind that the configuration says."""
    return Tokens(model) if config.token_vocabulary else Vocabulary(model)


class Splitter:
    """Text to ids. `tokens`: `model` is a list of them."""

    def __init__(self, model: bytes, side: str, tokens: bool = False, needs_eos: bool = True
                 ) -> None:
        self.vocabulary = Tokens(model) if tokens else Vocabulary(model)
        self.ids: Callable[[str], List[int]]
        if isinstance(self.vocabulary, Tokens):
            self.ids = self.vocabulary.ids
        else:
            processor = _library().SentencePieceProcessor()
            processor.LoadFromSerializedProto(model)
            self.ids = processor.EncodeAsIds
        self.eos, self.bos = self.vocabulary.eos, self.vocabulary.bos
        if needs_eos and self.eos < 0:
            raise TrujamanError(f"the {side} vocabulary: found no piece </s>, "
                                "which training needs")


