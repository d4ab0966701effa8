"""Beside: a forked child computes something on another core while this process goes on; the result comes back pickled.

Only for a process without threads (docs/decisions/0013). The child finds in memory all that was computed before.
"""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")
WATCH_SECONDS = 1.0
"""How often the child looks whether its parent still lives."""


def beside(compute: Callable[[], T]) -> Callable[[], T]:
    """Start ``compute`` in a forked child and return a function that waits for its result (call it once).

    A child that fails or dies costs time only: then it is computed here, and raises here what it raises.
    """
    reading, writing = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        _compute(compute, writing, parent)
    os.close(writing)

    def take() -> T:
        with os.fdopen(reading, "rb") as stream:
            found = stream.read()
        _, status = os.waitpid(child, 0)
        if status:
            return compute()
        result: T = pickle.loads(found)
        return result

    return take


def _compute(compute: Callable[[], Any], writing: int, parent: int) -> NoReturn:
    """Compute in the child, write the result, and leave without running anything that the parent set up."""
    code = 1
    try:
        os.closerange(3, writing)  # whoever waits for the end of the parent's connections must not wait for us
        os.closerange(writing + 1, os.sysconf("SC_OPEN_MAX"))
        signal.signal(signal.SIGALRM, lambda *_: os.getppid() == parent or os._exit(1))
        signal.setitimer(signal.ITIMER_REAL, WATCH_SECONDS, WATCH_SECONDS)
        with os.fdopen(writing, "wb") as stream:
            pickle.dump(compute(), stream, protocol=pickle.HIGHEST_PROTOCOL)
        code = 0
    finally:
        os._exit(code)
