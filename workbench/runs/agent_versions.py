"""Which code an agent is: a hash of its own source files and of those that they are built on."""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
# names, sentences and limits: what is in them is data to an agent; a change of limits is told apart
WITHOUT = ("workbench.tables", "workbench.policy", "workbench.errors")

# what an agent's notebook works out before it asks the agent
BEFORE_IT = {
    "demand_sensing": ("demand.engine", "demand.projection", "demand.spikes", "demand.surge"),
    "replenishment": ("formulas.landed_cost",),
}


@cache
def code_version(agent: str) -> str:
    """Hash of every source file of the workbench that an agent is made of or imports, directly or not.

    A refit on new data is no other version; a changed line in a formula that it uses is one.
    """
    digest = hashlib.sha256()
    for path, source in sorted(sources(agent).items()):
        digest.update(path.encode() + b"\0" + source + b"\0")
    return digest.hexdigest()[:16]


def sources(agent: str, package: Path = PACKAGE) -> dict[str, bytes]:
    """The files that an agent is made of, by path below the package."""
    found: dict[str, bytes] = {}
    waiting = [f"workbench.agents.{agent}", *(f"workbench.{name}" for name in BEFORE_IT.get(agent, ()))]
    while waiting:
        for path in _files(package, waiting.pop()):
            name = path.relative_to(package).as_posix()
            if name not in found:
                found[name] = path.read_bytes()
                waiting += _imported(found[name])
    return found


def _files(package: Path, module: str) -> list[Path]:
    """The file of a module; of an agent's package all of its files."""
    place = package.joinpath(*module.split(".")[1:])
    if place.is_dir():
        return sorted(place.glob("*.py")) if place.parent.name == "agents" else [place / "__init__.py"]
    return [place.with_suffix(".py")] if place.with_suffix(".py").exists() else []


def _imported(source: bytes) -> list[str]:
    """Modules of the workbench that a source imports, or imports something from."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return [name for name in names if name.startswith("workbench.") and name not in WITHOUT]
