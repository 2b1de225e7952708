"""Proposals to ship: one a warehouse, service and day, judged in many worlds beside its alternatives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from workbench.agents.routing.lines import WAY, Record, count, line_records
from workbench.optimize.assignment import Assignment
from workbench.optimize.batch import NONE, Floats
from workbench.optimize.deliveries import delays, possible_rates
from workbench.optimize.open_orders import OpenOrders
from workbench.policy import Policy


def shipments(
    case: OpenOrders,
    shipped: pd.DataFrame,
    choices: pd.DataFrame,
    found: Assignment,
    policy: Policy,
    seed: int,
) -> Iterator[Record]:
    """One proposal a warehouse and service, what an outage or a doubtful SKU touches apart."""
    rng = np.random.default_rng(seed)
    services = choices.drop_duplicates("service_code").sort_values("service_code")
    rates = possible_rates(
        services["on_time_rate"].to_numpy(), policy.routing.on_time_weight, policy.demand.paths, rng
    )
    whole = (
        f"All {len(found.option) - found.held.sum()} orders that leave or could cost {found.cost:,.0f} "
        f"{policy.business.base_currency}, and no plan could cost less than {found.bound:,.0f} "
        f"({found.gap:.2%} is the most that could be saved)."
    )
    for (warehouse, carrier, service, outage, doubtful), rows in shipped.groupby(
        [*WAY, "outage", "doubtful"]
    ):
        costs = _simulated(rows, choices, rates, policy, rng)
        lines = _lines(case, rows)
        subject = f"SH-{warehouse}-{carrier}-{service}"
        yield {
            "agent": "routing",
            "kind": "shipment",
            "subject": subject + ("-outage" if outage else "") + ("-check" if doubtful else ""),
            "title": _title(rows, lines),
            "skus": sorted(lines["sku"].unique().tolist()),
            "quantity": float(lines["quantity"].sum()),
            "value": float(lines["cost"].sum()),
            "reason": "rerouted_outage" if outage else "cheapest_way",
            "outage_share": float(rows["outage_share"].max()),
            **_judged(rows, costs, policy),
            "evidence": [*_evidence(rows, policy), whole],
            "lines": line_records(lines),
        }


def _simulated(
    rows: pd.DataFrame, choices: pd.DataFrame, rates: Floats, policy: Policy, rng: np.random.Generator
) -> dict[str, Floats]:
    """Cost of the batch by action in every world, shape (worlds,), money: on-time rates and delays drawn."""
    delay = delays(rates[rows["service_code"]], rng)
    waiting = float(rows["share"].sum()) * policy.routing.hold_cost_per_day
    costs = {"ship": _cost(rows, delay), "hold": _cost(rows, delay + 1) + waiting}
    has_other = (rows["runner_up"] != NONE).to_numpy()
    if has_other.any():
        other = choices.loc[rows.loc[has_other, "runner_up"]]
        stay = _cost(rows[~has_other], delay[~has_other])
        costs["other"] = stay + _cost(other, delays(rates[other["service_code"]], rng))
    return costs


def _cost(rows: pd.DataFrame, delay: Floats) -> Floats:
    late = np.maximum(delay - rows["slack"].to_numpy()[:, None], 0.0)
    cost: Floats = rows["outlay"].sum() + rows["late_cost"].to_numpy() @ late
    return cost


def _judged(rows: pd.DataFrame, costs: dict[str, Floats], policy: Policy) -> Record:
    """Confidence, alternatives and what happens if nothing is done."""
    best = np.minimum.reduce([cost for action, cost in costs.items() if action != "ship"])
    right = costs["ship"] <= best + policy.routing.tolerance * np.abs(best)
    mean = {action: float(cost.mean()) for action, cost in costs.items()}
    risk = max(mean["hold"] - mean["ship"], 0.0)
    orders, currency = rows["order"].nunique(), policy.business.base_currency
    actions = {
        "other": "send each parcel by its next best warehouse and service",
        "hold": "do nothing: the orders wait until tomorrow",
    }
    return {
        "confidence": float(right.mean()),
        "money_at_risk": risk,
        "if_nothing": f"A day longer in the warehouse for {count(orders, 'order')}; "
        f"with later deliveries that costs about {risk:,.0f} {currency}.",
        "alternatives": [
            {"action": text, "cost": mean[action]} for action, text in actions.items() if action in mean
        ],
        "expected_cost": mean["ship"],
    }


def _title(rows: pd.DataFrame, lines: pd.DataFrame) -> str:
    way, day = rows.iloc[0], rows["hand_over"].iloc[0].date()
    instead = f" instead of {way['outage']}, which is down" if way["outage"] else ""
    orders, units = rows["order"].nunique(), int(lines["quantity"].sum())
    return (
        f"Ship {count(orders, 'order')} ({count(units, 'unit')}, {count(len(rows), 'parcel')}) "
        f"from {way['warehouse']} by {way['carrier']} {way['service']}{instead}, handed over on {day}."
    )


def _evidence(rows: pd.DataFrame, policy: Policy) -> list[str]:
    money, late = policy.business.base_currency, rows["slack"] < 0
    split = int((rows.groupby("order")["share"].max() < 1).sum())
    sentences = [
        f"Freight and handling are {(rows['freight'] + rows['handling']).sum():,.2f} {money}, "
        f"CO2 equivalent is {rows['co2e_kg'].sum():,.1f} kg.",
        f"Late even if the service keeps its days: {count(int(late.sum()), 'parcel')}; "
        f"{(rows['days_late'] * rows['share']).sum():,.1f} order days late are expected in all.",
    ]
    if split:
        sentences.append(f"In several parcels: {count(split, 'order')}.")
    if rows["scarcity"].gt(0).any():
        sentences.append(
            f"They use scarce stock and capacity that others would pay {rows['scarcity'].sum():,.2f} {money} "
            "for; the costs of the alternatives count it too."
        )
    if rows["outage"].iloc[0]:
        sentences.append(
            f"{rows['outage'].iloc[0]} is down; it touches {rows['outage_share'].max():.1%} of open orders."
        )
    return sentences


def _lines(case: OpenOrders, rows: pd.DataFrame) -> pd.DataFrame:
    """The table `shipment_lines` of some parcels: cost and CO2 equivalent are shared out by line."""
    inside = csr_array(case.parcels.lines[rows["parcel"].to_numpy()])
    held = np.diff(inside.indptr)
    row = rows.loc[rows.index.repeat(held)].reset_index(drop=True)
    line = case.lines.loc[inside.indices, ["line", "sku", "quantity"]].reset_index(drop=True)
    share = np.repeat(1 / held, held)
    lines = pd.DataFrame({"order_id": row["order_id"], "line": line["line"], "parcel": row["number"]})
    lines = lines.assign(
        sku=line["sku"],
        **row[WAY],
        quantity=line["quantity"],
        cost=(row["freight"] + row["handling"]) * share,
        co2e_kg=row["co2e_kg"] * share,
        expected_on=row["delivered_on"],
        days_late=np.maximum(-row["slack"], 0.0) + 0.0,  # no negative zero
    )
    return lines.sort_values(["order_id", "line"], ignore_index=True)
