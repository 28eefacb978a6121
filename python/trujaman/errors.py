# SPDX-License-Identifier: MIT
"""What can go wrong. Each exception's text is the library's message."""


class Error(Exception):
    """Anything that the library refuses or fails to do; str(error) is its message."""


class UsageError(Error, ValueError):
    """An argument or option is invalid; nothing was done."""


class OutOfMemoryError(Error, MemoryError):
    """An allocation failed."""


class FileError(Error, OSError):
    """Opening, reading or writing failed."""


class FormatError(Error, ValueError):
    """A model, vocabulary, checkpoint or compressed file is malformed."""


class InputError(Error, ValueError):
    """Text that cannot be processed, such as two texts of unequal length; a training diverged."""


class ClosedError(FileError):
    """The reader of an output closed it."""


class StoppedError(Error):
    """Another thread ended the call with Translator.stop()."""
