# SPDX-License-Identifier: MIT
"""What a training on a borrowed machine brings back: a few files under 16 MiB each.

    result.json  the model's metadata, and the other files with their SHA-256
    weights-UPDATE-NN.safetensors  tensors in bfloat16 or I8. A tensor that is too large for one
                 file is there as NAME@ROW, stretches of rows that begin with ROW.
"""
from __future__ import annotations

import hashlib
import json
import os
import re
from typing import Any, Dict, List, Mapping

import torch
from torch import Tensor

from . import model_file, safetensors
from .errors import TrujamanError

FORMAT = "trujaman-result/1"
MOST_BYTES = 16 * 1024 * 1024 - 1  # of a file
HEADER = 256 * 1024  # bytes that a file's header may take


def compress(weights: Mapping[str, Tensor], store: str) -> Dict[str, Tensor]:
    """Matrices in bfloat16 or I8, vectors in F32."""
    out: Dict[str, Tensor] = {}
    for name, t in weights.items():
        if not torch.isfinite(t).all():
            raise TrujamanError(f"tensor {name}: found infinity or NaN")
        if t.dim() == 2 and store == "int8":
            out[name], out[name + model_file.SCALE] = model_file.pack_matrix(t)
        elif t.dim() == 2 and store == "bfloat16":
            out[name] = t.to(torch.bfloat16)
        else:
            out[name] = t
    return out


def split(tensors: Mapping[str, Tensor], most: int = MOST_BYTES - HEADER
          ) -> List[Dict[str, Tensor]]:
    """Tensors in groups of at most `most` bytes."""
    groups: List[Dict[str, Tensor]] = [{}]
    used = 0
    for name, t in sorted(tensors.items()):
        row = 0
        while row < max(len(t), 1):
            bytes_per_row = max(t[0].numel() * t.element_size() if len(t) else 1, 1)
            rows = min(len(t) - row, (most - used) // bytes_per_row)
            if rows < min(len(t) - row, max(most // 4 // bytes_per_row, 1)):
                if not used:
                    raise TrujamanError(f"tensor {name}: one row has {bytes_per_row} bytes")
                groups.append({})
                used = 0
                continue
            whole = rows == len(t)
            groups[-1][name if whole else f"{name}@{row}"] = t[row:row + rows]
            used += rows * bytes_per_row
            row += max(rows, 1)
    return groups


def join(groups: List[Mapping[str, Tensor]]) -> Dict[str, Tensor]:
    """The tensors that were split."""
    stretches: Dict[str, Dict[int, Tensor]] = {}
    for group in groups:
        for name, t in group.items():
            base, _, row = name.partition("@")
            if not (row == "" or re.fullmatch(r"[0-9]{1,9}", row)):
                raise TrujamanError(f"tensor {name}: no number of a row")
            stretches.setdefault(base, {})[int(row or 0)] = t
    tensors = {}
    for name, parts in stretches.items():
        at = 0
        for row, t in sorted(parts.items()):
            if row != at:
                raise TrujamanError(f"tensor {name}: row {at} is missing")
            at += len(t)
        tensors[name] = torch.cat([t for _, t in sorted(parts.items())])
    return tensors


def save(folder: str, weights: Mapping[str, Tensor], metadata: Mapping[str, str], store: str,
         update: int) -> List[str]:
    """Writes a result; an earlier one in the folder is valid until this one is complete."""
    os.makedirs(folder, exist_ok=True)
    before = [n for n in os.listdir(folder) if re.fullmatch(r"weights-.*\.safetensors", n)]
    notes: List[Dict[str, Any]] = []
    for i, group in enumerate(split(compress(weights, store))):
        name = f"weights-{update}-{i:02}.safetensors"
        parts = safetensors.encode({}, group)
        data = b"".join(parts)
        if len(data) > MOST_BYTES:
            raise TrujamanError(f"{name} would have {len(data)} bytes, {MOST_BYTES} at most")
        safetensors.write_file(os.path.join(folder, name), [data])
        notes.append({"file": name, "bytes": len(data),
                      "sha256": hashlib.sha256(data).hexdigest()})
    about = {"format": FORMAT, "metadata": dict(metadata), "store": store, "files": notes}
    text = json.dumps(about, indent=1, ensure_ascii=False) + "\n"
    safetensors.write_file(os.path.join(folder, "result.json"), [text.encode("utf-8")])
    names = [note["file"] for note in notes]
    for name in before:
        if name not in names:
            os.unlink(os.path.join(folder, name))
    return names


def _part(folder: str, note: Any) -> Dict[str, Tensor]:
    name = note.get("file") if isinstance(note, dict) else None
    if not isinstance(name, str) or not re.fullmatch(r"weights-[0-9]+-[0-9]+\.safetensors", name):
        raise TrujamanError(f"{folder}/result.json: found the file name {name!r}")
    path = os.path.join(folder, name)
    try:
        with open(path, "rb") as f:
            data = f.read(MOST_BYTES + 1)
    except OSError as e:
        raise TrujamanError(f"cannot read {path}: {e.strerror}") from None
    if hashlib.sha256(data).hexdigest() != note.get("sha256"):
        raise TrujamanError(f"{path}: it is not the file that result.json describes")
    return safetensors.read_bytes(data)[1]


def load(folder: str) -> "tuple[Dict[str, Tensor], Dict[str, str]]":
    """Weights in F32, and the model's metadata."""
    path = os.path.join(folder, "result.json")
    try:
        with open(path, encoding="utf-8") as f:
            about = json.load(f)
    except (OSError, ValueError) as e:
        raise TrujamanError(f"cannot read {path}: {e}") from None
    if not isinstance(about, dict) or about.get("format") != FORMAT or \
            not isinstance(about.get("files"), list) or \
            not isinstance(about.get("metadata"), dict) or \
            not all(isinstance(v, str) for v in about["metadata"].values()):
        raise TrujamanError(f"{path}: wanted a result of the format {FORMAT}")
    tensors = join([_part(folder, note) for note in about["files"]])
    return model_file.to_float(tensors), about["metadata"]
