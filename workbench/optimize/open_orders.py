"""Open orders with all that they could do: their parcels, options and plans, and why some have none."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.optimize.batch import Floats, Ints
from workbench.optimize.order_options import options, priced, standing, with_plan
from workbench.optimize.parcels import Parcels, parcels
from workbench.optimize.stock_pools import Pools, pools
from workbench.policy import RoutingPolicy


class OpenOrders(NamedTuple):
    """Everything known of the open orders; an order is its position in `orders`.

    `lines`: open lines by order_id and line, with order and weight_kg. `orders`: order_id, region,
    promised_on (its earliest), lines (their number), planned (its carriers), doubtful, and `reason`, why it
    has no usable plan (empty: it has one). `options`: every priced option, disrupted ones too. `limits`:
    orders a day by warehouse, infinite for none.
    """

    lines: pd.DataFrame
    orders: pd.DataFrame
    parcels: Parcels
    pools: Pools
    options: pd.DataFrame
    limits: Floats


def open_orders(
    open_lines: pd.DataFrame,
    stock: pd.DataFrame,
    products: pd.DataFrame,
    warehouses: pd.DataFrame,
    ways: pd.DataFrame,
    rates: pd.DataFrame,
    policy: RoutingPolicy,
    doubtful: Collection[str],
) -> OpenOrders:
    """All orders of the open lines; `ways` as from `ways.ways`, `doubtful` SKUs."""
    places = warehouses.sort_values("warehouse", ignore_index=True)
    lines = _lines(open_lines, products)
    orders = _orders(lines, doubtful)
    known = lines["weight_kg"].notna().to_numpy()
    lines["weight_kg"] = lines["weight_kg"].fillna(0.0)
    there = pools(lines, stock, places["warehouse"].tolist())
    there = there._replace(covered=there.covered & known[:, None])
    made = parcels(lines["order"].to_numpy(), there.covered, policy.max_parcels)
    stands = standing(made, there)
    going = options(stands, made, lines, orders, ways, places)
    with_price = priced(going, rates, ways, policy)
    stages = {
        "unknown_sku": np.bincount(lines["order"], ~known, len(orders)) == 0,
        "no_zone": orders["region"].isin(ways["region"]).to_numpy(),
        "no_stock": with_plan(made, stands["parcel"].to_numpy(), len(orders)),
        "no_service": with_plan(made, going["parcel"].to_numpy(), len(orders)),
        "no_rate": with_plan(made, with_price["parcel"].to_numpy(), len(orders)),
        "warehouse_down": with_plan(made, _up(with_price, "warehouse_down"), len(orders)),
        "carrier_down": with_plan(made, _up(with_price, "warehouse_down", "carrier_down"), len(orders)),
    }
    orders["reason"] = np.select([~passed for passed in stages.values()], list(stages), "")
    limits = places["orders_per_day"].fillna(np.inf).to_numpy()
    return OpenOrders(lines, orders, made, there, with_price, limits)


def _up(rows: pd.DataFrame, *down: str) -> Ints:
    """Parcels that can go although these do not work."""
    parcel: Ints = rows.loc[~rows[list(down)].any(axis=1), "parcel"].to_numpy()
    return parcel


def _lines(open_lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    lines = open_lines.sort_values(["order_id", "line"], ignore_index=True)
    lines["order"] = lines.groupby("order_id", sort=True).ngroup()
    lines = lines.merge(products[["sku", "weight_kg"]], on="sku", how="left", validate="many_to_one")
    lines["weight_kg"] *= lines["quantity"]
    return lines


def _orders(lines: pd.DataFrame, doubtful: Collection[str]) -> pd.DataFrame:
    by_order = lines.assign(doubtful=lines["sku"].isin(list(doubtful))).groupby("order", sort=True)
    return by_order.agg(
        order_id=("order_id", "first"),
        region=("region", "first"),
        promised_on=("promised_on", "min"),
        lines=("line", "size"),
        doubtful=("doubtful", "any"),
    )
