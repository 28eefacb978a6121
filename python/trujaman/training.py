# SPDX-License-Identifier: MIT
"""Training models."""
from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Type, Union

from . import _calls, errors
from ._library import (ERROR_BYTES, argument, check, ffi, lib, new_message, spell, text,
                       text_or_none)

if TYPE_CHECKING:
    from typing import Unpack

    from .option_types import File, TrainOptions


class _Told:
    """An event of training; print() shows it in a line."""

    def __str__(self) -> str:
        told = (f"{f.name}={getattr(self, f.name)}" for f in fields(self))
        return f"{type(self).__name__} {' '.join(told)}"


@dataclass(frozen=True)
class TrainPhase(_Told):
    """A long step begins."""

    what: str


@dataclass(frozen=True)
class TrainStart(_Told):
    """What is learnt from."""

    lines: int  #: of the training text
    pairs: int  #: of lines that are used
    empty: int  #: pairs left out because a side is blank,
    too_long: int  #: has more than max_pieces pieces,
    invalid: int  #: or is not UTF-8
    copies: int  #: pairs left out because a pair of the dev set has the same source
    source_pieces: int  #: of the pairs used, with "</s>"
    target_pieces: int
    dev_pairs: int  #: 0: nothing is validated
    source_words: int  #: size of the source's vocabulary in pieces
    target_words: int
    parameters: int  #: trained numbers
    batches: int  #: mini-batches of the first epoch
    validate_every: int  #: updates
    threads: int
    chosen: str  #: what was set from the text, as options of the command line
    update: int  #: updates done by earlier runs
    seconds: float  #: of training in earlier runs
    epoch_seconds: float  #: what an epoch will take; 0: unknown


@dataclass(frozen=True)
class TrainUpdate(_Told):
    """A mini-batch was learnt."""

    update: int  #: from 1, as the epoch
    epoch: int
    loss: float  #: nats for each target piece, with label smoothing
    nll: float  #: and without
    pieces: int  #: target pieces of the mini-batch
    learning_rate: float
    gradient_norm: float  #: before clipping
    seconds: float  #: of training, with earlier runs
    progress: float  #: 0 to 1, towards the nearest limit


@dataclass(frozen=True)
class TrainValidation(_Told):
    """The model was judged by the dev set."""

    update: int
    epoch: int
    dev_nll: float  #: nats for each target piece
    dev_bleu: float  #: 0 to 100
    dev_chrf: float  #: 0 to 100
    best: bool  #: the best so far, and now in the model's file
    seconds: float


@dataclass(frozen=True)
class TrainDone(_Told):
    """What came of a training."""

    end: str  #: what ended it: "updates", "epochs", "minutes", "patience" or "stopped"
    update: int
    epoch: int
    best_update: int  #: of the weights in the model's file; 0: there are none yet
    validated: bool  #: the scores are there:
    best_nll: float
    best_bleu: float
    best_chrf: float
    seconds: float


Event = Union[TrainPhase, TrainStart, TrainUpdate, TrainValidation, TrainDone]

_ENDS = ("updates", "epochs", "minutes", "patience", "stopped")


def _event(kind: Type[Event], struct: Any) -> Event:
    """A struct of the library as a dataclass that has some of its members."""
    values: Dict[str, Any] = {}
    for field in fields(kind):
        value = getattr(struct, field.name)
        kind_of_field: Any = field.type  # as it is written, since annotations are not evaluated
        if kind_of_field == "str":
            value = _ENDS[value] if field.name == "end" else text_or_none(value)
        values[field.name] = bool(value) if kind_of_field == "bool" else value
    return kind(**values)


class _Observer:
    """What the callbacks of a training refer to."""

    def __init__(self, call: _calls.Call, all_events: bool) -> None:
        self.call, self.all_events = call, all_events
        self.done: TrainDone | None = None
        self.error: BaseException | None = None

    def tell(self, event: Event) -> None:
        if isinstance(event, TrainDone):
            self.done = event
        if self.all_events:
            # If the caller wants no more, `stop` ends the training, with a checkpoint.
            self.call.post(event)


def _callback(kind: Type[Event], c_type: str, make: Callable[[Any], Event]) -> Any:
    def function(context: Any, argument: Any) -> int:
        observer = ffi.from_handle(context)
        try:
            observer.tell(make(argument))
        except BaseException as error:
            observer.error = error
            return 1
        return 0
    return ffi.callback(f"int(void *, const {c_type} *)", function)


_CALLBACKS = {
    "phase": _callback(TrainPhase, "char", lambda what: TrainPhase(text(what))),
    "started": _callback(TrainStart, "trujaman_train_start", lambda s: _event(TrainStart, s)),
    "update": _callback(TrainUpdate, "trujaman_train_update", lambda s: _event(TrainUpdate, s)),
    "validation": _callback(TrainValidation, "trujaman_train_validation",
                            lambda s: _event(TrainValidation, s)),
    "done": _callback(TrainDone, "trujaman_train_done", lambda s: _event(TrainDone, s)),
}


def _new_options(values: Dict[str, Any], message: Any, keep: List[Any]) -> Any:
    options = ffi.new("trujaman_train_options *", {"size": ffi.sizeof("trujaman_train_options")})
    lib.trujaman_train_options_default(options)
    for name, value in values.items():
        if value is None:
            continue
        kept = ffi.new("char[]", spell(value))
        keep.append(kept)  # the library does not copy it
        check(lib.trujaman_train_set(options, argument(name.replace("_", "-")), kept, message,
                                     ERROR_BYTES), message)
    return options


def train(*, source: File | None = None, target: File | None = None, model: File,
          progress: Callable[[Event], Any] | None = None,
          **options: Unpack[TrainOptions]) -> TrainDone:
    """Train a model on two texts and write it, with vocabularies and all, to the file `model`.

    source, target: files; line i of one is the translation of line i of the other.
    progress: called in this thread for each event: TrainPhase, TrainStart, TrainUpdate,
    TrainValidation and TrainDone.
    options: those of the command line with _ for -; trujaman.train_options() lists them.

    Ctrl-C, or an exception of `progress`, writes a checkpoint and ends the training; with
    resume=True the same call goes on from there, to the same bytes.
    """
    values: Dict[str, Any] = {"source": source, "target": target, "model": model, **options}
    keep: List[Any] = []
    c_options = _new_options(values, new_message(), keep)
    stop = ffi.new("int *")
    c_options.stop = stop

    def end() -> None:
        stop[0] = 1

    def function(call: _calls.Call) -> TrainDone:
        keep.append(stop)
        message, told = new_message(), _Observer(call, progress is not None)
        handle = ffi.new_handle(told)
        wanted = _CALLBACKS if progress is not None else {"done": _CALLBACKS["done"]}
        observer = ffi.new("trujaman_train_observer *",
                           {"size": ffi.sizeof("trujaman_train_observer"), "context": handle,
                            **wanted})
        call.begin(end)
        status = lib.trujaman_train(c_options, observer, message, ERROR_BYTES)
        if told.error is not None:
            raise told.error
        check(status, message)
        if told.done is None:
            raise errors.StoppedError("stopped before it began")
        return told.done

    done: TrainDone = (_calls.run(function) if progress is None
                       else _calls.Call(function, progress).run())
    return done
