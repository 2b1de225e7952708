"""A replay: an agent's proposals of a past run computed again, in a copy of the business as it stood then."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from workbench.errors import WorkbenchError
from workbench.ledger.canonical import canonical
from workbench.ledger.reservations import Wanted
from workbench.runs import daily_plan
from workbench.runs.business import LEDGER, Business, now
from workbench.runs.notebooks import run_notebook
from workbench.runs.stock_state import on_hand


@dataclass(frozen=True)
class Replayed:
    """What came of computing an agent's proposals of a run again.

    `same`: proposals whose bytes are those recorded. `different`: what differs first, a sentence by proposal.
    """

    agent: str
    same: tuple[str, ...]
    different: Mapping[str, str]


def replay(business: Business, run_id: str, agent: str) -> Replayed:
    """Compute what an agent proposed in a run again, with its first decisions, and compare the bytes.

    The step's notebook runs in a copy of the business folder: the ledger as it was before the agent recorded
    anything, the policy that the run recorded, the tables at its versions, and the stock less what others had
    reserved of it when the step read it. So nothing that was written since can be seen, and nothing is
    written to the business. Raises WorkbenchError for a run that recorded no policy, StepFailed when the
    notebook fails.
    """
    recorded = business.ledger.recorded(run_id, agent)
    own_ledger = daily_plan.environment({LEDGER: ""})
    with TemporaryDirectory(prefix="replay-", dir=business.state) as folder, own_ledger:
        then = _as_it_stood(business, Path(folder), run_id, agent)
        _run(then, run_id, agent)
        again = then.ledger.recorded(run_id, agent)
    different = {
        key: fault
        for key in sorted({*recorded, *again})
        if (fault := difference(recorded.get(key), again.get(key)))
    }
    return Replayed(agent, tuple(key for key in recorded if key not in different), different)


def difference(recorded: Mapping[str, Any] | None, again: Mapping[str, Any] | None) -> str | None:
    """A sentence that names the first field that differs; None: the bytes are the same.

    >>> difference({"quantity": 12}, {"quantity": 13})
    'quantity was recorded as 12 and is now 13.'
    """
    if recorded is None:
        return "It is proposed now and was not then."
    if again is None:
        return "It was proposed then and is not now."
    if canonical(recorded) == canonical(again):
        return None
    field = next(
        name
        for name in sorted({*recorded, *again})
        if canonical(recorded.get(name)) != canonical(again.get(name))
    )
    was, is_now = (
        _around(str(row.get(field)), str(other.get(field)))
        for row, other in ((recorded, again), (again, recorded))
    )
    return f"{field} was recorded as {was} and is now {is_now}."


def _around(text: str, other: str, shown: int = 80) -> str:
    """The part of a text where it begins to differ from another."""
    pairs = enumerate(zip(text, other, strict=False))
    same = next((place for place, (a, b) in pairs if a != b), min(len(text), len(other)))
    start = max(0, same - shown // 2) if len(text) > shown else 0
    part = text[start : start + shown]
    return f"{'…' if start else ''}{part}{'…' if start + shown < len(text) else ''}"


def _as_it_stood(business: Business, folder: Path, run_id: str, agent: str) -> Business:
    """A copy of the business as the step of an agent found it; tables are hard links, which cost no room."""
    then = Business(folder)
    shutil.copytree(business.lake.root, then.lake.root, copy_function=os.link)
    (folder / "policy.toml").write_text(_policy_text(business, run_id), encoding="utf-8")
    business.ledger.copy_before(run_id, agent, f"sqlite:///{then.state / 'ledger.db'}")
    taken = [Wanted(*row) for row in business.ledger.steps(run_id)[agent].get("taken", [])]
    if taken:
        at = now()
        there = on_hand(business.lake.snapshot(then.versions(run_id)).stock)
        then.ledger.open_stock(run_id, there, [], at)
        then.ledger.reserve(run_id, "taken by others", taken, at, at + pd.Timedelta(days=1))
    return then


def _policy_text(business: Business, run_id: str) -> str:
    run = business.ledger.run(run_id)
    kept = business.lake.snapshot(run["versions"]).policy_text
    if kept.empty:
        raise WorkbenchError(
            f"Run {run_id} was made before policies were kept with their plans: it cannot be replayed."
        )
    text: str = kept["text"].item()
    return text


def _run(then: Business, run_id: str, agent: str) -> None:
    notebook = daily_plan.NOTEBOOKS / daily_plan.STEPS[agent]
    day = then.ledger.run(run_id)["date"]
    parameters = {"folder": str(then.folder), "date": f"{day:%Y-%m-%d}", "run_id": run_id}
    with daily_plan.headless():
        run_notebook(notebook, then.folder / notebook.name, parameters, timeout=then.policy.run.cell_timeout)
