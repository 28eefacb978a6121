# SPDX-License-Identifier: MIT
"""Checkpoints of other programs: what comes in gives their scores; what does not fit is named."""
from __future__ import annotations

import functools
import json
import os
from typing import Any, Dict, List, Tuple

import pytest
import torch

import foreign
from test_training import run
from trujaman_torch import (Network, TrujamanError, checkpoint, load, model_file, safetensors,
                            search, tokens)
from trujaman_torch.importers import common, fairseq, mapping, opennmt

SOURCE = ["<unk>", "<blank>", "<s>", "</s>", *(f"s{i}" for i in range(9))]
TARGET = ["<unk>", "<blank>", "<s>", "</s>", *(f"t{i}" for i in range(11))]
SENTENCES = [([5, 4, 9, 12], [6, 14, 3]), ([7], [3]), ([4, 4, 8, 6, 10], [5, 9, 9, 11, 3])]


def network_of(found: common.Imported) -> Network:
    tensors = common.tie(found.tensors, found.source_tokens == found.target_tokens)
    return model_file.build(found.config, tensors)


def agree(theirs: foreign.Foreign, ours: Network, start: int, eos: int, source_eos: bool) -> None:
    sources = [s + ([eos] if source_eos else []) for s, _ in SENTENCES]
    targets = [[eos if p == 3 else p for p in t] for _, t in SENTENCES]
    found = search.score(ours, sources, [t[:-1] for t in targets], search.Ids(start, eos))
    for source, target, score in zip(sources, targets, found):
        wanted = theirs.score(source, target, start)
        assert abs(score - wanted) <= 1e-5 * (1 + abs(wanted))


OPENNMT: List[Tuple[str, str, bool, bool]] = [
    (attention, cell, both, feeding) for attention in ("dot", "general", "mlp", "none")
    for cell in ("lstm", "gru") for both in (False, True) for feeding in (False, True)
    if not (attention == "none" and feeding)]


@pytest.mark.parametrize("attention,cell,both,feeding", OPENNMT)
def test_opennmt(attention: str, cell: str, both: bool, feeding: bool) -> None:
    torch.manual_seed(1)
    theirs = foreign.OpenNMT(attention, cell, (len(SOURCE), len(TARGET)), 6, 8, 2, both, feeding)
    found = opennmt.read(theirs.checkpoint(SOURCE, TARGET))
    assert (found.source_tokens, found.target_tokens) == (SOURCE, TARGET)
    agree(theirs, network_of(found), 2, 3, False)


@pytest.mark.parametrize("options,what", [
    ({"rnn_type": "SRU"}, "rnn_type SRU"), ({"encoder_type": "transformer"}, "encoder_type"),
    ({"decoder_type": "cnn"}, "decoder_type cnn"), ({"coverage_attn": True}, "coverage_attn"),
    ({"global_attention_function": "sparsemax"}, "sparsemax"), ({"copy_attn": True}, "copy_attn"),
    ({"context_gate": "both"}, "context_gate"), ({"bridge": True}, "bridge"),
    ({"generator_function": "sparsemax"}, "generator_function"),
])
def test_opennmt_options_that_are_refused(options: Dict[str, Any], what: str) -> None:
    theirs = foreign.OpenNMT("dot", "lstm", (13, 15), 6, 8, 1, False, False)
    with pytest.raises(TrujamanError, match=what):
        opennmt.read(theirs.checkpoint(SOURCE, TARGET, **options))


@pytest.mark.parametrize("name,what", [
    ("encoder.bridge.0.weight", "a bridge"), ("decoder.attn.linear_cover.weight", "coverage"),
    ("decoder.context_gate.gate.weight", "context gate"),
    ("encoder.embeddings.make_embedding.emb_luts.1.weight", "source features"),
    ("decoder.copy_attn.linear_in.weight", "copy attention"),
    ("decoder.something.new", "decoder.something.new"),
])
def test_opennmt_tensors_that_are_refused(name: str, what: str) -> None:
    made = foreign.OpenNMT("general", "gru", (13, 15), 6, 8, 1, True, True)
    found = made.checkpoint(SOURCE, TARGET)
    found["model"][name] = torch.zeros(2)
    with pytest.raises(TrujamanError, match=what):
        opennmt.read(found)


@pytest.mark.parametrize("both,layers,extra,shared", [
    (False, 1, 0, False), (True, 2, 0, False), (True, 1, 6, False), (False, 2, 6, True)])
def test_fairseq(both: bool, layers: int, extra: int, shared: bool) -> None:
    torch.manual_seed(2)
    theirs = foreign.Fairseq((13, 15), 6, 8, layers, both, extra, shared)
    found = fairseq.read(theirs.checkpoint(), SOURCE, TARGET)
    agree(theirs, network_of(found), 2, 2, True)


def test_fairseq_that_is_refused() -> None:
    theirs = foreign.Fairseq((13, 15), 6, 8, 1, False)
    for arch in ("transformer", "lstm_lm"):
        with pytest.raises(TrujamanError, match=arch):
            fairseq.read(theirs.checkpoint(arch=arch), SOURCE, TARGET)
    for name, what in (("decoder.encoder_hidden_proj.weight", "a projection"),
                       ("decoder.adaptive_softmax.head.weight", "adaptive"), ("x", "x")):
        found = theirs.checkpoint()
        found["model"][name] = torch.zeros(2)
        with pytest.raises(TrujamanError, match=what):
            fairseq.read(found, SOURCE, TARGET)
    found = theirs.checkpoint()
    for name in ("input_proj", "output_proj"):
        del found["model"][f"decoder.attention.{name}.weight"]
    with pytest.raises(TrujamanError, match="without attention"):
        fairseq.read(found, SOURCE, TARGET)


def test_fairseq_dictionaries() -> None:
    assert fairseq.dictionary("\u2581a 12\n\u2581b 3\n".encode(), "d") == \
        ["<s>", "<pad>", "</s>", "<unk>", "\u2581a", "\u2581b"]
    for bad in (b"a\n", b"a b\n", b"\xff 1\n", b"<s> 1 #fairseq:overwrite\n"):
        with pytest.raises(TrujamanError):
            fairseq.dictionary(bad, "d")


def test_any_state_dict_by_a_mapping(tmp_path: Any) -> None:
    """Gates in another order, a transposed matrix, one bias of two, a matrix cut in two."""
    torch.manual_seed(3)
    theirs = foreign.OpenNMT("general", "lstm", (13, 15), 6, 8, 1, False, False)
    plain = {n: t.float() for n, t in theirs.state_dict().items()}
    odd = {f"net.{n}": t for n, t in plain.items() if "bias_hh" not in n}
    rnn = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0")
    for side in ("encoder", "decoder"):
        odd[f"net.{side}.bias_ih_l0"] = plain[f"{side}.bias_ih_l0"] + plain[f"{side}.bias_hh_l0"]
        for name in rnn:
            i, f, g, o = odd[f"net.{side}.{name}"].chunk(4)
            odd[f"net.{side}.{name}"] = torch.cat([i, f, o, g])
    odd["net.linear_in.weight"] = odd["net.linear_in.weight"].t().contiguous()
    odd["net.embeddings"] = torch.cat([odd.pop("net.source.weight"),
                                       odd.pop("net.target.weight")])
    odd["net.unused.1"] = torch.zeros(3)
    tensors: Dict[str, Any] = {
        "encoder.embedding.weight": {"from": "net.embeddings", "rows": [0, 13]},
        "decoder.embedding.weight": {"from": "net.embeddings", "rows": [13, 28]},
        "attention.weight": {"from": "net.linear_in.weight", "transpose": True},
        "readout.weight": "net.linear_out.weight", "readout.bias": {"zeros": [8]},
        "output.weight": "net.generator.weight", "output.bias": "net.generator.bias"}
    for side in ("encoder", "decoder"):
        tensors[f"{side}.rnn.bias_hh_l0"] = {"zeros": [32]}
        for name in rnn:
            tensors[f"{side}.rnn.{name}"] = {"from": f"net.{side}.{name}", "blocks": [0, 1, 3, 2]}
    config = {"format": "trujaman/1", "cell": "lstm", "embedding_size": "6", "hidden_size": "8",
              "encoder_layers": "1", "decoder_layers": "1", "bidirectional": "false",
              "attention": "general", "attention_query": "current", "input_feeding": "false",
              "readout_size": "8", "source_eos": "false", "decoder_start": "bos"}
    rules = {"config": config, "tensors": tensors, "state": ["best"], "ignore": ["net.unused.*"]}
    found = mapping.read({"best": odd}, rules, SOURCE, TARGET)
    agree(theirs, network_of(found), 2, 3, False)
    for change, what in (({"ignore": []}, "net.unused.1"), ({"state": []}, "no tensor"),
                         ({"state": ["worst"]}, "worst"), ({"more": 1}, "mapping")):
        with pytest.raises(TrujamanError, match=what):
            mapping.read({"best": odd}, {**rules, **change}, SOURCE, TARGET)
    # And as commands.
    torch.save({"best": odd}, tmp_path / "odd.pt")
    (tmp_path / "map.json").write_text(json.dumps(rules), encoding="utf-8")
    for name, side in ("en", SOURCE), ("es", TARGET):
        (tmp_path / name).write_text("".join(t + "\n" for t in side), encoding="utf-8")
    run(["import", "mapping", f"{tmp_path}/odd.pt", "--mapping", f"{tmp_path}/map.json",
         "--source-dict", f"{tmp_path}/en", "--target-dict", f"{tmp_path}/es",
         "-m", f"{tmp_path}/m.safetensors"])
    agree(theirs, load(f"{tmp_path}/m.safetensors").network, 2, 3, False)


def put_unknown(path: str, value: float) -> None:
    """Sets what the output layer adds to <unk> of the target, token 0."""
    metadata, tensors = safetensors.read(path)
    tensors["output.bias"][0] = value
    safetensors.write(path, metadata, tensors)


def test_imported_models_are_used_by_the_program(tmp_path: Any, trujaman: Any) -> None:
    """Tokens: scores and greedy translations of the program are those of the checkpoint. The source
    dictionary is that of OpenNMT-py 1 and 2, without <s> and </s>."""
    torch.manual_seed(4)
    theirs = foreign.OpenNMT("dot", "gru", (11, 15), 6, 8, 2, True, True)
    source = [t for t in SOURCE if t not in ("<s>", "</s>")]
    torch.save(theirs.checkpoint(source, TARGET), tmp_path / "c.pt")
    path = f"{tmp_path}/m.safetensors"
    told = run(["import", "opennmt", f"{tmp_path}/c.pt", "-m", path, "--source-language", "en"])
    assert "gru, 2 and 2 layers of 8" in told and "11 and 15 tokens, format trujaman/1.1" in told
    model = load(path)
    assert tokens.decode(model.source_spm) == source and tokens.decode(model.target_spm) == TARGET
    assert model.metadata["source_language"] == "en"
    target = tokens.Tokens(model.target_spm)
    ids = search.Ids(2, 3, target.unk)
    lines = ["s1 s0 s5", "s8", "s2 moon s2 s7 <s>"]
    sources = [tokens.Tokens(model.source_spm).ids(line) for line in lines]
    assert sources[2] == [source.index("s2"), 0, source.index("s2"), source.index("s7"), 0]
    for line, ours in zip(lines, sources):
        mine = target.text(search.greedy(model.network, [ours], ids, [3 * len(ours) + 10])[0])
        assert trujaman(["translate", "-m", path, "--beam", "1"], line + "\n") == mine + "\n"
    for name, side in ("s", lines), ("t", ["t1 t2", "t0 sun", "t3"]):
        (tmp_path / name).write_text("".join(t + "\n" for t in side), encoding="utf-8")
    found = trujaman(["score", "-m", path, f"{tmp_path}/s", f"{tmp_path}/t"]).split()
    for ours, goal, score in zip(sources, ("t1 t2", "t0 <unk>", "t3"), found):
        wanted = theirs.score(ours, [TARGET.index(t) for t in goal.split()] + [3], 2)
        assert abs(float(score) - wanted) <= 1e-4


def test_unknown_words_are_replaced_by_what_was_looked_at(tmp_path: Any, trujaman: Any) -> None:
    """The word with the largest share in PyTorch at each step is the one in the translation."""
    torch.manual_seed(6)
    theirs = foreign.OpenNMT("general", "lstm", (len(SOURCE), len(TARGET)), 6, 8, 1, False, True)
    torch.save(theirs.checkpoint(SOURCE, TARGET), tmp_path / "c.pt")
    path = f"{tmp_path}/m.safetensors"
    run(["import", "opennmt", f"{tmp_path}/c.pt", "-m", path])
    put_unknown(path, 2.0)
    network, copied = load(path).network, 0
    for line in ("moon s1 sun s5", "a b c d e f g", "s3 x"):
        source = tokens.Tokens(load(path).source_spm).ids(line)
        words: List[str] = []
        with torch.no_grad():
            at = network.encode(torch.tensor([source]), torch.tensor([len(source)]))
            piece = 2
            while len(words) < 3 * len(source) + 10:
                r, at, shares = network.step(network.decoder.embedding(torch.tensor([piece])), at)
                piece = int(network.logits(r).argmax())
                if piece == 3:
                    break
                looked = line.split()[int(shares[0].argmax())]
                words.append(looked if piece == 0 else TARGET[piece])
                copied += piece == 0
        wanted = [w for w in words if w not in ("<s>", "<blank>")]
        assert trujaman(["translate", "-m", path, "--beam", "1", "--replace-unknown"],
                        line + "\n").split() == wanted
        assert "<unk>" not in trujaman(["translate", "-m", path, "--beam", "1"], line + "\n")
    assert copied > 5


def test_checkpoints_with_functions_of_the_package(tmp_path: Any) -> None:
    """As OpenNMT-py 1 and 2 write them: torchtext's fields hold functools.partial of a function.
    These become stand-ins; a function of anything else is refused as ever."""
    theirs = foreign.OpenNMT("dot", "lstm", (13, 15), 6, 8, 1, False, False)
    found = theirs.checkpoint(SOURCE, TARGET)
    found["vocab"]["tokenize"] = functools.partial(torch.nn.functional.relu, inplace=True)
    torch.save(found, tmp_path / "c.pt")
    read = checkpoint.load(f"{tmp_path}/c.pt")
    assert isinstance(read["vocab"]["tokenize"], checkpoint.StandIn)
    assert opennmt.read(read).source_tokens == SOURCE
    found["vocab"]["tokenize"] = functools.partial(os.system, f"touch {tmp_path}/run")
    torch.save(found, tmp_path / "c.pt")
    with pytest.raises(TrujamanError, match="system"):
        checkpoint.load(f"{tmp_path}/c.pt")
    assert not (tmp_path / "run").exists()


def test_both_vocabularies_are_of_one_kind(tmp_path: Any, fixtures: str) -> None:
    theirs = foreign.OpenNMT("dot", "lstm", (13, 15), 6, 8, 1, False, False)
    torch.save(theirs.checkpoint(SOURCE, TARGET), tmp_path / "c.pt")
    told = run(["import", "opennmt", f"{tmp_path}/c.pt", "-m", f"{tmp_path}/m.safetensors",
                "--source-spm", f"{fixtures}/en.model"], status=1)
    assert "--source-spm and --target-spm need each other" in told
    assert not (tmp_path / "m.safetensors").exists()


def test_what_is_no_checkpoint_of_the_kind() -> None:
    for bad in (None, [], {}, {"model": {}, "opt": {}, "vocab": {}}):
        with pytest.raises(TrujamanError):
            opennmt.read(bad)
        with pytest.raises(TrujamanError):
            fairseq.read(bad, SOURCE, TARGET)
    with pytest.raises(TrujamanError, match="the source dictionary.*twice"):
        common.vocabulary(["<unk>", "</s>", "a", "a"], None, "source", ["</s>"])
    with pytest.raises(TrujamanError, match="the source dictionary has no </s>"):
        common.vocabulary(["<unk>", "a"], None, "source", ["</s>"])
    with pytest.raises(TrujamanError, match="control"):
        common.vocabulary(["<unk>", "a\x01"], None, "source", [])
    assert checkpoint.StandIn().arguments_ == ()
