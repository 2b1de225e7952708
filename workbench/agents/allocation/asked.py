"""Who serves a region's demand for a SKU, in the order that routing takes them, and at what cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.formulas.stock import WHERE
from workbench.optimize.overflow import NOBODY

Index = NDArray[np.int64]
Money = NDArray[np.float64]
REGIONAL = ["sku", "region"]


@dataclass(frozen=True)
class Asked:
    """Of every place, a SKU and region: `items` (places, ranks) that serve it, the cheapest first, NOBODY
    where there is none; `more` (places, ranks), money per unit that each costs beyond the first; `assumed`
    (places,), where no way has a price and the region's own order is taken at so much a rank."""

    items: Index
    more: Money
    assumed: NDArray[np.bool_]

    @property
    def first(self) -> Index:
        """The item, (places,), that demand falls on."""
        return self.items[:, 0]


def asked_in_turn(
    places: pd.DataFrame,
    regions: pd.DataFrame,
    items: pd.DataFrame,
    serving_costs: pd.DataFrame,
    overflow_cost: float,
) -> Asked:
    """Who serves every SKU and region of `places`, of the warehouses that `regions` lists.

    Routing knows no ranks: of the warehouses with stock it takes the one that costs least, and it cannot take
    one from which no way has a price. Scarce places of the day say what a detour costs, not who is asked
    first, for they hold for the last orders alone. A warehouse without stock or demand of the SKU is not
    asked. East may be served by E for 9, by W for 10 where a place of E's day costs 0.4: W comes second at
    0.6 more.
    """
    listed = regions.sort_values(["region", "rank", "warehouse"], ignore_index=True)
    listed = listed.assign(turn=listed.groupby("region").cumcount())
    rows = places[REGIONAL].assign(place=np.arange(len(places)))
    rows = rows.merge(listed, on="region", how="inner", validate="many_to_many")
    rows = rows.assign(item=rows_of(rows, items))
    rows = rows[rows["item"] >= 0].merge(
        serving_costs, on=["sku", "region", "warehouse"], how="left", validate="one_to_one"
    )
    assumed = rows.groupby("place")["serving_cost"].transform("count") == 0
    cost = rows["serving_cost"].mask(assumed, rows["turn"] * overflow_cost)
    rows = rows.assign(cost=cost, assumed=assumed, paid=cost + rows["places_cost"].fillna(0.0))
    rows = rows[cost.notna()].sort_values(["place", "cost", "turn"], ignore_index=True)
    by_place = rows.groupby("place")
    at, turn = rows["place"].to_numpy(np.int64), by_place.cumcount().to_numpy(np.int64)
    shape = len(places), int(turn.max(initial=0)) + 1
    asked, more = np.full(shape, NOBODY, dtype=np.int64), np.zeros(shape)
    asked[at, turn] = rows["item"]
    more[at, turn] = (rows["paid"] - by_place["paid"].transform("first")).clip(lower=0.0)
    return Asked(asked, more, by_place["assumed"].first().to_numpy(np.bool_))


def rows_of(rows: pd.DataFrame, items: pd.DataFrame) -> Index:
    """Rows of the items with the SKUs and warehouses of `rows`; -1 where there is none."""
    found = pd.MultiIndex.from_frame(items[WHERE]).get_indexer(pd.MultiIndex.from_frame(rows[WHERE]))
    return np.asarray(found, dtype=np.int64)
