# SPDX-License-Identifier: MIT
"""Models: opening them, and what is known of them."""
from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, List, Literal, NamedTuple, Tuple

from . import _calls
from ._library import (ERROR_BYTES, argument, check, ffi, lib, new_message, new_options, text,
                       text_or_none)
from .option_types import File

if TYPE_CHECKING:
    from typing import Unpack

    from .option_types import TranslatorOptions
    from .translator import Translator


class ModelInfo(NamedTuple):
    """Describes a model."""

    path: str  #: the model file
    file_bytes: int
    parameters: int  #: trained numbers; a tied matrix counts once
    precision: str  #: of the stored matrices: "F32", "I8" or "mixed"
    isa: str  #: instruction set of the kernels in use
    products: str  #: precision of matrix products: "float32" or "int8"
    source_words: int  #: size of the source's vocabulary in pieces
    target_words: int
    copy_bytes: int  #: bytes of one copy of the packed weights
    metadata: Dict[str, str]  #: all that the file says of itself


class Model:
    """A model, opened from a file or by a name such as "en-es".

    A name is searched for in the folders of TRUJAMAN_MODEL_PATH, and where models are installed.
    Nothing changes a model any more, so any number of translators and threads share one, and
    processes that are forked share its memory. It is closed when nothing refers to it.

    isa: the kernels to use, one of trujaman.isas(); precision: of products, "float32" or "int8";
    memory: MiB for tables that spare work; threads, smt: how many threads will use it, to choose
    the NUMA node where the weights lie. None of them changes a result but precision.

    >>> import trujaman
    >>> model = trujaman.Model("en-es")
    >>> model.source_language, model.target_language
    ('en', 'es')
    >>> model.translator(beam=1).translate("Good night.")
    'Buenas noches.'
    """

    def __init__(self, name: File, *, isa: str | None = None,
                 precision: Literal["float32", "int8"] | None = None, memory: int | None = None,
                 threads: int | None = None, smt: bool | None = None) -> None:
        self._name = os.fspath(name)
        self._options = {"isa": isa, "precision": precision, "memory": memory,
                         "threads": threads, "smt": smt}
        options = new_options(self._options)
        c_name = argument(self._name)

        def open_model(call: _calls.Call) -> Any:
            message, opened = new_message(), ffi.new("trujaman_model **")
            call.begin(_no_stop)
            status = lib.trujaman_model_open(c_name, options, opened, message, ERROR_BYTES)
            check(status, message)
            return ffi.gc(opened[0], lib.trujaman_model_close)

        self._model = _calls.run(open_model)

    def translator(self, **options: Unpack[TranslatorOptions]) -> Translator:
        """A translator with this model: translator(beam=4, threads=2, n_best=3).

        The names are those of the command line with _ for -; trujaman.options() lists them. Making
        one is cheap and takes no weights apart from those of the model.
        """
        from .translator import Translator

        return Translator(self, **options)

    @property
    def info(self) -> ModelInfo:
        """What is known of the model."""
        d = lib.trujaman_model_describe(self._model)
        metadata = {text(d.keys[i]): text(d.values[i]) for i in range(d.n_metadata)}
        return ModelInfo(text(d.path), d.file_bytes, d.parameters, text(d.precision), text(d.isa),
                         text(d.products), d.source_words, d.target_words, d.copy_bytes, metadata)

    @property
    def metadata(self) -> Dict[str, str]:
        """All that the file says of itself: its configuration, and keys such as "license"."""
        return self.info.metadata

    def _get(self, key: str) -> str | None:
        return text_or_none(lib.trujaman_model_metadata(self._model, key.encode()))

    @property
    def source_language(self) -> str | None:
        """The code of the language that it translates from, if the model says it."""
        return self._get("source_language")

    @property
    def target_language(self) -> str | None:
        """The code of the language that it translates into, if the model says it."""
        return self._get("target_language")

    def __reduce__(self) -> Tuple[Any, ...]:
        """Pickled, as multiprocessing does, a model is opened again from its file."""
        path = os.path.abspath(self.info.path)
        return _reopen, (path, {k: v for k, v in self._options.items() if v is not None})

    def __repr__(self) -> str:
        return f"trujaman.Model({self._name!r})"


def _no_stop() -> None:
    """Opening ends by itself, and what is opened must not be lost meanwhile."""


def _reopen(path: str, options: Dict[str, Any]) -> Model:
    return Model(path, **options)


class NamedModel(NamedTuple):
    """A model that is found by its name."""

    name: str
    path: str
    source_language: str | None
    target_language: str | None


def models() -> List[NamedModel]:
    """The models that can be opened by name, folder by folder in the order of the search.

    >>> import trujaman
    >>> [m.name for m in trujaman.models()][:2]
    ['en-es', 'es-en']
    """
    n, found, message = ffi.new("size_t *"), ffi.new("trujaman_named_model ***"), new_message()
    check(lib.trujaman_list_models(n, found, message, ERROR_BYTES), message)
    try:
        return [NamedModel(text(m.name), text(m.path), text_or_none(m.source_language),
                           text_or_none(m.target_language)) for m in found[0][0:n[0]]]
    finally:
        lib.trujaman_list_free(n[0], found[0])


def language_name(code: str) -> str | None:
    """The English name of a language, or None.

    >>> import trujaman
    >>> trujaman.language_name("es")
    'Spanish'
    """
    return text_or_none(lib.trujaman_language_name(argument(code)))


def isas() -> List[str]:
    """The instruction sets usable on this machine, best first. They give the same results."""
    names: List[str] = []
    table = lib.trujaman_isas()
    while table[len(names)] != ffi.NULL:
        names.append(text(table[len(names)]))
    return names


def quantize(source: File, target: File) -> None:
    """Store the weight matrices of the model `source` with 8 bits each in the file `target`.

    source: a file or a name; target: a file, which may be `source`; it is replaced only once
    everything is written.
    """
    names = argument(source), argument(target)

    def store(call: _calls.Call) -> None:
        message = new_message()
        call.begin(_no_stop)
        check(lib.trujaman_quantize(*names, message, ERROR_BYTES), message)

    _calls.run(store)


class Option(NamedTuple):
    """An option, as the library knows it."""

    name: str  #: as an argument: "n_best"
    kind: str  #: "flag", "whole", "number", "word", "text" or "file"
    low: float  #: range of "whole" and "number"
    high: float
    words: Tuple[str, ...]  #: the choices, if there is a list
    default: str | None  #: None: it depends, as `help` says
    changes_output: bool
    help: str


_KINDS = ("flag", "whole", "number", "word", "text", "file")


def _table(at: Any) -> List[Option]:
    listed: List[Option] = []
    while True:
        o = at(len(listed))
        if o == ffi.NULL:
            return listed
        words = text_or_none(o.words)
        initial = text_or_none(o.initial)
        help_text = (text_or_none(o.help) or "").replace("{default}", initial or "")
        for key, value in (("{low}", o.low), ("{high}", o.high)):
            help_text = help_text.replace(key, f"{value:g}")
        listed.append(Option(text(o.name).replace("-", "_"), _KINDS[o.kind], o.low, o.high,
                             tuple(words.split("|")) if words else (), initial,
                             bool(o.changes_output), help_text))


def options() -> List[Option]:
    """All options of Model, translator, results and translate_file.

    >>> import trujaman
    >>> [(o.kind, o.low, o.high, o.default) for o in trujaman.options() if o.name == "beam"]
    [('whole', 1.0, 64.0, '4')]
    """
    return _table(lib.trujaman_option_at)


def train_options() -> List[Option]:
    """All options of train."""
    return _table(lib.trujaman_train_option_at)


__all__ = ["Model", "ModelInfo", "NamedModel", "Option", "isas", "language_name", "models",
           "options", "quantize", "train_options"]
