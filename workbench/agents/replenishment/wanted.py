"""What each warehouse may have to serve: demand paths by SKU and warehouse, a few at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.paths import KEYS, matrix
from workbench.demand.serving import first_warehouse
from workbench.errors import TableError
from workbench.formulas.order_cost import Floats
from workbench.formulas.stock import WHERE
from workbench.optimize.shortage import continued

Rows = NDArray[np.int64]
STAYS = 2**31  # days on sale of what has no last one


@dataclass(frozen=True)
class Wanted:
    """Demand by item (a SKU at a warehouse); the paths stay where they are until a part is asked for.

    `items` is sorted by sku and warehouse, with `sold_days` (from today on, on sale); `rows` are the rows of
    `paths` by item and day, `item` and `day` theirs; `channels` holds the expected units of the horizon by
    item and channel.
    """

    items: pd.DataFrame
    paths: Floats
    rows: Rows
    item: Rows
    day: Rows
    horizon: int
    channels: pd.DataFrame

    def part(self, start: int, stop: int) -> Floats:
        """Units wanted of the items from `start` to `stop`, shape (horizon, items, paths)."""
        first, last = np.searchsorted(self.item, [start, stop])
        demand = np.zeros((self.horizon, stop - start, self.paths.shape[1]), dtype=np.float32)
        if first == last:
            return demand
        item, day = self.item[first:last], self.day[first:last]
        begins = np.flatnonzero(np.r_[True, (np.diff(item) != 0) | (np.diff(day) != 0)])
        sums = self.paths[self.rows[first:last]]
        if len(begins) < len(sums):
            sums = np.add.reduceat(sums, begins, axis=0)
        demand[day[begins], item[begins] - start] = sums
        return demand

    def coming(self, start: int, stop: int, days: int) -> Floats:
        """The same for `days` days, (days, items, paths): weeks come again until an item goes off sale."""
        demand = continued(self.part(start, stop), days)
        demand[np.arange(days)[:, None] >= self.items["sold_days"].to_numpy()[start:stop]] = 0
        return demand

    def of(self, items: Rows) -> Wanted:
        """Demand of some items alone, by rising position; the paths stay where they are."""
        kept = np.isin(self.item, items)
        place = np.searchsorted(items, self.item[kept])
        channels = self.channels[self.channels["item"].isin(items)]
        channels = channels.assign(item=np.searchsorted(items, channels["item"]))
        rows, day = self.rows[kept], self.day[kept]
        chosen = self.items.iloc[items].reset_index(drop=True)
        return Wanted(chosen, self.paths, rows, place, day, self.horizon, channels)

    def parts(self, items_at_once: int) -> Iterator[tuple[int, int]]:
        """Bounds of parts that cover all items; one empty part where there is none."""
        for start in range(0, max(1, len(self.items)), items_at_once):
            yield start, min(start + items_at_once, len(self.items))


def wanted_of(
    demand_paths: pd.DataFrame,
    regions: pd.DataFrame,
    stock: pd.DataFrame,
    products: pd.DataFrame,
    day: date,
) -> Wanted:
    """Demand falls on the first warehouse of its region; a SKU that only owes backorders is an item too.

    Raises TableError for a region without a warehouse, and for paths of another day.
    """
    keys = demand_paths[KEYS].reset_index(drop=True)
    keys = keys.assign(warehouse=first_warehouse(keys["region"], regions))
    ahead: Rows = np.asarray((keys["date"] - pd.Timestamp(day)).dt.days, dtype=np.int64)
    days = np.unique(ahead)
    if not np.array_equal(days, np.arange(len(days))):
        span = f"{keys['date'].min().date()} to {keys['date'].max().date()}"
        remedy = f"make the demand paths of {day}, with every day of the horizon, first"
        raise TableError("demand_paths", "all rows", "date", span, remedy)
    owing = stock.loc[stock["backordered"] > stock["available"], WHERE]
    items = pd.concat([keys[WHERE].drop_duplicates(), owing]).drop_duplicates()
    items = items.sort_values(WHERE, ignore_index=True)
    found = pd.MultiIndex.from_frame(items).get_indexer(pd.MultiIndex.from_frame(keys[WHERE]))
    item: Rows = np.asarray(found, dtype=np.int64)
    # sums in one order whatever the order of the rows, to the last bit
    by_series = [keys[name].factorize(sort=True)[0] for name in ("region", "channel")]
    rows: Rows = np.asarray(np.lexsort((*by_series, ahead, item)), dtype=np.int64)
    # nobody sells anything: one world in which nothing is wanted, for a day
    paths = matrix(demand_paths) if len(demand_paths) else np.zeros((0, 1), dtype=np.float32)
    expected = pd.DataFrame({"item": item, "sku": keys["sku"], "channel": keys["channel"]}).assign(
        units=paths.mean(axis=1, dtype=np.float64)
    )
    channels = expected.iloc[rows].groupby(["item", "sku", "channel"])["units"].sum().reset_index()
    horizon = max(1, len(days))
    items = items.assign(sold_days=_sold_days(items["sku"], products, day))
    return Wanted(items, paths, rows, item[rows], ahead[rows], horizon, channels)


def _sold_days(sku: pd.Series[str], products: pd.DataFrame, day: date) -> Rows:
    last = products.set_index("sku")["discontinued_on"].reindex(sku)
    days = (last - pd.Timestamp(day)).dt.days.fillna(STAYS).to_numpy(np.int64)
    return np.maximum(days + 1, 0)
