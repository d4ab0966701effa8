"""Kernels for nbval, forked from one process per worker that has imported everything and learnt what all cities share.

A fresh kernel spends most of its seconds on that. The study itself is opened and computed by the notebook, as in
JupyterLab. A notebook checked alone (``pytest --nbval-lax notebooks/X.ipynb``) has nbval's own fresh kernel.
"""

from __future__ import annotations

from functools import cached_property
from itertools import count
from typing import Any

import nbval.kernel
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

from carelab.runs.client import Zygote
from carelab.runs.engine import KERNEL, LOG, ForkProvisioner

PREPARE = "carelab.runs.zygote:prepare_shared"


class Kernels:
    """A pytest plugin that starts nbval's kernels; the process they are forked from ends with the session."""

    def __init__(self) -> None:
        self.numbers = count(1)
        nbval.kernel.start_new_kernel = self.start

    @cached_property
    def zygote(self) -> Zygote:
        """The prepared process, started for the first notebook."""
        zygote = Zygote({"cities": False}, prepare=PREPARE)
        zygote.wait_ready()
        return zygote

    def start(
        self, startup_timeout: float = 60, kernel_name: str = KERNEL, **options: Any
    ) -> tuple[KernelManager, BlockingKernelClient]:
        """Start a kernel as ``nbval.kernel.start_new_kernel`` does; return its manager and a connected client."""
        file = self.zygote.folder / f"nbval-{next(self.numbers)}.json"
        manager = KernelManager(kernel_name=KERNEL, transport="ipc", connection_file=str(file), log=LOG)
        manager.provisioner = ForkProvisioner(
            kernel_id=file.stem, kernel_spec=manager.kernel_spec, parent=manager, zygote=self.zygote, log=LOG
        )
        manager.start_kernel(**options)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=startup_timeout)
        return manager, client

    @pytest.hookimpl
    def pytest_unconfigure(self) -> None:
        """End the process."""
        if "zygote" in vars(self):
            self.zygote.stop()
