"""The zygote: imports and computes everything once, then forks one notebook kernel after another.

Runs as its own process (``python -m carelab.runs.zygote FD``) and must stay single-threaded: only then is ``fork``
safe. It speaks newline JSON over one inherited unix-domain socket pair, so nobody else can connect, and the end of the
runner shows as the end of the stream. A portfolio's zygote serves many parts: per part it forks a branch, itself a
zygote, which computes one study and speaks to the runner over a socket of its own (docs/decisions/0016).

From the runner: first a setup ``{imports, prepare, values, folder}``, then ``{do: fork, id, argv, cwd}``,
``{do: branch, id, log}`` (with one end of a socket pair) or ``{do: signal, pid, signum}``.
To the runner: ``step``, ``imported``, ``ready``, ``failed``, ``forked``, ``exit`` (each under the key ``event``).
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from carelab.terms import UserError

WATCH_SECONDS = 1.0
"""How often a computing zygote looks whether its runner still lives."""


class Zygote:
    """The process that forks kernels. One per run."""

    def __init__(self, channel: socket.socket) -> None:
        self.channel = channel
        self.lines = channel.makefile("rb")
        self.kernels: set[int] = set()
        self.branches: set[int] = set()
        self.handed: list[int] = []
        self.folder = ""
        self.runner = os.getppid()

    def send(self, event: str, **values: Any) -> None:
        """Tell the runner; if it is gone there is nothing left to do."""
        try:
            self.channel.sendall(json.dumps({"event": event, **values}).encode() + b"\n")
        except OSError:
            self.end()

    def end(self) -> None:
        """The runner is gone or has done: kill every kernel, remove the private folder, leave at once.

        Branches see the end of their own streams, and kill their kernels themselves.
        """
        for pid in self.kernels:
            signal_group(pid, signal.SIGKILL)
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)
        os._exit(0)

    def prepare(self) -> None:
        """Import and compute what the setup names; report each step."""
        setup = json.loads(self.lines.readline() or b"{}")
        if not setup:
            self.end()
        self.folder = setup["folder"]
        self.watch_runner()
        try:
            for name in setup["imports"]:
                self.send("step", text=f"import {name}")
                importlib.import_module(name)
            self.send("imported")
            if setup["prepare"]:
                find(setup["prepare"])(setup["values"], lambda text: self.send("step", text=text))
        except UserError as error:
            self.fail(kind="user", de=error.de, en=error.en)
        except BaseException:
            self.fail(kind="crash", trace=traceback.format_exc())
        signal.setitimer(signal.ITIMER_REAL, 0)
        gc.collect()
        gc.freeze()  # the collector would otherwise write to, and so copy, every page shared with the kernels
        self.send("ready", threads=count_threads())

    def fail(self, **values: str) -> None:
        """Report why nothing can run, and leave; the runner may still want the log."""
        self.send("failed", **values)
        os._exit(1)

    def watch_runner(self) -> None:
        """While computing, nobody reads the socket: let a timer notice that the runner died."""

        def look(_signum: int, _frame: object) -> None:
            if os.getppid() != self.runner:
                self.end()

        signal.signal(signal.SIGALRM, look)
        signal.setitimer(signal.ITIMER_REAL, WATCH_SECONDS, WATCH_SECONDS)

    def serve(self) -> None:
        """Fork, signal and reap until the runner closes the connection."""
        awake, wakeup = socket.socketpair()
        for end in (awake, wakeup):
            end.setblocking(False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
        selector = selectors.DefaultSelector()
        selector.register(self.channel, selectors.EVENT_READ)
        selector.register(awake, selectors.EVENT_READ)
        buffer = b""
        while True:
            for key, _ in selector.select():
                if key.fileobj is awake:
                    awake.recv(4096)
                    self.reap()
                    continue
                received, handed, _, _ = socket.recv_fds(self.channel, 65536, 16)
                self.handed += handed
                if not received:
                    self.end()
                *requests, buffer = (buffer + received).split(b"\n")
                for request in requests:
                    self.obey(json.loads(request), private=(awake, wakeup, selector))

    def obey(self, request: dict[str, Any], *, private: tuple[Any, ...]) -> None:
        """Carry out one request; the forked kernel never returns from here."""
        if request["do"] == "signal":
            if request["pid"] in self.kernels | self.branches:
                signal_group(request["pid"], request["signum"])
            return
        channel = self.handed.pop(0) if request["do"] == "branch" else None
        zygote = os.getpid()
        pid = os.fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            for item in (*private, self.lines, self.channel):
                item.close()
            if channel is None:
                become_kernel(request, zygote)
            else:
                become_branch(channel, request["log"])
        with contextlib.suppress(OSError):
            os.setpgid(pid, pid)  # also done by the child: whoever comes first
        if channel is None:
            self.kernels.add(pid)
        else:
            os.close(channel)
            self.branches.add(pid)
        self.send("forked", id=request["id"], pid=pid)

    def reap(self) -> None:
        """Collect kernels and branches that ended and tell how: exit code, or minus the signal."""
        while self.kernels or self.branches:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            self.kernels.discard(pid)
            self.branches.discard(pid)
            signal_group(pid, signal.SIGKILL)  # what the kernel started ends with it
            self.send("exit", pid=pid, code=os.waitstatus_to_exitcode(status), maxrss=usage.ru_maxrss)


def become_kernel(request: dict[str, Any], zygote: int) -> None:
    """Turn a forked child into the kernel that was asked for. Does not return."""
    code = 1
    try:
        os.setpgid(0, 0)
        from carelab.runs.kernel import run_kernel

        run_kernel(argv=request["argv"], cwd=request["cwd"], parent=zygote)
        code = 0
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        for stream in (sys.__stdout__, sys.__stderr__):
            if stream is not None:
                stream.flush()
        os._exit(code)


def become_branch(channel: int, log: str) -> None:
    """Turn a forked child into a zygote of its own, which serves the other end of ``channel``. Does not return."""
    try:
        os.setpgid(0, 0)
        for signum in (signal.SIGCHLD, signal.SIGALRM):
            signal.signal(signum, signal.SIG_DFL)
        writing = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (1, 2):
            os.dup2(writing, stream)
        os.close(writing)
        branch = Zygote(socket.socket(fileno=channel))
        branch.prepare()
        branch.serve()
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(1)


def prepare_shared(values: dict[str, Any], report: Callable[[str], None]) -> None:
    """Compute what all studies share, so that every branch of a portfolio finds it in memory; ``values``: cities."""
    from carelab.study import prepare_shared as prepare

    prepare(cities=values["cities"])


def prepare_verbund(values: dict[str, Any], report: Callable[[str], None]) -> None:
    """Compute what the comparison of cities shows, one city after the other."""
    from carelab.params import validate_params
    from carelab.study import open_verbund

    open_verbund(validate_params(values)).prepare(report)


def prepare_study(values: dict[str, Any], report: Callable[[str], None]) -> None:
    """Open the study of these parameters and compute all its results, so that every kernel finds them in memory."""
    from carelab.params import validate_params
    from carelab.runs.beside import beside
    from carelab.study import open_study

    open_study(validate_params(values)).prepare(report, beside)


def find(name: str) -> Callable[..., Any]:
    """Return the function behind ``module:function``."""
    module, _, function = name.partition(":")
    return getattr(importlib.import_module(module), function)  # type: ignore[no-any-return]


def signal_group(pid: int, signum: int) -> None:
    """Signal a kernel and whatever it started; it may have ended meanwhile."""
    with contextlib.suppress(OSError):
        os.killpg(pid, signum)


def count_threads() -> int:
    """Return the threads of this process, those of C libraries included (1 where the system does not tell)."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else 1


def main() -> None:
    """Serve the runner at the other end of the socket whose number is the only argument."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    zygote = Zygote(channel)
    zygote.prepare()
    zygote.serve()


if __name__ == "__main__":
    main()
