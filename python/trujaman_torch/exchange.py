# SPDX-License-Identifier: MIT
"""The commands import and export: models of other programs, and for other programs."""
from __future__ import annotations

import argparse
import collections
import dataclasses
import io
import json
import os
from typing import Any, Dict, List, Optional

import torch

from . import checkpoint, model_file, onnx, safetensors, vocabulary
from .config import Config
from .errors import TrujamanError
from .importers import common, fairseq, mapping, opennmt
from .network import Network

METADATA = ("name", "source-language", "target-language", "license", "attribution")


def add_to(subparsers: Any) -> None:
    p = subparsers.add_parser("import", allow_abbrev=False,
                              help="make a model from a checkpoint of another program")
    p.add_argument("kind", choices=("opennmt", "fairseq", "mapping"))
    p.add_argument("checkpoint", metavar="CHECKPOINT")
    p.add_argument("-m", "--model", required=True, metavar="FILE")
    p.add_argument("--mapping", metavar="FILE", help="says which tensor is which (JSON)")
    for side in ("source", "target"):
        p.add_argument(f"--{side}-spm", metavar="FILE", help="the SentencePiece model that cut "
                       "the training text; without it, text is cut at spaces")
        p.add_argument(f"--{side}-dict", metavar="FILE", help="fairseq: dict.LANGUAGE.txt; "
                       "mapping: a token on each line, in the order of the rows")
    for name in METADATA:
        p.add_argument(f"--{name}", metavar="TEXT")
    p.add_argument("--int8", action="store_true", help="store the matrices in eight bits")
    p.set_defaults(run=run_import)

    p = subparsers.add_parser("export", allow_abbrev=False,
                              help="write a model as a PyTorch state dict and as ONNX graphs")
    p.add_argument("model", metavar="MODEL")
    p.add_argument("-o", "--output", required=True, metavar="FOLDER", help="a new folder")
    p.add_argument("--no-onnx", action="store_true", help="the state dict alone")
    p.set_defaults(run=run_export)


def _bytes(path: str) -> bytes:
    try:
        with open(path, "rb") as f:
            return f.read(1 << 30)
    except OSError as e:
        raise TrujamanError(f"cannot read {path}: {e.strerror}") from None


def _lines(path: str) -> List[str]:
    try:
        lines = _bytes(path).decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise TrujamanError(f"{path}: it is not UTF-8") from None
    return lines[:-1] if lines[-1] == "" else lines


def _read_state(path: str) -> Any:
    if path.endswith(".safetensors"):
        return safetensors.read(path, model=False)[1]
    return checkpoint.load(path)


def _read(a: argparse.Namespace) -> common.Imported:
    dicts = (a.source_dict, a.target_dict)
    if a.kind == "opennmt":
        if any(dicts):
            raise TrujamanError("an OpenNMT-py checkpoint has its dictionaries in it")
        return opennmt.read(_read_state(a.checkpoint))
    if a.kind == "fairseq":
        if not all(dicts):
            raise TrujamanError("fairseq needs --source-dict and --target-dict: "
                                "the dict.LANGUAGE.txt of the data folder")
        return fairseq.read(_read_state(a.checkpoint),
                            *(fairseq.dictionary(_bytes(d), d) for d in dicts))
    if a.mapping is None:
        raise TrujamanError("mapping needs --mapping FILE")
    try:
        rules = json.loads(_bytes(a.mapping).decode("utf-8"))
    except ValueError as e:
        raise TrujamanError(f"{a.mapping}: this is no JSON: {e}") from None
    return mapping.read(_read_state(a.checkpoint), rules,
                        *(_lines(d) if d is not None else [] for d in dicts))


def _vocabularies(a: argparse.Namespace, found: common.Imported) -> List[bytes]:
    made = []
    sides = ("source", found.source_tokens), ("target", found.target_tokens)
    for (side, tokens), wanted in zip(sides, common.special_tokens(found.config)):
        path = getattr(a, f"{side}_spm")
        model = vocabulary.read(path) if path is not None else None
        if not tokens and model is None:
            raise TrujamanError(f"--{side}-spm or --{side}-dict is needed")
        made.append(common.vocabulary(tokens, model, side, wanted) if tokens else model)
    return made


def _with_tokens(a: argparse.Namespace, config: Config) -> Config:
    """The configuration with the kind of vocabulary that the options ask for."""
    if (a.source_spm is None) != (a.target_spm is None):
        raise TrujamanError("--source-spm and --target-spm need each other: both sides are pieces, "
                            "or both are tokens")
    if a.source_spm is None:
        features = tuple(sorted({*config.text_features, "token_vocabulary"}))
        return dataclasses.replace(config, text_features=features).check()
    if config.token_vocabulary:
        raise TrujamanError("the mapping has token_vocabulary, which goes without --source-spm "
                            "and --target-spm")
    return config


def _check_words(config: Config, models: List[bytes]) -> None:
    sides = ("source", config.source_words), ("target", config.target_words)
    for (side, rows), model in zip(sides, models):
        n = len(vocabulary.open_as(config, model))
        if n != rows:
            raise TrujamanError(f"the {side} vocabulary has {n} tokens, its embedding {rows} rows")


def run_import(a: argparse.Namespace) -> int:
    try:
        found = _read(a)
    except TrujamanError as e:
        raise TrujamanError(str(e) if a.checkpoint in str(e) else f"{a.checkpoint}: {e}") from None
    spms = _vocabularies(a, found)
    tensors = common.tie(found.tensors, spms[0] == spms[1])
    network = model_file.build(_with_tokens(a, found.config), tensors)
    _check_words(network.config, spms)
    named = {n.replace("-", "_"): getattr(a, n.replace("-", "_")) for n in METADATA}
    more = {k: v for k, v in named.items() if v is not None}
    model_file.save(a.model, network, *spms, more, a.int8)
    c = network.config
    kind = "tokens" if c.token_vocabulary else "pieces"
    print(f"{a.model}: {c.cell}, {c.encoder_layers} and {c.decoder_layers} layers of "
          f"{c.hidden_size}, attention {c.attention}, vocabularies of {c.source_words} and "
          f"{c.target_words} {kind}, format {c.metadata()['format']}")
    return 0


def state_dict_bytes(network: Network) -> bytes:
    """A file of torch.save that holds a plain state dict: names and tensors, nothing else."""
    out = io.BytesIO()
    tensors = collections.OrderedDict((n, p.cpu().clone()) for n, p in network.tensors().items())
    torch.save(tensors, out)
    return out.getvalue()


def run_export(a: argparse.Namespace) -> int:
    model = model_file.load(a.model)
    graphs: Dict[str, bytes] = {} if a.no_onnx else onnx.export(model.network)
    keys: Optional[Dict[str, str]] = model.metadata
    text = json.dumps(keys, indent=1, ensure_ascii=False) + "\n"
    vocabularies = zip(model_file.vocabulary_names(model.network.config),
                       (model.source_spm, model.target_spm))
    files = {"state.pt": state_dict_bytes(model.network), "config.json": text.encode("utf-8"),
             **dict(vocabularies), **graphs}
    try:
        os.mkdir(a.output)
    except OSError as e:
        raise TrujamanError(f"cannot make the folder {a.output}: {e.strerror}") from None
    for name, data in files.items():
        safetensors.write_file(os.path.join(a.output, name), [data])
        print(f"{os.path.join(a.output, name)}: {len(data)} bytes")
    return 0
