"""Kernels forked from one process that has imported what notebooks import: no visitor or step waits for that.

The process has opened and read nothing of anybody's; every kernel gets a fork and an environment of its own.
What a fork does not change it shares, so that a visitor costs less memory too.
"""

from __future__ import annotations

import ast
import asyncio
import multiprocessing
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import nbformat
from ipykernel.kernelapp import launch_new_instance
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

NAME = "workbench-forked"  # of the entry point in pyproject.toml
CHOSEN = {"JUPYTER_DEFAULT_PROVISIONER_NAME": NAME}  # the variable by which Jupyter starts kernels so
KERNEL = "ipykernel_launcher"  # the module that a kernel's command runs
FORKS = multiprocessing.get_context("forkserver")


def be_ready(notebooks: Path) -> None:
    """Start the process that kernels are forked from, with all that these notebooks import."""
    FORKS.set_forkserver_preload([__name__, *imported_by(notebooks)])
    FORKS.Process(target=int).start()


def imported_by(notebooks: Path) -> list[str]:
    """Modules that notebooks import; what is no module but a name in one does no harm."""
    read = (nbformat.read(path, 4) for path in notebooks.glob("*.ipynb"))  # type: ignore[no-untyped-call]
    cells = (cell for notebook in read for cell in notebook.cells)
    trees = (ast.parse(cell.source) for cell in cells if cell.cell_type == "code")
    return sorted({name for tree in trees for node in ast.walk(tree) for name in _names(node)})


def _names(node: ast.AST) -> Iterable[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


class ForkedKernels(LocalProvisioner):
    """Starts a kernel by a fork where Jupyter would start Python anew; `environment` is what it was given."""

    environment: Mapping[str, str] = MappingProxyType({})

    async def launch_kernel(self, cmd: list[str], **given: Any) -> KernelConnectionInfo:
        """Fork a kernel that runs a kernel's command in its folder and environment."""
        arguments = cmd[cmd.index(KERNEL) + 1 :]
        self.environment = given["env"]
        process = FORKS.Process(
            target=_be_kernel, args=(arguments, given["env"], given.get("cwd")), daemon=True
        )
        await asyncio.to_thread(process.start)  # a busy machine takes its time; other visitors do not wait
        self.process = _Started(process)  # type: ignore[assignment]
        self.pid = process.pid
        return self.connection_info


class _Started:
    """A forked process as the provisioner knows processes."""

    stdin = stdout = stderr = None

    def __init__(self, process: Any) -> None:
        self._process = process

    def poll(self) -> int | None:
        code: int | None = self._process.exitcode
        return code

    def wait(self) -> int | None:
        self._process.join()
        return self.poll()

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self._process.pid, number)


def _be_kernel(arguments: list[str], environment: dict[str, str], folder: str | None) -> None:
    """What a fork does: become the kernel, and end when the process that it was forked from has ended."""
    os.setsid()
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder or Path.cwd())
    # ipywidgets was imported where there was no kernel yet: it is told of this one
    launch_new_instance([*arguments, "--ext=ipywidgets", f"--IPKernelApp.parent_handle={os.getppid()}"])
