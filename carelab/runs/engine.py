"""A papermill engine named "carelab": papermill as usual, but in a kernel forked from a zygote, over IPC.

The kernel is started through jupyter_client's provisioner interface; papermill and nbclient see an ordinary kernel.
"""

from __future__ import annotations

import logging
import time
from contextlib import nullcontext
from itertools import count
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbformat import NotebookNode
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from traitlets import Any as AnyTrait
from traitlets import Instance

from carelab.runs.client import ForkedProcess, Zygote

ENGINE = "carelab"
KERNEL = "python3"
IOPUB_SECONDS = 60
"""Patience for outputs after a cell has ended; nbclient's 4 s are short for figures on a busy machine."""
LOG = logging.getLogger("carelab.runs.kernels")
"""jupyter's own log: silent unless someone listens; what matters is said in run.json."""
LOG.addHandler(logging.NullHandler())
LOG.propagate = False
_numbers = count(1)


class ForkProvisioner(LocalProvisioner):
    """Starts a kernel by forking the zygote; ends and signals it like any local process."""

    zygote = Instance(Zygote)
    forked: ForkedProcess | None = None
    """The kernel's process; unlike ``process`` it is kept after the end."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel for this connection; only the arguments after the launcher's name matter."""
        process = self.zygote.fork(argv=cmd[cmd.index("-f") :], cwd=str(kwargs.get("cwd") or Path.cwd()))
        self.forked = process
        self.process = process  # type: ignore[assignment]  # it has what is used of Popen
        self.pid, self.pgid = process.pid, None
        return self.connection_info


class ForkKernelManager(AsyncKernelManager):
    """Manages one forked kernel, with sockets and connection file in the zygote's private folder."""

    def __init__(self, zygote: Zygote) -> None:
        file = zygote.folder / f"kernel-{next(_numbers)}.json"
        super().__init__(kernel_name=KERNEL, transport="ipc", connection_file=str(file), log=LOG)
        self.kernel_id = file.stem
        self.forking = ForkProvisioner(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self, zygote=zygote, log=LOG
        )
        self.provisioner = self.forking  # jupyter_client makes one of its own only where there is none


class ForkClient(PapermillNotebookClient):  # type: ignore[misc]
    """Executes one notebook in a forked kernel, whatever kernel the notebook's metadata name."""

    zygote = Instance(Zygote)
    turn = AnyTrait(default_value=nullcontext(), help="context manager held while cells are executed")
    provisioner: ForkProvisioner | None = None
    running = 0.0
    """Seconds that the cells took."""

    def create_kernel_manager(self) -> ForkKernelManager:
        """Prepare the kernel; the provisioner is kept, as nbclient forgets the manager at the end."""
        manager = ForkKernelManager(self.zygote)
        self.km, self.provisioner = manager, manager.forking
        return manager

    def papermill_execute_cells(self) -> None:
        """Execute the cells when it is this notebook's turn: kernels start and end beside the turns of others."""
        with self.turn:
            began = time.monotonic()
            try:
                super().papermill_execute_cells()
            finally:
                self.running = time.monotonic() - began


class CarelabEngine(NBClientEngine):  # type: ignore[misc]
    """papermill's own engine, in a forked kernel.

    ``papermill.execute_notebook(..., engine_name="carelab", zygote=..., facts={}, hooks={})``. ``facts`` receives
    ``kernel_start`` and ``running`` (seconds), ``process`` (ForkedProcess) and ``notebook`` (with the outputs so far);
    ``hooks`` may hold ``on_cell_start(cell=, cell_index=)`` and ``turn``, a context manager held while cells run.
    """

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        *,
        zygote: Zygote,
        facts: dict[str, Any],
        **options: Any,
    ) -> NotebookNode:
        """Execute the notebook of this papermill run."""
        began = time.monotonic()
        facts["notebook"] = nb_man.nb
        client = ForkClient(
            nb_man,
            zygote=zygote,
            kernel_name=KERNEL,
            timeout=options.get("execution_timeout"),
            startup_timeout=options.get("start_timeout", 60),
            iopub_timeout=IOPUB_SECONDS,
            # All outputs are in. Asked politely, 1 of 10 kernels of ipykernel 7.4 hangs for seconds, some abort in zmq.
            shutdown_kernel="immediate",
            on_notebook_start=lambda notebook: facts.update(kernel_start=time.monotonic() - began),
            log=LOG,
            **options.get("hooks", {}),
        )
        try:
            executed: NotebookNode = client.execute()
            return executed
        finally:
            facts["running"] = client.running
            facts["process"] = client.provisioner.forked if client.provisioner else None


def register() -> None:
    """Make the engine known to papermill in this process."""
    papermill_engines.register(ENGINE, CarelabEngine)
