"""A replay: an agent's proposals of a past run computed again, in a copy of the business as it stood then."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from workbench.errors import ParameterError, StepFailed, WorkbenchError
from workbench.ledger.canonical import canonical
from workbench.ledger.reservations import Wanted
from workbench.runs import daily_plan
from workbench.runs.agent_versions import code_version
from workbench.runs.business import LEDGER, Business, now
from workbench.runs.decision_list import proposal_of
from workbench.runs.notebooks import declared, hash_of, parameters_for, run_notebook
from workbench.runs.stock_state import on_hand


@dataclass(frozen=True)
class Replayed:
    """What came of computing proposals of an agent and a run again.

    `same`: proposals whose bytes are those recorded. `different`: what differs first, a sentence by proposal.
    `other`: sentences on what is not as it was then, so that other bytes are no wonder.
    """

    agent: str
    same: tuple[str, ...]
    different: Mapping[str, str]
    other: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """Proposals looked at."""
        return len(self.same) + len(self.different)

    def sentences(self) -> list[str]:
        """What a person should know of it."""
        return [*self.other, *(f"{key}: {fault}" for key, fault in self.different.items())]


def replay(business: Business, run_id: str, agent: str) -> Replayed:
    """Compute what an agent proposed in a run again, with its first decisions, and compare the bytes.

    The step's notebook runs in a copy of the business folder: the ledger as it was before the agent recorded
    anything, the policy and parameters that the run recorded, the tables at its versions, and the stock less
    what others had reserved of it when the step read it. So nothing that was written since can be seen, and
    nothing is written to the business. Raises WorkbenchError for a run that recorded no policy; where code
    and notebook are those of then, StepFailed when the notebook fails.
    """
    recorded = business.ledger.recorded(run_id, agent)
    own_ledger = daily_plan.environment({LEDGER: ""})
    with TemporaryDirectory(prefix="replay-", dir=business.state) as folder, own_ledger:
        then = _as_it_stood(business, Path(folder), run_id, agent)
        other = tuple(_other(business, then, run_id, agent))
        try:
            _run(then, run_id, agent)
        except StepFailed as failed:
            if not other:
                raise
            cannot = f"It cannot be computed with what there is now: {failed}"
            return Replayed(agent, (), dict.fromkeys(recorded, cannot), other)
        again = then.ledger.recorded(run_id, agent)
    different = {
        key: fault
        for key in sorted({*recorded, *again})
        if (fault := difference(recorded.get(key), again.get(key)))
    }
    return Replayed(agent, tuple(key for key in recorded if key not in different), different, other)


def replay_one(business: Business, proposal_id: str) -> Replayed:
    """The replay of one proposal. Raises ParameterError when there is none of this id."""
    proposal = proposal_of(business, proposal_id)
    whole = replay(business, proposal["run_id"], proposal["agent"])
    different = {key: fault for key, fault in whole.different.items() if key == proposal_id}
    return replace(whole, same=tuple(key for key in whole.same if key == proposal_id), different=different)


def replay_all(business: Business, run_id: str = "") -> list[Replayed]:
    """The replay of every agent that proposed something in a run; without one, in the live plan."""
    run_id = run_id or (business.live() or {"run_id": ""})["run_id"]
    agents = business.ledger.proposals(run_id)["agent"].unique()
    if not len(agents):
        raise ParameterError(f"Run {run_id!r} has no proposals; give the id of a plan, such as 20261116-1.")
    return [replay(business, run_id, agent) for agent in agents]


def _other(business: Business, then: Business, run_id: str, agent: str) -> Iterator[str]:
    """Sentences on what can only be had as it is now: code, notebook, and what the policy's keys mean."""
    code, own = business.ledger.steps(run_id)[agent]["code"], code_version(agent)
    if code != own:
        yield (
            f"{agent} ran on code {code} then, here is {own}: other bytes may be the code's doing. "
            "Replay with the version of then to know."
        )
    run, notebook = business.ledger.run(run_id), _notebook(agent)
    kept, here = (run["notebooks"] or {}).get(agent), hash_of(notebook)
    if kept is None:
        yield f"Run {run_id} did not keep which {notebook.name} it ran; this is the one of today, {here}."
    elif kept != here:
        yield f"{notebook.name} was {kept} then, here is {here}: other bytes may be the notebook's doing."
    lacking = sorted(set(run["parameters"]) - _declared_anywhere())
    if lacking:
        yield f"Parameters of then that no notebook takes any more: {', '.join(lacking)}."
    policy, read_now = run["policy"], then.policy.digest()
    if policy != read_now:
        yield (
            f"The policy of then ({policy}) is read as another ({read_now}) by this version, which has other "
            "keys or defaults."
        )


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
    taken = [Wanted(*row) for row in business.ledger.steps(run_id)[agent]["taken"]]
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
    notebook, run = _notebook(agent), then.ledger.run(run_id)
    known = {name: text for name, text in run["parameters"].items() if name in declared(notebook)}
    (chosen,) = parameters_for([notebook], known)
    parameters = {**chosen, "folder": str(then.folder), "date": f"{run['date']:%Y-%m-%d}", "run_id": run_id}
    with daily_plan.headless():
        run_notebook(notebook, then.folder / notebook.name, parameters, timeout=then.policy.run.cell_timeout)


def _notebook(agent: str) -> Path:
    return daily_plan.NOTEBOOKS / daily_plan.STEPS[agent]


def _declared_anywhere() -> set[str]:
    return {name for agent in daily_plan.STEPS for name in declared(_notebook(agent))}
