"""Proposals to ship: one a warehouse and service, or one around an outage, judged in many worlds."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from workbench.agents.routing.lines import CANCEL, WAY, Record, count, line_records
from workbench.agents.routing.unsent import days_late, unsent, unsent_in_all, waiting
from workbench.optimize.batch import Floats
from workbench.optimize.lateness import drawn_days, possible_times
from workbench.optimize.open_orders import OpenOrders
from workbench.optimize.parcels import per_parcel
from workbench.optimize.route_plan import RoutePlan
from workbench.policy import Policy
from workbench.tables import WITHOUT_ORDER

ACTIONS = {
    "other": "send each parcel by its next best warehouse and service",
    "hold": "do nothing: the orders wait until tomorrow",
    "cancel": CANCEL,
}


def shipments(plan: RoutePlan, policy: Policy, seed: int) -> Iterator[Record]:
    """One proposal a warehouse and service; what a doubtful SKU touches apart.

    All that goes round an outage is one proposal: a person says yes or no to it once.
    """
    case, shipped, runners_up, found = plan.case, plan.parcels, plan.runners_up, plan.found
    rng = np.random.default_rng(seed)
    whole = (
        f"All {len(found.option) - found.held.sum():,} orders that leave or could cost {found.cost:,.0f} "
        f"{policy.business.base_currency}, and no plan could cost less than {found.bound:,.0f} "
        f"({found.gap:.2%} is the most that could be saved)."
    )
    for subject, rows in shipped.groupby(_subjects(shipped)):
        days = _days(case, rows, policy, rng)
        costs = _simulated(case, rows, days, runners_up, policy, rng)
        units = per_parcel(case.parcels, case.lines["quantity"].to_numpy(np.float64))[rows["parcel"]]
        lines = _lines(case, rows, unsent(rows, case.costs.transit, policy.routing))
        yield {
            "agent": "routing",
            "kind": "shipment",
            "subject": subject,
            "title": _title(rows, lines),
            "skus": sorted(lines["sku"].unique().tolist()),
            "quantity": float(lines["quantity"].sum()),
            "value": float(lines["cost"].sum()),
            "reason": "rerouted_outage" if rows["outage"].iloc[0] else "cheapest_way",
            "outage_share": float(rows["outage_share"].max()),
            **_judged(rows, costs, days, policy),
            "in_all": unsent_in_all(rows, units, days, policy.routing),
            "evidence": [*_evidence(rows, policy), whole],
            "lines": line_records(lines),
        }


def _subjects(shipped: pd.DataFrame) -> pd.Series[str]:
    """The proposal that every parcel belongs to."""
    way = shipped["warehouse"] + "-" + shipped["carrier"] + "-" + shipped["service"]
    batch = way.where(shipped["outage"] == "", "outage-" + shipped["outage"])
    return "SH-" + batch + shipped["doubtful"].map({True: "-check", False: ""})


def _simulated(
    case: OpenOrders,
    rows: pd.DataFrame,
    days: Floats,
    runners_up: pd.DataFrame,
    policy: Policy,
    rng: np.random.Generator,
) -> dict[str, Floats]:
    """Cost of the batch by action in every world, shape (worlds,), money; `days` as drawn by `_days`.

    Where no parcel has another way, the orders could only be cancelled, at the policy's price of an order
    that is not served.
    """
    held = _cost(rows, days + 1) + waiting(rows, policy.routing).sum()
    costs = {"ship": _cost(rows, days), "hold": held}
    has_other = rows.index.isin(runners_up.index)
    if has_other.any():
        other = runners_up.loc[rows.index[has_other]]
        stay = _cost(rows[~has_other], days[~has_other])
        costs["other"] = stay + _cost(other, _days(case, other, policy, rng))
    else:
        costs["cancel"] = np.full_like(costs["ship"], rows["share"].sum() * policy.routing.unserved_cost)
    return costs


def _days(case: OpenOrders, rows: pd.DataFrame, policy: Policy, rng: np.random.Generator) -> Floats:
    """Days that each parcel takes in every world, (parcels, worlds): the chances themselves are uncertain."""
    way, row = np.unique(rows["way"].to_numpy(), return_inverse=True)
    transit = case.costs.transit
    times = possible_times(transit.pmf[way], transit.weight[way], policy.demand.paths, rng)
    return drawn_days(times, row, rng)


def _cost(rows: pd.DataFrame, days: Floats) -> Floats:
    cost: Floats = rows["outlay"].sum() + rows["late_cost"].to_numpy() @ days_late(rows, days)
    return cost


def _judged(rows: pd.DataFrame, costs: dict[str, Floats], days: Floats, policy: Policy) -> Record:
    """Confidence, alternatives and what happens if nothing is done."""
    best = np.minimum.reduce([cost for action, cost in costs.items() if action != "ship"])
    right = costs["ship"] <= best + policy.routing.tolerance * np.abs(best)
    mean = {action: float(cost.mean()) for action, cost in costs.items()}
    risk = max(mean["hold"] - mean["ship"], 0.0)
    orders, currency = rows["order"].nunique(), policy.business.base_currency
    now, then = days_late(rows, days), days_late(rows, days, 1)
    order_days = _spread(rows["share"].to_numpy() @ then)
    return {
        "confidence": float(right.mean()),
        "money_at_risk": risk,
        "if_nothing": (
            f"A day longer in the warehouse for {count(orders, 'order')}: a parcel is then late with a "
            f"chance of {(then > 0).mean():.0%}, not {(now > 0).mean():.0%}, and {order_days} order days "
            f"late come together (P10 · P50 · P90). With the waiting that costs "
            f"{_spread(costs['hold'] - costs['ship'])} {currency} more, {risk:,.0f} expected."
        ),
        "alternatives": [
            {"action": text, "cost": mean[action]} for action, text in ACTIONS.items() if action in mean
        ],
        "expected_cost": mean["ship"],
    }


def _spread(worlds: Floats) -> str:
    low, middle, high = np.quantile(worlds, WITHOUT_ORDER, method="inverted_cdf")
    return f"{low:,.0f} · {middle:,.0f} · {high:,.0f}"


def _title(rows: pd.DataFrame, lines: pd.DataFrame) -> str:
    orders, units = rows["order"].nunique(), int(lines["quantity"].sum())
    out, day = rows["outage"].iloc[0], rows["hand_over"].min().date()
    way = " ".join(rows[["carrier", "service"]].iloc[0])
    how = f"round {out}, which is down" if out else f"from {rows['warehouse'].iloc[0]} by {way}"
    return (
        f"Ship {count(orders, 'order')} ({count(units, 'unit')}, {count(len(rows), 'parcel')}) "
        f"{how}, handed over from {day} on."
    )


def _evidence(rows: pd.DataFrame, policy: Policy) -> list[str]:
    money, late = policy.business.base_currency, _slack(rows) < 0
    split = int((rows.groupby("order")["share"].max() < 1).sum())
    sentences = [
        f"Freight and handling are {(rows['freight'] + rows['handling']).sum():,.2f} {money}, "
        f"CO2 equivalent is {rows['co2e_kg'].sum():,.1f} kg.",
        f"Late even if the service keeps its days: {count(int(late.sum()), 'parcel')}; "
        f"{(rows['days_late'] * rows['share']).sum():,.1f} order days late are expected in all.",
    ]
    if split:
        sentences.append(f"In several parcels: {count(split, 'order')}.")
    stock, capacity = rows["stock_price"].sum(), rows["capacity_price"].sum()
    if stock + capacity > 0:
        sentences.append(
            f"Others would pay {stock:,.2f} {money} for their scarce units and {capacity:,.2f} {money} "
            "for their place of the day; the costs of the alternatives count both."
        )
    if rows["outage"].iloc[0]:
        ways = (rows["carrier"] + " " + rows["service"] + " from " + rows["warehouse"]).value_counts()
        sentences.append(
            f"{rows['outage'].iloc[0]} is down; it touches {rows['outage_share'].max():.1%} of open orders."
        )
        sentences.append("Parcels: " + ", ".join(f"{way} {number:,}" for way, number in ways.items()) + ".")
    return sentences


def _slack(rows: pd.DataFrame) -> pd.Series[float]:
    """Days from the service's promise to the order's."""
    return rows["allowed"] - rows["days"]


def _lines(case: OpenOrders, rows: pd.DataFrame, without: pd.DataFrame) -> pd.DataFrame:
    """The table `shipment_lines` of some parcels: cost, CO2 equivalent and what is lost `without` it are
    shared out by line."""
    inside = csr_array(case.parcels.lines[rows["parcel"].to_numpy()])
    held = np.diff(inside.indptr)
    row = rows.loc[rows.index.repeat(held)].reset_index(drop=True)
    line = case.lines.loc[inside.indices, ["line", "sku", "quantity"]].reset_index(drop=True)
    share = np.repeat(1 / held, held)
    told = without.loc[rows.index.repeat(held)].reset_index(drop=True)
    lost, missed = told.filter(like="lost_"), told.filter(like="missed_").astype("float64")
    lines = pd.DataFrame({"order_id": row["order_id"], "line": line["line"], "parcel": row["number"]})
    lines = lines.assign(
        sku=line["sku"],
        **row[WAY],
        quantity=line["quantity"],
        cost=(row["freight"] + row["handling"]) * share,
        co2e_kg=row["co2e_kg"] * share,
        expected_on=row["delivered_on"],
        days_late=np.maximum(-_slack(row), 0.0) + 0.0,  # no negative zero
        **row[["runner_up"]],
        **row[["runner_up_cost", "stock_price", "capacity_price"]].round(2),
        **row[["promised_on"]],
        **told.filter(like="delivered_on_"),
        **missed.mul(line["quantity"], axis=0),
        **lost.mul(share, axis=0).round(2),
    )
    return lines.sort_values(["order_id", "line"], ignore_index=True)
