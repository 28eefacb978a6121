# SPDX-License-Identifier: MIT
"""Files: translated and scored as streams, and written so that nothing half-done is left."""
from __future__ import annotations

import bz2
import gzip
import lzma
import os
import secrets
import stat
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, Dict, Iterator, List, NamedTuple

from . import _calls, errors
from ._library import ERROR_BYTES, argument, ffi, lib, text, text_or_none

if TYPE_CHECKING:
    from .option_types import File
    from .translator import Translator

SECONDS_BETWEEN_EVENTS = 0.1


@dataclass(frozen=True)
class Progress:
    """How far a file is."""

    lines: int  #: lines written
    words: int  #: of the source in these lines
    bytes: int  #: of the source, as it is stored, that were read for them
    total_bytes: int | None  #: of the source; None: unknown
    seconds: float  #: since the beginning

    def __str__(self) -> str:
        share = f", {100 * self.bytes // self.total_bytes} %" if self.total_bytes else ""
        rate = f", {self.words / self.seconds:.0f} words a second" if self.seconds > 0 else ""
        return f"{self.lines} lines{share}{rate}"


class Report(NamedTuple):
    """What was met and counted in a file. trujaman.h tells more of each."""

    lines: int
    blank: int
    split: int  #: lines of several sentences
    short_rows: int  #: lines without the column tsv
    over_long: int  #: sentences that were cut
    sentences: int
    cached: int  #: sentences that came from the cache; this depends on timing
    truncated: int  #: translations that reached the limit of their length
    source_words: int
    source_pieces: int
    target_pieces: int
    invalid: int  #: lines with invalid UTF-8
    invalid_line: int  #: the first of them, from 1
    over_long_line: int
    invalid_latin: int  #: of `invalid`: those that look like ISO 8859-1 or Windows-1252
    foreign: int  #: 1: the text looks as if it were not in the model's language,
    foreign_language: str | None  #: but in this one
    without_prefix: int  #: lines whose translation does not begin with their prefix


def formats() -> List[str]:
    """The names of the formats that translate_file and translate_document read.

    >>> import trujaman
    >>> "html" in trujaman.formats()
    True
    """
    names: List[str] = []
    table = lib.trujaman_formats()
    while table[len(names)] != ffi.NULL:
        names.append(text(table[len(names)]))
    return names


# --- writing ---


def _compressing(name: str, file: BinaryIO) -> BinaryIO:
    if name.endswith(".gz"):
        return gzip.GzipFile("", "wb", fileobj=file, mtime=0)  # type: ignore[return-value]
    if name.endswith(".bz2"):
        return bz2.BZ2File(file, "wb")  # type: ignore[return-value]
    if name.endswith(".xz"):
        return lzma.LZMAFile(file, "wb")  # type: ignore[return-value]
    if name.endswith(".zst"):
        raise errors.UsageError(f"{name}: Python does not write zstd; the program trujaman does")
    return file


@contextmanager
def _replacing(target: File) -> Iterator[BinaryIO]:
    """A file to write, which takes the place of `target` at the end."""
    name = os.path.realpath(target)
    if os.path.exists(name) and not stat.S_ISREG(os.stat(name).st_mode):
        with open(name, "wb") as file:  # a pipe or a device cannot be replaced
            yield file
        return
    folder = os.path.dirname(name)
    hidden = f".{os.path.basename(name)[:200]}.{secrets.token_hex(4)}.partial"
    written = os.path.join(folder, hidden)
    try:
        with open(written, "xb") as file:
            packed = _compressing(name, file)
            yield packed
            if packed is not file:
                packed.close()
            file.flush()
            os.fsync(file.fileno())
        os.replace(written, name)
    except BaseException:
        try:
            os.unlink(written)
        except FileNotFoundError:
            pass
        raise
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Writer:
    """What the callback of a stream does."""

    def __init__(self, call: _calls.Call, file: BinaryIO, source: File, report_progress: bool):
        self.call, self.file, self.report_progress = call, file, report_progress
        self.lines = self.words = self.bytes = 0
        status = os.stat(source)
        self.total = status.st_size if stat.S_ISREG(status.st_mode) else None
        self.begin = self.last = time.monotonic()
        self.error: BaseException | None = None

    def progress(self) -> Progress:
        return Progress(self.lines, self.words, self.bytes, self.total,
                        time.monotonic() - self.begin)

    def write(self, stretch: Any) -> bool:
        self.file.write(ffi.buffer(stretch.bytes, stretch.n_bytes) if stretch.n_bytes else b"")
        self.lines += stretch.lines
        self.words += stretch.words
        self.bytes = stretch.offset
        now = time.monotonic()
        if not self.report_progress or now - self.last < SECONDS_BETWEEN_EVENTS:
            return True
        self.last = now
        return self.call.post(self.progress())


def _write(context: Any, stretch: Any) -> int:
    writer = ffi.from_handle(context)
    try:
        return 0 if writer.write(stretch) else 1
    except BaseException as error:  # it goes on in the thread that called
        writer.error = error
        return 1


_c_write = ffi.callback("int(void *, const trujaman_stretch *)", _write)


def new_input(path: File, format: str | None = None, force_text: bool = False) -> Any:
    """A trujaman_input, and what it refers to."""
    made, name = ffi.new("trujaman_input *"), ffi.new("char[]", argument(path))
    made.size, made.path, made.force_text = ffi.sizeof("trujaman_input"), name, force_text
    kept = [name]
    if format is not None:
        kept.append(ffi.new("char[]", argument(format)))
        made.format = kept[1]
    return made, kept


def _stream(t: Translator, source: File, target: File,
            progress: Callable[[Progress], Any] | None,
            run: Callable[[Any, Any, Any], int]) -> Report:
    """run(sink, report, message) is the call that writes `target`."""
    if os.path.exists(target) and os.path.samefile(source, target):
        raise errors.UsageError(f"{os.fspath(target)}: this is an input, too")
    report = ffi.new("trujaman_report *", {"size": ffi.sizeof("trujaman_report")})
    with _replacing(target) as file:
        def function(call: _calls.Call) -> _Writer:
            writer = _Writer(call, file, source, progress is not None)
            handle = ffi.new_handle(writer)
            sink = ffi.new("trujaman_sink *", {"size": ffi.sizeof("trujaman_sink"),
                                               "context": handle, "joined": 1,
                                               "write": _c_write})
            try:
                t._function(lambda message: run(sink, report, message))(call)
            except errors.Error:
                if writer.error is not None:
                    raise writer.error from None
                raise
            if report.stopped:
                raise errors.StoppedError("stopped")
            return writer

        if progress is None:
            _calls.run(function)
        else:
            progress(_calls.Call(function, progress).run().progress())
    values: Dict[str, Any] = {name: getattr(report, name) for name in Report._fields}
    values["foreign_language"] = text_or_none(report.foreign_language)
    return Report(**values)


_OUTPUTS = {"text": "PLAIN", "scores": "SCORES", "n-best": "N_BEST"}


def translate(t: Translator, source: File, target: File,
              progress: Callable[[Progress], Any] | None, format: str | None, output: str | None,
              force_text: bool) -> Report:
    if output is None:
        output = "n-best" if t.n_best > 1 else "text"
    if output not in _OUTPUTS:
        raise errors.UsageError(f"output: {output!r} is none of {', '.join(_OUTPUTS)}")
    kind = getattr(lib, "TRUJAMAN_OUTPUT_" + _OUTPUTS[output])
    if format is None:
        format = text_or_none(lib.trujaman_format_of(argument(source)))
    read, kept = new_input(source, format, force_text)

    def run(sink: Any, report: Any, message: Any) -> int:
        status: int = lib.trujaman_translate_to(t._t, 1, read, sink, kind, report, message,
                                                ERROR_BYTES)
        kept.clear()
        return status

    return _stream(t, source, target, progress, run)


def score(t: Translator, source: File, target: File, scores: File,
          progress: Callable[[Progress], Any] | None) -> Report:
    sides = new_input(source), new_input(target)
    if os.path.exists(scores) and os.path.samefile(target, scores):
        raise errors.UsageError(f"{os.fspath(scores)}: this is an input, too")

    def run(sink: Any, report: Any, message: Any) -> int:
        status: int = lib.trujaman_score_to(t._t, sides[0][0], sides[1][0], sink, report, message,
                                            ERROR_BYTES)
        return status

    return _stream(t, source, scores, progress, run)
