# SPDX-License-Identifier: MIT
"""Lines in memory: what a translator gives is what the program prints."""
import gc
import itertools
import pickle
import threading

import pytest
import trujaman
from conftest import TINY, some_lines, wait_until_running


def test_as_the_program(translator, program):
    lines = some_lines(300) + ["", "  ", "ñandú €5 \U0001f600", "One. Two. Three."]
    printed = program("translate", "-m", TINY, text="\n".join(lines) + "\n").split("\n")[:-1]
    assert translator.translate(lines) == printed
    assert [r.text for r in translator.results(lines)] == printed


def test_one_line(translator):
    line = some_lines(1)[0]
    assert translator.translate(line) == translator.translate([line])[0]
    assert isinstance(translator.translate(line), str)


def test_no_lines(translator):
    assert translator.translate([]) == []
    assert list(translator.results([])) == []
    assert translator.score([], []) == []


def test_separators_and_nul_stay(translator):
    for line in ("a\nb", "a\r\n", "\0", "x\0y", "\t", "a\u2028b"):
        got = translator.translate(line)
        assert [c for c in got if c in "\n\r\0\t\u2028"] == [c for c in line if not c.isalpha()]


def test_bytes_that_are_no_utf8(translator, program):
    line = b"caf\xe9 now".decode("utf-8", "surrogateescape")
    assert translator.translate(line) == program("translate", "-q", "-m", TINY, text=line)
    with pytest.raises(trujaman.InputError, match="invalid UTF-8"):
        translator.with_options(strict=True).translate(line)
    with pytest.raises(UnicodeEncodeError):
        translator.translate("\ud800")


def test_results(translator, program):
    lines = some_lines(40)
    got = list(translator.results(lines, n_best=3))
    assert [r.index for r in got] == list(range(40))
    assert [r.source for r in got] == lines
    printed = program("translate", "-m", TINY, "--n-best", 3, text="\n".join(lines))
    printed = printed.rstrip("\n")
    told = [f"{r.index + 1}\t{t.score:.6f}\t{t.text}" for r in got for t in r.translations]
    assert told == printed.split("\n")
    for r in got:
        assert r.text == r.translations[0].text and r.score == r.translations[0].score
        scores = [t.score for t in r.translations]
        assert scores == sorted(scores, reverse=True)


def test_results_are_lazy_and_in_order(translator):
    taken = []

    def lines():
        for i in itertools.count():
            taken.append(i)
            yield f"line {i}"

    results = translator.results(lines(), beam=1)
    assert taken == []
    for i, r in zip(range(10000), results):
        assert (r.index, r.source) == (i, f"line {i}")
        assert len(taken) <= i + 1 + trujaman.translator.MOST_LINES
    results.close()


def test_batches_do_not_show(translator, monkeypatch):
    lines = some_lines(300)
    whole = [(r.text, r.score) for r in translator.results(lines)]
    monkeypatch.setattr(trujaman.translator, "FIRST_LINES", 1)
    monkeypatch.setattr(trujaman.translator, "MOST_LINES", 7)
    monkeypatch.setattr(trujaman.translator, "MOST_CHARACTERS", 100)
    assert [(r.text, r.score) for r in translator.results(lines)] == whole


def test_an_error_of_the_generator_comes_through(translator):
    def lines():
        yield "first"
        raise KeyError("mine")

    with pytest.raises(KeyError):
        list(translator.results(lines()))
    assert translator.translate("a line") != ""


def test_score(translator, program, tmp_path):
    a, b = some_lines(50), some_lines(50, begin=1000)
    (tmp_path / "a").write_text("\n".join(a) + "\n")
    (tmp_path / "b").write_text("\n".join(b) + "\n")
    printed = program("score", "-m", TINY, tmp_path / "a", tmp_path / "b").split()
    assert [f"{score:.6f}" for score in translator.score(a, b)] == printed
    assert translator.score(a[0], b[0]) == translator.score(a, b)[0]
    with pytest.raises(trujaman.InputError, match="50 sources, but 49 targets"):
        translator.score(a, b[1:])
    with pytest.raises(trujaman.UsageError):
        translator.score("a", ["a"])


def test_an_ensemble(model, program):
    lines = some_lines(20)
    printed = program("translate", "-m", TINY, "-m", TINY, "--ensemble", "log",
                      text="\n".join(lines) + "\n")
    t = trujaman.Translator([model, model], ensemble="log")
    assert t.translate(lines) == printed.split("\n")[:-1]
    with pytest.raises(trujaman.UsageError):
        trujaman.Translator([])
    with pytest.raises(TypeError, match="models must be"):
        trujaman.Translator("en-es")


def test_errors(model):
    with pytest.raises(trujaman.UsageError, match="--beam must be .* 64"):
        model.translator(beam=99)
    with pytest.raises(trujaman.UsageError, match="no option --nonsense"):
        model.translator(nonsense=1)
    with pytest.raises(trujaman.FileError, match="cannot open /nowhere"):
        trujaman.Model("/nowhere")
    with pytest.raises(trujaman.FormatError):
        trujaman.Model(__file__)
    with pytest.raises(ValueError):
        trujaman.Model("a\0b")
    with pytest.raises(TypeError):
        model.translator().translate([b"bytes"])
    with pytest.raises(trujaman.UsageError, match="is a string"):
        model.translator().results("a line")
    for kind in (trujaman.UsageError, trujaman.FileError, trujaman.InputError):
        assert issubclass(kind, trujaman.Error)
    assert issubclass(trujaman.FileError, OSError)


def test_a_translator_outlives_its_model_and_is_freed(program):
    t = trujaman.Model(TINY).translator(threads=1)
    gc.collect()
    assert t.translate("x") == program("translate", "-m", TINY, text="x")


def test_pickle(translator):
    lines = some_lines(9)
    t = translator.with_options(beam=2)
    again = pickle.loads(pickle.dumps(t))
    assert again.translate(lines) == t.translate(lines)
    result = list(translator.results(["a line"]))[0]
    assert pickle.loads(pickle.dumps(result)) == result


def test_threads_share_a_translator_and_run_meanwhile(translator):
    lines = some_lines(200)
    right = translator.translate(lines)
    got = []
    threads = [threading.Thread(target=lambda: got.append(translator.translate(lines)))
               for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [right] * 4


def test_the_gil_is_free(translator):
    """Another thread counts while a call is running, and only its stop() ends that call."""
    endless = some_lines(100000)

    def count():
        n = 0
        wait_until_running(translator)
        while n < 1000:
            n += 1
        translator.stop()

    thread = threading.Thread(target=count)
    thread.start()
    with pytest.raises(trujaman.StoppedError):
        translator.translate(endless)
    thread.join()
    assert len(translator.translate(endless[:5])) == 5
