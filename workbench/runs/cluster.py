"""A Dask cluster in place of this machine's processes: one setting, the same numbers."""

from __future__ import annotations

import asyncio
import hashlib
import platform
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib

import workbench
from workbench.errors import ParameterError

SETTING = "WORKBENCH_CLUSTER"  # environment variable: where the scheduler is; the kernels of a plan read it
PATIENCE = 5.0  # seconds in which a scheduler answers that is there at all
NUMBERS_FROM = ("numpy", "pandas", "scipy", "prophet", "lightgbm", "joblib", "distributed")
SOURCES = sorted(Path(workbench.__file__).parent.rglob("*.py"))
# as of the import: a worker that was started before an upgrade goes on with the old code
OWN_CODE = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES)).hexdigest()[:12]


def join(address: str) -> None:
    """From here on, let the partitioned work of this process go to the cluster at `address`.

    Raises ParameterError as `connect` does.
    """
    joblib.parallel_config(backend="dask", client=connect(address))


def connect(address: str) -> Any:
    """A client of the Dask scheduler at `address`, whose workers would compute the same numbers.

    Raises ParameterError when `distributed` is not installed, nothing answers there, too few workers do, or
    they have other packages than this machine: work is never done elsewhere in silence.
    """
    try:
        distributed = import_module("distributed")  # an extra that most do without
    except ImportError as error:
        raise ParameterError(
            "--cluster needs a package that is not installed here: "
            "install `inventory-workbench[cluster]`, or leave --cluster out."
        ) from error
    try:
        with ThreadPoolExecutor(1) as aside:  # a notebook has an event loop of its own
            aside.submit(asyncio.run, asyncio.wait_for(_greet(address), PATIENCE)).result()
        client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
    except Exception as error:  # whatever answers there, it is no scheduler that we can talk to
        raise ParameterError(
            f"No Dask scheduler answers at {address!r} ({_brief(error)}); give the address that "
            "`dask scheduler` prints, such as tcp://10.0.0.5:8786, or leave --cluster out."
        ) from error
    fault = _too_few(client) or _unlike(client)
    if fault:
        client.close()
        raise ParameterError(f"The cluster at {address} cannot be used: {fault}")
    return client


async def _greet(address: str) -> None:
    """Shake hands; a client by itself would wait for ever for the hand of another kind of server."""
    keys = import_module("distributed").Security().get_connection_args("client")  # as its settings say
    comm = await import_module("distributed.comm").connect(address, timeout=PATIENCE, **keys)
    await comm.close()


def installed() -> dict[str, str]:
    """Versions that a part's numbers hang on: Python, the libraries, and this package by its very code."""
    libraries = {name: version(name) for name in NUMBERS_FROM}
    return {"python": platform.python_version(), "workbench": OWN_CODE} | libraries


def _too_few(client: Any) -> str:
    cores = sum(client.ncores().values())
    if cores >= 2:  # joblib would do the work of a single one here
        return ""
    return f"its workers have {cores} cores in all; start more with `dask worker`, until there are 2 or more."


def _unlike(client: Any) -> str:
    """What the first worker that differs has that this machine has not."""
    here = installed()
    for worker, there in client.run(installed, on_error="return").items():
        if isinstance(there, Exception):
            return f"the worker {worker} lacks a package ({_brief(there)}); install the same ones there."
        for name, wanted in here.items():
            if there.get(name) != wanted:
                return (
                    f"the worker {worker} has {name} {there.get(name)}, this machine has {wanted}; "
                    "install the same there and start it anew, so that the numbers are the same everywhere."
                )
    return ""


def _brief(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
