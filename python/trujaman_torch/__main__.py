# SPDX-License-Identifier: MIT
"""python3 -m trujaman_torch COMMAND ...: the commands, one module each."""
from __future__ import annotations

import argparse
import sys
import time

BEGAN = time.monotonic()  # before PyTorch is loaded, which takes seconds


def _parser() -> argparse.ArgumentParser:
    from . import commands, exchange
    parser = argparse.ArgumentParser(prog="trujaman_torch", description="Trujamán's networks in "
                                     "PyTorch: training on a GPU, models from elsewhere.",
                                     allow_abbrev=False)
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_to(subparsers)
    exchange.add_to(subparsers)
    return parser


def main() -> int:
    """0: done, 1: the work failed, 2: wrong usage."""
    from .errors import TrujamanError
    arguments = _parser().parse_args()
    arguments.began = BEGAN
    try:
        return arguments.run(arguments)
    except TrujamanError as e:
        print(f"trujaman_torch: {e}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        return 1


if __name__ == "__main__":
    sys.exit(main())
