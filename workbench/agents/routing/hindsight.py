"""What shipments and holds cost, once it is known when the parcels arrived."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from workbench.agents.routing.holds import UNNAMED
from workbench.agents.routing.lines import CANCEL, WAY
from workbench.agents.routing.shipments import ACTIONS
from workbench.formulas.hindsight import Hindsight
from workbench.policy import RoutingPolicy

LEFT_ANYWAY = "send what left all the same"


def shipped(
    proposal: Mapping[Hashable, Any],
    open_lines: pd.DataFrame,
    order_lines: pd.DataFrame,
    deliveries: pd.DataFrame,
    rules: RoutingPolicy,
) -> tuple[Hindsight, pd.Timestamp] | None:
    """Costs of a shipping batch and the day on which its last parcel arrived; None: not known yet.

    `proposal`: a record as from the ledger; `open_lines` as routing saw them, `order_lines` and `deliveries`
    as they are known now. Known are parcels that arrived by the warehouse and service that were proposed. The
    batch waits while one of them is on its way or its order still open; what was cancelled or left otherwise
    is none of its business. Waiting a day would have delivered a day later; the runners-up cost what was
    expected of them, as nobody has seen them travel.
    """
    parcels = _parcels(proposal["lines"], open_lines, deliveries, rules)
    gone = parcels["handed_over_on"].notna()
    is_open = parcels["order_id"].isin(order_lines.loc[order_lines["status"] == "open", "order_id"])
    if not gone.any() or (gone & parcels["delivered_on"].isna()).any() or (~gone & is_open).any():
        return None
    part = parcels[gone]
    late = (part["delivered_on"] - part["promised_on"]).dt.days.astype("float64")
    cost = float(part["outlay"].sum() + (late.clip(lower=0).fillna(0.0) * part["late_cost"]).sum())
    later = float(((late + 1).clip(lower=0).fillna(0.0) * part["late_cost"]).sum())
    held = float(part["outlay"].sum() + part["share"].sum() * rules.hold_cost_per_day) + later
    others = {ACTIONS["hold"]: held}
    expected = {other["action"]: float(other["cost"]) for other in proposal["alternatives"]}
    if ACTIONS["other"] in expected:
        share = part["outlay"].sum() / parcels["outlay"].sum()
        others[ACTIONS["other"]] = expected[ACTIONS["other"]] * float(share)
    if CANCEL in expected:
        others[CANCEL] = float(part["share"].sum()) * rules.unserved_cost
    instead = held if proposal["instead"] == [] else None
    tolerance = rules.tolerance * abs(min(others.values()))
    return Hindsight(cost, others, tolerance, instead), part["delivered_on"].max()


def held(
    proposal: Mapping[Hashable, Any], day: pd.Timestamp, deliveries: pd.DataFrame, rules: RoutingPolicy
) -> Hindsight | None:
    """Costs of having held orders for a day; None while no parcel of a later day is known.

    An order that was held because nothing could be done with it, and left that very day, was held wrongly.
    """
    if not (deliveries["handed_over_on"] > day).any():
        return None
    orders = {line["order_id"] for line in proposal["lines"]}
    left = orders & set(deliveries.loc[deliveries["handed_over_on"] == day, "order_id"])
    waiting = len(orders) * rules.hold_cost_per_day
    others = {UNNAMED: waiting, CANCEL: len(orders) * rules.unserved_cost}
    if left:
        others[LEFT_ANYWAY] = waiting - len(left) * rules.hold_cost_per_day
    return Hindsight(waiting, others, rules.tolerance * min(others.values()))


def _parcels(
    lines: list[Mapping[str, Any]], open_lines: pd.DataFrame, deliveries: pd.DataFrame, rules: RoutingPolicy
) -> pd.DataFrame:
    """A row a parcel: outlay, cost of a day late, promise, and its days if it went as proposed."""
    rows = pd.DataFrame(lines)
    parcels = rows.groupby(["order_id", "parcel", *WAY], as_index=False).agg(
        lines=("line", "size"),
        cost=("cost", "sum"),
        co2e_kg=("co2e_kg", "sum"),
        stock_price=("stock_price", "first"),
        capacity_price=("capacity_price", "first"),
    )
    orders = open_lines.groupby("order_id", as_index=False).agg(
        of=("line", "size"), promised_on=("promised_on", "min")
    )
    parcels = parcels.merge(orders, on="order_id", how="left", validate="many_to_one")
    days = deliveries.sort_values("parcel").drop_duplicates(["order_id", *WAY])
    days = days[["order_id", *WAY, "handed_over_on", "delivered_on"]]
    parcels = parcels.merge(days, on=["order_id", *WAY], how="left", validate="many_to_one")
    share = parcels["lines"] / parcels["of"]
    scarce = parcels["stock_price"] + parcels["capacity_price"]
    return parcels.assign(
        share=share,
        outlay=parcels["cost"] + parcels["co2e_kg"] * rules.co2e_price + scarce,
        late_cost=share * rules.lateness_cost_per_day,
    )
