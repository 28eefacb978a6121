# SPDX-License-Identifier: MIT
"""Where things are; and results in the form that scripts/count-tests reads."""
from __future__ import annotations

import os
import subprocess
import sys
from typing import Any, List

import pytest
import torch

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.dirname(HERE), HERE]
torch.set_num_threads(1)


LINES: List[str] = []


def pytest_runtest_logreport(report: Any) -> None:
    """Notes a line for each test."""
    if report.when != "call" and report.outcome == "passed":
        return
    name = report.nodeid.rpartition("/")[2].replace("\n", " ")
    n = len(LINES) + 1
    if report.skipped:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        LINES.append(f"ok {n} {name} # skip {reason.replace('Skipped: ', '')}")
    else:
        LINES.append(f"{'ok' if report.passed else 'not ok'} {n} {name}")


def pytest_terminal_summary() -> None:
    """Prints the lines as "ok 3 file::test", which scripts/count-tests counts."""
    print("\n" + "\n".join(LINES))


@pytest.fixture(scope="session")
def fixtures() -> str:
    return os.path.join(HERE, "..", "..", "tests", "fixtures")


@pytest.fixture(scope="session")
def trujaman() -> Any:
    """Runs the program; skips where it was not built."""
    program = os.environ.get("TRUJAMAN", "")
    if not os.path.exists(program):
        pytest.skip("the program was not built (TRUJAMAN)")

    def run(arguments: List[str], text: str = "") -> str:
        done = subprocess.run([program, *arguments], input=text.encode("utf-8"),
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8")

    return run
