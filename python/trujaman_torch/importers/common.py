# SPDX-License-Identifier: MIT
"""What all importers share: taking tensors out of a state dict, and the vocabularies."""
from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor

from .. import spm
from .. import tokens as token_lists
from ..config import Config
from ..errors import TrujamanError


class Imported(NamedTuple):
    """A configuration, tensors with the format's names, and both dictionaries."""

    config: Config
    tensors: Dict[str, Tensor]
    source_tokens: List[str]
    target_tokens: List[str]


class Taker:
    """Gives out the tensors of a state dict; what nobody took is refused by name."""

    def __init__(self, state: Any) -> None:
        if not isinstance(state, dict) or not all(isinstance(k, str) for k in state):
            raise TrujamanError("found no state dict")
        self.left: Dict[str, Tensor] = {k: v for k, v in state.items() if isinstance(v, Tensor)}

    def has(self, name: str) -> bool:
        return name in self.left

    def take(self, name: str) -> Tensor:
        """F32"""
        if name not in self.left:
            raise TrujamanError(f"the checkpoint has no tensor {name}")
        return self.left.pop(name).float()

    def ignore(self, *names: str) -> None:
        for name in names:
            self.left.pop(name, None)

    def refuse(self, reasons: Dict[str, str]) -> None:
        """`reasons`: the beginnings of names and what they stand for."""
        for name in self.left:
            for beginning, what in reasons.items():
                if name.startswith(beginning):
                    raise TrujamanError(f"the checkpoint has {what} (tensor {name}), "
                                        "which this network has not")

    def finish(self) -> None:
        if self.left:
            names = ", ".join(sorted(self.left)[:5])
            raise TrujamanError(f"the checkpoint has tensors that this network has not: {names}")


def take_layers(t: Taker, names: str, to: str, tensors: Dict[str, Tensor], suffix: str = "") -> int:
    """Moves layers 0, 1, … with names like "encoder.rnn.{}_l{k}"; returns their number."""
    k = 0
    while t.has(names.format("weight_ih", k=k) + suffix):
        for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
            name = names.format(part, k=k) + suffix
            weight = t.take(name)
            if part == "weight_ih" and weight.dim() != 2:
                raise TrujamanError(f"tensor {name}: found {list(weight.shape)}")
            tensors[f"{to}.rnn.{part}_l{k}{suffix}"] = weight
        k += 1
    return k


def cell_of(tensors: Dict[str, Tensor], to: str) -> Tuple[str, int]:
    """The cell, and its width, from the first layer."""
    w = tensors.get(f"{to}.rnn.weight_hh_l0")
    if w is None or w.dim() != 2 or w.shape[1] == 0:
        raise TrujamanError(f"the checkpoint has no recurrent layers in the {to}")
    gates = w.shape[0] // w.shape[1]
    if w.shape[0] != gates * w.shape[1] or gates not in (3, 4):
        raise TrujamanError(f"the layers of the {to} are neither LSTM nor GRU: "
                            f"found weights of {list(w.shape)}")
    return ("lstm" if gates == 4 else "gru"), w.shape[1]


def tie(tensors: Dict[str, Tensor], same_vocabulary: bool) -> Dict[str, Tensor]:
    """Leaves out matrices that are equal to the decoder's embedding."""
    shared = tensors["decoder.embedding.weight"]
    names = ["output.weight"] + (["encoder.embedding.weight"] if same_vocabulary else [])
    return {n: t for n, t in tensors.items() if n not in names or not torch.equal(t, shared)}


def vocabulary(tokens: List[str], model: Optional[bytes], side: str, wanted: List[str]) -> bytes:
    """What a model file has of a dictionary: the SentencePiece model `model` in its order, or,
    without one, the list of tokens."""
    for special in wanted:
        if special not in tokens:
            raise TrujamanError(f"the {side} dictionary has no {special}")
    try:
        made = token_lists.encode(tokens)
    except TrujamanError as e:
        raise TrujamanError(f"the {side} dictionary: {e}") from None
    return made if model is None else spm.reordered(model, tokens)


def special_tokens(config: Config) -> Tuple[List[str], List[str]]:
    """Those that the dictionaries must have."""
    source = ["<unk>"] + (["</s>"] if config.source_eos else [])
    return source, ["<unk>", "</s>"] + (["<s>"] if config.decoder_start == "bos" else [])
