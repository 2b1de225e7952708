"""Orders that do not leave today: why, and from when they could."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from scipy.sparse import csr_array

from workbench.optimize.batch import Floats, Ints, Mask
from workbench.optimize.open_orders import OpenOrders
from workbench.optimize.parcels import per_parcel, with_plan
from workbench.optimize.restocked import restocked_on


def held_orders(
    case: OpenOrders, lost_out: Ints, shipped: pd.DataFrame, inbound: pd.DataFrame, today: date
) -> pd.DataFrame:
    """The orders without a way and those that `lost_out` to others, with `reason`, `expected_on` (day of
    delivery if sent as soon as that is possible, blank if unknown) and `days_late`.

    What lacks capacity could leave tomorrow, what a disruption holds up when it ends, what lacks stock when
    enough of it has arrived; days are those of the order's fastest service. Without such a day the order is
    late by what it is late today.
    """
    orders = case.orders.copy()
    left = _left(case, shipped)
    enough = _still_in_stock(case, left)
    orders.loc[lost_out, "reason"] = np.where(enough[lost_out], "no_capacity", "no_stock")
    held = orders[orders["reason"] != ""]
    ways, count = case.costs.ways, len(orders)
    days = case.costs.least(ways["days"].to_numpy(dtype=np.float64), count)[held.index]
    fastest = pd.Series(np.where(np.isfinite(days), days, np.nan), index=held.index)
    fastest = fastest.fillna(held["region"].map(ways.groupby("region")["days"].min()))
    # days since the epoch, so that the least of them is the first; a way without an end has none
    ends = ways["back_on"].to_numpy(dtype="datetime64[D]")
    known = np.where(np.isnat(ends), np.inf, ends.astype(np.float64))
    first = case.costs.least(known, count)[held.index]
    back_on = pd.Series(
        pd.to_datetime(np.where(np.isfinite(first), first, np.nan), unit="D"), index=held.index
    )
    tomorrow = pd.Timestamp(today) + pd.Timedelta(days=1)
    leaves_on = back_on.where(held["reason"].isin(["carrier_down", "warehouse_down"]))
    leaves_on = leaves_on.mask(held["reason"] == "no_capacity", tomorrow)
    restocked = _restocked(case, held, left, inbound, pd.Timestamp(today))
    leaves_on = leaves_on.mask(held["reason"] == "no_stock", restocked)
    expected_on = (leaves_on + pd.to_timedelta(fastest, unit="D")).dt.as_unit("us")
    late = (expected_on.fillna(pd.Timestamp(today)) - held["promised_on"]).dt.days
    return held.assign(expected_on=expected_on, days_late=late.clip(lower=0).fillna(0.0).astype("float64"))


def _restocked(
    case: OpenOrders, held: pd.DataFrame, left: Floats, inbound: pd.DataFrame, today: pd.Timestamp
) -> pd.Series[pd.Timestamp]:
    """The day on which the last line that lacks stock has enough, by held order; blank if one never has."""
    quantity = case.lines["quantity"].to_numpy()
    short = ~(left[case.pools.pool] >= quantity[:, None]).any(axis=1)
    waits = case.lines["order"].isin(held.index[held["reason"] == "no_stock"]).to_numpy()
    lines = case.lines.loc[short & waits, ["sku", "region", "quantity", "promised_on", "order"]]
    days = restocked_on(lines, inbound, case.costs.ways[["region", "warehouse"]].drop_duplicates(), today)
    by_order = days.groupby(lines["order"])
    last = by_order.max().where(by_order.count() == by_order.size())
    found: pd.Series[pd.Timestamp] = last.reindex(held.index).astype("datetime64[us]")
    return found


def _left(case: OpenOrders, shipped: pd.DataFrame) -> Floats:
    """Units of every pool once the shipped parcels are gone."""
    inside = csr_array(case.parcels.lines[shipped["parcel"].to_numpy()])
    place = np.repeat(shipped["place"].to_numpy(), np.diff(inside.indptr))
    quantity = case.lines["quantity"].to_numpy()
    taken = case.pools.pool[inside.indices, place]
    left = case.pools.units.copy()
    np.subtract.at(left, taken, quantity[inside.indices])
    return left


def _still_in_stock(case: OpenOrders, left: Floats) -> Mask:
    """Orders that would have a plan with what is `left`."""
    quantity = case.lines["quantity"].to_numpy()
    covered = case.pools.covered & (left[case.pools.pool] >= quantity[:, None])
    missing = per_parcel(case.parcels, (~covered).astype(np.float64))
    return with_plan(case.parcels, (missing == 0).any(axis=1), len(case.orders))
