# SPDX-License-Identifier: MIT
"""Reads and writes safetensors files (docs/MODEL.md, section 1), every size checked.

A tensor is a torch.Tensor: float32 for F32, int8 for I8, uint8 for U8, and, outside model
files, bfloat16 for BF16 and int64 for I64.
"""
from __future__ import annotations

import ctypes
import io
import json
import os
import struct
import tempfile
from typing import Any, BinaryIO, Dict, List, Mapping, Tuple

import torch
from torch import Tensor

from .errors import TrujamanError

LONGEST_HEADER = 100_000_000  # bytes
MOST_DIMENSIONS = 4

DTYPES: Dict[str, torch.dtype] = {
    "F32": torch.float32, "I8": torch.int8, "U8": torch.uint8,
    "BF16": torch.bfloat16, "I64": torch.int64, "I32": torch.int32, "I16": torch.int16,
}
NAMES = {dtype: name for name, dtype in DTYPES.items()}
MODEL_DTYPES = ("F32", "I8", "U8")


def _size(dtype: torch.dtype) -> int:
    """Bytes of one number."""
    return torch.empty(0, dtype=dtype).element_size()


def _no_duplicates(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    found: Dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise TrujamanError(f"the header has {name!r} twice")
        found[name] = value
    return found


def _no_number(word: str) -> Any:
    raise TrujamanError(f"the header has {word}, which is no JSON")


def _check_name(name: str) -> None:
    if not name or any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in name):
        raise TrujamanError(f"the name {name!r} is empty or has control characters")


def _read_header(f: BinaryIO, size: int) -> Tuple[Dict[str, Any], int]:
    """The header of an open file of `size` bytes, and where the data begin."""
    first = f.read(8)
    if len(first) < 8:
        raise TrujamanError("found fewer than 8 bytes, wanted a safetensors file")
    (length,) = struct.unpack("<Q", first)
    if length > LONGEST_HEADER or length > size - 8:
        raise TrujamanError(f"found a header of {length} bytes in a file of {size}")
    text = f.read(length)
    if len(text) != length or not text.startswith(b"{"):
        raise TrujamanError("found no header that begins with {")
    try:
        header = json.loads(text.decode("utf-8"), object_pairs_hook=_no_duplicates,
                            parse_constant=_no_number)
    except (UnicodeDecodeError, ValueError, RecursionError) as e:
        raise TrujamanError(f"the header is no JSON in UTF-8: {e}") from None
    return header, 8 + length


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2 ** 62


def _check_entry(name: str, entry: Any, allowed: Tuple[str, ...]
                 ) -> Tuple[str, List[int], int, int]:
    """dtype, shape, first byte, byte after the last."""
    if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
        raise TrujamanError(f"tensor {name}: wanted dtype, shape and data_offsets")
    dtype, shape, offsets = entry["dtype"], entry["shape"], entry["data_offsets"]
    if dtype not in allowed:
        raise TrujamanError(f"tensor {name}: found dtype {dtype!r}, wanted {', '.join(allowed)}")
    if not isinstance(shape, list) or len(shape) > MOST_DIMENSIONS or \
            not all(map(_is_count, shape)):
        raise TrujamanError(f"tensor {name}: found shape {shape!r}")
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(map(_is_count, offsets)):
        raise TrujamanError(f"tensor {name}: found data_offsets {offsets!r}")
    n_bytes = _size(DTYPES[dtype])
    for n in shape:
        n_bytes *= n
    if offsets[1] - offsets[0] != n_bytes:
        raise TrujamanError(f"tensor {name}: found {offsets[1] - offsets[0]} bytes, "
                            f"wanted {n_bytes}")
    return dtype, shape, offsets[0], offsets[1]


def _check_cover(spans: List[Tuple[int, int, str]], n_data: int) -> None:
    """The tensors cover the data without overlap or gap."""
    at = 0
    for first, end, name in sorted(spans):
        if first != at:
            raise TrujamanError(f"tensor {name}: begins at byte {first}, wanted {at}")
        at = end
    if at != n_data:
        raise TrujamanError(f"the tensors have {at} bytes, the file has {n_data}")


def _tensor(name: str, data: bytearray, dtype: torch.dtype, shape: List[int]) -> Tensor:
    flat = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
    if dtype.is_floating_point and not torch.isfinite(flat).all():
        raise TrujamanError(f"tensor {name}: found infinity or NaN")
    if dtype == torch.int8 and (flat == -128).any():
        raise TrujamanError(f"tensor {name}: found -128")
    return flat.reshape(shape)


Contents = Tuple[Dict[str, str], Dict[str, Tensor]]


def _read(f: BinaryIO, size: int, allowed: Tuple[str, ...]) -> Contents:
    header, begin = _read_header(f, size)
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or \
            not all(isinstance(v, str) and "\0" not in v for v in metadata.values()):
        raise TrujamanError("__metadata__: wanted an object of strings without U+0000")
    for name in [*metadata, *header]:
        _check_name(name)
    entries = {name: _check_entry(name, entry, allowed) for name, entry in header.items()}
    _check_cover([(e[2], e[3], name) for name, e in entries.items()], size - begin)
    tensors = {}
    for name, (dtype, shape, first, end) in sorted(entries.items(), key=lambda e: e[1][2]):
        f.seek(begin + first)
        data = bytearray(f.read(end - first))
        if len(data) != end - first:
            raise TrujamanError(f"tensor {name}: the file became shorter")
        tensors[name] = _tensor(name, data, DTYPES[dtype], shape)
    return metadata, tensors


def read_bytes(data: bytes) -> Contents:
    """Metadata and tensors of a file's bytes, with any dtype."""
    return _read(io.BytesIO(data), len(data), tuple(DTYPES))


def read(path: str, model: bool = True) -> Contents:
    """Metadata and tensors of a file; with `model` only the dtypes that a model may have."""
    try:
        with open(path, "rb") as f:
            size = os.fstat(f.fileno()).st_size
            return _read(f, size, MODEL_DTYPES if model else tuple(DTYPES))
    except OSError as e:
        raise TrujamanError(f"cannot read {path}: {e.strerror}") from None
    except TrujamanError as e:
        raise TrujamanError(f"{path}: {e}") from None


def raw(tensor: Tensor) -> bytes:
    """The bytes of a tensor, row-major and little endian."""
    flat = tensor.detach().cpu().contiguous()
    return ctypes.string_at(flat.data_ptr(), flat.numel() * flat.element_size()) \
        if flat.numel() else b""


def encode(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> List[bytes]:
    """The bytes of a file, in parts. Vocabularies come last, everything else by name."""
    header: Dict[str, Any] = {"__metadata__": dict(metadata)}
    names = sorted(tensors, key=lambda n: (tensors[n].dtype == torch.uint8, n))
    at = 0
    for name in names:
        t = tensors[name]
        if t.dtype not in NAMES:
            raise TrujamanError(f"tensor {name}: no dtype for {t.dtype}")
        n_bytes = t.numel() * t.element_size()
        header[name] = {"dtype": NAMES[t.dtype], "shape": list(t.shape),
                        "data_offsets": [at, at + n_bytes]}
        at += n_bytes
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    text += b" " * (-(8 + len(text)) % 64)
    return [struct.pack("<Q", len(text)), text, *(raw(tensors[n]) for n in names)]


def write(path: str, metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> None:
    """Writes a file under another name and renames it when it is on the disk."""
    write_file(path, encode(metadata, tensors))


def write_file(path: str, parts: List[bytes]) -> None:
    """Writes bytes so that `path` has all of them or stays as it was."""
    folder = os.path.dirname(os.path.abspath(path))
    try:
        fd, name = tempfile.mkstemp(prefix=os.path.basename(path) + ".partial-", dir=folder)
        try:
            with os.fdopen(fd, "wb") as f:
                for part in parts:
                    f.write(part)
                f.flush()
                os.fsync(f.fileno())
            umask = os.umask(0)
            os.umask(umask)
            os.chmod(name, 0o666 & ~umask)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as e:
        raise TrujamanError(f"cannot write {path}: {e.strerror}") from None
