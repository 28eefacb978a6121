# SPDX-License-Identifier: MIT
"""fairseq checkpoints of the `lstm` family (not lstm_lm)."""
from __future__ import annotations

from typing import Any, Dict, List

import torch
from torch import Tensor

from ..config import Config
from ..errors import TrujamanError
from .common import Imported, Taker, cell_of, take_layers

ABSENT = {
    "decoder.encoder_hidden_proj": "a projection from encoder to decoder "
                                   "(the bidirectional encoder's width is not the decoder's)",
    "decoder.adaptive_softmax": "an adaptive softmax",
    "encoder.layers": "an encoder that is no LSTM",
}
SPECIALS = ["<s>", "<pad>", "</s>", "<unk>"]


def dictionary(text: bytes, name: str) -> List[str]:
    """The tokens of a dict.LANGUAGE.txt: its lines are TOKEN COUNT; special tokens come first."""
    tokens = list(SPECIALS)
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise TrujamanError(f"{name}: it is not UTF-8") from None
    for i, line in enumerate(lines):
        if line.endswith(" #fairseq:overwrite"):
            raise TrujamanError(f"{name}:{i + 1}: #fairseq:overwrite is not known here")
        token, space, count = line.rstrip("\r").rpartition(" ")
        if line and (not space or not count.isdigit()):
            raise TrujamanError(f"{name}:{i + 1}: found {line!r}, wanted TOKEN COUNT")
        if line:
            tokens.append(token)
    return tokens


def _get(found: Any, name: str) -> Any:
    return found.get(name) if isinstance(found, dict) else getattr(found, name, None)


def _check_architecture(checkpoint: Dict[str, Any]) -> None:
    about = checkpoint.get("args")
    if about is None:
        about = _get(checkpoint.get("cfg"), "model")
    names = [_get(about, n) for n in ("arch", "_name")]
    arch = next((n for n in names if isinstance(n, str)), None)
    if arch is not None and (not arch.startswith("lstm") or arch.startswith("lstm_lm")):
        raise TrujamanError(f"the checkpoint has the architecture {arch}, wanted one of fairseq's "
                            "lstm family")


def _output(t: Taker, tensors: Dict[str, Tensor]) -> None:
    """The output layer; fairseq's additional layer before it is linear and becomes part of it."""
    if t.has("decoder.fc_out.weight"):
        weight, bias = t.take("decoder.fc_out.weight"), t.take("decoder.fc_out.bias")
    else:
        weight = tensors["decoder.embedding.weight"]
        bias = torch.zeros(len(weight))
    if t.has("decoder.additional_fc.weight"):
        more, more_bias = t.take("decoder.additional_fc.weight"), \
            t.take("decoder.additional_fc.bias")
        if more.dim() != 2 or weight.shape[1:] != more.shape[:1]:
            raise TrujamanError("tensor decoder.additional_fc.weight: it does not fit")
        bias = (bias.double() + weight.double() @ more_bias.double()).float()
        weight = (weight.double() @ more.double()).float()
    tensors["output.weight"], tensors["output.bias"] = weight, bias


def read(checkpoint: Any, source_tokens: List[str], target_tokens: List[str]) -> Imported:
    """From what `checkpoint.load` returns, and both dictionaries."""
    if not isinstance(checkpoint, dict) or not isinstance(checkpoint.get("model"), dict):
        raise TrujamanError("this is no fairseq checkpoint: wanted a state dict `model`")
    _check_architecture(checkpoint)
    t = Taker(checkpoint["model"])
    t.refuse(ABSENT)
    tensors: Dict[str, Tensor] = {}
    for side in ("encoder", "decoder"):
        tensors[f"{side}.embedding.weight"] = t.take(f"{side}.embed_tokens.weight")
    n_encoder = take_layers(t, "encoder.lstm.{}_l{k}", "encoder", tensors)
    both = take_layers(t, "encoder.lstm.{}_l{k}", "encoder", tensors, "_reverse") > 0
    n_decoder = take_layers(t, "decoder.layers.{k}.{}", "decoder", tensors)
    if n_encoder != n_decoder:
        raise TrujamanError(f"{n_encoder} encoder and {n_decoder} decoder layers: the decoder "
                            "starts from the lowest layers there, from the top ones here")
    if not t.has("decoder.attention.input_proj.weight"):
        raise TrujamanError("the checkpoint has input feeding without attention "
                            "(--decoder-attention 0), which this network has not")
    tensors["attention.weight"] = t.take("decoder.attention.input_proj.weight")
    tensors["readout.weight"] = t.take("decoder.attention.output_proj.weight")
    tensors["readout.bias"] = torch.zeros(len(tensors["readout.weight"]))
    _output(t, tensors)
    t.ignore("encoder.version", "decoder.version")
    t.finish()
    cell, hidden = cell_of(tensors, "decoder")
    config = Config(
        cell=cell, embedding_size=tensors["decoder.embedding.weight"].shape[1],
        hidden_size=hidden, encoder_layers=n_encoder, decoder_layers=n_decoder,
        bidirectional=both, attention="general", input_feeding=True,
        readout_size=len(tensors["readout.weight"]), source_eos=True, decoder_start="eos")
    return Imported(config, tensors, source_tokens, target_tokens)
