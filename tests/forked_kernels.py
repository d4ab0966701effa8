"""Kernels forked from one process per worker that has imported everything and learnt what all cities share.

A fresh kernel spends most of its seconds on that. nbval's kernels come from here: the study itself is opened and
computed by the notebook, as in JupyterLab; a notebook checked alone (``pytest --nbval-lax notebooks/X.ipynb``) has a
fresh kernel. Tests of whole runs may branch from the same process, as the parts of a portfolio do (decision 0016).
"""

from __future__ import annotations

from itertools import count
from typing import Any

import nbval.kernel
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from carelab.runs.engine import KERNEL, LOG, ForkProvisioner
from carelab.runs.work import Hub


class Kernels:
    """A pytest plugin that starts nbval's kernels; the process they are forked from ends with the session."""

    def __init__(self, hub: Hub) -> None:
        self.hub, self.numbers = hub, count(1)

    @pytest.hookimpl
    def pytest_configure(self) -> None:
        """Start kernels in nbval's place."""
        nbval.kernel.start_new_kernel = self.start

    def start(self, startup_timeout: float = 60, **options: Any) -> tuple[KernelManager, BlockingKernelClient]:
        """Start a kernel as ``nbval.kernel.start_new_kernel`` does; return its manager and a connected client."""
        zygote = self.hub.ready()
        options.pop("kernel_name", None)
        file = zygote.folder / f"nbval-{next(self.numbers)}.json"
        manager = KernelManager(kernel_name=KERNEL, transport="ipc", connection_file=str(file), log=LOG)
        manager.provisioner = ForkProvisioner(
            kernel_id=file.stem, kernel_spec=manager.kernel_spec, parent=manager, zygote=zygote, log=LOG
        )
        manager.start_kernel(**options)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=startup_timeout)
        return manager, client

    @pytest.hookimpl
    def pytest_unconfigure(self) -> None:
        """End the process and what came from it."""
        self.hub.close()
