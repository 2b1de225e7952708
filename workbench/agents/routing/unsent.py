"""What parcels meet if they wait until tomorrow: their day of delivery, what misses its promise, the cost."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from workbench.formulas.transit_times import TransitTimes
from workbench.optimize.batch import Floats
from workbench.policy import RoutingPolicy
from workbench.tables import WITHOUT_ORDER, quantile_column

A_DAY = np.timedelta64(1, "D")


def unsent(rows: pd.DataFrame, transit: TransitTimes, policy: RoutingPolicy) -> pd.DataFrame:
    """What comes of each parcel if it leaves a day later: its day of delivery, whether it has `missed` its
    promise, and the money lost by it, in the columns of `shipment_lines`.

    `rows`: parcels as shipped. All three follow from the days that the parcel takes, and none falls as these
    grow, so that their quantiles are what comes of the days' quantile. Handed over on Monday in time for
    Wednesday, P50 2 days: leaves on Tuesday, comes on Thursday, a day late.
    """
    chance = np.cumsum(transit.pmf, axis=1).round(12)[rows["way"].to_numpy()]
    handed_over = rows["hand_over"].to_numpy("datetime64[D]") + A_DAY
    told = {}
    for probability in WITHOUT_ORDER:
        name = quantile_column(probability)
        days = (chance >= probability).argmax(axis=1)
        late = days_late(rows, days[:, None], 1)[:, 0]
        told[f"delivered_on_{name}"] = (handed_over + days).astype("datetime64[us]")
        told[f"missed_{name}"] = late > 0
        told[f"lost_{name}"] = waiting(rows, policy) + rows["late_cost"].to_numpy() * late
    return pd.DataFrame(told, index=rows.index)


def unsent_in_all(rows: pd.DataFrame, units: Floats, days: Floats, policy: RoutingPolicy) -> dict[str, Any]:
    """The same of all parcels together, in the worlds of `days` (parcels, worlds): the last is delivered, the
    units that miss their promise, money; each quantile is a world's."""
    late = days_late(rows, days, 1)
    handed_over = (rows["hand_over"].to_numpy("datetime64[D]") + A_DAY).astype(np.int64)
    last = _spread((handed_over[:, None] + days).max(axis=0))
    missed = _spread(units @ (late > 0))
    lost = _spread(waiting(rows, policy).sum() + rows["late_cost"].to_numpy() @ late)
    told: dict[str, Any] = {}
    for place, probability in enumerate(WITHOUT_ORDER):
        name = quantile_column(probability)
        told[f"delivered_on_{name}"] = str(np.datetime64(int(last[place]), "D"))
        told[f"missed_{name}"] = float(missed[place])
        told[f"lost_{name}"] = round(float(lost[place]), 2)
    return told


def days_late(rows: pd.DataFrame, days: Floats, waited: int = 0) -> Floats:
    """Days after the promise, (parcels, worlds), of parcels that leave so many days later than they could."""
    late: Floats = np.maximum(days + waited - rows["allowed"].to_numpy()[:, None], 0.0)
    return late


def waiting(rows: pd.DataFrame, policy: RoutingPolicy) -> Floats:
    """What a day in the warehouse costs each parcel, (parcels,), money: its share of an order's."""
    cost: Floats = rows["share"].to_numpy(np.float64) * policy.hold_cost_per_day
    return cost


def _spread(worlds: Floats) -> Floats:
    found: Floats = np.quantile(worlds, WITHOUT_ORDER, method="inverted_cdf")
    return found
