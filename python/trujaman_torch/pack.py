# SPDX-License-Identifier: MIT
"""A training in one folder: written here, run elsewhere without network, text or SentencePiece.

    pack.json      options, configuration, sizes and SHA-256 of the other files
    corpus.xz      ids of training and dev pairs: a safetensors file, compressed
    references.xz  the dev set's references: lines of text, compressed
    source.spm, target.spm (tokens: source.tokens, target.tokens), and init.safetensors if there
    is a model to start from
    trujaman_torch/  this package
"""
from __future__ import annotations

import hashlib
import json
import lzma
import os
import shutil
from array import array
from typing import Any, Dict, List, Tuple

import torch
from torch import Tensor

from . import model_file, safetensors
from .batches import Corpus
from .config import Config
from .corpus import Pack
from .errors import TrujamanError

FORMAT = "trujaman-pack/1"
MOST_BYTES = 35 * 1024 * 1024  # of a pack
LARGEST_FILE = 1 << 32  # bytes, unpacked
LISTS = ("train", "dev", "dev_sources")


def _corpus_tensors(pack: Pack) -> Dict[str, Tensor]:
    small = max(pack.config.source_words, pack.config.target_words) <= 32768
    dtype = torch.int16 if small else torch.int32
    tensors: Dict[str, Tensor] = {}
    for name, corpus in ("train", pack.train), ("dev", pack.dev):
        if corpus is not None:
            tensors[f"{name}.ids"] = corpus.ids.to(dtype)
            tensors[f"{name}.n_source"] = torch.tensor(corpus.n_source, dtype=torch.int16)
            tensors[f"{name}.n_target"] = torch.tensor(corpus.n_target, dtype=torch.int16)
    if pack.dev is not None:
        tensors["dev_sources.ids"] = torch.tensor(sum(pack.dev_sources, []), dtype=dtype)
        tensors["dev_sources.n"] = torch.tensor([len(s) for s in pack.dev_sources],
                                                dtype=torch.int32)
    return tensors


def _start(tensors: Dict[str, Tensor]) -> Dict[str, Tensor]:
    """An initial model's weights: I8 as they are, F32 as bfloat16, vocabularies left out."""
    return {n: t.to(torch.bfloat16) if t.dtype == torch.float32 and t.dim() == 2 else t
            for n, t in tensors.items() if n not in model_file.TEXTS}


def save(pack: Pack, folder: str) -> int:
    """Writes a pack into a new folder; returns its size in bytes."""
    references = "".join(line.replace("\n", " ") + "\n" for line in pack.dev_references)
    files: Dict[str, bytes] = {
        "corpus.xz": b"".join(safetensors.encode({}, _corpus_tensors(pack))),
        "references.xz": references.encode("utf-8"),
        **dict(zip(model_file.vocabulary_names(pack.config), (pack.source_spm, pack.target_spm))),
    }
    if pack.init is not None:
        files["init.safetensors"] = b"".join(safetensors.encode({}, _start(pack.init)))
    notes: Dict[str, Dict[str, Any]] = {}
    for name, data in files.items():
        notes[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        if name.endswith(".xz"):
            files[name] = lzma.compress(data, preset=6)
    about = {"format": FORMAT, "options": pack.options, "config": vars(pack.config),
             "metadata": pack.metadata, "chosen": pack.chosen, "skipped": pack.skipped,
             "least_interval": pack.least_interval, "files": notes}
    files["pack.json"] = (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode("utf-8")
    files.update(_own_code())
    total = sum(map(len, files.values()))
    if total > MOST_BYTES:
        sizes = ", ".join(f"{n} {len(d)}" for n, d in files.items() if "/" not in n)
        raise TrujamanError(f"the pack would have {total} bytes, {MOST_BYTES} at most ({sizes}); "
                            "take less text, or an --init with weights in I8")
    _write(folder, files)
    return total


def _write(folder: str, files: Dict[str, bytes]) -> None:
    try:
        os.mkdir(folder)
        os.mkdir(os.path.join(folder, "trujaman_torch"))
    except OSError as e:
        raise TrujamanError(f"cannot make the folder {folder}: {e.strerror}") from None
    try:
        for name, data in files.items():
            path = os.path.join(folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            safetensors.write_file(path, [data])
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _own_code() -> Dict[str, bytes]:
    """The files of this package."""
    here = os.path.dirname(os.path.abspath(__file__))
    code = {}
    for folder, folders, names in os.walk(here):
        folders[:] = sorted(f for f in folders if f != "__pycache__")
        for name in sorted(names):
            if name.endswith(".py"):
                path = os.path.join(folder, name)
                with open(path, "rb") as f:
                    code["trujaman_torch/" + os.path.relpath(path, here)] = f.read()
    return code


def _read_file(folder: str, name: str, note: Dict[str, Any]) -> bytes:
    path = os.path.join(folder, name)
    size = note.get("bytes")
    if not isinstance(size, int) or not 0 <= size <= LARGEST_FILE:
        raise TrujamanError(f"{folder}/pack.json: {name} has no size")
    try:
        with open(path, "rb") as f:
            data = f.read(size + 1) if not name.endswith(".xz") else \
                lzma.LZMADecompressor().decompress(f.read(), max_length=size + 1)
    except (OSError, lzma.LZMAError, EOFError) as e:
        raise TrujamanError(f"cannot read {path}: {e}") from None
    if len(data) != size or hashlib.sha256(data).hexdigest() != note.get("sha256"):
        raise TrujamanError(f"{path}: it is not the file that the pack was made with")
    return data


def _corpus(tensors: Dict[str, Tensor], name: str, config: Config) -> Corpus:
    try:
        ids, n_source, n_target = (tensors[f"{name}.{part}"].long().tolist()
                                   for part in ("ids", "n_source", "n_target"))
    except KeyError as e:
        raise TrujamanError(f"corpus.xz: there is no tensor {e}") from None
    if len(n_source) != len(n_target) or sum(n_source) + sum(n_target) != len(ids) or \
            min(n_source + n_target, default=1) < 1:
        raise TrujamanError(f"corpus.xz: the lengths of {name} do not fit its ids")
    _check_ids(ids, max(config.source_words, config.target_words), name)
    return Corpus(array("i", ids), n_source, n_target)


def _check_ids(ids: List[int], most: int, name: str) -> None:
    if ids and not 0 <= min(ids) <= max(ids) < most:
        raise TrujamanError(f"corpus.xz: {name} has ids outside of the vocabulary")


def _dev(pack: Pack, tensors: Dict[str, Tensor], references: bytes) -> None:
    pack.dev = _corpus(tensors, "dev", pack.config)
    ids = tensors["dev_sources.ids"].long().tolist()
    _check_ids(ids, pack.config.source_words, "dev_sources")
    at = 0
    for n in tensors["dev_sources.n"].long().tolist():
        if n < 0 or at + n > len(ids):
            raise TrujamanError("corpus.xz: the lengths of dev_sources do not fit its ids")
        pack.dev_sources.append(ids[at:at + n])
        at += n
    pack.dev_references = references.decode("utf-8").split("\n")[:-1]
    if len(pack.dev_references) != len(pack.dev_sources):
        raise TrujamanError("the dev set has other numbers of sources and references")


def _read_about(folder: str) -> Dict[str, Any]:
    path = os.path.join(folder, "pack.json")
    try:
        with open(path, encoding="utf-8") as f:
            about = json.load(f)
    except (OSError, ValueError) as e:
        raise TrujamanError(f"cannot read {path}: {e}") from None
    if not isinstance(about, dict) or about.get("format") != FORMAT:
        raise TrujamanError(f"{path}: wanted a pack of the format {FORMAT}")
    return about


def load(folder: str) -> Pack:
    """Reads a pack, each file checked against pack.json."""
    about = _read_about(folder)
    try:
        files: List[Tuple[str, bytes]] = [(n, _read_file(folder, n, note))
                                          for n, note in about["files"].items()]
        data = dict(files)
        config = Config(**{k: tuple(v) if isinstance(v, list) else v
                           for k, v in about["config"].items()}).check()
        _, tensors = safetensors.read_bytes(data["corpus.xz"])
        pack = Pack(about["options"], config, about["metadata"], about["chosen"],
                    about["least_interval"],
                    *(data[n] for n in model_file.vocabulary_names(config)),
                    _corpus(tensors, "train", config), skipped=about["skipped"])
        if "dev.ids" in tensors:
            _dev(pack, tensors, data["references.xz"])
        if "init.safetensors" in data:
            _, pack.init = safetensors.read_bytes(data["init.safetensors"])
    except (KeyError, TypeError, AttributeError, UnicodeDecodeError) as e:
        raise TrujamanError(f"{folder}: this is no complete pack: {e!r}") from None
    return pack
