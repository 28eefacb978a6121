# SPDX-License-Identifier: MIT
"""Training, options, and what there is to know of models."""
import os
import typing

import pytest
import trujaman
from conftest import TINY

SMALL = dict(hidden_size=16, embedding_size=16, vocab_size=300, encoder_layers=1, decoder_layers=1,
             threads=2)


@pytest.fixture
def texts(tmp_path):
    lines = [f"word{i % 7} is a number{i * i % 11} and word{i % 5}" for i in range(200)]
    (tmp_path / "a.en").write_text("\n".join(lines) + "\n")
    (tmp_path / "a.es").write_text("\n".join(lines).replace("word", "palabra") + "\n")
    return {"source": tmp_path / "a.en", "target": str(tmp_path / "a.es"),
            "model": tmp_path / "m.safetensors"}


def test_train(texts, program, tmp_path):
    events = []
    done = trujaman.train(**texts, **SMALL, updates=4, validate_every=2, bidirectional=False,
                          name="small", progress=events.append)
    assert (done.end, done.update, done.validated) == ("updates", 4, True)
    kinds = [type(event).__name__ for event in events]
    assert kinds.count("TrainUpdate") == 4 and kinds.count("TrainStart") == 1
    assert kinds.count("TrainValidation") >= 2 and events[-1] == done
    start = next(e for e in events if isinstance(e, trujaman.TrainStart))
    assert start.lines == 200 and start.source_words > 0 and start.batches > 0
    assert [e.update for e in events if isinstance(e, trujaman.TrainUpdate)] == [1, 2, 3, 4]
    assert "TrainDone end=updates update=4" in str(done)
    model = trujaman.Model(texts["model"])
    assert (model.metadata["name"], model.metadata["hidden_size"]) == ("small", "16")
    program("train", "--source", texts["source"], "--target", texts["target"], "-m",
            tmp_path / "p.safetensors", "--updates", 4, "--validate-every", 2,
            "--bidirectional=false", "--name", "small", "--hidden-size", 16, "--embedding-size", 16,
            "--vocab-size", 300, "--encoder-layers", 1, "--decoder-layers", 1)
    assert texts["model"].read_bytes() == (tmp_path / "p.safetensors").read_bytes()
    with pytest.raises(trujaman.UsageError, match="--resume"):
        trujaman.train(**texts, **SMALL)


def test_an_exception_ends_training_with_a_checkpoint(texts):
    def press_ctrl_c(event):
        if isinstance(event, trujaman.TrainUpdate) and event.update == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        trujaman.train(**texts, **SMALL, updates=1000000, epochs=0, patience=0,
                       validate_every=1000000, progress=press_ctrl_c)
    assert os.path.exists(str(texts["model"]) + ".checkpoint")
    starts = []
    done = trujaman.train(**texts, **SMALL, updates=5, epochs=0, patience=0,
                          validate_every=1000000, resume=True, progress=starts.append)
    assert done.update == 5
    assert [e.update >= 3 for e in starts if isinstance(e, trujaman.TrainStart)] == [True]


def test_training_refuses(texts):
    with pytest.raises(trujaman.UsageError, match="no option --nonsense"):
        trujaman.train(**texts, nonsense=1)
    with pytest.raises(trujaman.FileError):
        trujaman.train(**{**texts, "source": "/nowhere"})
    with pytest.raises(trujaman.UsageError):
        trujaman.train(model=texts["model"])


def fields(*classes):
    names = {}
    for cls in classes:
        names.update(cls.__annotations__)
    return set(names)


def test_the_typed_options_are_those_of_the_library():
    from trujaman import option_types as options
    of_models, named = {"isa", "precision", "memory"}, {"source", "target", "model"}
    typed = [fields(options.ResultOptions, options.TranslatorOptions), fields(options.TrainOptions)]
    library = [{o.name for o in trujaman.options()} - of_models,
               {o.name for o in trujaman.train_options()} - named]
    assert typed == library
    hints = typing.get_type_hints(options.TrainOptions)
    for o in trujaman.train_options():
        if o.name not in named:
            kind = {"flag": bool, "whole": int, "number": float}.get(o.kind)
            assert kind is None or hints[o.name] is kind
            assert o.kind != "word" or set(typing.get_args(hints[o.name])) == set(o.words)


def test_models(tmp_path):
    model = trujaman.Model(TINY, isa=trujaman.isas()[-1], precision="float32")
    assert model.info.file_bytes == TINY.stat().st_size
    assert model.info.isa == trujaman.isas()[-1] and model.info.products == "float32"
    assert model.metadata["format"].startswith("trujaman/1")
    trujaman.quantize(TINY, tmp_path / "q.safetensors")
    assert trujaman.Model(tmp_path / "q.safetensors").info.precision == "I8"
    beam = next(o for o in trujaman.options() if o.name == "beam")
    assert "{" not in beam.help and beam.low == 1
    assert trujaman.language_name("xx-none") is None
