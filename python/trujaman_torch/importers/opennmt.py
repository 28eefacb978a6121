# SPDX-License-Identifier: MIT
"""OpenNMT-py checkpoints with recurrent layers (versions 1 to 3)."""
from __future__ import annotations

from typing import Any, Dict, List

import torch
from torch import Tensor

from ..config import Config
from ..errors import TrujamanError
from .common import Imported, Taker, cell_of, take_layers

EMBEDDING = "{}.embeddings.make_embedding.emb_luts.0.weight"
ABSENT = {
    "encoder.bridge": "a bridge between encoder and decoder (--bridge)",
    "decoder.attn.linear_cover": "coverage attention (--coverage_attn)",
    "decoder.context_gate": "a context gate (--context_gate)",
    "decoder.copy_attn": "copy attention (--copy_attn)",
    "generator.linear_copy": "a generator that copies (--copy_attn)",
    "encoder.embeddings.make_embedding.emb_luts.1": "source features",
    "decoder.embeddings.make_embedding.emb_luts.1": "target features",
    "encoder.embeddings.make_embedding.pe": "position encodings (--position_encoding)",
    "decoder.embeddings.make_embedding.pe": "position encodings (--position_encoding)",
    "encoder.embeddings.make_embedding.mlp": "merged source features (--feat_merge mlp)",
    "encoder.transformer": "a Transformer", "decoder.transformer": "a Transformer",
    "encoder.cnn": "convolutions", "decoder.conv": "convolutions",
    "encoder.graph": "a graph encoder", "encoder.gnn": "a graph encoder",
}
WANTED = {
    "encoder_type": ("rnn", "brnn"), "decoder_type": ("rnn",), "rnn_type": ("LSTM", "GRU"),
    "global_attention": ("dot", "general", "mlp", "none", None),
    "global_attention_function": ("softmax", None), "generator_function": ("softmax", None),
    "model_type": ("text", None), "coverage_attn": (False, None), "copy_attn": (False, None),
    "context_gate": (None,), "bridge": (False, None), "position_encoding": (False, None),
    "reuse_copy_attn": (False, None), "lambda_coverage": (0, 0.0, None),
}
DEFAULTS = {"encoder_type": "rnn", "decoder_type": "rnn", "rnn_type": "LSTM",
            "global_attention": "general"}


def _options(found: Any) -> Dict[str, Any]:
    """The attributes of the checkpoint's Namespace, each one refused that changes the network."""
    values = {**DEFAULTS, **(found if isinstance(found, dict) else vars(found))}
    for name, wanted in WANTED.items():
        value = values.get(name)
        if not any(value is w or value == w for w in wanted):
            raise TrujamanError(f"the checkpoint was trained with --{name} {value}, "
                                f"wanted {' or '.join(str(w) for w in wanted if w is not None)}")
    return values


def _words(found: Any) -> List[str]:
    """The tokens of a vocabulary: a list (version 3), or torchtext's objects (1 and 2)."""
    for _ in range(8):
        if isinstance(found, list) and all(isinstance(t, str) for t in found):
            return found
        if isinstance(found, (list, tuple)) and found:
            found = found[0][-1] if isinstance(found[0], (list, tuple)) else found[0]
            continue
        inner = [getattr(found, name, None) for name in ("fields", "vocab", "itos",
                                                         "ids_to_tokens", "base_field")]
        found = next((i for i in inner if i is not None), None)
    raise TrujamanError("the checkpoint's vocabulary has no list of tokens")


def _side(vocab: Any, side: str) -> List[str]:
    if isinstance(vocab, (list, tuple)):  # before version 1: pairs
        vocab = {p[0]: p[1] for p in vocab if isinstance(p, (list, tuple)) and len(p) == 2}
    if not isinstance(vocab, dict) or side not in vocab:
        raise TrujamanError(f"the checkpoint has no vocabulary {side}")
    return _words(vocab[side])


def _attention(t: Taker, kind: Any, tensors: Dict[str, Tensor]) -> Dict[str, Any]:
    """The keys of the configuration."""
    if kind in ("none", None):
        return {"attention": "none", "readout_size": 0}
    tensors["readout.weight"] = w = t.take("decoder.attn.linear_out.weight")
    if kind == "mlp":
        tensors["attention.query.weight"] = t.take("decoder.attn.linear_query.weight")
        tensors["attention.bias"] = t.take("decoder.attn.linear_query.bias")
        tensors["attention.key.weight"] = t.take("decoder.attn.linear_context.weight")
        tensors["attention.v"] = v = t.take("decoder.attn.v.weight").flatten()
        tensors["readout.bias"] = t.take("decoder.attn.linear_out.bias")
        return {"attention": "additive", "attention_size": len(v), "attention_activation": "tanh",
                "readout_size": len(w), "readout_activation": "none"}
    if kind == "general":
        tensors["attention.weight"] = t.take("decoder.attn.linear_in.weight")
    tensors["readout.bias"] = torch.zeros(len(w))
    return {"attention": kind, "readout_size": len(w)}


def _state(checkpoint: Dict[str, Any]) -> Dict[str, Any]:
    """One state dict of network and generator, whose names differ by version."""
    state = dict(checkpoint["model"])
    for name, value in (checkpoint.get("generator") or {}).items():
        state["generator." + (name[2:] if name.startswith("0.") else name)] = value
    return state


def read(checkpoint: Any) -> Imported:
    """From what `checkpoint.load` returns."""
    if not isinstance(checkpoint, dict) or not {"model", "opt", "vocab"} <= set(checkpoint):
        raise TrujamanError("this is no OpenNMT-py checkpoint: wanted model, opt and vocab")
    o = _options(checkpoint["opt"])
    t = Taker(_state(checkpoint))
    t.refuse(ABSENT)
    tensors: Dict[str, Tensor] = {}
    for side in ("encoder", "decoder"):
        tensors[f"{side}.embedding.weight"] = t.take(EMBEDDING.format(side))
    n_encoder = take_layers(t, "encoder.rnn.{}_l{k}", "encoder", tensors)
    both = take_layers(t, "encoder.rnn.{}_l{k}", "encoder", tensors, "_reverse") > 0
    feeding = t.has("decoder.rnn.layers.0.weight_ih")
    n_decoder = take_layers(t, "decoder.rnn.layers.{k}.{}" if feeding else "decoder.rnn.{}_l{k}",
                            "decoder", tensors)
    if n_encoder != n_decoder:
        raise TrujamanError(f"{n_encoder} encoder and {n_decoder} decoder layers: the decoder "
                            "starts from the lowest layers there, from the top ones here")
    keys = _attention(t, o["global_attention"], tensors)
    if feeding and keys["attention"] == "none":
        raise TrujamanError("the checkpoint has input feeding (--input_feed) without attention, "
                            "which this network has not")
    tensors["output.weight"], tensors["output.bias"] = t.take("generator.weight"), \
        t.take("generator.bias")
    t.finish()
    cell, hidden = cell_of(tensors, "decoder")
    if cell_of(tensors, "encoder")[0] != cell:
        raise TrujamanError("the cells of encoder and decoder differ")
    config = Config(
        cell=cell, embedding_size=tensors["decoder.embedding.weight"].shape[1],
        hidden_size=hidden, encoder_layers=n_encoder, decoder_layers=n_decoder,
        bidirectional=both, input_feeding=feeding, source_eos=False, decoder_start="bos", **keys)
    return Imported(config, tensors, _side(checkpoint["vocab"], "src"),
                    _side(checkpoint["vocab"], "tgt"))
