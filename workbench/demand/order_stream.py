"""Orders as they came in: one event an order and series, in minutes, cleaned of what cannot count."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

SERIES = ["sku", "channel"]

Values = NDArray[np.float64]
Index = NDArray[np.int64]


class Orders(NamedTuple):
    """Orders sorted by series and time: `series` (orders,) is a row of the caller's table of series,
    `minute` (orders,) counts from the caller's start, `units` (orders,) are the units of its lines."""

    series: Index
    minute: Values
    units: Values

    def within(self, first: float, last: float) -> Orders:
        """Those from minute `first` to before minute `last`."""
        kept = (self.minute >= first) & (self.minute < last)
        return Orders(self.series[kept], self.minute[kept], self.units[kept])


def countable(order_lines: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """One row an order, SKU and channel, with its first time and its units.

    Orders are counted, not units or lines: one large order is no spike. Left out are lines from `end` on
    (not known yet), those without a time, cancelled ones and those without units (returns). A line that is
    there twice (same `order_id` and `line`) counts once.
    """
    known = order_lines["ordered_at"].notna() & (order_lines["ordered_at"] < end)
    sold = order_lines["status"].ne("cancelled") & (order_lines["quantity"] > 0)
    lines = order_lines[known & sold].drop_duplicates(["order_id", "line", *SERIES])
    grouped = lines.groupby([*SERIES, "order_id"], observed=True, sort=True)
    return grouped.agg(ordered_at=("ordered_at", "min"), units=("quantity", "sum")).reset_index()


def stream(counted: pd.DataFrame, series: pd.DataFrame, start: pd.Timestamp) -> Orders:
    """The rows of `countable` as arrays; `series` is the sorted table of all sku × channel."""
    row = pd.MultiIndex.from_frame(series).get_indexer(pd.MultiIndex.from_frame(counted[SERIES]))
    minute = np.asarray((counted["ordered_at"] - start) / pd.Timedelta(minutes=1), dtype=np.float64)
    order = np.lexsort((minute, row))
    units = np.asarray(counted["units"], dtype=np.float64)
    return Orders(row[order].astype(np.int64), np.asarray(minute[order]), np.asarray(units[order]))
