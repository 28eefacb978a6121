# SPDX-License-Identifier: MIT
"""The one exception that the commands report as a message instead of a trace."""


class TrujamanError(Exception):
    """Wrong input: a file, an option or a checkpoint that cannot be used, and why."""
