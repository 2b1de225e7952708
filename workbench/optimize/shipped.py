"""Every parcel that leaves, with its runner-up and the prices that decided."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.optimize.batch import NONE, Floats, Ints
from workbench.optimize.contest import Contest, Prices, Taken
from workbench.optimize.open_orders import OpenOrders


def shipped_parcels(
    case: OpenOrders, contested: Contest, taken: Taken, prices: Prices
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The parcels as chosen, one row each, and their runners-up, indexed alike; a parcel may have none.

    To the details of their ways come: number (of the parcel in its order), order_id, promised_on, outage,
    outage_share, doubtful, stock_price and capacity_price (what others would pay for what the parcel uses,
    money), and to `outlay` these two, so that alternatives are compared at what they take from others. The
    runner-up is the parcel's next best way at those prices; `runner_up` names it and `runner_up_cost` is what
    it costs more, prices included.
    """
    order, number = np.nonzero(taken.parcel != NONE)
    parcel, place, service = (part[order, number] for part in taken)
    rows = parcels_by(case, contested, prices, parcel, place, service).assign(number=number + 1)
    other_place, other_service, more = _next_best(contested, prices, parcel, place, service)
    has = np.flatnonzero(np.isfinite(more))
    others = parcels_by(case, contested, prices, parcel[has], other_place[has], other_service[has])
    others.index = pd.Index(has)
    named = others["warehouse"] + " " + others["carrier"] + " " + others["service"]
    rows["runner_up"] = named.reindex(rows.index)
    rows["runner_up_cost"] = total_cost(others).reindex(rows.index) - total_cost(rows)
    about = case.orders[["order_id", "promised_on", "outage", "outage_share", "doubtful"]]
    return rows.join(about, on="order", validate="many_to_one"), others


def parcels_by(
    case: OpenOrders, contested: Contest, prices: Prices, parcel: Ints, place: Ints, service: Ints
) -> pd.DataFrame:
    """Details of parcels by these ways, with stock_price and capacity_price, which are in `outlay` too."""
    rows = case.costs.details(parcel, place, service)
    every = np.arange(len(parcel))
    stock = (contested.drawn[parcel] @ prices.pool[contested.pool])[every, place]
    capacity = prices.warehouse[place] + prices.service[place, service]
    return rows.assign(stock_price=stock, capacity_price=capacity, outlay=rows["outlay"] + stock + capacity)


def total_cost(rows: pd.DataFrame) -> pd.Series[float]:
    """What a parcel is expected to cost with what it takes from others, money."""
    total: pd.Series[float] = rows["outlay"] + rows["days_late"] * rows["late_cost"]
    return total


def _next_best(
    contested: Contest, prices: Prices, parcel: Ints, place: Ints, service: Ints
) -> tuple[Ints, Ints, Floats]:
    """Of every parcel the best other warehouse and service at the prices, and what it costs more, money."""
    every, services = np.arange(len(parcel)), contested.cost.shape[1]
    stock = contested.drawn[parcel] @ prices.pool[contested.pool] + prices.warehouse
    paid = contested.cost[:, :, parcel].transpose(2, 0, 1) + prices.service + stock[:, :, None]
    paid = paid.reshape(len(parcel), contested.cost.shape[0] * services)
    chosen = place * services + service
    own = paid[every, chosen]
    paid[every, chosen] = np.inf
    other = paid.argmin(axis=1) if len(parcel) else chosen
    other_place, other_service = np.divmod(other, services)
    return other_place, other_service, paid[every, other] - own
