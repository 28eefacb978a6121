# SPDX-License-Identifier: MIT
"""The network against frozen answers in float64, and against the equations."""
from __future__ import annotations

import dataclasses
import json
import os
from typing import Any, Dict, List

import pytest
import torch

import reference
from trujaman_torch import Config, Dropout, Network, load, model_file, save, search

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tests", "fixtures")
FROZEN = sorted(n[:-len(".json")] for n in os.listdir(FOLDER) if n.endswith(".json"))
BASE = Config(embedding_size=6, hidden_size=12, encoder_layers=3, decoder_layers=2,
              readout_size=6, source_words=17, target_words=19)
SHAPES: Dict[str, Dict[str, Any]] = {
    "layer_norm": dict(layer_norm=True),
    "layer_norm, gru, feeding": dict(layer_norm=True, cell="gru", input_feeding=True),
    "layer_norm, one direction": dict(layer_norm=True, bidirectional=False, attention="none"),
    "residual": dict(residual_from=2),
    "residual, gru, previous": dict(residual_from=2, cell="gru", attention_query="previous",
                                    attention="dot"),
    "heads, general": dict(attention_heads=4),
    "heads, additive": dict(attention_heads=3, attention="additive", attention_size=9,
                            attention_activation="relu"),
    "heads, cosine, scale": dict(attention_heads=2, attention="cosine", attention_scale=True),
    "context to all": dict(context_to_all=True, attention_query="previous"),
    "context to all, gru, residual": dict(context_to_all=True, attention_query="previous",
                                          cell="gru", residual_from=2, attention="dot"),
    "linear readout": dict(readout_activation="none", input_feeding=True),
    "everything": dict(layer_norm=True, residual_from=2, attention_heads=3, context_to_all=True,
                       attention_query="previous", readout_activation="none", cell="gru",
                       attention="additive", attention_size=6),
}
SOURCES = [[3, 4, 5, 2], [7, 2], [1, 16, 9, 8, 4, 2]]
TARGETS = [[5, 6, 7, 2], [18, 3, 2], [2]]


def ids_of(config: Config) -> search.Ids:
    return search.Ids(1 if config.decoder_start == "bos" else 2, 2, 0)


def random_network(config: Config, seed: int = 5) -> Network:
    torch.manual_seed(seed)
    network = Network(config)
    with torch.no_grad():
        for p in network.parameters():
            p.uniform_(-0.8, 0.8)
    return network


def test_all_fixtures_are_there() -> None:
    assert len(FROZEN) >= 13 and {"all-tied", "odd-sizes"} <= set(FROZEN)


@pytest.mark.parametrize("name", FROZEN)
def test_frozen_answers(fixtures: str, name: str) -> None:
    network = load(os.path.join(fixtures, name + ".safetensors")).network
    with open(os.path.join(fixtures, name + ".json"), encoding="utf-8") as f:
        cases = json.load(f)["cases"]
    sources = [c["source_ids"] for c in cases]
    ids = ids_of(network.config)
    found = search.score(network, sources, [c["target_ids"] for c in cases], ids)
    for score, c in zip(found, cases):
        assert abs(score - c["score"]) <= 1e-4 * (1 + abs(c["score"]))
    limits = [len(c["greedy_ids"]) + (5 if c["greedy_ended"] else 0) for c in cases]
    assert search.greedy(network, sources, ids, limits) == [c["greedy_ids"] for c in cases]


@pytest.mark.parametrize("name", SHAPES)
def test_extensions_follow_their_equations(name: str) -> None:
    network = random_network(dataclasses.replace(BASE, **SHAPES[name]))
    ids = ids_of(network.config)
    together = search.score(network, SOURCES, [t[:-1] for t in TARGETS], ids)
    for source, target, found in zip(SOURCES, TARGETS, together):
        wanted = reference.score(network.config, network.tensors(), source, target, ids.start)
        assert abs(found - wanted) <= 1e-5 * (1 + abs(wanted))


@pytest.mark.parametrize("name", SHAPES)
def test_extensions_survive_a_file(tmp_path: Any, fixtures: str, name: str) -> None:
    config = dataclasses.replace(BASE, source_words=400, target_words=380, **SHAPES[name])
    network = random_network(config)
    spm = [open(os.path.join(fixtures, f"{n}.model"), "rb").read() for n in ("en", "es")]
    path = str(tmp_path / "m.safetensors")
    save(path, network, *spm, {"name": "a test", "layer_norm": "maybe"})
    again = load(path)
    assert again.network.config == network.config
    assert again.metadata["format"] == "trujaman/1.1"
    assert again.metadata["features"] == ",".join(network.config.features())
    assert again.metadata["name"] == "a test"
    assert [again.source_spm, again.target_spm] == spm
    for n, p in network.tensors().items():
        assert torch.equal(p, again.network.tensors()[n])


def test_steps_equal_whole_sequences() -> None:
    """With recurrent dropout, layers run step by step: without a choice to zero anything, the
    result is that of the fused layers."""
    for cell in ("lstm", "gru"):
        network = random_network(dataclasses.replace(BASE, cell=cell))
        source, lengths = search.pad(SOURCES, torch.device("cpu"))
        inputs, _ = search.pad(TARGETS, torch.device("cpu"))
        network.eval()
        fused = network(source, lengths, inputs)
        network.train()
        network.dropout = Dropout(0.0, 1e-9)
        assert torch.allclose(network(source, lengths, inputs), fused, atol=1e-6)


def test_padding_changes_nothing() -> None:
    for name, shape in SHAPES.items():
        network = random_network(dataclasses.replace(BASE, **shape))
        ids = ids_of(network.config)
        together = search.score(network, SOURCES, TARGETS, ids)
        alone = [search.score(network, [s], [t], ids)[0] for s, t in zip(SOURCES, TARGETS)]
        assert together == pytest.approx(alone, abs=1e-5), name
        limits = [12] * len(SOURCES)
        assert search.greedy(network, SOURCES, ids, limits) == \
            [search.greedy(network, [s], ids, [12])[0] for s in SOURCES]


def test_gradients_reach_every_parameter() -> None:
    for shape in SHAPES.values():
        network = random_network(dataclasses.replace(BASE, **shape))
        source, lengths = search.pad(SOURCES, torch.device("cpu"))
        inputs, _ = search.pad(TARGETS, torch.device("cpu"))
        network.logits(network(source, lengths, inputs)).log_softmax(2)[:, :, 3].sum().backward()
        for name, p in network.named_parameters():
            assert p.grad is not None and p.grad.abs().sum() > 0, name


def test_weights_in_eight_bits(tmp_path: Any, fixtures: str, trujaman: Any) -> None:
    """What is written in I8 is what `trujaman quantize` writes, and is read as such."""
    path = os.path.join(fixtures, "luong-general.safetensors")
    mine, theirs = str(tmp_path / "mine.safetensors"), str(tmp_path / "theirs.safetensors")
    model = load(path)
    save(mine, model.network, model.source_spm, model.target_spm, model.metadata, int8=True)
    trujaman(["quantize", path, theirs])
    a, b = load(mine).network.tensors(), load(theirs).network.tensors()
    for name in a:
        assert torch.equal(a[name], b[name]), name


def test_the_program_reads_what_is_written(tmp_path: Any, fixtures: str, trujaman: Any) -> None:
    """Equal translations before and after."""
    text = "Let's go.\nI don't know what to do.\n"
    for name in ("all-tied", "bahdanau-tanh", "cosine-previous-gru", "plain-seq2seq"):
        path = os.path.join(fixtures, name + ".safetensors")
        copy = str(tmp_path / "copy.safetensors")
        model = load(path)
        save(copy, model.network, model.source_spm, model.target_spm, model.metadata)
        found: List[str] = [trujaman(["translate", "-m", m], text) for m in (path, copy)]
        assert found[0] == found[1]


def test_initial_weights_depend_on_the_seed_alone() -> None:
    a, b, c = (Network(BASE) for _ in range(3))
    for network, seed in ((a, 1), (b, 1), (c, 2)):
        network.initialise(seed)
    assert torch.equal(a.output.weight, b.output.weight)
    assert not torch.equal(a.output.weight, c.output.weight)
    bias = a.decoder.rnn.bias_ih_l0
    assert bias[12:24].eq(1).all() and bias.sum() == 12
    assert model_file.shapes(BASE) == {n: tuple(p.shape) for n, p in a.named_parameters()}
