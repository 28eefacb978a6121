# SPDX-License-Identifier: MIT
"""A tiny model and lines for it. tests/python-api.sh says where the program and the tree are."""
import os
import pathlib
import signal
import subprocess
import time

import pytest

import trujaman

TREE = pathlib.Path(os.environ["TRUJAMAN_TREE"])
TINY = TREE / "tests" / "fixtures" / "luong-general.safetensors"


# A shell without job control starts what it puts into the background with SIGINT ignored, and
# Python leaves it so.
signal.signal(signal.SIGINT, signal.default_int_handler)


def some_lines(n, begin=0):
    """n different lines of a few words."""
    words = "the old clock in a kitchen has stopped and nobody hears it now".split()
    return [" ".join(words[(i // 13 ** k) % 13] for k in range(1 + i % 5)) + f" {i % 97}."
            for i in range(begin, begin + n)]


def wait_until_running(translator):
    """For another thread: wait until a call of the translator has begun."""
    while translator._running is None or not translator._running.begun:
        time.sleep(0.001)


@pytest.fixture(scope="session")
def model():
    return trujaman.Model(TINY)


@pytest.fixture
def translator(model):
    return model.translator(threads=2)


@pytest.fixture(scope="session")
def program():
    """Runs the program with its input, and returns its output."""
    def run(*arguments, text=""):
        done = subprocess.run([os.environ["TRUJAMAN_PROGRAM"], *map(str, arguments)],
                              input=text.encode("utf-8", "surrogateescape"), capture_output=True,
                              check=True)
        return done.stdout.decode("utf-8", "surrogateescape")
    return run
