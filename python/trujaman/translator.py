# SPDX-License-Identifier: MIT
"""Translating and scoring."""
from __future__ import annotations

import os
import threading
from itertools import islice
from typing import (TYPE_CHECKING, Any, Callable, Dict, Iterable, Iterator, List, Sequence, Tuple,
                    overload)
from weakref import WeakSet

from . import _calls, errors, files
from ._library import ERROR_BYTES, argument, check, encode, ffi, lib, new_message, new_options
from .model import Model
from .results import Result, read_results, read_scores, read_texts

if TYPE_CHECKING:
    from typing import Unpack

    from .files import Progress, Report
    from .option_types import File, ResultOptions, TranslatorOptions

# A batch of results() begins small, so that the first results come soon, and grows up to these.
FIRST_LINES = 32
MOST_LINES = 4096
MOST_CHARACTERS = 1 << 20

_translators: WeakSet[Translator] = WeakSet()


class Translator:
    """Translates and scores with a model, or with several that translate as one (an ensemble).

    Made by Model.translator(beam=4), or Translator([model, other], beam=4). Several threads may use
    a translator; it does one call after the other. For calls at the same time make a translator
    each: they share the model.

    Results are the same for every number of threads and every way of dividing lines among calls
    (but for the option sample, which numbers the lines of each call).

    >>> import trujaman
    >>> t = trujaman.Model("en-es").translator(beam=4, threads=2)
    >>> t.translate(["Good night.", ""])
    ['Buenas noches.', '']
    """

    def __init__(self, models: Model | Sequence[Model],
                 **options: Unpack[TranslatorOptions]) -> None:
        self.models = (models,) if isinstance(models, Model) else tuple(models)
        if not all(isinstance(model, Model) for model in self.models):
            raise TypeError("models must be a trujaman.Model, or a sequence of them")
        self._options: Dict[str, Any] = {k: v for k, v in options.items() if v is not None}
        self._derived: Dict[Tuple[Any, ...], Translator] = {}
        self._lock = threading.Lock()
        self._running: _calls.Call | None = None
        self._broken = False
        self._message = new_message()
        c_options, made = new_options(self._options), ffi.new("trujaman_translator **")
        c_models = ffi.new("trujaman_model *[]", [m._model for m in self.models])
        check(lib.trujaman_translator_new_ensemble(len(self.models), c_models, c_options, made,
                                                   self._message, ERROR_BYTES), self._message)
        self._t = ffi.gc(made[0], lib.trujaman_translator_free)
        self.n_best: int = lib.trujaman_translator_n_best(self._t)
        self.threads: int = lib.trujaman_translator_threads(self._t)
        _translators.add(self)

    def __reduce__(self) -> Tuple[Any, ...]:
        return _remake, (self.models, self._options)

    def __repr__(self) -> str:
        told = "".join(f", {name}={value!r}" for name, value in self._options.items())
        models = repr(self.models[0]) if len(self.models) == 1 else repr(list(self.models))
        return f"trujaman.Translator({models}{told})"

    def with_options(self, **options: Unpack[TranslatorOptions]) -> Translator:
        """Another translator with the same models, and with these options besides its own."""
        return Translator(self.models, **{**self._options, **options})

    # --- calls ---

    def _stop(self) -> None:
        lib.trujaman_stop(self._t)

    def _function(self, compute: Callable[[Any], int]) -> Callable[[_calls.Call], None]:
        """A call for _calls: compute(message) returns a status."""
        running = self._running
        if running is not None and running.handler == threading.get_ident():
            raise errors.UsageError("this translator is busy with the file whose progress is told; "
                                    "use another one")

        def function(call: _calls.Call) -> None:
            with self._lock:
                if self._broken:
                    raise errors.UsageError("this translator was at work when the process forked; "
                                            "make another one")
                self._running = call
                try:
                    call.begin(self._stop)
                    lib.trujaman_go_on(self._t)
                    if call.stopping:  # stopped just before it was told to go on
                        raise errors.StoppedError("stopped")
                    check(compute(self._message), self._message)
                finally:
                    self._running = None
        return function

    def stop(self) -> None:
        """Have the call that runs in another thread end soon, with a StoppedError there."""
        call = self._running
        if call is not None:
            call.stopping = True
            lib.trujaman_stop(self._t)

    # --- lines ---

    def _call(self, function: Any, *sides: Sequence[bytes]) -> Any:
        """trujaman_translate or trujaman_score; each side has the same number of lines."""
        arguments: List[Any] = []
        keep: List[Any] = []
        for lines in sides:
            arguments.append(ffi.new("char *[]", [ffi.from_buffer(line) for line in lines]))
            arguments.append(ffi.new("size_t[]", [len(line) for line in lines]))
            keep.append(lines)
        made, n = ffi.new("trujaman_result **"), len(sides[0])

        def compute(message: Any) -> int:
            status: int = function(self._t, n, *arguments, made, message, ERROR_BYTES)
            keep.clear()
            return status

        _calls.run(self._function(compute))
        return ffi.gc(made[0], lib.trujaman_result_free)

    @overload  # a string is a line, though it is iterable, too
    def translate(self, lines: str) -> str: ...  # type: ignore[misc]

    @overload
    def translate(self, lines: Iterable[str]) -> List[str]: ...

    def translate(self, lines: str | Iterable[str]) -> str | List[str]:
        """The translation of a line, or the list of the translations of lines.

        A line has no line terminator. All lines are held in memory; results() and translate_file()
        take any number.

        >>> import trujaman
        >>> t = trujaman.Model("en-es").translator()
        >>> t.translate("Good night.")
        'Buenas noches.'
        """
        encoded = [encode(lines)] if isinstance(lines, str) else [encode(line) for line in lines]
        texts = read_texts(self._call(lib.trujaman_translate, encoded), len(encoded))
        return texts[0] if isinstance(lines, str) else texts

    def results(self, lines: Iterable[str], *, alignments: bool = False,
                **options: Unpack[ResultOptions]) -> Iterator[Result]:
        """The translations of lines, one after the other, with what there is to know of them.

        lines: any number; they are taken some thousands at a time, so a generator of millions goes
        through in bounded memory, and results come in the order of the lines.
        alignments: give each translation its pieces, attention and links between words, too.
        options: besides those of the translator, such as n_best=3.

        >>> import trujaman
        >>> t = trujaman.Model("en-es").translator()
        >>> for r in t.results(["Good night."], n_best=2):
        ...     print(r.index, r.text, len(r.translations), r.score > r.translations[1].score)
        0 Buenas noches. 2 True
        """
        if isinstance(lines, str):
            raise errors.UsageError("lines is a string; give a list of strings")
        wanted: Dict[str, Any] = {k: v for k, v in options.items() if v is not None}
        if alignments:
            wanted["attention"] = True
        wanted = {k: v for k, v in wanted.items() if self._options.get(k) != v}
        t = self._derive(wanted)
        return t._results(iter(lines), bool(t._options.get("attention")))

    def _derive(self, options: Dict[str, Any]) -> Translator:
        """This translator with other options; a few are kept."""
        if not options:
            return self
        key = tuple(sorted((name, repr(value)) for name, value in options.items()))
        if key not in self._derived:
            if len(self._derived) >= 4:
                self._derived.clear()
            self._derived[key] = Translator(self.models, **{**self._options, **options})
        return self._derived[key]

    def _results(self, lines: Iterator[str], alignments: bool) -> Iterator[Result]:
        index = 0
        for batch in self._batches(lines, alignments):
            result = self._call(lib.trujaman_translate, [encode(line) for line in batch])
            yield from read_results(result, batch, index, alignments)
            index += len(batch)

    def _batches(self, lines: Iterator[str], alignments: bool) -> Iterator[List[str]]:
        # With the option sample, results depend on the batches, so those must not on threads.
        most = MOST_LINES if "sample" in self._options else max(MOST_LINES, 1024 * self.threads)
        if alignments:
            most = max(FIRST_LINES, most // self.n_best // 4)
        n = FIRST_LINES
        while True:
            batch: List[str] = []
            characters = 0
            for line in islice(lines, n):
                batch.append(line)
                characters += len(line)
                if characters >= MOST_CHARACTERS:
                    break
            if not batch:
                return
            yield batch
            n = min(2 * n, most)

    @overload
    def score(self, sources: str, targets: str) -> float: ...  # type: ignore[misc]

    @overload
    def score(self, sources: Iterable[str], targets: Iterable[str]) -> List[float]: ...

    def score(self, sources: str | Iterable[str],
              targets: str | Iterable[str]) -> float | List[float]:
        """How probable the model finds targets as translations of sources, pair by pair.

        Returns natural-log probabilities, the sums over all pieces of a target and "</s>".

        >>> import trujaman
        >>> t = trujaman.Model("en-es").translator()
        >>> t.score("Good night.", "Buenas noches.") > t.score("Good night.", "Buenos perros.")
        True
        """
        if isinstance(sources, str) and isinstance(targets, str):
            return self.score([sources], [targets])[0]
        if isinstance(sources, str) or isinstance(targets, str):
            raise errors.UsageError("one of sources and targets is a string, the other is not")
        a, b = [encode(line) for line in sources], [encode(line) for line in targets]
        if len(a) != len(b):
            raise errors.InputError(f"{len(a)} sources, but {len(b)} targets")
        return read_scores(self._call(lib.trujaman_score, a, b), len(a))

    # --- documents and files ---

    @overload
    def translate_document(self, data: str, *, format: str) -> str: ...

    @overload
    def translate_document(self, data: bytes | bytearray | memoryview, *,
                           format: str) -> bytes: ...

    def translate_document(self, data: str | bytes | bytearray | memoryview, *,
                           format: str) -> str | bytes:
        """A document with translations in it; everything else in it stays byte for byte.

        data: what a file would have; of bytes come bytes, of a string comes a string.
        format: one of trujaman.formats().

        >>> import trujaman
        >>> t = trujaman.Model("en-es").translator()
        >>> t.translate_document('<p id="a">Good night.</p>', format="html")
        '<p id="a">Buenas noches.</p>'
        """
        given = encode(data) if isinstance(data, str) else data
        c_format, c_data = ffi.new("char[]", argument(format)), ffi.from_buffer(given)
        made = ffi.new("trujaman_result **")

        def compute(message: Any) -> int:
            status: int = lib.trujaman_translate_document(self._t, c_format, c_data, len(c_data),
                                                          made, ffi.NULL, message, ERROR_BYTES)
            return status

        _calls.run(self._function(compute))
        result = ffi.gc(made[0], lib.trujaman_result_free)
        n = ffi.new("size_t *")
        out = bytes(ffi.buffer(lib.trujaman_result_text(result, 0, 0, n), n[0]))
        return out.decode("utf-8", "surrogateescape") if isinstance(data, str) else out

    def translate_file(self, source: File, target: File, *,
                       progress: Callable[[Progress], Any] | None = None,
                       format: str | None = None, output: str | None = None,
                       force_text: bool = False) -> Report:
        """Translate a file into another one, which appears when all is done.

        source: text in UTF-8, a line for a line, or a document; gzip, bzip2, xz and zstd are
        unpacked. target: compressed if it ends in .gz, .bz2 or .xz; what it was before an error or
        Ctrl-C, it stays.
        progress: called in this thread about ten times a second, and at the end.
        format: one of trujaman.formats(); None: as the name of `source` says, else "text".
        output: "text", "scores" (score, tab, text) or "n-best" (line number, tab, score, tab,
        text); None: "n-best" if n_best > 1, else "text".
        force_text: translate even what does not look like text in UTF-8.
        """
        return files.translate(self, source, target, progress, format, output, force_text)

    def score_file(self, source: File, target: File, scores: File, *,
                   progress: Callable[[Progress], Any] | None = None) -> Report:
        """Score a file as the translation of another one, line by line.

        scores: the file to write, a natural-log probability in each line.
        """
        return files.score(self, source, target, scores, progress)


def _remake(models: Tuple[Model, ...], options: Dict[str, Any]) -> Translator:
    return Translator(models, **options)


def _after_fork() -> None:
    """A call that ran in another thread of the parent has no thread here."""
    for t in list(_translators):
        if t._lock.locked():
            t._lock, t._running, t._broken = threading.Lock(), None, True


os.register_at_fork(after_in_child=_after_fork)
