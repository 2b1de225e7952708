"""What scarce stock and capacity are worth, as a table, and as prices to begin the next plan from."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.optimize.batch import Ints
from workbench.optimize.contest import Prices
from workbench.optimize.open_orders import OpenOrders
from workbench.optimize.way_costs import service_positions
from workbench.tables import TABLES


def price_table(case: OpenOrders, prices: Prices) -> pd.DataFrame:
    """Everything that has a price, table `scarcity_prices`: free units of a SKU at a warehouse, parcels a day
    from a warehouse and by a service. What is reserved for a line is nobody else's, and is left out."""
    names = case.costs.places["warehouse"]
    sku, place, pool = _free_pools(case)
    at = names.to_numpy()[place]
    stock = pd.DataFrame({"sku": sku, "warehouse": at, "scarcity_price": prices.pool[pool]})
    hands = pd.DataFrame({"warehouse": names, "scarcity_price": prices.warehouse})
    row, column = np.indices(prices.service.shape).reshape(2, -1)
    by_service = case.costs.services.iloc[column].reset_index(drop=True)
    by_service = by_service.assign(warehouse=names.to_numpy()[row], scarcity_price=prices.service.ravel())
    found = pd.concat([stock, hands, by_service], ignore_index=True).reindex(
        columns=TABLES["scarcity_prices"].names
    )
    keys = ["sku", "warehouse", "carrier", "service"]
    found[keys] = found[keys].fillna("").astype("str")
    return found[found["scarcity_price"] > 0].sort_values(keys, ignore_index=True)


def start_prices(case: OpenOrders, table: pd.DataFrame) -> Prices | None:
    """Prices of the table in the places of the open orders, 0 for what it does not name; None if empty."""
    if table.empty:
        return None
    names = pd.Index(case.costs.places["warehouse"])
    start = Prices(np.zeros(len(case.pools.units)), np.zeros(len(names)), np.zeros(case.parcels_by.shape))
    place = names.get_indexer(pd.Index(table["warehouse"]))
    price, here = table["scarcity_price"].to_numpy(), place >= 0
    sku, at, pool = _free_pools(case)
    known = pd.MultiIndex.from_arrays([sku, names.to_numpy()[at]])
    row = known.get_indexer(pd.MultiIndex.from_frame(table[["sku", "warehouse"]]))
    start.pool[pool[row[row >= 0]]] = price[row >= 0]
    service = service_positions(case.costs.services, table)
    by_service = here & (service >= 0)
    start.service[place[by_service], service[by_service]] = price[by_service]
    hands = here & (table["sku"] == "").to_numpy() & (table["carrier"] == "").to_numpy()
    start.warehouse[place[hands]] = price[hands]
    return start


def _free_pools(case: OpenOrders) -> tuple[pd.Index, Ints, Ints]:
    """SKU, warehouse (position) and pool of the units that no line has reserved."""
    pools = np.arange(0, len(case.pools.units), 2, dtype=np.int64)
    sku, place = np.divmod(pools // 2, len(case.costs.places))
    return pd.Index(case.lines["sku"].unique())[sku], place, pools
