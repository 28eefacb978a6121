# SPDX-License-Identifier: MIT
"""Trujamán: offline translation with recurrent neural networks on CPUs.

>>> import trujaman
>>> m = trujaman.Model("en-es")
>>> t = m.translator(beam=4, threads=2)
>>> t.translate(["Good night."])
['Buenas noches.']
>>> for r in t.results(["Good night."], n_best=3):
...     print(r.text, len(r.translations))
Buenas noches. 3

Lines are strings of one line; results come in their order, and never depend on neighbours, threads
or the machine. Scores are natural-log probabilities. Errors are subclasses of trujaman.Error, with
the library's message. Calls do not hold the GIL, and Ctrl-C ends them at once. A process may fork
unless a call is running in another of its threads.
"""
from ._library import lib as _lib
from ._library import text as _text
from .attention import Attention, Link, Part
from .errors import (ClosedError, Error, FileError, FormatError, InputError, OutOfMemoryError,
                     StoppedError, UsageError)
from .evaluation import Evaluation, evaluate
from .files import Progress, Report, formats
from .model import (Model, ModelInfo, NamedModel, Option, isas, language_name, models, options,
                     quantize, train_options)
from .results import Result, Translation
from .training import (TrainDone, TrainPhase, TrainStart, TrainUpdate, TrainValidation, train)
from .translator import Translator

#: The version of the library, and of this package.
__version__: str = _text(_lib.trujaman_version())

__all__ = [
    "Attention", "ClosedError", "Error", "Evaluation", "FileError", "FormatError", "InputError",
    "Link", "Model", "ModelInfo", "NamedModel", "Option", "OutOfMemoryError", "Part", "Progress",
    "Report", "Result", "StoppedError", "TrainDone", "TrainPhase", "TrainStart", "TrainUpdate",
    "TrainValidation", "Translation", "Translator", "UsageError", "evaluate", "formats", "isas",
    "language_name", "models", "options", "quantize", "train", "train_options",
]
