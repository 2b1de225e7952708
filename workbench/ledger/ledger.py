"""The ledger: append-only rows in one chain of hashes; every write is one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import pandas as pd

from workbench.ledger import (
    authority_changes,
    chain,
    decisions,
    door,
    history,
    outcomes,
    past,
    plans,
    proposals,
    reservations,
    runs,
    verify,
)
from workbench.ledger.database import only_read, open_database, reading, reserving, writing
from workbench.ledger.reservations import Place, Wanted


class Ledger:
    """Runs, proposals, decisions, events, releases and manifests behind one database URL.

    Tables are created when absent. Rows are only ever added; who adds one reads and checks in the same
    transaction, so that of two people at the same moment one is first. Instants need a time zone. Every
    refusal is a LedgerError whose text says what to do; nothing was written then. `read_only`: whatever is
    asked for, nothing is ever written.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self._database = open_database(url)
        if read_only:
            only_read(self._database)
        by_door = door.needed(self._database)
        self._adds = not (read_only or by_door)
        self._decide = door.decide if by_door else decisions.decide
        self._log = door.log if by_door else runs.log
        self._change_authority = door.change_authority if by_door else authority_changes.record

    def belong_to(self, business: str, at: datetime) -> None:
        """Note whose ledger it is, once, by who may add rows. Raises LedgerError when it is another's."""
        with reading(self._database) as connection:
            known = runs.belongs_to(connection, business)
        if not known and self._adds:
            with writing(self._database) as connection:
                if not runs.belongs_to(connection, business):
                    runs.log(connection, runs.BUSINESS, business, {}, at, None)

    def head(self) -> str:
        """The hash of the last row: it stands for everything that was ever written."""
        with reading(self._database) as connection:
            return chain.last(connection)[1]

    def rows(self) -> int:
        """How many rows were ever written."""
        with reading(self._database) as connection:
            return chain.last(connection)[0]

    def verify(self, published: Mapping[str, str] | None = None, processes: int = 1) -> str | None:
        """A sentence that names the first row that is not as it was written; None: the chain is whole.

        `published`: heads by run as they stand in exported plans, in order of publishing; they show a ledger
        that was cut off or written anew, and the first that no longer fits is named.
        """
        return verify.first_fault(self._database, published or {}, processes)

    def next_run_id(self, day: date) -> str:
        """The next free run of a business day: YYYYMMDD-n."""
        with reading(self._database) as connection:
            return runs.next_id(connection, day)

    def start_run(
        self,
        run_id: str,
        day: date,
        inputs: str,
        versions: Mapping[str, int],
        policy: str,
        at: datetime,
        policy_read: Mapping[str, str] | None = None,
        parameters: Mapping[str, str] | None = None,
        notebooks: Mapping[str, str] | None = None,
    ) -> None:
        """Record that a run began: its day, its inputs and policy as hashes, the table versions it reads.

        `policy_read`: hash by agent of what its proposals rest on of the policy; without it, all of it.
        `parameters`: texts given for the notebooks, by name; `notebooks`: their hashes by step.
        """
        run = {"run_id": run_id, "date": day, "inputs": inputs, "versions": versions, "policy": policy}
        run |= {"policy_read": policy_read, "parameters": parameters, "notebooks": notebooks}
        with writing(self._database) as connection:
            runs.start(connection, {**run, "started_at": at})

    def run(self, run_id: str) -> dict[str, Any]:
        """A run's row of the table `runs`; `parameters` is empty where none were given."""
        with reading(self._database) as connection:
            return runs.get(connection, run_id)

    def unfinished_run(self, day: date, inputs: str) -> str | None:
        """The latest unpublished run of this day and inputs that can be gone on with.

        One that began before something was published or released has not counted that, and is left alone.
        """
        with reading(self._database) as connection:
            return runs.unfinished(connection, day, inputs)

    def published_run(self, day: date, inputs: str) -> str | None:
        """The run last published for a business day, if it was made from these inputs."""
        with reading(self._database) as connection:
            return runs.published(connection, day, inputs)

    def newer_inputs(self, run_id: str) -> str | None:
        """The latest run that began after this one from other inputs or another policy, if any."""
        with reading(self._database) as connection:
            return runs.newer_inputs(connection, run_id)

    def finish_step(self, run_id: str, step: str, detail: Mapping[str, Any], at: datetime) -> None:
        """Record that a step of a run is whole, and what it left."""
        self.log(runs.STEP_FINISHED, step, detail, at, run_id)

    def steps(self, run_id: str) -> dict[str, dict[str, Any]]:
        """What each finished step of a run left, in the order in which they finished."""
        with reading(self._database) as connection:
            return runs.steps(connection, run_id)

    def log(
        self, kind: str, subject: str, detail: Mapping[str, Any], at: datetime, run_id: str | None = None
    ) -> None:
        """Record that something happened."""
        with writing(self._database) as connection:
            self._log(connection, kind, subject, detail, at, run_id)

    def events(self, kind: str | None = None, run_id: str | None = None) -> pd.DataFrame:
        """The table `events` in order of writing: all of it, one kind, or one run's."""
        with reading(self._database) as connection:
            return runs.events(connection, kind, run_id)

    def open_stock(
        self, run_id: str, on_hand: Iterable[tuple[str, str, int]], promised: Sequence[Wanted], at: datetime
    ) -> None:
        """The stock that a run is made on: (sku, warehouse, units), and what of it is promised already.

        From then on what is carried out of its plan reserves the units that it takes.
        """
        with writing(self._database) as connection:
            reservations.open_stock(connection, run_id, on_hand, promised, at)

    def reserve(
        self,
        run_id: str,
        key: str,
        wanted: Sequence[Wanted],
        at: datetime,
        expires_at: datetime,
        versions: Mapping[Place, int] | None = None,
    ) -> str | None:
        """Reserve all that is wanted of a run's stock until an instant; None, or a sentence: nothing was.

        The same `key` again gets the same answer. What has expired `at` that instant is free. `versions`: the
        state versions by place that the request was worked out on; a place that has changed since refuses.
        """
        self.expire_reservations(run_id, at)
        with reserving(self._database) as connection:
            return reservations.reserve(connection, run_id, key, wanted, at, expires_at, versions)

    def end_reservations(self, run_id: str, holder: str) -> None:
        """Give back all units that are reserved for a holder."""
        with reserving(self._database) as connection:
            reservations.end(connection, run_id, holder)

    def expire_reservations(self, run_id: str, at: datetime) -> None:
        """Give back what has expired by an instant."""
        with reserving(self._database) as connection:
            reservations.expire(connection, run_id, at)

    def stock_left(self, run_id: str) -> pd.DataFrame:
        """The table `stock_left` of a run: what may still be given away."""
        with reading(self._database) as connection:
            return reservations.left(connection, run_id)

    def reservations(self, run_id: str) -> pd.DataFrame:
        """The table `reservations` of a run, ended ones too."""
        with reading(self._database) as connection:
            return reservations.of_run(connection, run_id)

    def record(
        self, run_id: str, judged: pd.DataFrame, at: datetime, versions: Mapping[Place, int] | None = None
    ) -> None:
        """Write judged proposals and their first decisions; a proposal's id is its subject and the run.

        What is executed reserves its units; raises StateMoved when the stock has changed since it had the
        state `versions` that the agent read. The same again writes nothing; an agent that has recorded
        something else in this run is refused.
        """
        with writing(self._database) as connection:
            proposals.record(connection, run_id, judged, at, versions)

    def proposals(self, run_id: str, proposal_ids: Collection[str] | None = None) -> pd.DataFrame:
        """A run's proposals with their last decision: all, or those named.

        Columns: those of `proposals`, `run_id`, `recorded_at`, then `decision_id`, `decision`, `decided_by`,
        `decided_at`, `approved_quantity`, `reason_code`, `decision_reason`, `decided_lines` (None: as
        proposed), `released`, then the agents' own.
        """
        with reading(self._database) as connection:
            return proposals.of_run(connection, run_id, proposal_ids)

    def about(self, sku: str, most: int) -> pd.DataFrame:
        """The last proposals of any run that rest on a SKU, newest first; columns as of `proposals`."""
        with reading(self._database) as connection:
            return proposals.about(connection, sku, most)

    def decisions(self, proposal_id: str) -> pd.DataFrame:
        """The table `decisions` of one proposal: all that was ever decided on it, in order."""
        with reading(self._database) as connection:
            return decisions.of_proposal(connection, proposal_id)

    def recorded(self, run_id: str, agent: str) -> dict[str, dict[str, Any]]:
        """What an agent recorded in a run, by proposal: its columns and the first decision's, as stored."""
        with reading(self._database) as connection:
            return past.recorded(connection, run_id, agent)

    def copy_before(self, run_id: str, agent: str, url: str) -> None:
        """Copy the ledger as it was before an agent recorded its proposals of a run to a new database."""
        with reading(self._database) as connection:
            past.before(connection, run_id, agent, url)

    def decide(
        self,
        proposal_id: str,
        decision: str,
        by: str,
        at: datetime,
        quantity: float | None = None,
        reason: str = "",
        lines: Sequence[Mapping[str, Any]] | None = None,
        code: str | None = None,
        seen: int | None = None,
    ) -> None:
        """Write a person's decision on a proposal of the live plan.

        It is approved, amended, changed, rejected, undone or expired. The same by the same person for the
        same reason again writes nothing. `seen`: the decision that stood when the person looked. Raises
        AlreadyDecided, which says who was first.
        """
        row = {"proposal_id": proposal_id, "decision": decision, "approved_quantity": quantity}
        said = {"decided_by": by, "decided_at": at, "reason": reason, "lines": lines, "reason_code": code}
        with writing(self._database) as connection:
            self._decide(connection, {**row, **said}, seen)

    def decide_all(
        self,
        decision: str,
        seen: Mapping[str, int],
        by: str,
        at: datetime,
        reason: str = "",
        code: str | None = None,
    ) -> None:
        """Approve, reject or undo proposals, all or none; `seen`: the decision that stood, by proposal.

        They are decided at one instant. Raises as `decide` does for the first that is refused; nothing was
        written then.
        """
        said = {"decision": decision, "decided_by": by, "decided_at": at, "reason": reason}
        blank = {"approved_quantity": None, "lines": None, "reason_code": code}
        with writing(self._database) as connection:
            for proposal_id, last in seen.items():
                self._decide(connection, {"proposal_id": proposal_id, **said, **blank}, last)

    def record_outcomes(self, judged: pd.DataFrame, at: datetime) -> None:
        """Write how decisions came true: the columns of `outcomes` without `judged_at`.

        A decision is judged once: one that has an outcome keeps it.
        """
        with writing(self._database) as connection:
            outcomes.record(connection, judged, at)

    def history(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        """All that was proposed in published plans, and all that was decided on it, without the lines."""
        with reading(self._database) as connection:
            return history.proposed(connection), history.decided(connection)

    def unjudged(self) -> pd.DataFrame:
        """Proposals of published plans that have no outcome yet, with agent, kind, run_id and date."""
        with reading(self._database) as connection:
            return outcomes.unjudged(connection)

    def outcomes(self) -> pd.DataFrame:
        """The table `outcomes` in order of writing."""
        with reading(self._database) as connection:
            return outcomes.every(connection)

    def change_authority(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Write rows of the table `authority_changes`, without their `change_id`, in one transaction."""
        with writing(self._database) as connection:
            self._change_authority(connection, rows)

    def authority_changes(self) -> pd.DataFrame:
        """The table `authority_changes` in order of writing."""
        with reading(self._database) as connection:
            return authority_changes.every(connection)

    def evidence(self) -> pd.DataFrame:
        """The table `outcomes` in order of maturing, and `proposed_as`: its proposal's place in the chain."""
        with reading(self._database) as connection:
            return authority_changes.evidence(connection)

    def stopped_agents(self) -> set[str]:
        """The agents that are stopped now."""
        with reading(self._database) as connection:
            return authority_changes.stopped(connection)

    def publish(self, run_id: str, summary: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """Make a run's plan live, and expire what is open in the plan before it, in one transaction.

        Returns the manifest row, and beside it `expired`: what nobody had decided in the plan before, records
        of `proposal_id`, `title` and `money_at_risk`, the most at risk first.
        """
        with writing(self._database) as connection:
            return plans.publish(connection, run_id, summary, at)

    def live(self) -> dict[str, Any] | None:
        """The manifest row of the live plan; None before the first."""
        with reading(self._database) as connection:
            return plans.live(connection)

    def manifests(self) -> pd.DataFrame:
        """The table `manifests`; the last row is live."""
        with reading(self._database) as connection:
            return plans.manifests(connection)

    def release(self, run_id: str, rows: Sequence[Mapping[str, Any]], at: datetime) -> str:
        """Record what leaves the building now, a row a line, and return the release's id.

        Each row: `proposal_id`, `line` (from 0), `content` (the line as released) and the `decision_id` that
        the line was drawn up from.
        """
        with writing(self._database) as connection:
            return plans.release(connection, run_id, rows, at)

    def releases(self, since: datetime | None = None, run_id: str | None = None) -> pd.DataFrame:
        """The table `releases` in order of writing: all of it, from an instant on, or one plan's."""
        with reading(self._database) as connection:
            return plans.releases(connection, since, run_id)
