"""What a forked child does to become an ordinary IPython kernel, indistinguishable from a freshly started one."""

from __future__ import annotations

import os
import random
import signal
import sys
from typing import Any, Final

COLUMNS_IN_NOTEBOOKS: Final = 20
"""What pandas sets for itself where it is imported by a kernel."""


def run_kernel(*, argv: list[str], cwd: str, parent: int) -> None:
    """Run an IPython kernel in this process until it is shut down.

    ``argv`` are the arguments of ``ipykernel_launcher`` (``-f FILE ...``); the kernel ends when ``parent`` is gone.
    """
    forget_the_zygote(cwd)
    from ipykernel.kernelapp import IPKernelApp

    sys.argv = ["ipykernel_launcher", *argv]
    app: Any = IPKernelApp.instance(parent_handle=parent)
    app.initialize(argv)
    renew_inline_figures(app.shell)
    forget_the_terminal()
    app.start()


def forget_the_zygote(cwd: str) -> None:
    """Reset what a fork inherits and a new process would not have."""
    for signum in (signal.SIGINT, signal.SIGCHLD, signal.SIGALRM, signal.SIGTERM):
        signal.signal(signum, signal.default_int_handler if signum == signal.SIGINT else signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.chdir(cwd)
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()  # unseeded draws must not be the same in every notebook
    if "asyncio" in sys.modules:
        sys.modules["asyncio"].set_event_loop(None)
    forget_resource_tracker()


def forget_resource_tracker() -> None:
    """Let multiprocessing start a tracker of its own when needed: the zygote's is not this process's child."""
    module: Any = sys.modules.get("multiprocessing.resource_tracker")
    tracker = getattr(module, "_resource_tracker", None)
    if tracker is not None and getattr(tracker, "_fd", None) is not None:
        tracker._fd = tracker._pid = None


def renew_inline_figures(shell: Any) -> None:
    """Connect matplotlib's inline figures to this shell.

    Nothing to do as long as the zygote drew no figure: then the first figure of the notebook does it, as in any kernel.
    """
    inline: Any = sys.modules.get("matplotlib_inline.backend_inline")
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if inline is None or pyplot is None or shell is None:
        return
    pyplot.close("all")
    inline.configure_inline_support(shell, pyplot.get_backend())


def forget_the_terminal() -> None:
    """Let wide tables wrap as in any kernel.

    pandas decides at import whether it writes to a terminal, whose width it then does not exceed; without a shell
    around it, as in the zygote, it believes so.
    """
    if "pandas" in sys.modules:
        sys.modules["pandas"].set_option("display.max_columns", COLUMNS_IN_NOTEBOOKS)
