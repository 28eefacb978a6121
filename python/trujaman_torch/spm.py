# SPDX-License-Identifier: MIT
"""SentencePiece model files without SentencePiece: their pieces, text from ids, other orders.

A model file is a protocol buffer: field 1 is a piece (1: text, 2: score, 3: type), all other
fields say how text is normalised and how the model was trained.
"""
from __future__ import annotations

import struct
from typing import Iterator, List, NamedTuple, Sequence, Tuple, Union

from .errors import TrujamanError

NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE = 1, 2, 3, 4, 5, 6
SPACE = "\u2581"
UNKNOWN_TEXT = " \u2047 "
MOST_BYTES = 1 << 30

Value = Union[int, bytes]


class Piece(NamedTuple):
    text: str
    score: float
    kind: int


def _varint(data: bytes, at: int) -> Tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise TrujamanError("not a SentencePiece model: a number is cut off")
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def fields(data: bytes) -> Iterator[Tuple[int, int, Value, bytes]]:
    """Number, wire type, value and the whole encoding of each field."""
    at = 0
    while at < len(data):
        first = at
        key, at = _varint(data, at)
        wire = key & 7
        value: Value
        if wire == 0:
            value, at = _varint(data, at)
        else:
            if wire == 2:
                n, at = _varint(data, at)
            elif wire in (1, 5):
                n = 8 if wire == 1 else 4
            else:
                raise TrujamanError(f"not a SentencePiece model: found wire type {wire}")
            if n > len(data) - at:
                raise TrujamanError("not a SentencePiece model: a field is cut off")
            value = data[at:at + n]
            at += n
        yield key >> 3, wire, value, data[first:at]


def _piece(data: Value) -> Piece:
    text, score, kind = "", 0.0, NORMAL
    if not isinstance(data, bytes):
        raise TrujamanError("not a SentencePiece model: a piece is no message")
    for number, wire, value, _ in fields(data):
        if number == 1 and wire == 2:
            try:
                text = value.decode("utf-8")
            except UnicodeDecodeError:
                raise TrujamanError("not a SentencePiece model: a piece is not UTF-8") from None
        elif number == 2 and wire == 5:
            (score,) = struct.unpack("<f", value)
        elif number == 3 and wire == 0:
            kind = value
    return Piece(text, score, kind)


def pieces(model: bytes) -> List[Piece]:
    """All pieces in the order of their ids."""
    if len(model) > MOST_BYTES:
        raise TrujamanError("not a SentencePiece model: more than 1 GiB")
    found = [_piece(value) for number, _, value, _ in fields(model) if number == 1]
    if not found:
        raise TrujamanError("not a SentencePiece model: there are no pieces")
    return found


def _encode_varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def with_pieces(model: bytes, wanted: Sequence[Piece]) -> bytes:
    """The same model with other pieces."""
    out = bytearray()
    for text, score, kind in wanted:
        name = text.encode("utf-8")
        piece = b"\x0a" + _encode_varint(len(name)) + name + b"\x15" + struct.pack("<f", score)
        piece += b"\x18" + _encode_varint(kind)
        out += b"\x0a" + _encode_varint(len(piece)) + piece
    for number, _, _, raw in fields(model):
        if number != 1:
            out += raw
    return bytes(out)


def _without_byte_fallback(trainer: bytes) -> bytes:
    """A TrainerSpec without its field 35."""
    return b"".join(raw for number, _, _, raw in fields(trainer) if number != 35)


def _message(number: int, data: bytes) -> bytes:
    return _encode_varint(number << 3 | 2) + _encode_varint(len(data)) + data


SPECIAL = {"<unk>": UNKNOWN, "<s>": CONTROL, "</s>": CONTROL, "<pad>": CONTROL, "<blank>": CONTROL}


def reordered(model: bytes, tokens: Sequence[str]) -> bytes:
    """The model whose piece number i is token i of another program's dictionary. Tokens that it
    does not have are never used; pieces that the dictionary has not are left out."""
    known = {p.text: p for p in pieces(model)}
    bytes_known = [p.text for p in known.values() if p.kind == BYTE]
    fallback = all(t in set(tokens) for t in bytes_known)
    wanted = []
    for token in tokens:
        piece = known.get(token, Piece(token, 0.0, UNUSED))
        kind = SPECIAL.get(token, UNUSED if piece.kind in (UNKNOWN, CONTROL) or
                           (piece.kind == BYTE and not fallback) else piece.kind)
        wanted.append(Piece(token, piece.score, kind))
    made = with_pieces(model, wanted)
    if fallback:
        return made
    return b"".join(_message(2, _without_byte_fallback(value)) if number == 2 else raw
                    for number, _, value, raw in fields(made))


class Vocabulary:
    """The pieces of a model file."""

    def __init__(self, model: bytes) -> None:
        self.model = model
        self.pieces = pieces(model)
        self.ids = {}
        for i, piece in enumerate(self.pieces):
            self.ids.setdefault(piece.text, i)
        self.eos = self._special("</s>")
        self.bos = self._special("<s>")
        self.unk = next((i for i, p in enumerate(self.pieces) if p.kind == UNKNOWN), -1)

    def _special(self, text: str) -> int:
        found = self.ids.get(text, -1)
        return found if found >= 0 and self.pieces[found].kind == CONTROL else -1

    def __len__(self) -> int:
        return len(self.pieces)

    def text(self, ids: Sequence[int]) -> str:
        """The text of pieces, without the space before its first word."""
        out = bytearray()
        for i in ids:
            piece = self.pieces[i]
            if piece.kind == BYTE:
                out.append(int(piece.text[3:5], 16))
            elif piece.kind == UNKNOWN:
                out += UNKNOWN_TEXT.encode("utf-8")
            elif piece.kind != CONTROL:
                out += piece.text.replace(SPACE, " ").encode("utf-8")
        text = out.decode("utf-8", errors="replace")
        return text[1:] if text.startswith(" ") else text
