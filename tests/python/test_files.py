# SPDX-License-Identifier: MIT
"""Files: translated, scored, evaluated."""
import gzip
import os
import stat

import pytest
import trujaman
from conftest import TINY, some_lines


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "in.txt"
    path.write_bytes("\r\n".join(some_lines(300) + ["", "last, without an end"]).encode())
    return path


def test_as_the_program(translator, program, text, tmp_path):
    events = []
    before = os.umask(0o027)
    try:
        report = translator.translate_file(text, tmp_path / "out", progress=events.append)
    finally:
        os.umask(before)
    program("translate", "-m", TINY, "-o", tmp_path / "right", text)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "right").read_bytes()
    assert stat.S_IMODE(os.stat(tmp_path / "out").st_mode) == 0o640
    assert sorted(os.listdir(tmp_path)) == ["in.txt", "out", "right"]
    assert (report.lines, report.blank, report.foreign_language) == (302, 1, None)
    assert events[-1].lines == 302
    assert events[-1].bytes == events[-1].total_bytes == text.stat().st_size
    assert "302 lines, 100 %" in str(events[-1])


def test_progress_comes_in_the_calling_thread_and_may_refuse(translator, text, tmp_path,
                                                             monkeypatch):
    import threading
    monkeypatch.setattr(trujaman.files, "SECONDS_BETWEEN_EVENTS", 0)
    threads = set()

    def refuse(progress):
        threads.add(threading.current_thread())
        if progress.lines > 100:
            raise LookupError("enough")

    with pytest.raises(LookupError):
        translator.translate_file(text, tmp_path / "out", progress=refuse)
    assert threads == {threading.current_thread()}
    assert os.listdir(tmp_path) == ["in.txt"]
    with pytest.raises(trujaman.UsageError, match="busy"):
        translator.translate_file(text, tmp_path / "out",
                                  progress=lambda _: translator.translate("a line"))
    other = translator.with_options(beam=1)
    translator.translate_file(text, tmp_path / "out", progress=lambda _: other.translate("a line"))
    errors = []

    def in_a_thread():
        try:
            translator.translate_file(text, tmp_path / "out", progress=refuse)
        except LookupError as error:
            errors.append(error)

    threads.clear()
    thread = threading.Thread(target=in_a_thread)
    thread.start()
    thread.join()
    assert threads == {thread} and len(errors) == 1


def test_outputs(translator, program, text, tmp_path):
    t = translator.with_options(n_best=2)
    t.translate_file(text, tmp_path / "out")
    program("translate", "-m", TINY, "--n-best", 2, "-o", tmp_path / "right", text)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "right").read_bytes()
    translator.translate_file(text, tmp_path / "out", output="scores")
    program("translate", "-m", TINY, "--scores", "--force", "-o", tmp_path / "right", text)
    assert (tmp_path / "out").read_bytes() == (tmp_path / "right").read_bytes()
    with pytest.raises(trujaman.UsageError, match="output"):
        translator.translate_file(text, tmp_path / "out", output="xml")


def test_compressed(translator, text, tmp_path):
    translator.translate_file(text, tmp_path / "right")
    (tmp_path / "in.txt.gz").write_bytes(gzip.compress(text.read_bytes()))
    translator.translate_file(tmp_path / "in.txt.gz", tmp_path / "out.gz")
    assert gzip.open(tmp_path / "out.gz").read() == (tmp_path / "right").read_bytes()
    with pytest.raises(trujaman.UsageError, match="zstd"):
        translator.translate_file(text, tmp_path / "out.zst")
    assert "out.zst" not in os.listdir(tmp_path)


def test_documents(translator, program, tmp_path):
    page = tmp_path / "page.html"
    page.write_text('<p id="x">a clock <b>stopped</b></p>')
    translator.translate_file(page, tmp_path / "out.html")
    program("translate", "-m", TINY, "-o", tmp_path / "right.html", page)
    assert (tmp_path / "out.html").read_bytes() == (tmp_path / "right.html").read_bytes()
    assert b'<p id="x">' in (tmp_path / "out.html").read_bytes()
    with pytest.raises(trujaman.UsageError):
        translator.translate_file(page, tmp_path / "out", format="nonsense")


def test_refusals(translator, text, tmp_path):
    with pytest.raises(FileNotFoundError):
        translator.translate_file(tmp_path / "none", tmp_path / "out")
    with pytest.raises(trujaman.UsageError, match="is an input"):
        translator.translate_file(text, text)
    os.link(text, tmp_path / "link")
    with pytest.raises(trujaman.UsageError, match="is an input"):
        translator.translate_file(text, tmp_path / "link")
    (tmp_path / "utf16").write_bytes("text".encode("utf-16"))
    with pytest.raises(trujaman.InputError, match="UTF-16"):
        translator.translate_file(tmp_path / "utf16", tmp_path / "out")
    with pytest.raises(FileNotFoundError):
        translator.translate_file(text, tmp_path / "no" / "folder")
    assert "out" not in os.listdir(tmp_path)
    if os.path.exists("/dev/full"):
        with pytest.raises(OSError):
            translator.translate_file(text, "/dev/full")


def test_score_file(translator, text, tmp_path):
    translator.translate_file(text, tmp_path / "out")
    report = translator.score_file(text, tmp_path / "out", tmp_path / "scores")
    printed = (tmp_path / "scores").read_text().split()
    pairs = [path.read_bytes().decode().split("\r\n") for path in (text, tmp_path / "out")]
    assert printed == [f"{score:.6f}" for score in translator.score(*pairs)]
    assert report.lines == 302
    with pytest.raises(trujaman.UsageError, match="is an input"):
        translator.score_file(text, tmp_path / "out", tmp_path / "out")


def test_evaluate(program, tmp_path):
    a, b = some_lines(40), some_lines(40, begin=13)
    for name, lines in (("a", a), ("b", b)):
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    e = trujaman.evaluate(a, iter(b))
    assert trujaman.evaluate(str(tmp_path / "a"), tmp_path / "b") == e
    assert (e.lines, len(e.precisions)) == (40, 4)
    assert f"{e.bleu:.2f}" in program("evaluate", tmp_path / "a", tmp_path / "b")
    assert trujaman.evaluate(a, a).bleu == pytest.approx(100)
    with pytest.raises(trujaman.InputError, match="40 .* 39"):
        trujaman.evaluate(a, b[1:])
    with pytest.raises(trujaman.InputError, match="line feed"):
        trujaman.evaluate(["a\nb"], ["c"])
    with pytest.raises(trujaman.InputError, match="no lines"):
        trujaman.evaluate([], [])


def test_documents_in_memory(translator, program, tmp_path):
    page = '<p id="x">a clöck <b>stopped</b></p>'
    (tmp_path / "page.html").write_text(page, encoding="utf-8")
    right = program("translate", "-m", TINY, tmp_path / "page.html")
    assert '<p id="x">' in right and right != page
    assert translator.translate_document(page, format="html") == right
    for kind in bytes, bytearray, memoryview:
        found = translator.translate_document(kind(page.encode()), format="html")
        assert found == right.encode() and isinstance(found, bytes)
    assert translator.translate_document(b"<!-- \xff -->", format="html") == b"<!-- \xff -->"
    assert translator.translate_document("<!-- \udcff -->", format="html") == "<!-- \udcff -->"
    assert translator.translate_document("", format="po") == ""
    rows = translator.with_options(field=["text"])
    assert rows.translate_document('{"n": 1.0}\n', format="jsonl") == '{"n": 1.0}\n'
    with pytest.raises(trujaman.UsageError, match="nonsense"):
        translator.translate_document(page, format="nonsense")
    with pytest.raises(trujaman.InputError, match="document:1:1: not PO"):
        translator.translate_document("nonsense", format="po")
    with pytest.raises(TypeError):
        translator.translate_document(7, format="html")
