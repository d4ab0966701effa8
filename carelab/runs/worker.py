"""A worker of this machine: a process that takes jobs from the driver, one after another, until the driver leaves.

``python -m carelab.runs.worker FD``: newline JSON over one inherited socket pair; from the driver jobs, to the driver
``step``, ``done`` (a part) and ``idle`` (the job). The end of the driver shows as the end of the stream.
"""

from __future__ import annotations

import json
import os
import queue
import socket
import sys
import threading
from typing import Any

from carelab.runs.work import Hub, do_job


def main() -> None:
    """Serve the driver at the other end of the socket whose number is the only argument."""
    channel = socket.socket(fileno=int(sys.argv[1]))
    channel.set_inheritable(False)
    jobs: queue.Queue[dict[str, Any]] = queue.Queue()
    threading.Thread(target=_listen, args=(channel, jobs), daemon=True, name="driver-listener").start()
    sending, hub = threading.Lock(), Hub()

    def tell(news: dict[str, Any]) -> None:
        with sending:
            try:
                channel.sendall(json.dumps(news).encode() + b"\n")
            except OSError:
                os._exit(1)

    while True:
        do_job(jobs.get(), hub, tell)
        tell({"event": "idle"})


def _listen(channel: socket.socket, jobs: queue.Queue[dict[str, Any]]) -> None:
    """Take jobs in; when the driver is gone, leave at once: the zygote sees the end of its stream and clears up."""
    with channel.makefile("rb") as lines:
        for line in lines:
            jobs.put(json.loads(line))
    os._exit(0)


if __name__ == "__main__":
    main()
