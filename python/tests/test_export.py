# SPDX-License-Identifier: MIT
"""Exported models give the scores of the model that they came from."""
from __future__ import annotations

import dataclasses
import json
import os
from typing import Any

import pytest
import torch

from test_network import BASE, SHAPES, ids_of, random_network
from test_training import run
from trujaman_torch import (Network, TrujamanError, checkpoint, load, model_file, onnx, search,
                            tokens)

onnx_run = pytest.importorskip("onnx_run", reason="python3-onnx is missing")
SOURCES = [[3, 4, 5, 2], [7, 2], [1, 16, 9, 8, 4, 5, 11, 2]]
TARGET = [5, 6, 7, 18, 2]
PLAIN = {"plain": {}, "gru, three layers": {"cell": "gru", "decoder_layers": 3},
         "one direction": {"bidirectional": False}, "none": {"attention": "none"},
         "previous, gru": {"attention_query": "previous", "cell": "gru", "attention": "dot"},
         "feeding, no readout": {"input_feeding": True, "readout_size": 0},
         "cosine, scale": {"attention": "cosine", "attention_scale": True},
         "additive": {"attention": "additive", "attention_size": 5,
                      "attention_activation": "sigmoid"}}
ALL = {**PLAIN, **{n: s for n, s in SHAPES.items() if not s.get("layer_norm")}}


def score(network: Network, source: Any, start: int) -> float:
    """By the graphs alone."""
    graphs = onnx.export(network)
    state = onnx_run.run(graphs["encoder.onnx"], {"source": torch.tensor([source])})
    total, last = 0.0, start
    for piece in TARGET:
        out = onnx_run.run(graphs["decoder.onnx"], {"piece": torch.tensor([last]), **state})
        total += out["log_probabilities"][0, piece].item()
        state.update({n[4:]: t for n, t in out.items() if n.startswith("new_")})
        last = piece
    if network.attention is not None:
        assert out["shares"].shape == (1, len(source))
        assert out["shares"].sum().item() == pytest.approx(1, abs=1e-5)
    return total


@pytest.mark.parametrize("name", ALL)
def test_graphs_give_the_scores_of_the_network(name: str) -> None:
    network = random_network(dataclasses.replace(BASE, **ALL[name]))
    ids = ids_of(network.config)
    with torch.no_grad():
        for source in SOURCES:
            (wanted,) = search.score(network, [source], [TARGET[:-1]], ids)
            assert score(network, source, ids.start) == pytest.approx(wanted, abs=1e-4)


def test_layer_normalisation_is_refused_by_name() -> None:
    with pytest.raises(TrujamanError, match="layer_norm"):
        onnx.export(random_network(dataclasses.replace(BASE, layer_norm=True)))


def test_the_command_writes_a_plain_state_dict(tmp_path: Any, fixtures: str) -> None:
    path = os.path.join(fixtures, "previous-dot-lstm.safetensors")
    folder = str(tmp_path / "out")
    run(["export", path, "-o", folder])
    assert sorted(os.listdir(folder)) == ["config.json", "decoder.onnx", "encoder.onnx",
                                          "source.spm", "state.pt", "target.spm"]
    state, model = torch.load(f"{folder}/state.pt"), load(path)
    assert {n: t.shape for n, t in state.items()} == \
        {n: t.shape for n, t in model.network.tensors().items()}
    with open(f"{folder}/config.json", encoding="utf-8") as f:
        assert json.load(f) == model.metadata
    # And back, by the importer for any state dict.
    again = model_file.build(model.network.config, checkpoint.load(f"{folder}/state.pt"))
    assert all(torch.equal(t, again.tensors()[n]) for n, t in state.items())
    assert "cannot make the folder" in run(["export", path, "-o", folder], status=1)


def test_models_of_tokens_are_exported(tmp_path: Any) -> None:
    network = random_network(dataclasses.replace(BASE, text_features=("token_vocabulary",)))
    c, path = network.config, f"{tmp_path}/m.safetensors"
    lists = [tokens.encode(["<unk>", "<s>", "</s>", *(f"w{i}" for i in range(3, n))])
             for n in (c.source_words, c.target_words)]
    model_file.save(path, network, *lists, {})
    run(["export", path, "-o", f"{tmp_path}/out"])
    for name, wanted in zip(("source.tokens", "target.tokens"), lists):
        with open(f"{tmp_path}/out/{name}", "rb") as f:
            assert f.read() == wanted
    assert not os.path.exists(f"{tmp_path}/out/source.spm")
    again = load(path)
    assert [again.source_spm, again.target_spm] == lists
