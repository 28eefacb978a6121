# SPDX-License-Identifier: MIT
"""Pieces, attention and alignments, with and without numpy."""
import sys

import pytest
import trujaman
from conftest import TINY, some_lines

LINES = some_lines(12) + [
    "", "the old clock. a kitchen, now: niño €5 \U0001f600 x", "two. three four."]


@pytest.fixture
def lists(monkeypatch):
    """As if there were no numpy."""
    monkeypatch.setitem(sys.modules, "numpy", None)


def test_alignments_are_the_programs(translator, program):
    printed = program("translate", "-m", TINY, "--alignments", text="\n".join(LINES) + "\n")
    column = [line.split("\t")[1] for line in printed.split("\n")[:-1]]
    got = list(translator.results(LINES, alignments=True))
    assert [" ".join(f"{a.source}-{a.target}" for a in r.alignments) for r in got] == column
    assert [r.text for r in got] == translator.translate(LINES)
    assert any(column)


def test_shapes_and_scores(translator, lists):
    for r in translator.results(some_lines(12), alignments=True, n_best=2):
        for t in r.translations:
            assert len(t.attention) == len(t.pieces) == len(t.piece_scores)
            for row in t.attention:
                assert len(row) == len(t.source_pieces)
                assert sum(row) == pytest.approx(1, abs=1e-4)
            assert all(score <= 0 for score in t.piece_scores)
            assert sum(t.details.word_scores) >= sum(t.piece_scores) - 1e-4  # without "</s>"


def test_spans_are_of_characters(translator):
    for r in translator.results(LINES, alignments=True):
        d = r.details
        assert (d.source, d.target) == (r.source, r.text)
        assert [d.source[a:b] for a, b in d.source_words] == r.source.split()
        assert [d.target[a:b] for a, b in d.target_words] == r.text.split()
        assert len(d.word_scores) == len(d.target_words)
        for part in d.parts:
            spans = part.target_spans
            assert all(0 <= a <= b <= len(d.target) for a, b in spans)
            for piece, (a, b) in zip(part.target_pieces, spans):
                if piece.strip("\u2581").isascii() and piece.strip("\u2581").isalpha():
                    assert piece.strip("\u2581").lower() == d.target[a:b].strip().lower()
        for link in r.alignments:
            assert link.source < len(d.source_words) and link.target < len(d.target_words)
            assert 0 < link.share <= 1


def test_a_line_of_sentences_has_blocks(translator, lists):
    r = next(translator.results(["The clock has stopped. Nobody hears it now."], alignments=True))
    parts = r.details.parts
    assert len(parts) == 2
    row = column = 0
    for part in parts:
        for i, weights in enumerate(part.attention):
            whole = r.attention[row + i]
            assert whole[column:column + len(weights)] == weights
            assert sum(whole) == pytest.approx(sum(weights))
        row += len(part.target_pieces)
        column += len(part.source_pieces)
    assert (row, column) == (len(r.pieces), len(r.source_pieces))


def test_numpy_arrays_have_the_same_numbers(translator, monkeypatch):
    numpy = pytest.importorskip("numpy")
    arrays = [r.attention for r in translator.results(LINES, alignments=True)]
    monkeypatch.setitem(sys.modules, "numpy", None)
    lists = [r.attention for r in translator.results(LINES, alignments=True)]
    for array, rows in zip(arrays, lists):
        assert array.dtype == numpy.float32 and array.ndim == 2
        assert array.tolist() == rows


def test_without_them_it_says_so(translator):
    r = next(translator.results(["a line"]))
    assert r.details is None
    with pytest.raises(trujaman.UsageError, match="alignments=True"):
        r.attention
    with_option = translator.with_options(attention=True)
    assert next(with_option.results(["a line"])).pieces[-1] == "</s>"
