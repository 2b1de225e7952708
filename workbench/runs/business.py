"""A business folder opened: its policy, lake, ledger and the desk where a person decides."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from workbench.authority import Desk
from workbench.authority.identity import Identity, who_is_there
from workbench.errors import LedgerError, WorkbenchError
from workbench.lake.store import Lake, Snapshot
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy

PROJECT = Path(__file__).resolve().parents[2]
DEMO = "data/demo"
LEDGER = "WORKBENCH_LEDGER"  # environment variable: a database URL, with its password, so never in a file


class Business:
    """Everything that lies in a business folder.

    `folder` may be relative to the working directory or to any folder above it, so that a notebook finds the
    same folder wherever it is opened; an empty one is the folder that `workbench serve` or `workbench lab`
    was started for, else the demo. `read_only`: nothing can be written in its ledger. Raises WorkbenchError
    when there is no such folder.
    """

    def __init__(self, folder: str | Path = "", *, read_only: bool = False) -> None:
        self._read_only = read_only
        self.folder = _find(Path(folder or os.environ.get("WORKBENCH_FOLDER") or DEMO))
        self.state = self.folder / ".workbench"

    @cached_property
    def policy(self) -> Policy:
        """The folder's policy.toml."""
        return Policy.load(self.folder / "policy.toml")

    @cached_property
    def identity(self) -> Identity:
        """Who decides in this process, or why nobody can."""
        return who_is_there(self.policy, os.environ)

    def policy_text(self) -> pd.DataFrame:
        """The table `policy_text`: the file as it stands, under the hash of what it says."""
        text = (self.folder / "policy.toml").read_text(encoding="utf-8")
        return pd.DataFrame({"policy": [self.policy.digest()], "text": [text]})

    @cached_property
    def lake(self) -> Lake:
        """Its versioned tables."""
        return Lake(self.state / "lake")

    @cached_property
    def ledger(self) -> Ledger:
        """Its proposals, decisions, events and manifests, in the database that the environment names.

        Without one they lie in .workbench. Raises LedgerError for the database of another business, and for a
        folder that has begun a ledger in .workbench.
        """
        self.state.mkdir(exist_ok=True)
        own, url = self.state / "ledger.db", os.environ.get(LEDGER)
        if not url:
            return Ledger(f"sqlite:///{own}", read_only=self._read_only)
        if own.exists():
            raise LedgerError(
                f"{self.folder.name} has begun its ledger in .workbench, and {LEDGER} names another; "
                "unset it, or move the file away to begin anew in the database."
            )
        ledger = Ledger(url, read_only=self._read_only)
        ledger.belong_to(self.policy.business.name, now())
        return ledger

    @property
    def desk(self) -> Desk:
        """Where a person decides on the live plan."""
        return self.desk_of(None)

    def desk_of(self, run_id: str | None) -> Desk:
        """Where a person decides on a plan; None is the live one."""
        return Desk(self.ledger, self.policy, run_id, now, self.person, self._changed)

    def _changed(self) -> str | None:
        """What has changed in the folder since its policy was read; None: nothing."""
        if Policy.load(self.folder / "policy.toml") == self.policy:
            return None
        return "policy.toml has been changed since this was opened; open it again."

    @property
    def person(self) -> str:
        """Who decides here; empty: nobody who is known."""
        return self.identity.person

    def live(self) -> dict[str, Any] | None:
        """The manifest of the live plan; None before the first."""
        return self.ledger.live()

    def versions(self, run_id: str) -> dict[str, int]:
        """Table versions that a run read and made."""
        versions = dict(self.ledger.run(run_id)["versions"])
        for detail in self.ledger.steps(run_id).values():
            versions |= detail["versions"]
        return versions

    def snapshot(self) -> Snapshot:
        """The tables of the live plan. Raises WorkbenchError before the first plan."""
        live = self.live()
        if live is None:
            raise WorkbenchError(
                f"No plan has been published in {self.folder.name} yet: run `workbench plan` first."
            )
        return self.lake.snapshot(self.versions(live["run_id"]))

    def run_directory(self, run: Mapping[str, Any]) -> Path:
        """Where a run's executed notebooks and exports lie: .workbench/runs/DATE/ID."""
        return self.state / "runs" / f"{run['date']:%Y-%m-%d}" / str(run["run_id"])


def now() -> datetime:
    """The present instant. Only the ways to run agents read the clock; agents are told."""
    return datetime.now(UTC)


def _find(folder: Path) -> Path:
    if folder.is_absolute():
        candidates = [folder]
    else:
        here = Path.cwd()
        candidates = [base / folder for base in (here, *here.parents, PROJECT)]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate.resolve()
    raise WorkbenchError(
        f"There is no business folder {folder}; name one with --folder, or make one with `workbench init`."
    )
