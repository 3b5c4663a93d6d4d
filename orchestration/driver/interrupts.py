"""Ctrl-C and SIGTERM: who asked for a stop gets one, and nothing is published after it.

Libraries between the signal and us swallow what it raises (dbt returns it as a result, DuckDB calls it a query that was
interrupted). So the signal itself is remembered, whoever handles it: steps ask before they begin, and the command line
asks before it says how it ended.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import NoReturn

# seconds in which a process that was asked to stop closes its files; killing it at any moment does no harm
GRACE = 20.0

_STOPS = (signal.SIGINT, signal.SIGTERM)
_received: list[int] = []


def stopped() -> signal.Signals | None:
    """The signal that asked this process to stop; None as long as nobody did (or outside ``stoppable``)."""
    return signal.Signals(_received[0]) if _received else None


def raise_if_stopped() -> None:
    """Raise ``KeyboardInterrupt`` when a stop was asked for, also when what it raised was swallowed."""
    if _received:
        raise KeyboardInterrupt


@contextmanager
def stoppable() -> Iterator[None]:
    """Remember stop signals; end the process when it has not ended ``GRACE`` seconds later, or at a second signal.

    The signals go on to whoever handles them, for the main thread to unwind. Does nothing outside the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = {number: signal.signal(number, _raise) for number in _STOPS}
    # the interpreter writes the numbers of signals there, whichever handler is installed by then
    wakeup = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    threading.Thread(target=_watch, args=(reader,), name="stop signals", daemon=True).start()
    try:
        yield
    finally:
        signal.set_wakeup_fd(wakeup)
        for number, handler in before.items():
            signal.signal(number, handler)
        _received.clear()
        os.close(writer)  # ends the thread


def _raise(number: int, _: FrameType | None) -> None:
    raise KeyboardInterrupt


def _watch(reader: int) -> None:
    with open(reader, "rb", buffering=0) as numbers:
        while number := numbers.read(1):
            if number[0] not in _STOPS:
                continue
            _received.append(number[0])
            if len(_received) > 1:
                _end()
            timer = threading.Timer(GRACE, _end)
            timer.daemon = True
            timer.start()


def leave() -> NoReturn:
    """End the process that was stopped with the exit code that a shell gives it (130, 143).

    The interpreter takes no leave of its threads: one that a library was interrupted in can abort the process there.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    _end()
    raise KeyboardInterrupt  # nobody asked for a stop


def _end() -> None:
    if not _received:  # what was asked to stop has ended meanwhile
        return
    import multiprocessing

    with suppress(Exception):
        for child in multiprocessing.active_children():
            child.kill()
    os._exit(128 + _received[0])


__all__ = ["GRACE", "leave", "raise_if_stopped", "stoppable", "stopped"]
