"""From chosen quantities to proposals: one purchase order a supplier, with what else could be done."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment import words
from workbench.agents.replenishment.alternatives import Money, costs_of, is_right
from workbench.agents.replenishment.choosing import Chosen
from workbench.agents.replenishment.explained import explained
from workbench.agents.replenishment.faults import Faults
from workbench.agents.replenishment.market import Market, Suppliers
from workbench.agents.replenishment.report import Report, report_of
from workbench.policy import Policy
from workbench.tables import TABLES

Record = dict[str, Any]
SOME_SHORT = 1e-3  # units; less is a rounding of the paths


@dataclass(frozen=True)
class Day:
    """What every proposal of a day is written against.

    `unconfirmed`: SKUs with an overdue release; `doubtful`: SKUs with quarantined input; `faults`: what is
    wrong with the tables given.
    """

    day: date
    horizon: int
    policy: Policy
    suppliers: Suppliers
    inbound: pd.DataFrame
    unconfirmed: Collection[str]
    doubtful: Collection[str]
    faults: Faults


def purchase_orders(chosen: Chosen, market: Market, today: Day) -> Iterator[Record]:
    """One record a supplier; lines on doubtful SKUs stand in one of their own."""
    orders = chosen.orders.assign(sku=market.lines["sku"].to_numpy()[chosen.orders["line"]])
    in_doubt = {*today.doubtful, *today.faults.of_sku}
    orders = orders.assign(check=orders["sku"].isin(list(in_doubt)))
    # by line, which is by SKU and warehouse
    orders = orders.sort_values(["supplier", "check", "line"], ignore_index=True)
    lines = _lines(orders, chosen, market, today)
    whole = report_of(orders, lines, market, chosen, today.day, today.horizon, today.policy)
    ordered = orders["line"].to_numpy(np.int64)
    begins = np.flatnonzero(~orders.duplicated(["supplier", "check"]))
    for start, stop in pairwise([*begins.tolist(), len(orders)]):
        first = orders.iloc[start]
        subject = f"PO-{first['supplier']}-check" if first["check"] else f"PO-{first['supplier']}"
        yield _purchase_order(subject, whole.part(start, stop), ordered, today)


def _purchase_order(subject: str, report: Report, ordered: NDArray[np.int64], today: Day) -> Record:
    """One order; `ordered` are the lines of all orders of the day."""
    lines, market = report.lines, report.market
    costs = costs_of(report.rows, market, ordered)
    value, at_risk = float(lines["value"].sum()), float(costs["nothing"].mean())
    skus = sorted(set(lines["sku"]))
    supplier = today.suppliers.table.iloc[int(report.place["position"].iloc[0])]
    open_orders = today.inbound[today.inbound["sku"].isin(skus)]
    faults = today.faults.behind(skus)
    return {
        "agent": "replenishment",
        "kind": "purchase_order",
        "subject": subject,
        "title": words.title(report, supplier),
        "skus": skus,
        "quantity": float(lines["quantity"].sum()),
        "value": value,
        "confidence": float(is_right(costs, value, today.policy.replenishment).mean()),
        "reason": words.reason(report),
        "if_nothing": words.if_nothing(report, at_risk),
        "money_at_risk": at_risk,
        "alternatives": _alternatives(costs, words.actions(report, today.suppliers.table)),
        "evidence": [
            *faults,
            *words.evidence(report, supplier, market.lead_times[report.line[0]], open_orders),
        ],
        "lines": report.records,
        "supplier": str(supplier["supplier"]),
        "expected_cost": round(float(costs["chosen"].mean()), 2),
        "unconfirmed": bool(set(skus) & set(today.unconfirmed)) or _undated(open_orders),
        "bad_input": " ".join(faults),
    }


def _undated(open_orders: pd.DataFrame) -> bool:
    return bool((open_orders["promised_on"].isna() & open_orders["ordered_on"].isna()).any())


def _lines(rows: pd.DataFrame, chosen: Chosen, market: Market, today: Day) -> pd.DataFrame:
    """The lines as the dictionary's purchase_order_lines with their tiers, dates as text, row by row."""
    line = rows["line"].to_numpy(np.int64)
    terms = market.tiers.iloc[rows["tier"]].reset_index(drop=True)
    lead_times = market.lead_times[line]
    units = rows["units"].to_numpy(np.int64)
    safe = (market.run.short_before[line] < SOME_SHORT) & (
        market.run.exposure.need[line] < units[:, None] + SOME_SHORT
    )
    arrival = np.median(lead_times, axis=1)
    lines = terms.assign(
        quantity=units,
        value=units * terms["landed_cost"],
        expected_on=[(today.day + timedelta(days=round(days))).isoformat() for days in arrival.tolist()],
        protection_interval=lead_times.mean(axis=1) + market.lines["review"].to_numpy(float)[line],
        covers=safe.mean(axis=1),
        marginal_return=rows["marginal_return"].to_numpy(float).round(4),
        bound_by=rows["bound_by"].to_numpy(),
        **explained(rows, chosen, market, today.day),
    )
    lines = lines[[name for name in TABLES["purchase_order_lines"].names if name != "proposal_id"]]
    return lines.assign(tiers=pd.Series(_tiers(line, market.tiers)))


def _tiers(line: NDArray[np.int64], tiers: pd.DataFrame) -> list[list[list[float]]]:
    """What each line costs by quantity, [tier_from, unit_cost, landed_cost] a tier, to reprice it by."""
    of_line = tiers["line"].to_numpy(np.int64)
    first, last = np.searchsorted(of_line, line), np.searchsorted(of_line, line, side="right")
    prices = tiers[["tier_from", "unit_cost", "landed_cost"]].to_numpy(float)
    return [prices[start:stop].tolist() for start, stop in zip(first, last, strict=True)]


def _alternatives(costs: dict[str, Money], actions: dict[str, str]) -> list[Record]:
    """What else could be done and its expected cost, the best first."""
    named = [
        {"action": action, "cost": round(float(costs[name].mean()), 2)}
        for name, action in actions.items()
        if name in costs
    ]
    return sorted(named, key=lambda alternative: float(alternative["cost"]))
