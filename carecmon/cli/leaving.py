"""The end of the process, also where a plugin has left threads behind that would keep it for ever."""

from __future__ import annotations

import os
import sys
import threading
import time
from contextlib import suppress
from typing import NoReturn

from carecmon.cli.output import say

#: Seconds for threads to end by themselves, once all work is done.
_FOR_THREADS = 1.0


def leave(code: int) -> NoReturn:
    """End the process with ``code``."""
    end = time.monotonic() + _FOR_THREADS
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(max(end - time.monotonic(), 0))
            if thread.is_alive():
                say(f"carecmon: the thread {thread.name} of a plugin does not end; it is left behind")
                for stream in (sys.stdout, sys.stderr):
                    with suppress(OSError, ValueError):  # nobody listens any more
                        stream.flush()
                os._exit(code)
    sys.exit(code)
