"""What a person has to see to because no order can: releases nobody confirmed, stock nobody offers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.agents.replenishment.runout import Days
from workbench.agents.replenishment.situation import Situation
from workbench.optimize.shortage import without_order
from workbench.policy import Policy, ReplenishmentPolicy

Record = dict[str, Any]
A_UNIT = 1.0  # what is expected to be missed before anybody is asked
TOLD = 10  # released lines that are told one by one


def unconfirmed_releases(
    outstanding: pd.DataFrame, landed_offers: pd.DataFrame, policy: Policy, day: date
) -> Iterator[Record]:
    """One record a proposal whose release no file has confirmed in time, whatever its kind."""
    cost = landed_offers.groupby("sku")["landed_cost"].min()
    overdue = outstanding[outstanding["overdue"]].sort_values(["proposal_id", "line"])
    worth = overdue["quantity"] * overdue["sku"].map(cost).fillna(0.0)
    for proposal_id, rows in overdue.assign(worth=worth).groupby("proposal_id", sort=True):
        yield _unconfirmed(str(proposal_id), rows, policy, day)


def _unconfirmed(proposal_id: str, rows: pd.DataFrame, policy: Policy, day: date) -> Record:
    kind = rows["kind"].iloc[0].replace("_", " ")
    released = rows["released_at"].min()
    waited = (day - policy.business.day(released.to_pydatetime())).days
    value = float(rows["worth"].sum())
    units = int(rows["quantity"].sum())
    currency = policy.business.base_currency
    twice = value * policy.replenishment.holding_rate * policy.replenishment.review_days / 365
    return {
        "agent": "replenishment",
        "kind": "unconfirmed_release",
        "subject": f"UR-{proposal_id}",
        "title": (
            f"Ask what became of {kind} {proposal_id}: {_of(len(rows), 'line')}, released {waited} days ago, "
            "and in no file since; record it there, or cancel it."
        ),
        "skus": sorted(set(rows["sku"])),
        "quantity": float(units),
        "value": value,
        # nothing tells whether it was carried out: no claim is made
        "confidence": 0.0,
        "reason": "unconfirmed",
        "if_nothing": (
            f"{units:,} units worth {value:,.0f} {currency} landed no longer count as on their way; if they "
            "were carried out after all, they may be bought, moved or sent twice."
        ),
        "money_at_risk": value,
        "alternatives": [
            {"action": "Treat it as lost and plan without it.", "cost": round(twice, 2)},
            {"action": "Do nothing.", "cost": round(value, 2)},
        ],
        "evidence": [*(_release_line(row) for row in rows[:TOLD].to_dict("records")), *_rest(rows[TOLD:])],
        "lines": [],
        "supplier": str(rows["supplier"].fillna("").iloc[0]),
        "expected_cost": 0.0,
        "unconfirmed": True,
        "bad_input": "",
    }


def _release_line(row: dict[Any, Any]) -> str:
    route = [f"from {row['from_warehouse']}" if isinstance(row["from_warehouse"], str) else ""]
    route.append(f"to {row['to_warehouse']}" if isinstance(row["to_warehouse"], str) else "")
    route.append(f"for {row['channel']}" if isinstance(row["channel"], str) else "")
    where = " ".join(part for part in route if part)
    order = f"{row['reference']}: " if row["kind"] == "shipment" else ""
    released = f"{row['released_at']:%Y-%m-%d %H:%M} UTC"
    return f"{order}{_of(row['quantity'], 'unit')} of {row['sku']} {where}, released {released}."


def _rest(rows: pd.DataFrame) -> list[str]:
    units = int(rows["quantity"].sum())
    return [f"And {_of(len(rows), 'more line')} with {_of(units, 'unit')}."] if len(rows) else []


def _of(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def without_offer(met: Situation, policy: Policy) -> Iterator[Record]:
    """One record for the SKUs that will be missed and that nobody offers, or only at a loss.

    Whoever finds somebody by the next review loses what is short until then; what sells at a loss could be
    bought all the same, and costs what it costs more than its price.
    """
    market, run, faults = met.market, met.run, met.faults
    lines = market.lines if market else pd.DataFrame({"item": [], "shortage": [], "landed_cost": []})
    best = lines.groupby("item").agg(shortage=("shortage", "max"), landed_cost=("landed_cost", "min"))
    table = met.items.join(best).assign(short=run.short_in_horizon)
    table = table[(table["short"] >= A_UNIT) & ~(table["shortage"] > 0)]
    if table.empty:
        return
    costs = _costs_without_offer(table, met, policy)
    lost, currency = costs["Do nothing."], policy.business.base_currency
    missed = run.first_short[table.index]
    skus = sorted(set(table["sku"]))
    wrong = [sentence for sku in skus for sentence in faults.of_sku.get(sku, [])]
    yield {
        "agent": "replenishment",
        "kind": "purchase_order",
        "subject": "PO-nobody",
        "title": f"Find somebody to buy {table['sku'].nunique():,} SKUs from that will run out.",
        "skus": skus,
        "quantity": 0.0,
        "value": 0.0,
        "confidence": float(np.isnan(missed).all(axis=0).mean()),
        "reason": "no_offer",
        "if_nothing": (
            f"{table['short'].sum():,.0f} units are expected to be missed within the horizon, "
            f"{lost:,.0f} {currency} of margin and penalty."
        ),
        "money_at_risk": lost,
        "alternatives": [
            {"action": action, "cost": round(cost, 2)}
            for action, cost in sorted(costs.items(), key=lambda item: item[1])
        ],
        "evidence": [*(_no_offer(row) for row in table.to_dict("records")), *wrong],
        "lines": [],
        "supplier": "",
        "expected_cost": round(lost, 2),
        "unconfirmed": False,
        "bad_input": " ".join(wrong),
    }


def _costs_without_offer(table: pd.DataFrame, met: Situation, policy: Policy) -> dict[str, float]:
    """What can be done about items that no order serves, by action; expected money on the paths."""
    rules, unoffered = policy.replenishment, table["landed_cost"].isna()
    margin = table["price"].fillna(0.0) * rules.default_margin
    a_unit = (margin * (rules.lost_share + rules.stockout_penalty)).where(unoffered, 0.0)
    review = met.day + timedelta(days=rules.review_days)
    costs = {
        "Do nothing.": float((a_unit * table["short"]).sum()),
        f"Find somebody whose goods are there by the next review, {review}.": float(
            (a_unit * _short_until(rules.review_days, table.index.to_numpy(np.int64), met, rules)).sum()
        ),
    }
    if not unoffered.all():
        loss = (table["landed_cost"] - table["price"].fillna(0.0)).clip(lower=0.0)
        count = _of(int((~unoffered).sum()), "line")
        costs[f"Buy {count} at a loss and leave the rest."] = float(
            (loss.fillna(0.0) + a_unit).mul(table["short"]).sum()
        )
    return costs


def _short_until(days: int, items: Days, met: Situation, rules: ReplenishmentPolicy) -> NDArray[np.float64]:
    """Units of some items expected to be missed in the first `days`, (items,)."""
    demand = met.wanted.of(items).coming(0, len(items), days)
    start = met.items["start"].to_numpy(np.int64)[items]
    arriving = met.arrivals.of(items).part(0, len(items), days)
    run = without_order(start, demand, arriving, rules.lost_share)
    return np.asarray(run.short[days].mean(axis=1, dtype=np.float64))


def _no_offer(row: dict[Any, Any]) -> str:
    start = f"{row['sku']} at {row['warehouse']} will miss {row['short']:,.0f} units"
    if np.isnan(row["landed_cost"]):
        return f"{start} and has no valid offer; add one to offers."
    return (
        f"{start}, but it sells at {row['price']:,.2f} and costs {row['landed_cost']:,.2f} landed; "
        "raise its price or take it off sale."
    )
