"""How the processes of a service end: asked first, and killed where that takes too long."""

import signal
import subprocess
import time
from collections.abc import Collection
from typing import Any

# what a process gets to end by itself; the runs that it started have processes of their own
_GRACE_SECONDS = 30


def hear_no_more() -> None:
    """A second Ctrl-C leaves nothing behind."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def end_all(processes: Collection["subprocess.Popen[Any]"], how: signal.Signals = signal.SIGTERM) -> None:
    """Send ``how`` to all, wait for them together, kill those that are left."""
    for process in processes:
        process.send_signal(how)
    until = time.monotonic() + _GRACE_SECONDS
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
