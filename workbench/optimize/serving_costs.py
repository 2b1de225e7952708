"""What serving a region from a warehouse costs: a typical order line, priced as routing prices its orders."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd

from workbench.optimize.batch import Floats, Ints
from workbench.optimize.open_orders import OpenOrders
from workbench.optimize.route_plan import HORIZON_DAYS, day_case
from workbench.optimize.scarcity import start_prices
from workbench.policy import BusinessPolicy, Policy
from workbench.tables import TABLES

TABLE = TABLES["serving_costs"]
PROMISES = (0.1, 0.3, 0.5, 0.7, 0.9)  # quantiles of the days promised: each stands for a fifth of the orders


def serving_costs(  # noqa: PLR0913 - all that routing knows
    demand: pd.DataFrame,
    open_lines: pd.DataFrame,
    products: pd.DataFrame,
    warehouses: pd.DataFrame,
    regions: pd.DataFrame,
    services: pd.DataFrame,
    zones: pd.DataFrame,
    rates: pd.DataFrame,
    deliveries: pd.DataFrame,
    disruptions: pd.DataFrame,
    scarcity_prices: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
) -> pd.DataFrame:
    """The table `serving_costs` for every SKU and region of `demand`; no row where no way has a price.

    An order of one line, of as many units as open lines hold on average, whole from one warehouse, promised
    as far ahead as open orders were when the plan first met them, by the way that is cheapest for it in
    `way_costs`: freight, handling, CO2 equivalent and expected lateness. Without open lines it is one unit
    without a promise. `scarcity_prices`: of the last plan; places of the day cost so much on top. An outage
    counts unless it is known to end within the allocation's cover days.

    A day's promise of 3 days that costs 9.00 by the cheapest way, of 2 units a line, is 4.50 a unit.
    """
    keys = demand[["sku", "region"]].drop_duplicates().sort_values(["sku", "region"], ignore_index=True)
    if keys.empty or zones.empty or services.empty:
        return TABLE.empty()
    today = pd.Timestamp(policy.business.day(as_of))
    ends = pd.Timestamp(as_of) + pd.Timedelta(days=policy.allocation.cover_days)
    lasting = disruptions[~(disruptions["ends_at"] <= ends)]
    units = max(round(open_lines["quantity"].mean()), 1) if len(open_lines) else 1
    lines = keys.assign(order_id=[f"{row:09d}" for row in keys.index], line=1, quantity=units)
    plenty = keys[["sku"]].drop_duplicates().merge(warehouses[["warehouse"]], how="cross")
    plenty = plenty.assign(on_hand=units * len(keys), reserved=0)
    about = (plenty, products, warehouses, regions, services, zones, rates, deliveries, lasting)
    promises, weights = np.unique(days_promised(open_lines, policy.business), return_counts=True)
    total = np.zeros((2, len(warehouses), len(keys)))
    for days, weight in zip(promises, weights / weights.sum(), strict=True):
        promised = lines.assign(promised_on=today + pd.Timedelta(days=int(days)))
        promised = promised.reindex(columns=TABLES["open_lines"].names)
        case = day_case(promised, *about, policy=policy, as_of=as_of)
        total += weight * _cheapest(case, scarcity_prices)
    cost, paid = total / units
    place, key = np.nonzero(np.isfinite(cost))
    rows = keys.iloc[key].assign(warehouse=case.costs.places["warehouse"].to_numpy()[place])
    cost, paid = cost[place, key], paid[place, key]
    rows = rows.assign(serving_cost=cost, places_cost=paid - cost)
    rows = rows.astype({column.name: column.dtype for column in TABLE.columns})
    return rows.sort_values(list(TABLE.key), ignore_index=True)[TABLE.names]


def _cheapest(case: OpenOrders, scarcity_prices: pd.DataFrame) -> Floats:
    """Cost of every order by its cheapest way from every warehouse, without and with what the places of the
    day are worth, (2, warehouses, orders)."""
    cost = np.where(case.costs.up[:, :, None], case.costs.cost.astype(np.float64), np.inf)
    prices = start_prices(case, scarcity_prices)
    if prices is None:
        return np.stack([cost.min(axis=1)] * 2)
    paid = cost + (prices.warehouse[:, None] + prices.service)[:, :, None]
    return np.stack([cost.min(axis=1), paid.min(axis=1)])


def days_promised(open_lines: pd.DataFrame, business: BusinessPolicy) -> Ints:
    """Days from the plan after an order came in until its promise, at the quantiles `PROMISES`."""
    local = open_lines["ordered_at"].dt.tz_convert(business.time_zone).dt.tz_localize(None)
    planned = (local - pd.Timedelta(hours=business.plan_hour)).dt.normalize() + pd.Timedelta(days=1)
    # what is promised for no day, or so far ahead, is never late
    days = (open_lines["promised_on"] - planned).dt.days.fillna(HORIZON_DAYS).clip(upper=HORIZON_DAYS)
    if days.empty:
        return np.array([HORIZON_DAYS], dtype=np.int64)
    typical: Ints = np.quantile(days.to_numpy(), PROMISES, method="inverted_cdf").astype(np.int64)
    return typical
