"""The runner's end of the zygote: start it, follow its steps, have kernels forked, stop it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from carelab import paths
from carelab.terms import UserError

IMPORTS = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "sqlite3",
    "tornado.platform.asyncio",
    "matplotlib.pyplot",
    "pandas",
    "xarray",
    "carelab.release.figures",
    "carelab.release.findings",
    "carelab.release.key_numbers",
    "pandas.io.formats.html",
    "carelab.study",
)
"""What notebooks, or the kernel itself, would otherwise import each for itself."""
PREPARE = "carelab.runs.zygote:prepare_study"
SOCKET_PATH_LIMIT = 60
"""Unix socket paths end at about 104 bytes; a longer folder for temporary files is not used."""


class ZygoteError(RuntimeError):
    """The zygote could not prepare the study or died. ``log`` holds what it wrote."""

    def __init__(self, message: str, log: str = "") -> None:
        super().__init__(message)
        self.log = log


class ForkedProcess:
    """A forked kernel, with the part of ``subprocess.Popen``'s interface that jupyter_client uses."""

    stdin = stdout = stderr = None

    def __init__(self, zygote: Zygote, pid: int) -> None:
        self.zygote, self.pid = zygote, pid
        self.asked_to_end = False

    def poll(self) -> int | None:
        """Return the exit code (minus the signal), or None while it runs. Without a zygote nothing runs."""
        code = self.zygote.exits.get(self.pid)
        return -signal.SIGKILL if code is None and self.zygote.ended.is_set() else code

    def wait(self, timeout: float = float("inf")) -> int:
        """Wait for the end and return the exit code. Raises TimeoutExpired after ``timeout`` seconds."""
        until = time.monotonic() + timeout
        while (code := self.poll()) is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("forked process", timeout)
            time.sleep(0.01)
        return code

    def send_signal(self, signum: int) -> None:
        """Signal the kernel and whatever it started."""
        self.asked_to_end |= signum in (signal.SIGTERM, signal.SIGKILL)
        self.zygote.send({"do": "signal", "pid": self.pid, "signum": int(signum)})

    def died(self) -> bool:
        """Whether it ended badly, and not because we asked."""
        return self.poll() not in (0, None) and not self.asked_to_end

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


class Zygote:
    """A running zygote process. Use as a context manager: leaving it ends the process and all its kernels.

    With ``base`` it is forked from that zygote, whose imports and shared results it finds in memory.
    """

    def __init__(
        self,
        values: dict[str, Any],
        *,
        imports: Sequence[str] | None = None,
        prepare: str | None = None,
        on_step: Callable[[str], None] = lambda text: None,
        environment: dict[str, str] | None = None,
        base: Zygote | None = None,
    ) -> None:
        self.values, self.on_step = values, on_step
        self.folder = Path(tempfile.mkdtemp(prefix="carelab-", dir=_short_temporary_folder()))
        self.exits: dict[int, int] = {}
        self.maxrss: dict[int, int] = {}
        self.seconds: dict[str, float] = {}
        self.threads = 0
        self.stopped = False
        self.ended, self.settled = threading.Event(), threading.Event()
        self._failure: Exception | None = None
        self._forked: dict[int, int] = {}
        self._requests = 0
        self._news = threading.Condition()
        self._sending = threading.Lock()
        self.began = time.monotonic()
        self._channel, theirs = socket.socketpair()
        self.process: subprocess.Popen[bytes] | ForkedProcess
        with theirs:
            if base is None:
                self.process = self._start(theirs.fileno(), environment or {})
            else:
                self.process = base.branch(theirs.fileno(), log=self.folder / "log")
        modules, function = IMPORTS if imports is None else imports, PREPARE if prepare is None else prepare
        setup = {"imports": list(modules), "prepare": function, "values": values, "folder": str(self.folder)}
        self.send(setup)
        self._reader = threading.Thread(target=self._listen, name="zygote-listener", daemon=True)
        self._reader.start()

    def __enter__(self) -> Zygote:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _start(self, fd: int, environment: dict[str, str]) -> subprocess.Popen[bytes]:
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        # As ipykernel does for itself; set early because matplotlib reads it when it is imported.
        backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
        with (self.folder / "log").open("wb") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "carelab.runs.zygote", str(fd)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(fd,),
                cwd=paths.ROOT,
                env={**os.environ, **threads, **backend, **environment},
                start_new_session=True,  # Ctrl-C goes to the runner alone, which then ends us in order
            )

    def send(self, message: dict[str, Any], *, hand: Sequence[int] = ()) -> None:
        """Send one request, with open files to ``hand`` over; a dead zygote shows in ``ended``."""
        line = json.dumps(message).encode() + b"\n"
        with self._sending:
            try:
                sent = socket.send_fds(self._channel, [line], hand) if hand else 0
                self._channel.sendall(line[sent:])
            except OSError:
                self.ended.set()

    def wait_ready(self) -> None:
        """Wait until everything is computed. Raises the study's UserError, or ZygoteError."""
        self.settled.wait()
        if self._failure is not None:
            raise self._failure

    def fork(self, *, argv: list[str], cwd: str, timeout: float = 30.0) -> ForkedProcess:
        """Fork a kernel with the arguments of ``ipykernel_launcher``. Raises ZygoteError."""
        return self._child({"do": "fork", "argv": argv, "cwd": cwd}, (), timeout)

    def branch(self, channel: int, *, log: Path, timeout: float = 30.0) -> ForkedProcess:
        """Fork a zygote that serves the other end of ``channel`` and writes to ``log``. Raises ZygoteError."""
        return self._child({"do": "branch", "log": str(log)}, (channel,), timeout)

    def _child(self, request: dict[str, Any], hand: Sequence[int], timeout: float) -> ForkedProcess:
        with self._news:
            self._requests += 1
            number = self._requests
            self.send(request | {"id": number}, hand=hand)
            self._news.wait_for(lambda: number in self._forked or self.ended.is_set(), timeout)
            if number not in self._forked:
                raise ZygoteError("no process was forked", self.log())
            return ForkedProcess(self, self._forked.pop(number))

    def log(self) -> str:
        """Return what the zygote and its kernels wrote to their standard streams."""
        file = self.folder / "log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def stop(self) -> None:
        """End the zygote and all its kernels, and remove its folder."""
        self.stopped = True
        if not self.settled.is_set():
            self.process.kill()  # busy computing: it would not notice; it has no kernels yet
        with contextlib.suppress(OSError):
            self._channel.shutdown(socket.SHUT_RDWR)  # also wakes the listener, which closing alone would not
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._reader.join(timeout=5)
        self._channel.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _listen(self) -> None:
        """Take the zygote's news until the connection ends."""
        try:
            with self._channel.makefile("rb") as lines:
                for line in lines:
                    self._take(json.loads(line))
        except (OSError, ValueError):
            pass
        with self._news:
            self.ended.set()
            if not self.settled.is_set():
                self._failure = ZygoteError("the computing process ended unexpectedly", self.log())
                self.settled.set()
            self._news.notify_all()

    def _take(self, news: dict[str, Any]) -> None:
        event = news["event"]
        if event == "step":
            self.on_step(news["text"])
        elif event in ("imported", "ready"):
            self._note(event, news)
        elif event == "failed":
            user = news["kind"] == "user"
            crash = ZygoteError(news.get("trace", "").strip().rpartition("\n")[2], news.get("trace", ""))
            self._failure = UserError(news["de"], news["en"]) if user else crash
            self.settled.set()
        elif event == "forked":
            with self._news:
                self._forked[news["id"]] = news["pid"]
                self._news.notify_all()
        elif event == "exit":
            self.maxrss[news["pid"]] = news["maxrss"]
            self.exits[news["pid"]] = news["code"]

    def _note(self, event: str, news: dict[str, Any]) -> None:
        now = time.monotonic() - self.began
        if event == "imported":
            self.seconds["imports"] = now
            return
        self.seconds["computing"] = now - self.seconds["imports"]
        self.threads = news["threads"]
        self.settled.set()


def _short_temporary_folder() -> str:
    folder = tempfile.gettempdir()
    return folder if len(folder) <= SOCKET_PATH_LIMIT else "/tmp"
