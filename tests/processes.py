"""Commands in processes of their own, and Ctrl-C for them."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

# A process that was started in the background ignores SIGINT, and so do those that it starts.
_RUN = (
    "import runpy, signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    "runpy.run_module('refundrules', run_name='__main__', alter_sys=True)"
)
COMMAND = [sys.executable, "-c", _RUN]
"""What starts `refundrules`; its arguments follow."""


def interrupt(process: subprocess.Popen[bytes], patience: float = 60) -> int:
    """Press Ctrl-C, and again where it was lost, until the process ends; return its exit code.

    Python looks at signals between its own instructions: one that arrives just before a system call begins to wait
    is seen only when that call returns.
    """
    deadline = time.monotonic() + patience
    while True:
        process.send_signal(signal.SIGINT)
        try:
            return process.wait(5)
        except subprocess.TimeoutExpired:
            if time.monotonic() > deadline:
                raise
