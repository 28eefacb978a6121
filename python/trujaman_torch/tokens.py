# SPDX-License-Identifier: MIT
"""Vocabularies of tokens: whole words of a text that other tools have cut at spaces. In a model
file it is a list of them in the order of their ids, each with a newline behind it."""
from __future__ import annotations

from typing import List, Sequence

from .errors import TrujamanError

UNKNOWN = "<unk>"
CONTROLS = ("<s>", "</s>", "<pad>", "<blank>")
# What separates words, and what cannot be in a token: src/base/separators.h.
SPACES = " \t\n\v\f\r"
SEPARATORS = {*map(chr, range(0x21)), "\x7f", "\x85", "\u2028", "\u2029"}


def check(tokens: Sequence[str]) -> None:
    """Refuses what cannot be a list of tokens."""
    seen = {}
    for i, token in enumerate(tokens):
        if not token:
            raise TrujamanError(f"token {i} is empty")
        if not SEPARATORS.isdisjoint(token):
            raise TrujamanError(f"token {i}, {token!r}, has a space or a control character")
        if token in seen:
            raise TrujamanError(f"{token!r} is there twice, as token {seen[token]} and {i}")
        seen[token] = i
    if UNKNOWN not in seen:
        raise TrujamanError(f"there is no token {UNKNOWN}, which stands for all that are not there")


def encode(tokens: Sequence[str]) -> bytes:
    """The list as it lies in a model file."""
    check(tokens)
    try:
        return "".join(t + "\n" for t in tokens).encode("utf-8")
    except UnicodeEncodeError:
        raise TrujamanError("a token is not valid Unicode") from None


def decode(data: bytes) -> List[str]:
    """The tokens of such a list."""
    if not data.endswith(b"\n"):
        raise TrujamanError("found no list of tokens, each with a newline behind it")
    try:
        tokens = data.decode("utf-8").split("\n")[:-1]
    except UnicodeDecodeError:
        raise TrujamanError("the list of tokens is not UTF-8") from None
    check(tokens)
    return tokens


class Tokens:
    """What spm.Vocabulary is for pieces. `model`: the list."""

    def __init__(self, model: bytes) -> None:
        self.model = model
        self.tokens = decode(model)
        self.by_text = {t: i for i, t in enumerate(self.tokens)}
        self.unk = self.by_text[UNKNOWN]
        self.bos, self.eos = (self.by_text.get(t, -1) for t in CONTROLS[:2])

    def __len__(self) -> int:
        return len(self.tokens)

    def ids(self, text: str) -> List[int]:
        """Each word's; what no text has, such as </s>, is unknown."""
        words = text.translate({ord(c): " " for c in SPACES}).split(" ")
        return [self.unk if w in CONTROLS else self.by_text.get(w, self.unk) for w in words if w]

    def text(self, ids: Sequence[int]) -> str:
        """The tokens with spaces between them."""
        return " ".join(t for t in (self.tokens[i] for i in ids) if t not in CONTROLS)
