"""How the decisions of earlier plans came true, judged when all that they were for has happened."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from workbench.agents import allocation, demand_sensing, replenishment, routing
from workbench.authority.routing_weights import weighed
from workbench.demand.came_true import SERIES, came_true
from workbench.formulas.hindsight import Hindsight
from workbench.lake.store import Snapshot
from workbench.policy import Policy
from workbench.runs.business import Business, now
from workbench.tables import TABLES

Judged = tuple[str, Hindsight, pd.Timestamp]  # proposal, its costs, the day on which all was known
ONE_DAY = pd.Timedelta(days=1)


def judge_matured(business: Business, files: Snapshot, day: date) -> int:
    """Record the outcome of every decision that these files let be judged; how many there were.

    `files`: the newest input tables, those of the plan of `day`. A decision is judged once. What no data has
    come for stays unjudged: it is never counted as right.
    """
    seen = Seen(business, files)
    open_ones = maturing(business)
    due = open_ones[(open_ones["date"] < pd.Timestamp(day)) & (open_ones["matures_on"] <= seen.until)]
    judged: list[dict[str, Any]] = []
    for run_id, of_run in due.groupby("run_id"):
        first_day = of_run["date"].iloc[0]
        proposals = business.ledger.proposals(str(run_id))
        proposals["instead"] = pd.Series(map(_instead, proposals.to_dict("records")), dtype="object")
        for agent, ids in of_run.groupby("agent")["proposal_id"]:
            mine = proposals[(proposals["agent"] == agent) & (proposals["lines"].str.len() > 0)]
            run = Run(seen, str(run_id), first_day, mine, set(ids))
            records = {row["proposal_id"]: row for row in mine.to_dict("records")}
            found = [verdict for verdict in JUDGES[str(agent)](run) if verdict[0] in run.due]
            judged += [_outcome(records[verdict[0]], *verdict) for verdict in found]
    if judged:
        types = {c.name: c.dtype for c in TABLES["outcomes"].columns if c.name != "judged_at"}
        business.ledger.record_outcomes(pd.DataFrame(judged).astype(types), now())
    return len(judged)


def maturing(business: Business) -> pd.DataFrame:
    """What is still to be judged, with `matures_on`, the first day on which it may be known how it came true.

    Orders, redirects and shipments mature later where they take longer to arrive.
    """
    horizon, cover = business.policy.demand.horizon_days, business.policy.allocation.cover_days
    days = {"adopt_forecast": horizon, "act_on_spike": horizon, "purchase_order": horizon}
    notice = business.policy.allocation.redirect_notice_days
    days |= {"redirect": min(notice + cover, horizon), "channel_share": cover, "transfer": cover}
    days |= {"shipment": 1, "hold_orders": 1}
    after = {kind: pd.Timedelta(days=number) for kind, number in days.items()}
    found = business.ledger.unjudged()
    return found.assign(matures_on=found["date"] + found["kind"].map(after).astype("timedelta64[us]"))


@dataclass(frozen=True)
class Seen:
    """What is known now: the newest input tables of a business."""

    business: Business
    files: Snapshot

    @property
    def policy(self) -> Policy:
        """The policy of the business."""
        return self.business.policy

    @cached_property
    def until(self) -> pd.Timestamp:
        """First day that no sales are known of."""
        return pd.Timestamp(self.files.sales["date"].max()) + ONE_DAY

    @cached_property
    def assumed_demand(self) -> pd.DataFrame:
        """What the last plan took to have been wanted on days out of stock."""
        return self.business.snapshot().assumed_demand


@dataclass(frozen=True)
class Run:
    """One agent's `proposals` of a past run beside what is known now; `due`: those that may be judged."""

    seen: Seen
    run_id: str
    first_day: pd.Timestamp
    proposals: pd.DataFrame
    due: set[str]

    @cached_property
    def policy(self) -> Policy:
        """The policy that it was made under, with the weights of routing that it was given; today's where
        that was not kept, or can be read no longer."""
        kept, policy = self.then.policy_text, self.seen.policy
        if len(kept):
            with suppress(ValidationError):
                policy = Policy.model_validate(tomllib.loads(kept["text"].item()))
        return weighed(policy, self.seen.business.ledger.run(self.run_id)["parameters"])

    @property
    def day(self) -> date:
        """The business day of the run."""
        return self.first_day.date()

    @cached_property
    def then(self) -> Snapshot:
        """The tables of the run as its later steps read them."""
        return self.seen.business.lake.snapshot(self.seen.business.versions(self.run_id))

    @cached_property
    def horizon(self) -> int:
        """Days that its demand was forecast for."""
        return int(self.then.demand["date"].nunique())

    def passed(self, days: int) -> bool:
        """Whether sales are known of so many days from the run's on."""
        return bool(self.first_day + pd.Timedelta(days=days) <= self.seen.until)

    def came_true(self, days: int) -> tuple[pd.DataFrame, set[str]]:
        """What was wanted in so many days from the run's on, and the SKUs that nothing can be told of."""
        files, assumed = self.seen.files, self.seen.assumed_demand
        return came_true(self.then.demand[SERIES], files.sales, assumed, day=self.day, days=days)

    def told(self, found: Mapping[str, Hindsight], days: int, unknown: set[str]) -> Iterator[Judged]:
        """What was found, where all SKUs that it rests on can be told of."""
        skus = self.proposals.set_index("proposal_id")["skus"]
        for name, hindsight in found.items():
            if not unknown & set(skus[name]):
                yield name, hindsight, self.first_day + pd.Timedelta(days=days)


def _forecasts(run: Run) -> Iterator[Judged]:
    if not run.passed(run.horizon):
        return
    wanted, unknown = run.came_true(run.horizon)
    then, policy = run.then, run.policy
    found = demand_sensing.hindsight(
        run.proposals,
        wanted,
        then.demand_models,
        then.spikes,
        then.prices,
        then.channels,
        policy=policy,
        as_of=policy.business.as_of(run.day),
    )
    yield from run.told(found, run.horizon, unknown)


def _moves(run: Run) -> Iterator[Judged]:
    """Shares and transfers over the cover days, a redirect over those from its last arrival on."""
    cover, kind = run.policy.allocation.cover_days, run.proposals["kind"]
    by_days = {cover: run.proposals[kind != "redirect"]}
    redirects = run.proposals[kind == "redirect"]
    last = [max(pd.Timestamp(line["expected_on"]) for line in lines) for lines in redirects["lines"]]
    days = [min((day - run.first_day).days + cover, run.horizon) for day in last] if last else []
    by_days = {cover: run.proposals[kind != "redirect"]}
    for number, rows in redirects.groupby(pd.Series(days, index=redirects.index, dtype="int64")):
        by_days[int(number)] = pd.concat([by_days.get(int(number), redirects.iloc[:0]), rows])
    for number, rows in by_days.items():
        if len(rows) and run.passed(number):
            yield from _moves_of(run, set(rows["proposal_id"]), number)


def _moves_of(run: Run, ids: set[str], days: int) -> Iterator[Judged]:
    policy, business = run.policy, run.seen.business
    wanted, unknown = run.came_true(days)
    # its own transfers are in the stock that later steps read
    read = business.lake.snapshot(business.ledger.run(run.run_id)["versions"])
    found = allocation.hindsight(
        run.proposals,
        wanted,
        read.stock,
        read.channel_shares,
        read.regions,
        read.channels,
        read.lanes,
        read.warehouses,
        read.prices,
        read.inbound,
        run.then.serving_costs,
        policy=policy,
        as_of=policy.business.as_of(run.day),
    )
    yield from run.told({name: costs for name, costs in found.items() if name in ids}, days, unknown)


def _orders(run: Run) -> Iterator[Judged]:
    """Purchase orders; one that was placed is judged once it has arrived, or is overdue for too long."""
    receipts, policy = run.seen.files.receipts, run.policy
    mine = run.proposals[run.proposals["proposal_id"].isin(run.due)]
    covers = [max(line["protection_interval"] for line in lines) for lines in mine["lines"]]
    ready = mine[np.array([run.passed(int(days)) for days in covers], dtype=bool)]
    if ready.empty:
        return
    then = replenishment.as_it_was(
        run.then.stock,
        run.then.inbound,
        run.then.regions,
        run.then.products,
        run.then.suppliers,
        run.then.landed_offers,
        run.then.receipts,
        run.then.prices,
        policy=policy,
        as_of=policy.business.as_of(run.day),
        seed=policy.run.seed,
    )
    for order in ready.to_dict("records"):
        came = not _is_out(order, receipts)
        if not came and not run.passed(replenishment.overdue_after(order, then)):
            continue
        # what has not come yet will not have come before today
        late = [] if came else [replenishment.not_before(order, run.seen.until)]
        known = pd.concat([receipts, *late], ignore_index=True)
        days = replenishment.days_to_judge(order, then, known, run.horizon)
        if run.passed(days):
            wanted, unknown = run.came_true(days)
            found = replace(replenishment.hindsight(order, wanted, then, known), came=came)
            yield from run.told({str(order["proposal_id"]): found}, days, unknown)


def _is_out(order: Mapping[Hashable, Any], receipts: pd.DataFrame) -> bool:
    """Whether an order was placed and nothing of it has arrived."""
    placed = order["decision"] in ("executed", "approved", "changed") and order["released"]
    return bool(placed) and not receipts["purchase_order_id"].eq(order["proposal_id"]).any()


def _shipments(run: Run) -> Iterator[Judged]:
    files, rules = run.seen.files, run.policy.routing
    # files tell of the last weeks' parcels alone
    if not (files.deliveries["handed_over_on"] <= run.first_day).any():
        return
    for proposal in run.proposals[run.proposals["proposal_id"].isin(run.due)].to_dict("records"):
        name = str(proposal["proposal_id"])
        if proposal["kind"] == "hold_orders":
            found = routing.held(proposal, run.first_day, files.deliveries, rules)
            if found is not None:
                yield name, found, run.first_day + ONE_DAY
            continue
        known = routing.shipped(proposal, run.then.open_lines, files.order_lines, files.deliveries, rules)
        if known is not None:
            yield name, known[0], known[1] + ONE_DAY


JUDGES: dict[str, Callable[[Run], Iterator[Judged]]] = {
    "demand_sensing": _forecasts,
    "allocation": _moves,
    "replenishment": _orders,
    "routing": _shipments,
}


def _instead(proposal: Mapping[Hashable, Any]) -> list[dict[str, Any]] | None:
    """The lines that a person decided, none where nothing was to be done; None: as proposed."""
    if proposal["decision"] == "rejected":
        return []
    if isinstance(proposal["decided_lines"], list):
        return list(proposal["decided_lines"])
    if proposal["decision"] != "changed" or not proposal["quantity"]:
        return None
    factor = proposal["approved_quantity"] / proposal["quantity"]
    return [{**line, "quantity": line["quantity"] * factor} for line in proposal["lines"]]


def _outcome(
    proposal: Mapping[Hashable, Any], proposal_id: str, found: Hindsight, matured_on: pd.Timestamp
) -> dict[str, Any]:
    return {
        "proposal_id": proposal_id,
        "agent": proposal["agent"],
        "kind": proposal["kind"],
        "confidence": proposal["confidence"],
        "correct": found.correct,
        "realised_cost": round(found.chosen, 2),
        "best_cost": round(found.best_cost, 2),
        "best_action": found.best_action,
        "tolerance": round(found.tolerance, 2),
        "regret": round(found.regret, 2),
        "decided_cost": None if found.decided is None else round(found.decided, 2),
        "matured_on": matured_on,
    }
