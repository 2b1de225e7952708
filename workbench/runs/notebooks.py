"""Running one notebook headless so that its outcome can be trusted."""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import papermill
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from workbench.errors import ParameterError, StepFailed

OWN = ("folder", "date", "run_id")
# between the plan and its kernels, which talk over loopback
ENCRYPTED = Config(KernelManager={"transport_encryption": "auto"})


def declared(notebook: Path) -> dict[str, Any]:
    """The parameters a notebook declares, with their defaults."""
    found = papermill.inspect_notebook(str(notebook))
    return {name: ast.literal_eval(entry["default"]) for name, entry in found.items()}


def parameters_for(notebooks: list[Path], given: Mapping[str, str]) -> list[dict[str, Any]]:
    """The given texts as values, for each notebook those that it declares.

    Raises ParameterError, all faults at once: a name that no notebook declares, one that the plan sets
    itself, or a value of another type than the default.
    """
    declarations = [declared(notebook) for notebook in notebooks]
    known = sorted({name for names in declarations for name in names if name not in OWN})
    faults = [
        f"No notebook of the plan takes the parameter {name!r}; they take: {', '.join(known) or 'none'}."
        for name in given
        if name not in known
    ]
    values: list[dict[str, Any]] = [{} for _ in notebooks]
    for chosen, defaults in zip(values, declarations, strict=True):
        for name in given.keys() & defaults.keys() - set(OWN):
            try:
                chosen[name] = _as_type_of(defaults[name], given[name])
            except ValueError:
                kind = type(defaults[name]).__name__
                faults.append(f"Parameter {name} is {given[name]!r}; give a value of type {kind}.")
    if faults:
        raise ParameterError("\n".join(dict.fromkeys(faults)))
    return values


def hash_of(notebook: Path) -> str:
    """Hash of all that a notebook says and does, without outputs and what editors keep beside it."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    said = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def run_notebook(notebook: Path, output: Path, parameters: Mapping[str, Any], *, timeout: int) -> None:
    """Execute a notebook into `output`, which appears only when every cell has run.

    Raises StepFailed with the notebook, the cell and the error. Whether the notebook did its work is not told
    by this: a cell may have ended the kernel politely. The caller asks for the step's mark.
    """
    partial = output.with_suffix(".partial.ipynb")
    try:
        papermill.execute_notebook(
            str(notebook),
            str(partial),
            parameters=dict(parameters),
            cwd=str(notebook.parent),
            kernel_name="python3",
            progress_bar=False,
            execution_timeout=timeout,
            config=ENCRYPTED,
        )
    except PapermillExecutionError as error:
        # Papermill has put a cell of parameters in, so that its own count is one too high after it
        cell = error.cell_index + (0 if parameters else 1)
        raise StepFailed(f"{notebook.name}, cell {cell}: {error.ename}: {error.evalue}") from error
    except Exception as error:  # a kernel that died, a time-out, no port: whatever it was, the step failed
        raise StepFailed(f"{notebook.name}: {type(error).__name__}: {error}") from error
    partial.replace(output)


def _as_type_of(default: Any, text: str) -> Any:
    if isinstance(default, str):
        return text
    try:
        value = ast.literal_eval(text)
    except SyntaxError as error:
        raise ValueError(text) from error
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if type(value) is not type(default):
        raise ValueError(text)
    return value
