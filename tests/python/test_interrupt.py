# SPDX-License-Identifier: MIT
"""Ctrl-C, signals, fork and multiprocessing."""
import itertools
import multiprocessing
import os
import signal
import threading

import pytest
import trujaman
from conftest import some_lines, wait_until_running

MANY = 50000  # lines: far more than are translated until somebody presses Ctrl-C


@pytest.fixture
def slow(model):
    return model.translator(threads=2, beam=64, cache=0)


def interrupt_once_running(translator, number=signal.SIGINT):
    """Send this process a signal once a call of the translator is running."""
    def send():
        wait_until_running(translator)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def test_ctrl_c_ends_a_call_and_breaks_nothing(slow):
    right = slow.translate(some_lines(3))
    thread = interrupt_once_running(slow)
    with pytest.raises(KeyboardInterrupt):
        slow.translate(some_lines(MANY))
    thread.join()
    assert slow.translate(some_lines(3)) == right


def test_ctrl_c_ends_scoring(slow):
    thread = interrupt_once_running(slow)
    with pytest.raises(KeyboardInterrupt):
        slow.score(some_lines(MANY), some_lines(MANY))
    thread.join()
    assert len(slow.score(["a"], ["b"])) == 1


def test_ctrl_c_in_endless_results(slow):
    thread = interrupt_once_running(slow)
    with pytest.raises(KeyboardInterrupt):
        for _ in slow.results(f"line {i}" for i in itertools.count()):
            pass
    thread.join()
    assert slow.translate("a line") != ""


def test_ctrl_c_leaves_no_file(slow, tmp_path):
    (tmp_path / "in").write_text("\n".join(some_lines(MANY)))
    (tmp_path / "out").write_text("as it was")
    thread = interrupt_once_running(slow)
    with pytest.raises(KeyboardInterrupt):
        slow.translate_file(tmp_path / "in", tmp_path / "out")
    thread.join()
    assert sorted(os.listdir(tmp_path)) == ["in", "out"]
    assert (tmp_path / "out").read_text() == "as it was"


def test_a_handler_that_returns_lets_the_call_go_on(translator):
    handled = []
    before = signal.signal(signal.SIGUSR1, lambda *_: handled.append(1))
    try:
        lines = some_lines(3000)
        right = translator.translate(lines)
        thread = interrupt_once_running(translator, signal.SIGUSR1)
        assert translator.translate(lines) == right
        thread.join()
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert handled == [1]


def in_child(function):
    """function() in a child of a fork; its result must be true."""
    child = os.fork()
    if child == 0:
        os._exit(0 if function() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_both_processes_go_on_after_fork(translator):
    lines = some_lines(100)
    right = translator.translate(lines)
    in_child(lambda: translator.translate(lines) == right)
    assert translator.translate(lines) == right

    def fork_in_a_thread():
        in_child(lambda: translator.translate(lines) == right)

    thread = threading.Thread(target=fork_in_a_thread)
    thread.start()
    thread.join()


def test_a_translator_that_was_at_work_during_fork_says_so(slow):
    def refuses():
        try:
            slow.translate("a line")
        except trujaman.UsageError as error:
            return "when the process forked" in str(error)
        return False

    def work():
        try:
            slow.translate(some_lines(MANY))
        except trujaman.StoppedError:
            pass

    thread = threading.Thread(target=work)
    thread.start()
    wait_until_running(slow)
    in_child(refuses)
    slow.stop()
    thread.join()


shared = None


def translate_shared(lines):
    return shared.translate(lines)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing(translator, method):
    global shared
    parts = [some_lines(20, begin) for begin in (0, 20)]
    right = [translator.translate(part) for part in parts]
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map(translator.translate, parts) == right  # pickled
        if method == "fork":
            shared = translator
    if method == "fork":
        with multiprocessing.get_context(method).Pool(2) as pool:
            assert pool.map(translate_shared, parts) == right  # inherited
