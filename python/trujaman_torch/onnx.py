# SPDX-License-Identifier: MIT
"""ONNX graphs of a model: the encoder of a sentence, and a step of the decoder.

    encoder.onnx  source [1, S] (int64) -> memory [1, S, H] and keys, if there is attention;
                  h and c of each decoder layer [1, H]; fed [1, R or H] with input feeding
    decoder.onnx  piece [1] (int64) and all of these -> log_probabilities [1, Vt], the new h, c
                  and fed, and shares [1, S]
"""
from __future__ import annotations

import io
import warnings
from typing import Dict, List, Tuple

import torch
from torch import Tensor, nn

from .attention import Attended
from .errors import TrujamanError
from .network import Decoding, Network

OPSET = 14  # LSTM and GRU with batches first would be 14 too; PyTorch 1.13 writes up to 16


def _state_names(network: Network) -> List[str]:
    parts = ("h", "c") if network.config.cell == "lstm" else ("h",)
    return [f"{part}{k}" for k in range(network.config.decoder_layers) for part in parts]


def _fixed_names(network: Network) -> List[str]:
    return ["memory", "keys"] if network.attention is not None else []


def _flat_state(at: Decoding) -> List[Tensor]:
    flat = [part for layer in at.state for part in layer]
    return flat + ([at.fed] if at.fed is not None else [])


class _Encoder(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, source: Tensor) -> Tuple[Tensor, ...]:
        at = self.network.encode(source)
        fixed = [at.to.memory, at.to.keys] if at.to is not None else []
        return tuple(fixed + _flat_state(at))


class _Decoder(nn.Module):
    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, piece: Tensor, *rest: Tensor) -> Tuple[Tensor, ...]:
        network, given = self.network, list(rest)
        to = None
        if network.attention is not None:
            memory, keys = given.pop(0), given.pop(0)
            to = Attended(memory, keys, memory[:, :, 0] == memory[:, :, 0])
        fed = given.pop() if network.config.input_feeding else None
        n = 2 if network.config.cell == "lstm" else 1
        state = [tuple(given[i:i + n]) for i in range(0, len(given), n)]
        y = network.decoder.embedding(piece)
        r, at, shares = network.step(y, Decoding(state, fed, to))
        out = [network.logits(r).log_softmax(1), *_flat_state(at)]
        return tuple(out + ([shares] if shares is not None else []))


def _export(module: nn.Module, inputs: Tuple[Tensor, ...], names: List[str], outputs: List[str]
            ) -> bytes:
    out = io.BytesIO()
    axes = {n: {1: "S"} for n in names + outputs if n in ("source", "memory", "shares")}
    axes.update({n: {2: "S"} for n in names + outputs if n == "keys"})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # hints for batches of other sizes
        more = {} if torch.__version__.startswith("1.") else {"dynamo": False}
        try:
            torch.onnx.export(module, inputs, out, input_names=names, output_names=outputs,
                              dynamic_axes=axes, opset_version=OPSET, **more)
        except TypeError:  # versions that have no other exporter
            torch.onnx.export(module, inputs, out, input_names=names, output_names=outputs,
                              dynamic_axes=axes, opset_version=OPSET)
    return out.getvalue()


@torch.no_grad()
def export(network: Network) -> Dict[str, bytes]:
    """encoder.onnx and decoder.onnx."""
    if network.config.layer_norm:
        raise TrujamanError("layer_norm: its encoder is a loop over the pieces, which ONNX's LSTM "
                            "and GRU do not have; --no-onnx exports the state dict alone")
    network.eval()
    network.decoder.rnn.explicit = True
    try:
        encoder, decoder = _Encoder(network), _Decoder(network)
        source = torch.tensor([[2, 1, 0, 1, 2]]).clamp(max=network.config.source_words - 1)
        start = encoder(source)
        fixed, state = _fixed_names(network), _state_names(network)
        state += ["fed"] if network.config.input_feeding else []
        new = [f"new_{n}" for n in state]
        shares = ["shares"] if network.attention is not None else []
        piece = torch.tensor([1])
        return {
            "encoder.onnx": _export(encoder, (source,), ["source"], fixed + state),
            "decoder.onnx": _export(decoder, (piece, *start), ["piece", *fixed, *state],
                                    ["log_probabilities", *new, *shares]),
        }
    finally:
        network.decoder.rnn.explicit = False
