# SPDX-License-Identifier: MIT
"""Packs, training, results; equal to `trujaman train` where it can be."""
from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any, Dict, List

import pytest
import torch

import words
from trujaman_torch import (Config, Dropout, TrujamanError, batches, bleu, corpus, load,
                            model_file, numbers, optimizer, options, pack, results, safetensors,
                            texts)

PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
# What this package does not do to texts yet, and `trujaman train` does by default.
PLAIN_TEXT = ["--normalization", "false", "--character-coverage", "0.9995"]
SMALL = ["--vocab-size", "300", "--embedding-size", "16", "--hidden-size", "24",
         "--encoder-layers", "1", "--batch-tokens", "300"]


def run(arguments: List[str], folder: str = PACKAGE, status: int = 0) -> str:
    """The command line, as people use it."""
    done = subprocess.run([sys.executable, "-m", "trujaman_torch", *arguments], cwd=folder,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          env={**os.environ, "OMP_NUM_THREADS": "1"})
    text = done.stdout.decode("utf-8")
    assert done.returncode == status, text
    return text


def log_of(path: Any) -> List[Dict[str, Any]]:
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: Any) -> str:
    pytest.importorskip("sentencepiece", reason="python3-sentencepiece is missing")
    folder = str(tmp_path_factory.mktemp("packed"))
    run(["pack", *words.write(folder, 900), *SMALL, "--name", "digits", "--validate-every", "40",
         "--learning-rate", "0.01", "--warmup", "10", "-o", f"{folder}/pack"])
    return f"{folder}/pack"


def test_random_numbers_are_those_of_the_program() -> None:
    """Values of src/base/random.h and hash.h, computed by a C program of these headers."""
    assert numbers.mix(1) == 0x5692161D100B05E5
    assert numbers.random(1, 1) == 0xF18D6CE93D6CF1EE
    assert numbers.random_below(7, 3, 1000003) == 0x9384C
    assert numbers.fingerprint(0, b"hello, world!") == 0x113246C701DB1C0D
    assert numbers.fingerprint(5, b"a") == 0xD92F35DA5464152C


def test_the_same_batches_and_vocabularies(tmp_path: Any, trujaman: Any) -> None:
    """Equal held-out lines, pieces and batches in equal order, for more than an epoch."""
    pytest.importorskip("sentencepiece", reason="python3-sentencepiece is missing")
    folder = str(tmp_path)
    arguments = [*words.write(folder, 900), *SMALL, "--updates", "45", "--seed", "7",
                 "--validate-every", "1000"]
    run(["train", *arguments, "-m", f"{folder}/mine.safetensors", "--log", f"{folder}/mine.log"])
    trujaman(["train", *arguments, *PLAIN_TEXT, "-m", f"{folder}/theirs.safetensors", "-t", "1",
              "--log", f"{folder}/theirs.log"])
    mine, theirs = log_of(f"{folder}/mine.log"), log_of(f"{folder}/theirs.log")
    assert len(mine) == len(theirs)
    for a, b in zip(mine, theirs):
        assert set(a) == set(b) - {"dev_chrf"}  # this trainer measures no chrF
        for key in ("update", "epoch", "pieces"):
            assert a.get(key) == b.get(key)
        if "learning_rate" in a:
            assert a["learning_rate"] == pytest.approx(b["learning_rate"], rel=1e-8)
    keys, tensors = safetensors.read(f"{folder}/mine.safetensors")
    their_keys, their_tensors = safetensors.read(f"{folder}/theirs.safetensors")
    assert {k: v for k, v in keys.items() if not k.startswith("dev_")} == \
        {k: v for k, v in their_keys.items() if not k.startswith("dev_")}
    assert {n: t.shape for n, t in tensors.items()} == \
        {n: t.shape for n, t in their_tensors.items()}
    for name in model_file.VOCABULARIES:
        assert torch.equal(tensors[name], their_tensors[name])


def test_the_same_losses_from_the_same_start(tmp_path: Any, trujaman: Any) -> None:
    """From one model, without dropout: losses, norms and dev losses of both, step by step."""
    pytest.importorskip("sentencepiece", reason="python3-sentencepiece is missing")
    folder = str(tmp_path)
    text = words.write(folder, 500)
    for i, shape in enumerate((["--cell", "gru", "--attention", "additive",
                                "--attention-query", "previous"],
                               ["--input-feeding", "true", "--attention-scale", "true"])):
        start = f"{folder}/start{i}.safetensors"
        trujaman(["train", *text, *SMALL, *shape, *PLAIN_TEXT, "--updates", "5", "-m", start,
                  "-t", "1"])
        arguments = [*text, "--init", start, "--dropout", "0", "--updates", "12", "--ema", "0.9",
                     "--batch-tokens", "200", "--clip", "0.5", "--validate-every", "12"]
        run(["train", *arguments, "-m", f"{start}.a", "--log", f"{start}.a.log"])
        trujaman(["train", *arguments, "-m", f"{start}.b", "-t", "1", "--log", f"{start}.b.log"])
        for a, b in zip(log_of(f"{start}.a.log"), log_of(f"{start}.b.log")):
            for key in ("loss", "nll", "gradient_norm", "dev_nll"):
                assert a.get(key) == pytest.approx(b.get(key), rel=2e-4), (shape, a, b)
        a, b = load(f"{start}.a").network.tensors(), load(f"{start}.b").network.tensors()
        for name in a:
            assert torch.allclose(a[name], b[name], atol=2e-4), name


def test_a_pack_is_trained_and_unpacked(tmp_path: Any, packed: str) -> None:
    """The pack's own code runs, from the pack's folder alone."""
    folder = str(tmp_path)
    told = run(["train", ".", "-o", f"{folder}/result", "--updates", "120", "--patience", "0"],
               packed)
    assert "120 updates" in told
    assert sorted(os.listdir(f"{folder}/result")) == \
        ["log.jsonl", "result.json", *sorted(n for n in os.listdir(f"{folder}/result")
                                             if n.startswith("weights-"))]
    log = log_of(f"{folder}/result/log.jsonl")
    updates = [line for line in log if "nll" in line]
    assert [u["update"] for u in updates] == list(range(1, 121))
    assert updates[-1]["nll"] < 0.7 * updates[0]["nll"]
    validations = [line for line in log if "dev_bleu" in line]
    assert [v["update"] for v in validations] == [40, 80, 120]
    run(["unpack", packed, f"{folder}/result", "-m", f"{folder}/m.safetensors"])
    model = load(f"{folder}/m.safetensors")
    best = max((v for v in validations if v["best"]), key=lambda v: v["update"])
    assert model.metadata["trained_updates"] == str(best["update"])
    assert model.metadata["dev_nll"] == f"{best['dev_nll']:.4f}"
    assert model.metadata["name"] == "digits"
    # A result goes on from another.
    again = run(["train", packed, "-o", f"{folder}/more", "--updates", "3",
                 "--start", f"{folder}/result", "--learning-rate", "0.001"])
    assert "3 updates" in again
    assert log_of(f"{folder}/more/log.jsonl")[0]["nll"] < updates[0]["nll"]


def test_an_unpacked_model_is_used_by_the_program(tmp_path: Any, packed: str, trujaman: Any
                                                  ) -> None:
    folder = str(tmp_path)
    run(["train", packed, "-o", f"{folder}/r", "--updates", "2", "--store", "int8"])
    run(["unpack", packed, f"{folder}/r", "-m", f"{folder}/m.safetensors", "--int8"])
    assert trujaman(["translate", "-m", f"{folder}/m.safetensors"], "one two.\n").count("\n") == 1
    trujaman(["train", *words.write(folder, 300), "--init", f"{folder}/m.safetensors",
              "--updates", "1", "-m", f"{folder}/n.safetensors", "-t", "1"])


def test_the_time_is_kept(tmp_path: Any, packed: str) -> None:
    """Without any other limit, the run ends by itself and leaves a model."""
    told = run(["train", packed, "-o", str(tmp_path), "--minutes", "0.08", "--epochs", "0",
                "--patience", "0"])
    assert "the time is over" in told
    assert results.load(str(tmp_path))[1]["trained_updates"] != "0"


@pytest.mark.parametrize("shape", [
    ["--layer-norm", "true", "--residual-from", "2", "--encoder-layers", "2"],
    ["--attention-heads", "2", "--attention-dropout", "0.2", "--recurrent-dropout", "0.2"],
    ["--attention-query", "previous", "--context-to-all", "true", "--encoder-layers", "2"],
    ["--readout-activation", "none", "--input-feeding", "true", "--cell", "gru"],
    ["--optimizer", "sgd", "--schedule", "plateau", "--ema", "0", "--clip", "0"],
    ["--attention", "none", "--precision", "bf16", "--threads", "1"],
    ["--shared-vocab", "--tied-embeddings", "true", "--vocab-type", "bpe"],
])
def test_options_train(tmp_path: Any, shape: List[str]) -> None:
    pytest.importorskip("sentencepiece", reason="python3-sentencepiece is missing")
    folder = str(tmp_path)
    small = [v for i, v in enumerate(SMALL) if not ("--encoder-layers" in shape and i in (6, 7))]
    run(["train", *words.write(folder, 300), *small, *shape, "--updates", "4",
         "-m", f"{folder}/m.safetensors"])
    keys = load(f"{folder}/m.safetensors").metadata
    for name, value in zip(shape, shape[1:]):
        key = name[2:].replace("-", "_")
        assert keys.get(key, value) == value or key not in options.DEFAULTS


def test_tokens_are_packed_trained_and_unpacked(tmp_path: Any, trujaman: Any) -> None:
    """And the lists are those of `trujaman train`. Needs no SentencePiece."""
    folder, text = str(tmp_path), words.write(str(tmp_path), 900)
    shape = ["--vocab-type", "tokens", *SMALL[2:], "--vocab-size", "20"]
    run(["pack", *text, *shape, "--learning-rate", "0.01", "--warmup", "10", "-o",
         f"{folder}/pack"])
    run(["train", ".", "-o", "../result", "--updates", "30", "--device", "cpu"], f"{folder}/pack")
    run(["unpack", f"{folder}/pack", f"{folder}/result", "-m", f"{folder}/m.safetensors"])
    trujaman(["train", *text, *shape, "-m", f"{folder}/theirs.safetensors", "--updates", "1"])
    mine, theirs = load(f"{folder}/m.safetensors"), load(f"{folder}/theirs.safetensors")
    assert mine.network.config.token_vocabulary and theirs.network.config.token_vocabulary
    assert mine.source_spm == theirs.source_spm and mine.target_spm == theirs.target_spm
    assert mine.source_spm.startswith(b"<unk>\n<s>\n</s>\n") and mine.source_spm.count(b"\n") > 5
    # A model of either starts a training of the other.
    run(["pack", *text, "--init", f"{folder}/theirs.safetensors", "-o", f"{folder}/again"])
    assert pack.load(f"{folder}/again").source_spm == theirs.source_spm
    trujaman(["train", *text, "--init", f"{folder}/m.safetensors", "-m", f"{folder}/next",
              "--updates", "1"])


def test_wrong_usage_is_told(tmp_path: Any, packed: str) -> None:
    text = words.write(str(tmp_path), 300)
    model = ["-m", str(tmp_path / "m")]
    for arguments, told in (
            (["train", *text, *model, "--dropout", "0.95"], "--dropout must be a number from"),
            (["train", *text, *model, "--hidden-size", "0"], "--hidden-size must be a whole"),
            (["train", *text, *model, "--precision", "fp16", "--device", "cpu"], "needs a GPU"),
            (["train", *text, *model, "--hidden-size", "15"], "even"),
            (["train", packed, "-o", str(tmp_path / "r"), "--hidden-size", "16"], "was decided"),
            (["train", packed, *model], "--output"),
            (["train", str(tmp_path), "-o", str(tmp_path / "r")], "pack.json"),
            (["pack", *text[:2], "-o", str(tmp_path / "p")], "--target is missing")):
        assert told in run(arguments, status=1)
    assert not os.path.exists(tmp_path / "m")


def test_damaged_packs_are_refused(tmp_path: Any, packed: str) -> None:
    assert pack.load(packed).train.n > 0
    copy = str(tmp_path / "copy")
    for name in ("corpus.xz", "references.xz", "source.spm", "pack.json"):
        subprocess.run(["cp", "-r", packed, copy], check=True)
        with open(f"{copy}/{name}", "r+b") as f:
            f.seek(os.path.getsize(f.name) // 2)
            byte = f.read(1)
            f.seek(-1, os.SEEK_CUR)
            f.write(bytes([byte[0] ^ 0x80]))
        with pytest.raises(TrujamanError):
            pack.load(copy)
        subprocess.run(["rm", "-r", copy], check=True)


def test_a_pack_that_is_too_large_is_refused(tmp_path: Any, packed: str, monkeypatch: Any
                                             ) -> None:
    whole = pack.load(packed)
    monkeypatch.setattr(pack, "MOST_BYTES", 10000)
    with pytest.raises(TrujamanError, match="10000 at most"):
        pack.save(whole, str(tmp_path / "p"))
    assert not os.path.exists(tmp_path / "p")


def test_results_are_split_and_joined(tmp_path: Any, monkeypatch: Any) -> None:
    torch.manual_seed(3)
    weights = {"big": torch.randn(300, 40), "small": torch.randn(7), "other": torch.randn(11, 40)}
    groups = results.split(weights, 9000)
    assert len(groups) > 3
    assert all(sum(t.numel() * 4 for t in g.values()) <= 9000 for g in groups)
    joined = results.join(groups)
    assert set(joined) == set(weights)
    assert all(torch.equal(joined[n], t) for n, t in weights.items())
    with pytest.raises(TrujamanError, match="is missing"):
        results.join(groups[1:])
    monkeypatch.setattr(results, "MOST_BYTES", 10000)
    monkeypatch.setattr(results.split, "__defaults__", (8000,))
    names = results.save(str(tmp_path), weights, {"a": "b"}, "bfloat16", 9)
    assert len(names) > 2
    assert all(os.path.getsize(tmp_path / n) < 10000 for n in names)
    found, metadata = results.load(str(tmp_path))
    assert metadata == {"a": "b"}
    assert torch.equal(found["small"], weights["small"])
    assert torch.equal(found["big"], weights["big"].bfloat16().float())
    results.save(str(tmp_path), {"small": weights["small"]}, {}, "bfloat16", 10)
    assert [n for n in os.listdir(tmp_path) if re.match("weights-9", n)] == []
    with open(tmp_path / "weights-10-00.safetensors", "ab") as f:
        f.write(b"x")
    with pytest.raises(TrujamanError, match="result.json"):
        results.load(str(tmp_path))


def test_a_batch_that_does_not_fit_is_computed_in_parts(packed: str, monkeypatch: Any) -> None:
    """The gradients of halves add up to those of the whole."""
    from trujaman_torch import trainer
    whole = pack.load(packed)
    whole.options.update({"dropout": 0.0})
    t = trainer.Trainer(whole, trainer.Machine(torch.device("cpu")), None, lambda *_: None)
    pairs = t.order[0]
    wanted = t.gradients(pairs)
    kept = [p.grad.clone() for p in t.optimizer.parameters]
    make, most = batches.make, max(2, len(pairs) // 3)

    def limited(c: Any, some: List[int], start: int) -> Any:
        if len(some) > most:
            raise RuntimeError("CUDA out of memory. Tried to allocate")
        return make(c, some, start)

    monkeypatch.setattr(batches, "make", limited)
    assert t.gradients(pairs) == pytest.approx(wanted, rel=1e-5)
    for a, p in zip(kept, t.optimizer.parameters):
        assert torch.allclose(a, p.grad, atol=1e-6)


def test_learning_rates() -> None:
    o = options.with_defaults({"warmup": 10, "learning-rate": 1.0})
    p = [torch.nn.Parameter(torch.zeros(1))]
    for schedule, at_40 in ("constant", 1.0), ("inverse-sqrt", 0.5), ("plateau", 0.5):
        opt = optimizer.Optimizer(p, {**o, "schedule": schedule})
        assert opt.rate() == pytest.approx(0.1)
        opt.updates = 39
        opt.halve()
        assert opt.rate() == pytest.approx(at_40)


def test_bleu_is_that_of_the_program(tmp_path: Any, trujaman: Any) -> None:
    found = ["The cat, on the mat.", "It costs $3.50 (or less)!", "well-known", "a b c d e",
             "&quot;Yes&quot; &amp; no", "1,000.5 x 2-3"]
    wanted = ["The cat is on the mat.", "It costs $3.5 or less!", "a well-known thing", "a b c e d",
              "\"Yes\" & no", "1,000.5 x 2 - 3"]
    for lines, name in (found, "found"), (wanted, "wanted"):
        (tmp_path / name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    told = trujaman(["evaluate", str(tmp_path / "found"), str(tmp_path / "wanted")])
    score = re.search(r"^bleu +([0-9.]+)$", told, re.M)
    assert score is not None and f"{bleu.corpus_bleu(found, wanted):.2f}" == score[1]


def test_texts_are_read_as_they_are(tmp_path: Any) -> None:
    import bz2
    import gzip
    import lzma
    data = b"\xef\xbb\xbfone\r\n\ntwo"
    for name, write in ("a", bytes), ("b", gzip.compress), ("c", bz2.compress), \
            ("d", lzma.compress):
        (tmp_path / name).write_bytes(write(data))
        assert texts.read_lines(str(tmp_path / name)) == [b"one", b"", b"two"]
    (tmp_path / "e").write_bytes(gzip.compress(data)[:-9])
    with pytest.raises(TrujamanError, match="cannot unpack"):
        texts.read_lines(str(tmp_path / "e"))
    with pytest.raises(TrujamanError, match="3 lines"):
        (tmp_path / "f").write_bytes(b"one\n")
        texts.read_pairs(str(tmp_path / "a"), str(tmp_path / "f"))
    assert texts.text_of(b" \t") is None and texts.text_of(b"\xff") is None


def test_configurations_of_packs_survive(packed: str) -> None:
    found = pack.load(packed)
    assert isinstance(found.config, Config) and found.config.hidden_size == 24
    assert found.dev is not None and len(found.dev_sources) == len(found.dev_references) == 9
    assert corpus.Pack.__name__ == "Pack" and Dropout().p == 0
