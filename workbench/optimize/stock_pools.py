"""The stock that open order lines draw on: what is reserved for them, and what is free."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.optimize.batch import NONE, Floats, Ints, Mask


class Pools(NamedTuple):
    """Stock by pool. `units`: (pools,). `sku`: (pools,), the number of the SKU that free units are of, -1 for
    reserved ones. `pool`: (lines, warehouses), what a line would draw on there.
    `covered`: (lines, warehouses), whether that pool holds the line's whole quantity."""

    units: Floats
    sku: Ints
    pool: Ints
    covered: Mask


def pools(lines: pd.DataFrame, stock: pd.DataFrame, warehouses: list[str]) -> Pools:
    """Two pools a SKU and warehouse: free units, and those reserved for the open lines that name it.

    `lines`: sku, quantity and warehouse (where its units are reserved; blank: nowhere). Of 10 units on hand,
    3 reserved for a line of 2: that line draws on 2, every other line on the free 7. The lines are believed
    where they reserve more than the stock says.
    """
    skus, places = pd.Index(lines["sku"].unique()), pd.Index(warehouses)
    shape = (len(skus), len(warehouses))
    on_hand, reserved, claimed = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    sku = skus.get_indexer(pd.Index(lines["sku"]))
    at = places.get_indexer(pd.Index(lines["warehouse"]))
    quantity = lines["quantity"].to_numpy(dtype=np.float64)
    has_claim = at >= 0
    np.add.at(claimed, (sku[has_claim], at[has_claim]), quantity[has_claim])
    row = skus.get_indexer(pd.Index(stock["sku"]))
    column = places.get_indexer(pd.Index(stock["warehouse"]))
    known = (row >= 0) & (column >= 0)
    on_hand[row[known], column[known]] = stock["on_hand"].to_numpy()[known]
    reserved[row[known], column[known]] = stock["reserved"].to_numpy()[known]
    free = np.maximum(on_hand - np.maximum(reserved, claimed), 0.0)
    units = np.stack([free, np.minimum(claimed, on_hand)], axis=-1)
    place = np.arange(len(warehouses))
    pool = (sku[:, None] * len(warehouses) + place) * 2 + (at[:, None] == place)
    of_sku = np.stack([np.indices(shape)[0], np.full(shape, NONE)], axis=-1)
    return Pools(units.ravel(), of_sku.ravel(), pool, units.ravel()[pool] >= quantity[:, None])
