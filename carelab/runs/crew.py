"""Who does a portfolio's jobs: worker processes of this machine, each with its own zygote and one BLAS thread."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from carelab import paths
from carelab.runs.parts import Job
from carelab.runs.work import failure
from carelab.terms import Language, say

News = dict[str, Any]
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class Crew(Protocol):
    """Does jobs and tells what happens."""

    def work(self, jobs: Sequence[Job]) -> Iterator[News]:
        """Yield news (``step``, ``done``) until all jobs are done; closing it stops the work."""

    def hand_out_no_more(self) -> None:
        """Finish the jobs that were begun, begin no other."""


class LocalCrew:
    """Worker processes of this machine. A worker that dies fails the parts it had; the next job gets a new one."""

    def __init__(self, workers: int, language: Language) -> None:
        self.workers, self.language = max(1, workers), language
        self.waiting: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self.news: queue.SimpleQueue[News | None] = queue.SimpleQueue()
        self.stopped = threading.Event()
        self.processes: list[_Worker] = []

    def work(self, jobs: Sequence[Job]) -> Iterator[News]:
        """Yield news until all jobs are done; closing it ends the workers and all they started."""
        for job in jobs:
            self.waiting.put(job)
        count = min(self.workers, len(jobs))
        threads = [threading.Thread(target=self._serve, daemon=True, name=f"worker-{n}") for n in range(count)]
        for thread in threads:
            thread.start()
        left = count
        try:
            while left:
                news = self.news.get()
                if news is None:
                    left -= 1
                else:
                    yield news
        finally:
            self.hand_out_no_more()
            for process in list(self.processes):
                process.close()

    def hand_out_no_more(self) -> None:
        """Finish the jobs that were begun, begin no other."""
        self.stopped.set()

    def _serve(self) -> None:
        """Keep one worker busy."""
        worker: _Worker | None = None
        try:
            while not self.stopped.is_set():
                job = self.waiting.get_nowait()
                if worker is None:
                    worker = _Worker()
                    self.processes.append(worker)
                if not self._follow(worker, job):
                    worker.close()
                    self.processes.remove(worker)
                    worker = None
        except queue.Empty:
            pass
        finally:
            self.news.put(None)

    def _follow(self, worker: _Worker, job: Job) -> bool:
        """Pass a job's news on. False if the worker died over it: then what it had left has failed."""
        left = [part["id"] for part in job.parts]
        for news in worker.do(job):
            if news["event"] == "idle":
                return True
            if news["event"] == "done":
                left.remove(news["part"])
            self.news.put(news)
        de, en = "Der Arbeitsprozess ist beendet; erneuter Aufruf setzt fort.", "The worker has ended; call again."
        for part in left:
            self.news.put({"event": "done", "part": part, "record": failure(say(self.language, de, en))})
        return False


class _Worker:
    """The driver's end of one worker process."""

    def __init__(self) -> None:
        self.channel, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "carelab.runs.worker", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                cwd=paths.ROOT,
                env={**os.environ, **ONE_THREAD},
                start_new_session=True,  # Ctrl-C goes to the driver alone
            )
        self.lines = self.channel.makefile("rb")

    def do(self, job: Job) -> Iterator[News]:
        """Send a job and yield what the worker tells, until it is idle or gone."""
        try:
            self.channel.sendall(json.dumps(job.message()).encode() + b"\n")
            for line in self.lines:
                news: News = json.loads(line)
                yield news
                if news["event"] == "idle":
                    return
        except (OSError, ValueError):
            return

    def close(self) -> None:
        """End the worker: it sees the end of its stream, and so does its zygote."""
        with contextlib.suppress(OSError):
            self.channel.shutdown(socket.SHUT_RDWR)
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
