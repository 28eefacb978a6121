# SPDX-License-Identifier: MIT
"""The shared library: finding it, and what it is told and tells in the types of Python."""
from __future__ import annotations

import os
from typing import Any, Mapping, Union

from . import errors
from ._declarations import ffi as _ffi

ffi: Any = _ffi
SONAME = "libtrujaman.so.0"
ERROR_BYTES = 4096

#: What the value of an option may be. False and True are those of a flag.
Value = Union[str, int, float, bool, "os.PathLike[str]"]


def _open() -> Any:
    """The library that TRUJAMAN_LIBRARY names, or the installed one."""
    name = os.environ.get("TRUJAMAN_LIBRARY") or SONAME
    try:
        opened = ffi.dlopen(name)
    except OSError as error:
        raise ImportError(f"{error}; install libtrujaman0, or set TRUJAMAN_LIBRARY to the path of "
                          f"{SONAME}") from None
    # Structs may have grown from one version to the next, and some are passed by value.
    found = text(opened.trujaman_version())
    made_for = ".".join(str(getattr(opened, "TRUJAMAN_VERSION_" + part))
                        for part in ("MAJOR", "MINOR", "PATCH"))
    if found != made_for:
        raise ImportError(f"{name} has the version {found}, but this module was made for "
                          f"{made_for}")
    return opened


def text(chars: Any) -> str:
    """A string of the library. What is no UTF-8, as in names of files, becomes surrogates."""
    return bytes(ffi.string(chars)).decode("utf-8", "surrogateescape")


def text_or_none(chars: Any) -> str | None:
    return None if chars == ffi.NULL else text(chars)


def encode(line: str) -> bytes:
    """UTF-8; the surrogates by which Python stands for bytes that are no UTF-8 become those."""
    if not isinstance(line, str):
        raise TypeError(f"a line must be a string, not {type(line).__name__}")
    return line.encode("utf-8", "surrogateescape")


def argument(value: str | os.PathLike[str]) -> bytes:
    """A name or value as a C string."""
    encoded = os.fsencode(value)
    if b"\0" in encoded:
        raise errors.UsageError("a name or value contains a NUL character")
    return encoded


def spell(value: Value) -> bytes:
    """The value of an option, as one writes it on the command line."""
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, (int, float)):
        return repr(value).encode()
    return argument(value)


_CLASSES = {
    "ERROR_USAGE": errors.UsageError,
    "ERROR_MEMORY": errors.OutOfMemoryError,
    "ERROR_IO": errors.FileError,
    "ERROR_FORMAT": errors.FormatError,
    "ERROR_INPUT": errors.InputError,
    "ERROR_CLOSED": errors.ClosedError,
    "ERROR_STOPPED": errors.StoppedError,
}


def check(status: int, message: Any) -> None:
    """Raises what a status other than TRUJAMAN_OK means."""
    if status != 0:
        raise _BY_STATUS.get(status, errors.Error)(text(message))


def new_message() -> Any:
    return ffi.new("char[]", ERROR_BYTES)


def new_options(values: Mapping[str, Any]) -> Any:
    """Options of translating or scoring; None leaves one as it is."""
    options = lib.trujaman_options_new()
    if options == ffi.NULL:
        raise errors.OutOfMemoryError("no memory for options")
    options = ffi.gc(options, lib.trujaman_options_free)
    message = new_message()
    for name, given in values.items():
        # The option field may be given several times.
        for value in given if isinstance(given, (list, tuple)) else [given]:
            if value is not None:
                check(lib.trujaman_options_set(options, argument(name.replace("_", "-")),
                                               spell(value), message, ERROR_BYTES), message)
    return options


lib = _open()
_BY_STATUS = {getattr(lib, "TRUJAMAN_" + name): cls for name, cls in _CLASSES.items()}
