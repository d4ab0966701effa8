"""A portfolio's jobs on an existing Dask cluster; its workers must see the same project folder and source."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from typing import Any

from carelab.runs.crew import News
from carelab.runs.parts import Job
from carelab.runs.work import Hub, do_job, failure
from carelab.terms import UserError

TOPIC = "carelab"
CONNECT_SECONDS = 10
_HUB = Hub()
"""The zygote of this process, if it is a cluster's worker."""


def on_cluster(message: dict[str, Any]) -> list[News]:
    """Do a job in a process of the cluster; return how each part went. Steps are told while it works."""
    worker, ended = _distributed().get_worker(), []

    def tell(news: News) -> None:
        if news["event"] == "done":
            ended.append(news)
        worker.log_event(TOPIC, news)

    do_job(message, _HUB, tell)
    return ended


class DaskCrew:
    """The workers of a Dask scheduler, found at ``address``. Raises UserError where none answers."""

    def __init__(self, address: str) -> None:
        try:
            self.client: Any = _distributed().Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as error:
            raise UserError(
                f"--cluster {address}: dort antwortet kein Dask-Scheduler ({type(error).__name__}).",
                f"--cluster {address}: no Dask scheduler answers there ({type(error).__name__}).",
            ) from None
        self.news: queue.SimpleQueue[News | None] = queue.SimpleQueue()
        self.stopped = threading.Event()

    def work(self, jobs: Sequence[Job]) -> Iterator[News]:
        """Yield news until all jobs are done; closing it begins no other job."""
        self.client.subscribe_topic(TOPIC, self._hear)
        threading.Thread(target=self._hand_out, args=(list(jobs),), daemon=True, name="cluster-waiter").start()
        try:
            while (news := self.news.get()) is not None:
                yield news
        finally:
            self.hand_out_no_more()
            self.client.close()

    def hand_out_no_more(self) -> None:
        """Finish the jobs that were begun, begin no other."""
        self.stopped.set()

    def _hear(self, event: Any) -> None:
        """Pass steps on; how a part ended comes with the job's result, which cannot get lost."""
        _, news = event
        if news["event"] == "step":
            self.news.put(news)

    def _hand_out(self, jobs: list[Job]) -> None:
        """Keep every process of the cluster busy with one job, no more: what is not handed out can still be stopped."""
        begun: dict[Any, Job] = {}
        try:
            running = _distributed().as_completed([], loop=self.client.loop)
            while jobs or begun:
                while jobs and not self.stopped.is_set() and len(begun) < max(1, len(self.client.nthreads())):
                    job = jobs.pop(0)
                    future = self.client.submit(on_cluster, job.message(), pure=False, retries=0)
                    begun[future.key] = job
                    running.add(future)
                if not begun:
                    return
                future = next(running)
                for news in _outcome(future, begun.pop(future.key)):
                    self.news.put(news)
        except Exception as error:  # the scheduler is gone: what was begun has failed
            reason = f"Dask: {type(error).__name__}: {error}".splitlines()[0]
            for job in begun.values():
                for part in job.parts:
                    self.news.put({"event": "done", "part": part["id"], "record": failure(reason)})
        finally:
            self.news.put(None)


def _distributed() -> Any:
    """Return the library, loaded only when a cluster is used: it starts threads."""
    import distributed

    return distributed


def _outcome(future: Any, job: Job) -> list[News]:
    """Return how the parts of a job ended; those of a worker that was killed have failed."""
    error = future.exception()
    if error is None:
        return list(future.result())
    reason = f"Dask: {type(error).__name__}: {error}".splitlines()[0]
    return [{"event": "done", "part": part["id"], "record": failure(reason)} for part in job.parts]
