"""What a notebook of the plan works with: the tables of its run, and the way its proposals are decided."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from functools import cached_property

import pandas as pd

from workbench.authority import Desk, judge
from workbench.authority.autonomy import due_changes
from workbench.authority.rules import all_waiting
from workbench.errors import AgentStopped, StateMoved, WorkbenchError
from workbench.lake.store import Snapshot
from workbench.ledger.reservations import Wanted
from workbench.policy import Policy
from workbench.runs import cluster
from workbench.runs.agent_versions import code_version
from workbench.runs.business import Business, now
from workbench.runs.doubts import doubts_of_no_sku
from workbench.runs.standing import MADE_OF, carried_out, standing
from workbench.runs.stock_state import (
    PLANS_AGAIN,
    STATE_MOVED,
    escalated,
    last_move,
    moves_of_state,
    taken_by_others,
    versions_of,
    without,
)
from workbench.tables import AGENTS, INPUTS, PROPOSALS


class Tables:
    """The tables of a step as attributes; it remembers which were read: what the step rests on."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._written: dict[str, pd.DataFrame] = {}
        self._seen: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {}
        self.read: set[str] = set()

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_"):
            raise AttributeError(name)
        self.read.add(name)
        if name in self._written:
            return self._written[name]
        table: pd.DataFrame = getattr(self._snapshot, name)
        if name in self._seen:
            self._written[name] = table = self._seen[name](table)
        return table

    def put(self, name: str, frame: pd.DataFrame) -> None:
        """Let a table that the step has made stand in place of the snapshot's."""
        self._written[name] = frame

    def see(self, name: str, through: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
        """Let a table of the snapshot be seen as a function makes it."""
        self._seen[name] = through


class Step:
    """One step of a plan, in a notebook: in a run of its own, or exploring the published plan.

    In a run (`run_id` given) tables are written to the lake and proposals to the ledger. Exploring, both stay
    in memory, and the desk is that of the live plan.
    """

    def __init__(self, name: str, business: Business, run_id: str, *, exploring: bool) -> None:
        self.name = name
        self.business = business
        self.run_id = run_id
        self.exploring = exploring
        run = business.ledger.run(run_id)
        self.day: date = pd.Timestamp(run["date"]).date()
        self.policy: Policy = business.policy
        self.as_of: datetime = self.policy.business.as_of(self.day)
        self.seed = self.policy.run.seed
        self.headless = os.environ.get("WORKBENCH_HEADLESS") == "1"
        self._snapshot = business.lake.snapshot(business.versions(run_id))
        self.tables = Tables(self._snapshot)
        self._versions: dict[str, int] = {}
        self._made_of: dict[str, list[str]] = {}
        self._began_from: dict[str, int] = {}
        self._decided = PROPOSALS.empty().assign(decision="")
        self._taken: list[Wanted] = []
        self._state = None if exploring else versions_of(business.ledger, run_id)
        if self._state is not None:
            self.tables.see("stock", self._without_taken)

    @cached_property
    def desk(self) -> Desk:
        """Where a person decides on the step's plan; only a live plan can be decided on."""
        return self.business.desk_of(self.run_id)

    def write(self, name: str, frame: pd.DataFrame) -> None:
        """Add a made table to the step's tables and, in a run, to the lake."""
        self._made_of[name] = sorted(MADE_OF.get(name) or self.rests_on())
        self.tables.put(name, frame)
        if not self.exploring:
            self._versions[name] = self.business.lake.write(name, frame)

    def begin_from(self, versions: Mapping[str, int]) -> Snapshot:
        """Tables of an earlier plan that the step begins from; their versions are recorded with it."""
        self._began_from |= versions
        return self.business.lake.snapshot(versions)

    def _without_taken(self, stock: pd.DataFrame) -> pd.DataFrame:
        self._taken = taken_by_others(self.business.ledger, self.run_id)
        return without(stock, self._taken)

    def doubtful(self) -> dict[str, str]:
        """SKUs whose inputs, of the tables read so far, are in doubt, and why.

        A row of theirs, or a budget or tariff behind them, is in quarantine and no older than the policy's
        window; a release of theirs is
        unconfirmed; or demand of theirs is of a pattern never seen that nobody has adopted yet.
        """
        doubts = self._quarantined() | self._unconfirmed()
        if "demand_paths" in self.tables.read and "demand_models" not in self._made_of:
            doubts = self._never_seen() | doubts
        return doubts

    def _quarantined(self) -> dict[str, str]:
        quarantine = self._snapshot.quarantine
        oldest = pd.Timestamp(self.day - timedelta(days=self.policy.gate.quarantine_window_days))
        young = quarantine["date"].isna() | (quarantine["date"] >= oldest)
        behind = quarantine[young & quarantine["table"].isin(self.rests_on())]
        touched = behind[behind["sku"].notna()]
        reasons = touched["file"] + " row " + touched["row"].astype("str") + ": " + touched["problem"]
        general = doubts_of_no_sku(behind[behind["sku"].isna()], self._snapshot, self.day)
        return general | dict(reasons.groupby(touched["sku"]).first())

    def _unconfirmed(self) -> dict[str, str]:
        overdue = self._snapshot.outstanding.query("overdue")
        reasons = "UR: " + overdue["proposal_id"] + " was released and no file has confirmed it"
        return dict(reasons.groupby(overdue["sku"]).first())

    def _never_seen(self) -> dict[str, str]:
        models, spikes = self._snapshot.demand_models, self._snapshot.spikes
        new = {*models.loc[models["never_seen"], "sku"], *spikes["sku"]} - self._adopted()
        return dict.fromkeys(sorted(new), "a pattern never seen")

    def _adopted(self) -> set[str]:
        """SKUs whose unusual forecast a person has approved: it is believed for as long as it reached."""
        horizon = timedelta(days=self.policy.demand.horizon_days)
        contents = self.business.ledger.releases()["content"]
        return {
            content["sku"]
            for content in contents
            if content["subject"].startswith(("NS-", "SP-"))
            and date.fromisoformat(content["date"][:10]) > self.day - horizon
        }

    def assumed(self) -> list[str]:
        """What was assumed of the tables read so far, in sentences."""
        assumptions = self._snapshot.assumptions
        used = assumptions[assumptions["table"].isin(self.rests_on())]
        return list(used["table"] + "." + used["column"] + ": " + used["assumed"])

    def rests_on(self) -> set[str]:
        """Input tables behind everything read so far, through the tables that earlier steps made."""
        made_of: dict[str, Iterable[str]] = {**MADE_OF, **self._made_of}
        for detail in self.business.ledger.steps(self.run_id).values():
            made_of |= detail["made_of"]
        tables = {source for name in self.tables.read for source in made_of.get(name, (name,))}
        return {name for name in tables if name in INPUTS}

    def decide(self, proposals: pd.DataFrame) -> pd.DataFrame:
        """The proposals with `decision` and `decision_reason`; in a run they are recorded."""
        judged = judge(
            proposals,
            self.policy,
            doubtful=self.doubtful(),
            assumed=self.assumed(),
            earlier=self._earlier(),
            changes=self._authority(),
        )
        if not self.exploring:
            try:
                judged = self._recorded(judged)
            except AgentStopped as stopped:  # at this very moment
                judged = self._recorded(all_waiting(judged, str(stopped)))
            self._decided = judged
        return judged

    def _authority(self) -> pd.DataFrame:
        """What agents may do by themselves now; in a run, after what the workbench itself has to change."""
        ledger = self.business.ledger
        changes = ledger.authority_changes()
        if self.exploring or self.name not in AGENTS:
            return changes
        code = code_version(self.name)
        ledger.change_authority(due_changes(changes, ledger.evidence(), self.policy, self.name, code, now()))
        return ledger.authority_changes()

    def _recorded(self, judged: pd.DataFrame) -> pd.DataFrame:
        """The proposals as they were recorded, with the units of what is executed reserved.

        Raises StateMoved, for the plan to run the step again, when the stock is no longer as the step read
        it; after so many times everything that takes units waits for a person.
        """
        ledger = self.business.ledger
        if moves_of_state(ledger, self.run_id, self.name) <= PLANS_AGAIN:
            try:
                ledger.record(self.run_id, judged, now(), self._state)
                return judged
            except StateMoved as moved:
                ledger.log(STATE_MOVED, self.name, {"why": str(moved)}, now(), self.run_id)
                if moves_of_state(ledger, self.run_id, self.name) <= PLANS_AGAIN:
                    raise
        judged = escalated(judged, last_move(ledger, self.run_id, self.name))
        ledger.record(self.run_id, judged, now())
        return judged

    def finish(self) -> None:
        """Say that the step is whole; the plan trusts nothing else. The last cell of the notebook."""
        if not self.exploring:
            self._count_moves()
            detail = {
                "versions": self._versions,
                "made_of": self._made_of,
                "read": sorted(self.tables.read),
                "taken": self._taken,
                "began_from": self._began_from,
            }
            if self.name in AGENTS:
                detail["code"] = code_version(self.name)
            self.business.ledger.finish_step(self.run_id, self.name, detail, now())

    def after_moves(self) -> dict[str, pd.DataFrame]:
        """The tables `stock` and `inbound` once the moves that the step carries out have left."""
        moved = self._moved()
        if not moved:
            return {"stock": self.tables.stock, "inbound": self.tables.inbound}
        return moved | {"stock": without(moved["stock"], self._taken)}

    def _count_moves(self) -> None:
        """Let the next steps see stock where the transfers and redirects of this one will put it."""
        for name, table in self._moved().items():
            self.write(name, table)

    def _moved(self) -> dict[str, pd.DataFrame]:
        """Both tables as files and moves make them; none where nothing moves."""
        leaving = carried_out(self._decided, pd.Timestamp(self.as_of))
        if leaving.empty:
            return {}
        outstanding = pd.concat([self._snapshot.outstanding, leaving], ignore_index=True)
        moved = standing(self._snapshot, outstanding, time_zone=self.policy.business.time_zone)
        return {name: moved[name] for name in ("stock", "inbound")}

    def _earlier(self) -> pd.DataFrame:
        """What earlier plans of the day and earlier steps of this one carried out: limits count it too."""
        ledger = self.business.ledger
        manifests = ledger.manifests()
        same_day = manifests[(manifests["date"].dt.date == self.day) & (manifests["run_id"] != self.run_id)]
        of_run = ledger.proposals(self.run_id)
        before = AGENTS[: AGENTS.index(self.name)] if self.name in AGENTS else ()
        done = [ledger.proposals(run_id) for run_id in same_day["run_id"]]
        earlier = pd.concat([*done, of_run[of_run["agent"].isin(before)]], ignore_index=True)
        return earlier[earlier["decision"].isin(["executed", "approved", "changed"])]


def open_step(name: str, *, folder: str = "", date: str = "", run_id: str = "") -> Step:
    """The step of a notebook.

    With `run_id` it belongs to that run; without, it explores the plan that was published for `date` (empty:
    the live one). Raises WorkbenchError when there is none. The partitioned work of the process goes to the
    cluster that the environment names, if any; raises ParameterError when it cannot be used.
    """
    scheduler = os.environ.get(cluster.SETTING)
    if scheduler:
        cluster.join(scheduler)
    business = Business(folder)
    if run_id:
        return Step(name, business, run_id, exploring=False)
    manifests = business.ledger.manifests()
    if date:
        manifests = manifests[manifests["date"] == pd.Timestamp(date)]
    if manifests.empty:
        day = f" for {date}" if date else ""
        raise WorkbenchError(
            f"No plan has been published{day} in {business.folder.name}: run `workbench plan` first."
        )
    return Step(name, business, str(manifests["run_id"].iloc[-1]), exploring=True)
