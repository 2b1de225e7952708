"""Proposals to hold: the orders that cannot leave today, named with why."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from workbench.agents.routing.lines import CANCEL, Record, count, line_records
from workbench.optimize.open_orders import OpenOrders
from workbench.policy import Policy
from workbench.tables import WITHOUT_ORDER, quantile_column

UNNAMED = "do nothing: they wait unnamed"
WHY_HELD = {
    "unknown_sku": "a line is for a SKU that products does not know; add it there or correct the order",
    "no_zone": "no carrier has a zone for their region; add the region to zones",
    "no_stock": "no warehouse has the units, or too many would have to send a parcel each",
    "no_service": "no service goes to their region from where the units are",
    "no_rate": "no band of the rates holds parcels of their weight; complete the rates or split the orders",
    "warehouse_down": "the only warehouse that could serve them is down",
    "carrier_down": "the only carrier that could serve them is down",
    "no_capacity": "other orders take the capacity of the day that they would need",
}


def holds(case: OpenOrders, held: pd.DataFrame, policy: Policy) -> Iterator[Record]:
    """One proposal a reason: these orders cannot leave today; who does not hold them may only cancel them."""
    currency, per_order = policy.business.base_currency, policy.routing.hold_cost_per_day
    for (reason, doubtful), orders in held.groupby(["reason", "doubtful"]):
        lines = case.lines[case.lines["order"].isin(orders.index)]
        lines = lines.drop(columns="promised_on").join(
            orders[["expected_on", "days_late", "promised_on"]], on="order", validate="many_to_one"
        )
        lines = lines.assign(parcel=1, warehouse=None, carrier=None, service=None, cost=0.0, co2e_kg=0.0)
        lines = lines.assign(runner_up=None, runner_up_cost=np.nan, stock_price=0.0, capacity_price=0.0)
        lines = lines.assign(**_unnamed(lines, per_order))
        waiting = len(orders) * per_order
        when = orders["expected_on"].dropna()
        yield {
            "agent": "routing",
            "kind": "hold_orders",
            "subject": f"HO-{reason}" + ("-check" if doubtful else ""),
            "title": f"Hold {count(len(orders), 'order')} ({count(int(lines['quantity'].sum()), 'unit')}): "
            f"{WHY_HELD[str(reason)]}.",
            "skus": sorted(lines["sku"].unique().tolist()),
            "quantity": float(lines["quantity"].sum()),
            "value": 0.0,
            "confidence": 1.0,  # no other way is open to them
            "reason": reason,
            "if_nothing": f"They wait just the same, at about {waiting:,.0f} {currency} a day, "
            "and nobody tells the customers.",
            "money_at_risk": waiting,
            "expected_cost": waiting,
            "in_all": lines.filter(regex="^(missed|lost)_").sum().round(2).to_dict(),
            "alternatives": [
                {"action": UNNAMED, "cost": waiting},
                {"action": CANCEL, "cost": len(orders) * policy.routing.unserved_cost},
            ],
            "evidence": [
                f"They could be delivered from {when.min().date()} on."
                if len(when)
                else "When they could be served is not known."
            ],
            "outage_share": float(orders["outage_share"].max()) if reason == "carrier_down" else 0.0,
            "lines": line_records(lines),
        }


def _unnamed(lines: pd.DataFrame, per_order: float) -> dict[str, pd.Series[Any]]:
    """Columns that tell what comes of held lines either way: the day, as far as it is known, is one."""
    of_order = lines.groupby("order")["line"].transform("size")
    met = {
        "delivered_on": lines["expected_on"],
        "missed": lines["quantity"].where(lines["days_late"] > 0, 0).astype("float64"),
        "lost": (per_order / of_order).round(2),
    }
    return {f"{name}_{quantile_column(p)}": told for p in WITHOUT_ORDER for name, told in met.items()}
