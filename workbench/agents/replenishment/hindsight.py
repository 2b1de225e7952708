"""What purchase orders cost, once it is known what was wanted and when they arrived."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.alternatives import costs_of
from workbench.agents.replenishment.market import Market, Suppliers, lines_of, market_of, suppliers_of
from workbench.agents.replenishment.runout import arrivals_of
from workbench.agents.replenishment.situation import items_of, met_by
from workbench.agents.replenishment.wanted import wanted_of
from workbench.formulas.hindsight import Hindsight
from workbench.formulas.lot_sizes import tier_at
from workbench.optimize.arrivals import arrival_days
from workbench.policy import Policy

LINE = ["sku", "warehouse", "supplier"]
# as the proposals name them, where these depend on nothing
ACTIONS = {
    "nothing": "Do nothing.",
    "half": "Order half of every line in whole packs.",
    "wait": "Wait until the next order day.",
    "next supplier": "Order from the next supplier.",
}


@dataclass(frozen=True)
class Then:
    """The tables that an order was decided on, and the day; `vendors` as they were believed to deliver."""

    stock: pd.DataFrame
    inbound: pd.DataFrame
    regions: pd.DataFrame
    products: pd.DataFrame
    landed_offers: pd.DataFrame
    prices: pd.DataFrame
    vendors: Suppliers
    policy: Policy
    as_of: datetime
    seed: int

    @property
    def day(self) -> pd.Timestamp:
        """The business day."""
        return pd.Timestamp(self.policy.business.day(self.as_of))


def as_it_was(
    stock: pd.DataFrame,
    inbound: pd.DataFrame,
    regions: pd.DataFrame,
    products: pd.DataFrame,
    suppliers: pd.DataFrame,
    landed_offers: pd.DataFrame,
    receipts: pd.DataFrame,
    prices: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
    seed: int = 0,
) -> Then:
    """A day as the agent saw it; the tables are those of the run."""
    vendors = suppliers_of(
        suppliers,
        receipts,
        policy.replenishment,
        day=policy.business.day(as_of),
        paths=policy.demand.paths,
        seed=seed,
    )
    return Then(stock, inbound, regions, products, landed_offers, prices, vendors, policy, as_of, seed)


def days_to_judge(proposal: Mapping[Hashable, Any], then: Then, receipts: pd.DataFrame, horizon: int) -> int:
    """Days from its own until all that an order is judged by has happened.

    That is its horizon, or the day on which the next order could arrive where that is later.
    """
    vendors = _calendar(proposal, then, receipts)
    own = (vendors.table["supplier"] == proposal["supplier"]).to_numpy()
    return int(max(horizon, vendors.lead_times[own].max(), vendors.next_arrivals[own].max()))


def overdue_after(proposal: Mapping[Hashable, Any], then: Then) -> int:
    """Days from its own after which an order that has not arrived is judged as one that did not come in time.

    With 7 days of lead time for certain and the policy's 7 days beyond, that is 14.
    """
    rules = then.policy.replenishment
    own = (then.vendors.table["supplier"] == proposal["supplier"]).to_numpy()
    longest = np.quantile(then.vendors.lead_times[own], rules.overdue_quantile, method="inverted_cdf")
    return int(longest) + rules.overdue_days


def not_before(proposal: Mapping[Hashable, Any], day: pd.Timestamp) -> pd.DataFrame:
    """Rows of `receipts` as if an order arrived on the first day on which it may still come."""
    rows = pd.DataFrame(proposal["lines"])[LINE]
    return rows.assign(purchase_order_id=proposal["proposal_id"], received_on=day)


def hindsight(
    proposal: Mapping[Hashable, Any], wanted: pd.DataFrame, then: Then, receipts: pd.DataFrame
) -> Hindsight:
    """Costs of a purchase order and its alternatives.

    `proposal`: a record as from the ledger, with `instead`: the lines that a person decided (none: nothing
    was ordered), None where it was done as proposed. `wanted` is shaped as demand_paths, over
    `days_to_judge`, and has one path: what came true. `receipts` as they are known now: what has arrived
    came on its day, all else on the median day that was expected. Shortage counts by margin and penalty,
    whatever service target orders aimed at.
    """
    rules = then.policy.replenishment.model_copy(update={"aim": "economics"})
    day, skus = then.policy.business.day(then.as_of), list(proposal["skus"])
    vendors = _calendar(proposal, then, receipts)
    stock = then.stock[then.stock["sku"].isin(skus)]
    demand = wanted_of(wanted[wanted["sku"].isin(skus)], then.regions, stock, then.products, day)
    items = items_of(demand, then.stock, then.products, then.prices, day)
    inbound = then.inbound[then.inbound["sku"].isin(skus)].sort_values(["reference", "sku", "warehouse"])
    arrivals = arrivals_of(inbound, _arrived(inbound, then, receipts), items)
    offers = then.landed_offers[then.landed_offers["sku"].isin(skus)]
    lines, tiers = lines_of(offers, items, then.vendors, rules)
    run = met_by(demand, items, arrivals, lines, vendors, rules)
    market = market_of(lines, tiers, vendors.lead_times[lines["position"]], run, rules, day)
    costs = _costs(proposal["lines"], market)
    decided, instead = None, proposal["instead"]
    if instead is not None:
        decided = _costs(instead, market)["chosen"] if instead else costs["nothing"]
    others = {ACTIONS[name]: cost for name, cost in costs.items() if name != "chosen"}
    return Hindsight(costs["chosen"], others, rules.tolerance * float(proposal["value"]), decided)


def _costs(lines: list[Mapping[str, Any]], market: Market) -> dict[str, float]:
    """Costs of ordering some lines, and of the alternatives to that, money."""
    ordered = pd.DataFrame(lines)
    known = pd.MultiIndex.from_frame(market.lines[LINE])
    line = np.asarray(known.get_indexer(pd.MultiIndex.from_frame(ordered[LINE])), dtype=np.int64)
    units = ordered["quantity"].to_numpy(np.int64)
    tier = tier_at(units, line, market.tiers["line"], market.tiers["tier_from"])
    rows = pd.DataFrame({"line": line, "tier": tier, "units": units})
    return {name: float(cost[0]) for name, cost in costs_of(rows, market, line).items()}


def _calendar(proposal: Mapping[Hashable, Any], then: Then, receipts: pd.DataFrame) -> Suppliers:
    """Days to arrival as they came true in one world: this order's own, the others' as was expected."""
    lead_times, after = (
        np.median(days, axis=1, keepdims=True).round().astype(np.int64)
        for days in (then.vendors.lead_times, then.vendors.next_arrivals)
    )
    mine = receipts[receipts["purchase_order_id"] == proposal["proposal_id"]]
    if len(mine):
        supplier = then.vendors.table["supplier"] == proposal["supplier"]
        took = (mine["received_on"] - then.day).dt.days.median()
        lead_times[supplier.to_numpy()] = max(round(took), 0)
    return replace(then.vendors, lead_times=lead_times, next_arrivals=after)


def _arrived(inbound: pd.DataFrame, then: Then, receipts: pd.DataFrame) -> NDArray[np.int64]:
    """Days until what was on its way then arrived, (rows, 1)."""
    expected = arrival_days(
        inbound,
        then.vendors.table,
        then.vendors.lead_times,
        day=then.day.date(),
        undated_days=then.policy.replenishment.review_days,
        seed=then.seed,
    )
    median = np.median(expected, axis=1) if len(inbound) else np.zeros(0)
    known = receipts[receipts["received_on"] >= then.day]
    came = known.groupby(["purchase_order_id", "sku"])["received_on"].max()
    keys = pd.MultiIndex.from_frame(inbound[["reference", "sku"]])
    seen = (came.reindex(keys) - then.day).dt.days.to_numpy(np.float64)
    days = np.where(np.isnan(seen), median, seen)
    return days.round().astype(np.int64)[:, None]
