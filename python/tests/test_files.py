# SPDX-License-Identifier: MIT
"""Model files that are damaged or hostile, and vocabularies."""
from __future__ import annotations

import json
import os
import struct
from typing import Any, Dict

import pytest
import torch

from trujaman_torch import TrujamanError, config, load, safetensors, spm, tokens


def build(header: Any, data: bytes = b"", length: int = -1) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if length < 0 else length) + text + data


def entry(dtype: str, shape: Any, first: Any, end: Any) -> Dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [first, end]}


FOUR = {"a": entry("F32", [1], 0, 4)}
NAN = struct.pack("<f", float("nan"))
BAD = {
    "empty": b"",
    "short": b"\1\0\0",
    "a header that is longer than the file": build(FOUR, b"\0" * 4, 1 << 40),
    "a header over the limit": build(FOUR, b"\0" * 4, 100_000_001),
    "no JSON": build(b"{\"a\": }"),
    "no object": build(b"[1]"),
    "invalid UTF-8": build(b"{\"\xff\": 1}"),
    "a name twice": build(b'{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},'
                          b'"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'),
    "NaN in JSON": build(b'{"a": NaN}'),
    "deep JSON": build(b'{"a":' + b"[" * 100000),
    "unknown dtype": build({"a": entry("F64", [1], 0, 8)}, b"\0" * 8),
    "BF16 in a model": build({"a": entry("BF16", [1], 0, 2)}, b"\0" * 2),
    "five dimensions": build({"a": entry("U8", [1] * 5, 0, 1)}, b"\0"),
    "a negative size": build({"a": entry("U8", [-1], 0, 1)}, b"\0"),
    "a size that is no number": build({"a": entry("U8", [True], 0, 1)}, b"\0"),
    "huge sizes": build({"a": entry("F32", [1 << 31, 1 << 31, 4], 0, 0)}),
    "too few bytes": build({"a": entry("F32", [2], 0, 4)}, b"\0" * 4),
    "offsets beyond the end": build({"a": entry("F32", [2], 0, 8)}, b"\0" * 4),
    "a gap": build({"a": entry("U8", [1], 1, 2)}, b"\0" * 2),
    "an overlap": build({"a": entry("U8", [2], 0, 2), "b": entry("U8", [2], 1, 3)}, b"\0" * 3),
    "bytes after the last": build(FOUR, b"\0" * 5),
    "not a number": build(FOUR, NAN),
    "-128": build({"a": entry("I8", [1], 0, 1)}, b"\x80"),
    "control characters": build({"a\n": entry("U8", [0], 0, 0)}),
    "metadata that are no strings": build({"__metadata__": {"a": 1}}),
    "members too many": build({"a": {**entry("U8", [0], 0, 0), "b": 1}}),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused(tmp_path: Any, name: str) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(BAD[name])
    with pytest.raises(TrujamanError, match="bad.safetensors"):
        safetensors.read(str(path))


def test_what_is_written_is_read(tmp_path: Any) -> None:
    tensors = {"f": torch.randn(3, 4), "empty": torch.zeros(0, 5), "one": torch.tensor(2.5),
               "i": torch.tensor([[1, -127]], dtype=torch.int8),
               "u": torch.tensor([0, 255], dtype=torch.uint8)}
    path = str(tmp_path / "x.safetensors")
    safetensors.write(path, {"ä": "ö\n\"", "b": ""}, tensors)
    metadata, found = safetensors.read(path)
    assert metadata == {"ä": "ö\n\"", "b": ""}
    assert set(found) == set(tensors)
    for name, t in tensors.items():
        assert found[name].dtype == t.dtype and torch.equal(found[name], t), name
    assert os.listdir(tmp_path) == ["x.safetensors"]


def change(fixtures: str, path: Any, metadata: Dict[str, Any], **tensors: Any) -> str:
    """A copy of a fixture with other keys and tensors; None removes."""
    keys, weights = safetensors.read(os.path.join(fixtures, "luong-general.safetensors"))
    weights.update({n.replace("__", "."): t for n, t in tensors.items()})
    keys.update(metadata)
    safetensors.write(str(path), {k: v for k, v in keys.items() if v is not None},
                      {n: t for n, t in weights.items() if t is not None})
    return str(path)


@pytest.mark.parametrize("metadata,what", [
    ({"format": "trujaman/2"}, "format"), ({"format": None}, "format"),
    ({"cell": "rnn"}, "cell"), ({"hidden_size": "016"}, "hidden_size"),
    ({"hidden_size": "16777216"}, "decoder.rnn.weight_hh_l0"),
    ({"embedding_size": "16777216"}, "decoder.embedding.weight"),
    ({"encoder_layers": "16777216"}, "layers"), ({"readout_size": "16777216"}, "readout"),
    ({"hidden_size": "1e3"}, "hidden_size"), ({"embedding_size": "²"}, "embedding_size"),
    ({"decoder_layers": "9"}, "decoder_layers"), ({"source_eos": "yes"}, "source_eos"),
    ({"format": "trujaman/1.1", "features": "sharpened"}, "'sharpened'"),
    ({"format": "trujaman/1.1", "features": "residual_from,layer_norm"}, "sorted"),
    ({"format": "trujaman/1.1", "features": "layer_norm", "layer_norm": "true"}, "weight_ln"),
    ({"format": "trujaman/1.1", "features": "attention_heads", "attention_heads": "5"}, "heads"),
])
def test_wrong_configurations_are_refused(tmp_path: Any, fixtures: str, metadata: Any,
                                          what: str) -> None:
    with pytest.raises(TrujamanError, match=what):
        load(change(fixtures, tmp_path / "m.safetensors", metadata))


def test_wrong_tensors_are_refused(tmp_path: Any, fixtures: str) -> None:
    wrong = [({"readout__bias": None}, "readout.bias"),
             ({"readout__bias": torch.zeros(3)}, "readout.bias"),
             ({"more": torch.zeros(3)}, "more"),
             ({"source__spm": torch.zeros(3)}, "source.spm"),
             ({"readout__weight_scale": torch.ones(24)}, "readout.weight_scale"),
             ({"readout__weight": torch.zeros(24, 64, dtype=torch.int8)}, "readout.weight")]
    for tensors, what in wrong:
        with pytest.raises(TrujamanError, match=what):
            load(change(fixtures, tmp_path / "m.safetensors", {}, **tensors))


def test_keys_of_extensions_need_the_feature() -> None:
    """A file of the first format may have free keys of any name."""
    keys = config.Config(embedding_size=4, hidden_size=4).metadata()
    assert not config.from_metadata({**keys, "layer_norm": "true"}).layer_norm


def test_vocabularies(fixtures: str) -> None:
    with open(os.path.join(fixtures, "en.model"), "rb") as f:
        model = f.read()
    library = pytest.importorskip("sentencepiece", reason="python3-sentencepiece is missing")
    processor = library.SentencePieceProcessor(model_proto=model)
    mine = spm.Vocabulary(model)
    assert len(mine) == processor.GetPieceSize()
    assert [p.text for p in mine.pieces] == [processor.IdToPiece(i) for i in range(len(mine))]
    assert (mine.bos, mine.eos) == (processor.bos_id(), processor.eos_id())
    for text in ("Let's go.", "It's 7 o'clock", "żółć 你好", "a  b"):
        ids = processor.EncodeAsIds(text)
        assert mine.text(ids) == processor.DecodeIds(ids)


def test_vocabularies_in_another_order(fixtures: str) -> None:
    library = pytest.importorskip("sentencepiece", reason="python3-sentencepiece is missing")
    with open(os.path.join(fixtures, "en.model"), "rb") as f:
        model = f.read()
    names = ["<s>", "<pad>", "</s>", "<unk>"]
    names += [p.text for p in reversed(spm.pieces(model)) if p.text not in names]
    names += ["madeupword0000"]
    other = library.SentencePieceProcessor(model_proto=spm.reordered(model, names))
    first = library.SentencePieceProcessor(model_proto=model)
    assert [other.IdToPiece(i) for i in range(other.GetPieceSize())] == names
    assert (other.unk_id(), other.bos_id(), other.eos_id()) == (3, 0, 2)
    assert other.EncodeAsPieces("Let's go home.") == first.EncodeAsPieces("Let's go home.")


def test_vocabularies_of_tokens() -> None:
    names = ["<unk>", "<blank>", "<s>", "</s>", "hel@@", "lo", ",", "world", "\u2581x"]
    found = tokens.Tokens(tokens.encode(names))
    assert (found.unk, found.bos, found.eos, len(found)) == (0, 2, 3, 9)
    assert found.ids("hel@@  lo\t, moon world \u2581x") == [4, 5, 6, 0, 7, 8]
    assert found.ids("<s> </s> <blank> <unk> lo\u00a0lo") == [0] * 5
    assert found.text([2, 4, 1, 5, 0, 6, 3]) == "hel@@ lo <unk> ,"


@pytest.mark.parametrize("data,what", [
    (b"", "no list"), (b"<unk>", "no list"), (b"<unk>\n\n", "empty"), (b"<unk>\na b\n", "space"),
    (b"<unk>\na\0\n", "control"), (b"<unk>\na\xc2\x85\n", "control"), (b"<unk>\na\xff\n", "UTF-8"),
    (b"<unk>\na\na\n", "twice"), (b"a\n", "<unk>")])
def test_what_is_no_list_of_tokens(tmp_path: Any, fixtures: str, data: bytes, what: str) -> None:
    with pytest.raises(TrujamanError, match=what):
        tokens.decode(data)
    list_of = torch.frombuffer(bytearray(data or b"\n"), dtype=torch.uint8)
    path = change(fixtures, tmp_path / "m.safetensors",
                  {"format": "trujaman/1.1", "features": "token_vocabulary"}, source__spm=None,
                  target__spm=None, source__tokens=list_of, target__tokens=list_of)
    with pytest.raises(TrujamanError, match="tensor source.tokens"):
        load(path)


def test_tokens_go_without_what_changes_text(tmp_path: Any, fixtures: str) -> None:
    for features in ("normalization,token_vocabulary", "placeables,token_vocabulary",
                     "token_vocabulary,word_list"):
        with pytest.raises(TrujamanError, match="token_vocabulary"):
            load(change(fixtures, tmp_path / "m.safetensors",
                        {"format": "trujaman/1.1", "features": features}))
    with pytest.raises(TrujamanError, match="tensor source.tokens"):
        load(change(fixtures, tmp_path / "m.safetensors",
                    {"format": "trujaman/1.1", "features": "token_vocabulary"}))


@pytest.mark.parametrize("data", [b"", b"\x0a\x05ab", b"\x08" + b"\xff" * 12, b"\x0b", b"\x10\x01",
                                  b"\x0a\x04\x0a\x02\xff\xff"])
def test_what_is_no_vocabulary(data: bytes) -> None:
    with pytest.raises(TrujamanError):
        spm.pieces(data)
