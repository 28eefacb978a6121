# SPDX-License-Identifier: MIT
"""Calls of the library that can be interrupted.

Python runs signal handlers in the main thread, and there only between steps of Python: a long call
of C in the main thread would make Ctrl-C wait. So a call from the main thread is made by a helper
thread, while the main thread waits for a lock, which a handler interrupts. If the handler raises,
as that of Ctrl-C does, the call is told to stop, the main thread waits until it has ended, and the
exception goes on its way. Another thread makes its calls itself. The GIL is free during each.

A call may have events for the caller, such as progress. They are handled in the thread that made
the call, and the library waits meanwhile, so an exception of a handler ends the call, too.

All that a call needs belongs to it (its function is a closure) and not to the frame that waits.
"""
from __future__ import annotations

import os
import threading
from _thread import allocate_lock
from typing import Any, Callable, List

from .errors import StoppedError

SECONDS_TO_NOTICE = 0.2

_main = threading.main_thread()
_idle: List[_Helper] = []  # helpers without work; append and pop are atomic


class Call:
    """A call of the library. function(call) makes it: it asks call.begin() just before."""

    def __init__(self, function: Callable[[Call], Any],
                 on_event: Callable[[Any], Any] | None = None) -> None:
        self.function, self.on_event = function, on_event
        self.stop: Callable[[], Any] | None = None  # makes it end soon
        self.begun = self.over = self.stopping = False
        self.told = allocate_lock()  # released when there is an event, or when the call is over
        self.told.acquire()
        self.answered = allocate_lock()  # released when the event was handled
        self.answered.acquire()
        self.handler: int | None = None  # the thread that handles an event now
        self.event: Any = None
        self.value: Any = None
        self.error: BaseException | None = None

    def begin(self, stop: Callable[[], Any] | None) -> None:
        """`stop` ends what begins now. None: it ends by itself, and nobody needs to wait for it."""
        self.stop = stop
        self.begun = True
        if self.stopping:
            raise StoppedError("stopped before it began")

    def post(self, event: Any) -> bool:
        """From a callback: have the caller handle an event. False: the call is to end."""
        if self.stopping:
            return False
        self.event = event
        self.told.release()
        self.answered.acquire()
        return not self.stopping

    def work(self) -> None:
        """What the helper does."""
        try:
            self.value = self.function(self)
        except BaseException as error:  # it goes on in the thread that made the call
            self.error = error
        self.over = True

    def _wait(self) -> None:
        while True:
            # A signal that comes just before the thread sleeps does not wake it: look again.
            if not self.told.acquire(True, SECONDS_TO_NOTICE):
                continue
            if self.over:
                return
            event, self.event = self.event, None
            if self.on_event is not None:
                self.handler = threading.get_ident()
                try:
                    self.on_event(event)
                finally:
                    self.handler = None
            self.answered.release()

    def _end(self) -> None:
        """Have the call end, however often somebody presses Ctrl-C meanwhile."""
        self.stopping = True  # a call that has not begun sees this, or we see that it has begun
        if not self.begun or self.stop is None:
            return
        self.stop()
        while not self.over:
            try:
                if self.answered.locked():
                    self.answered.release()
                self.told.acquire(True, SECONDS_TO_NOTICE)
            except BaseException:
                pass

    def run(self) -> Any:
        """Make the call in a helper, and wait."""
        helper = _Helper.idle_one()
        helper.call = self
        try:
            helper.wake.release()
            self._wait()
        except BaseException:
            self._end()
            raise
        if self.error is not None:
            raise self.error
        return self.value


class _Helper:
    """A thread that makes one call after another."""

    def __init__(self) -> None:
        self.wake = allocate_lock()
        self.wake.acquire()
        self.call: Call | None = None
        threading.Thread(target=self._work, name="trujaman", daemon=True).start()

    @staticmethod
    def idle_one() -> _Helper:
        try:
            return _idle.pop()
        except IndexError:
            return _Helper()

    def _work(self) -> None:
        while True:
            self.wake.acquire()
            call, self.call = self.call, None
            assert call is not None
            call.work()
            told = call.told
            del call  # what it refers to is not to wait for the next one
            _idle.append(self)
            try:
                told.release()
            except RuntimeError:  # an event that nobody waited for released it already
                pass


def run(function: Callable[[Call], Any]) -> Any:
    """Make a call that has no events."""
    if threading.current_thread() is _main:
        return Call(function).run()
    return function(Call(function))


def _after_fork() -> None:
    """The helpers were threads of the parent, and the thread that forked is now the main one."""
    global _main
    _idle.clear()
    SECONDS_TO_NOTICE = 0.2

_main = threading.main_thread()


os.register_at_fork(after_in_child=_after_fork)
