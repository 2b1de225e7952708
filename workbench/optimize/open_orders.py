"""Open orders with all that they could do: their parcels, costs and plans, and why some have none."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.formulas.transit_times import TransitTimes
from workbench.optimize.batch import Floats
from workbench.optimize.contest import Contest
from workbench.optimize.parcels import Parcels, parcels, whole, with_plan
from workbench.optimize.rate_cards import charges
from workbench.optimize.stock_pools import Pools, pools
from workbench.optimize.way_costs import WayCosts, sent_parcels, service_positions, way_costs
from workbench.policy import RoutingPolicy


class OpenOrders(NamedTuple):
    """Everything known of the open orders; an order is its position in `orders`.

    `lines`: open lines by order_id and line, with order, weight_kg and volume_m3. `orders`: order_id, region,
    promised_on (its earliest), lines (their number), doubtful, and `reason`, why it has no usable plan
    (empty: it has one). `costs`: every parcel by every way, disrupted ones too. `parcels_from`: parcels a day
    by warehouse, `parcels_by`: by warehouse and service, infinite for no limit.
    """

    lines: pd.DataFrame
    orders: pd.DataFrame
    parcels: Parcels
    pools: Pools
    costs: WayCosts
    parcels_from: Floats
    parcels_by: Floats


def open_orders(
    open_lines: pd.DataFrame,
    stock: pd.DataFrame,
    products: pd.DataFrame,
    warehouses: pd.DataFrame,
    ways: pd.DataFrame,
    rates: pd.DataFrame,
    transit: TransitTimes,
    policy: RoutingPolicy,
    doubtful: Collection[str],
) -> OpenOrders:
    """All orders of the open lines; `ways` as from `ways.ways`, `transit` in their order, `doubtful` SKUs."""
    places = warehouses.sort_values("warehouse", ignore_index=True)
    lines = _lines(open_lines, products)
    orders = _orders(lines, doubtful)
    known = lines["weight_kg"].notna().to_numpy()
    lines = lines.fillna({"weight_kg": 0.0, "volume_m3": 0.0})
    there = pools(lines, stock, places["warehouse"].tolist())
    there = there._replace(covered=there.covered & known[:, None])
    made = parcels(lines["order"].to_numpy(), there.covered, policy.max_parcels)
    regions = sorted(ways["region"].unique())
    sent = sent_parcels(made, lines, orders, regions, there.covered)
    costs = way_costs(sent, ways, regions, places, charges(rates, ways), transit, policy)
    up, everything = costs.up, np.ones_like(costs.up)
    stages = {
        "unknown_sku": np.bincount(lines["order"], ~known, len(orders)) == 0,
        "no_zone": orders["region"].isin(regions).to_numpy(),
        "no_stock": with_plan(made, np.logical_or.reduce(sent.covered, axis=1), len(orders)),
        "no_service": with_plan(made, costs.reached(), len(orders)),
        "no_rate": with_plan(made, costs.can_go(everything), len(orders)),
        "warehouse_down": with_plan(
            made, costs.can_go(everything & costs.warehouse_up[:, None]), len(orders)
        ),
        "carrier_down": with_plan(made, costs.can_go(up), len(orders)),
    }
    orders["reason"] = np.select([~passed for passed in stages.values()], list(stages), "")
    limits = places["orders_per_day"].fillna(np.inf).to_numpy()
    return OpenOrders(lines, orders, made, there, costs, limits, _parcels_by(costs))


def contest(case: OpenOrders, policy: RoutingPolicy) -> tuple[Contest, pd.Index]:
    """What the orders that have a plan contest, and which orders these are.

    Being held costs an order what its cheapest plan would, and the policy's `unserved_cost` on top.
    """
    usable = case.costs.up
    cost = case.costs.cost
    if not usable.all():
        cost = np.where(usable[:, :, None], cost, np.float32(np.inf))
    goes = np.logical_or.reduce(np.isfinite(cost), axis=(0, 1))
    plans = np.flatnonzero(whole(case.parcels, goes))
    plan_order, plan_parcels = case.parcels.plan_order[plans], case.parcels.plan_parcels[plans]
    orders = np.unique(plan_order)
    least = np.append(cost.min(axis=(0, 1), initial=np.inf).astype(np.float64), 0.0)[plan_parcels].sum(axis=1)
    first = np.flatnonzero(np.diff(plan_order, prepend=-1))
    cheapest = np.minimum.reduceat(least, first) if len(first) else least
    made = Contest(
        cost=cost,
        inside=case.parcels.lines,
        quantity=case.lines["quantity"].to_numpy(dtype=np.float64),
        pool=case.pools.pool,
        units=case.pools.units,
        sku=case.pools.sku,
        parcels_from=case.parcels_from,
        parcels_by=case.parcels_by,
        plan_order=np.searchsorted(orders, plan_order),
        plan_parcels=plan_parcels,
        hold_cost=cheapest + policy.unserved_cost,
    )
    return made, case.orders.index[orders]


def _parcels_by(costs: WayCosts) -> Floats:
    """Parcels a day of every service from each warehouse, (warehouses, services)."""
    per_day = np.full(len(costs.services), np.inf)
    per_day[service_positions(costs.services, costs.ways)] = costs.ways["parcels_per_day"].fillna(np.inf)
    return np.tile(per_day, (len(costs.places), 1))


def _lines(open_lines: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    lines = open_lines.sort_values(["order_id", "line"], ignore_index=True)
    lines["order"] = lines.groupby("order_id", sort=True).ngroup()
    size = ["weight_kg", "volume_m3"]
    lines = lines.merge(products[["sku", *size]], on="sku", how="left", validate="many_to_one")
    lines[size] = lines[size].mul(lines["quantity"], axis=0)
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
