# SPDX-License-Identifier: MIT
"""Models as files: a network, its vocabularies and the metadata (docs/MODEL.md)."""
from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Dict, Mapping, Tuple

import torch
from torch import Tensor

from . import config as configuration
from . import safetensors, tokens
from .config import Config
from .errors import TrujamanError
from .network import Dropout, Network

VOCABULARIES = ("source.spm", "target.spm")
TOKEN_VOCABULARIES = ("source.tokens", "target.tokens")
# All tensors that are no weights.
TEXTS = (*VOCABULARIES, *TOKEN_VOCABULARIES, "source.words")
SCALE = "_scale"


@dataclass
class Model:
    """What a file holds. `source_spm` and `target_spm` are SentencePiece models; with the feature
    token_vocabulary they are lists of tokens."""

    network: Network
    source_spm: bytes
    target_spm: bytes
    metadata: Dict[str, str]  # all keys of the file


def vocabulary_names(config: Config) -> Tuple[str, str]:
    """The tensors that have them."""
    return TOKEN_VOCABULARIES if config.token_vocabulary else VOCABULARIES


def unpack_matrix(integers: Tensor, scales: Tensor) -> Tensor:
    """I8 [rows, columns] and F32 [rows] to F32."""
    return integers.float() * scales[:, None]


def pack_matrix(weight: Tensor) -> Tuple[Tensor, Tensor]:
    """F32 [rows, columns] to I8 and scales [rows]."""
    scales = weight.abs().amax(1) / 127 if weight.shape[1] else weight.new_zeros(len(weight))
    scales = torch.where(scales > 0, scales, torch.ones_like(scales))
    return torch.round(weight / scales[:, None]).clamp(-127, 127).to(torch.int8), scales


def to_float(tensors: Mapping[str, Tensor]) -> Dict[str, Tensor]:
    """Weights in F32, whatever they were stored in; vocabularies as they are."""
    floats = {}
    for name, t in tensors.items():
        if name.endswith(SCALE) and name[:-len(SCALE)] in tensors:
            if tensors[name[:-len(SCALE)]].dtype != torch.int8:
                raise TrujamanError(f"tensor {name}: there is no matrix in I8 that it belongs to")
            continue
        if t.dtype == torch.int8:
            scales = tensors.get(name + SCALE)
            if t.dim() != 2 or scales is None or scales.dtype != torch.float32 or \
                    scales.shape != t.shape[:1]:
                raise TrujamanError(f"tensor {name}: wanted a matrix, and {name}{SCALE} "
                                    "in F32 with a number for each row")
            t = unpack_matrix(t, scales)
        floats[name] = t.float() if t.dtype == torch.bfloat16 else t
    return floats


def complete(config: Config, tensors: Mapping[str, Tensor]) -> Config:
    """Adds what a model's tensors tell about it."""
    target = tensors.get("decoder.embedding.weight")
    if target is None or target.dim() != 2:
        raise TrujamanError("tensor decoder.embedding.weight: found no matrix")
    source = tensors.get("encoder.embedding.weight", target)
    if source.dim() != 2:
        raise TrujamanError("tensor encoder.embedding.weight: found no matrix")
    for name, t in ("encoder", source), ("decoder", target):
        if not 2 <= len(t) <= configuration.LARGEST_SIZE:
            raise TrujamanError(f"tensor {name}.embedding.weight: found {len(t)} rows")
    return dataclasses.replace(
        config, tied_output="output.weight" not in tensors,
        tied_embeddings="encoder.embedding.weight" not in tensors,
        attention_scale="attention.scale" in tensors,
        source_words=len(source), target_words=len(target)).check()


def check_tensors(wanted: Mapping[str, Tuple[int, ...]], tensors: Mapping[str, Tensor]) -> None:
    """Exactly the wanted names and shapes, all in F32."""
    for name, shape in wanted.items():
        found = tensors.get(name)
        if found is None:
            raise TrujamanError(f"tensor {name}: there is none")
        if tuple(found.shape) != shape or found.dtype != torch.float32:
            raise TrujamanError(f"tensor {name}: found {found.dtype} {list(found.shape)}, "
                                f"wanted float32 {list(shape)}")
    for name in tensors:
        if name not in wanted:
            raise TrujamanError(f"tensor {name}: no model with this configuration has it")


def check_claims(config: Config, tensors: Mapping[str, Tensor]) -> None:
    """Refuses sizes that the tensors contradict, before anything of that size is made."""
    layers = config.encoder_layers + config.decoder_layers
    if 4 * layers > len(tensors):
        raise TrujamanError(f"found {len(tensors)} tensors, too few for {layers} layers")
    claims = {"decoder.embedding.weight": (1, config.embedding_size),
              "decoder.rnn.weight_hh_l0": (1, config.hidden_size)}
    if config.readout_size:
        claims["readout.bias"] = (0, config.readout_size)
    if config.attention == "additive":
        claims["attention.v"] = (0, config.attention_size)
    for name, (dimension, wanted) in claims.items():
        t = tensors.get(name)
        if t is None:
            raise TrujamanError(f"tensor {name}: there is none")
        if t.dim() != dimension + 1 or t.shape[dimension] != wanted:
            raise TrujamanError(f"tensor {name}: found {list(t.shape)}, "
                                f"wanted {wanted} in dimension {dimension}")


def shapes(config: Config) -> Dict[str, Tuple[int, ...]]:
    """Names and shapes of a configuration's parameters; nothing large is allocated."""
    with torch.no_grad():
        small = dataclasses.replace(config, source_words=2, target_words=2)
        network = Network(small)
    found = {n: tuple(p.shape) for n, p in network.named_parameters()}
    words = {"encoder.embedding.weight": config.source_words,
             "decoder.embedding.weight": config.target_words,
             "output.weight": config.target_words, "output.bias": config.target_words}
    return {n: (words[n], *s[1:]) if n in words else s for n, s in found.items()}


def build(config: Config, tensors: Mapping[str, Tensor], dropout: Dropout = Dropout()) -> Network:
    """A network with these weights, each checked."""
    config = complete(config, tensors)
    check_claims(config, tensors)
    check_tensors(shapes(config), tensors)
    network = Network(config, dropout)
    parameters = dict(network.named_parameters())
    with torch.no_grad():
        for name, p in parameters.items():
            p.copy_(tensors[name])
    return network


def _check_tokens(data: bytes, name: str) -> None:
    try:
        tokens.decode(data)
    except TrujamanError as e:
        raise TrujamanError(f"tensor {name}: {e}") from None


def from_tensors(metadata: Mapping[str, str], tensors: Mapping[str, Tensor],
                 dropout: Dropout = Dropout()) -> Model:
    """A model from what a file holds."""
    weights = to_float(tensors)
    config = configuration.from_metadata(metadata)
    spm = []
    for name in vocabulary_names(config):
        t = weights.pop(name, None)
        if t is None or t.dtype != torch.uint8 or t.dim() != 1:
            raise TrujamanError(f"tensor {name}: found no bytes of a vocabulary")
        spm.append(safetensors.raw(t))
        if config.token_vocabulary:
            _check_tokens(spm[-1], name)
    weights.pop("source.words", None)
    network = build(config, weights, dropout)
    if network.config.tied_embeddings and spm[0] != spm[1]:
        raise TrujamanError("the embeddings are tied, but the vocabularies differ")
    return Model(network, spm[0], spm[1], dict(metadata))


def load(path: str, dropout: Dropout = Dropout()) -> Model:
    """Reads a model file, with weights in F32 or I8."""
    metadata, tensors = safetensors.read(path)
    try:
        return from_tensors(metadata, tensors, dropout)
    except TrujamanError as e:
        raise TrujamanError(f"{path}: {e}") from None


def file_metadata(config: Config, more: Mapping[str, str]) -> Dict[str, str]:
    """The metadata of a file: the configuration's keys, then the others."""
    keys = config.metadata()
    known = {*keys, *configuration.KEYS, *configuration.EXTENSIONS, "features", "format"}
    return {**keys, **{k: v for k, v in more.items() if k not in known}}


def bytes_tensor(data: bytes) -> Tensor:
    """U8 [bytes]."""
    return torch.frombuffer(bytearray(data), dtype=torch.uint8) if data \
        else torch.empty(0, dtype=torch.uint8)


def save(path: str, network: Network, source_spm: bytes, target_spm: bytes,
         more: Mapping[str, str], int8: bool = False) -> None:
    """Writes a model file with weights in F32, or its matrices in I8."""
    tensors: Dict[str, Tensor] = {}
    for name, p in network.tensors().items():
        p = p.float().cpu()
        if not torch.isfinite(p).all():
            raise TrujamanError(f"tensor {name}: found infinity or NaN; nothing was written")
        if int8 and p.dim() == 2:
            tensors[name], tensors[name + SCALE] = pack_matrix(p)
        else:
            tensors[name] = p
    for name, data in zip(vocabulary_names(network.config), (source_spm, target_spm)):
        tensors[name] = bytes_tensor(data)
    safetensors.write(path, file_metadata(network.config, more), tensors)
