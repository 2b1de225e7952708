"""Every way in which every parcel of the open orders could go, with its cost, days and CO2 equivalent."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array, csr_array, hstack

from workbench.optimize.batch import Batch, Floats, Ints, Mask
from workbench.optimize.deliveries import expected_days_late
from workbench.optimize.parcels import Parcels
from workbench.optimize.stock_pools import Pools
from workbench.optimize.ways import parcel_prices
from workbench.policy import RoutingPolicy

NO_PROMISE = np.inf


def standing(found: Parcels, pools: Pools) -> pd.DataFrame:
    """Every parcel with every warehouse (its position) that covers all its lines: parcel, place."""
    missing = found.lines @ (~pools.covered).astype(np.float64)
    parcel, place = np.nonzero(missing == 0)
    return pd.DataFrame({"parcel": parcel, "place": place})


def options(
    stands: pd.DataFrame,
    found: Parcels,
    lines: pd.DataFrame,
    orders: pd.DataFrame,
    ways: pd.DataFrame,
    warehouses: pd.DataFrame,
) -> pd.DataFrame:
    """Every parcel by every service from every warehouse that covers it, disrupted ones too.

    `lines`: order (from 0), weight_kg; `orders`: region, promised_on and lines of each. Adds to the columns
    of `ways`: parcel, order, place, way, weight_kg, handling (money), share (of its order's lines) and slack
    (days from delivery to the promise, infinite without one). Sorted by parcel, warehouse and service.
    """
    names = warehouses["warehouse"].to_numpy()
    rows = stands.assign(order=found.order[stands["parcel"]], warehouse=names[stands["place"]])
    rows["region"] = orders["region"].to_numpy()[rows["order"]]
    weight = found.lines @ lines["weight_kg"].to_numpy()
    count = found.lines @ np.ones(len(lines))
    rows["weight_kg"] = weight[rows["parcel"]]
    rows["handling"] = count[rows["parcel"]] * warehouses["handling_cost"].to_numpy()[rows["place"]]
    rows["share"] = count[rows["parcel"]] / orders["lines"].to_numpy()[rows["order"]]
    # each parcel by each service that leaves its warehouse for its region
    rows = rows.merge(
        ways.assign(way=np.arange(len(ways))), on=["warehouse", "region"], validate="many_to_many"
    )
    promised = orders["promised_on"].to_numpy()[rows["order"]]
    days = (promised - rows["delivered_on"].to_numpy()) / np.timedelta64(1, "D")
    rows["slack"] = np.where(np.isnan(days), NO_PROMISE, days)
    by_service: pd.DataFrame = rows.sort_values(
        ["parcel", "warehouse", "carrier", "service"], ignore_index=True
    )
    return by_service


def priced(
    rows: pd.DataFrame, rates: pd.DataFrame, ways: pd.DataFrame, policy: RoutingPolicy
) -> pd.DataFrame:
    """The options that have a price, with freight, co2e_kg, days_late (expected) and cost.

    cost = freight + handling + co2e_kg x co2e_price + days_late x lateness_cost_per_day x share: an order's
    lateness is borne by its lines, so that one whose two parcels are both late pays once.
    """
    rows = rows.assign(
        freight=parcel_prices(rates, ways, rows["way"].to_numpy(), rows["weight_kg"].to_numpy()),
        co2e_kg=rows["co2e_per_parcel"] + rows["co2e_per_kg"] * rows["weight_kg"],
        days_late=expected_days_late(rows["slack"].to_numpy(), rows["on_time_rate"].to_numpy()),
    )
    rows["cost"] = outlay(rows, policy) + rows["days_late"] * lateness_cost(rows, policy)
    with_price: pd.DataFrame = rows[np.isfinite(rows["cost"])].reset_index(drop=True)
    return with_price


def outlay(rows: pd.DataFrame, policy: RoutingPolicy) -> pd.Series[float]:
    """What an option costs however long it takes, money."""
    return rows["freight"] + rows["handling"] + rows["co2e_kg"] * policy.co2e_price


def lateness_cost(rows: pd.DataFrame, policy: RoutingPolicy) -> pd.Series[float]:
    """What a day after the promise costs, money per day."""
    return rows["share"] * policy.lateness_cost_per_day


def with_plan(found: Parcels, parcel: Ints, orders: int) -> Mask:
    """Orders that have a whole plan if only these parcels can go."""
    whole = _goes(found, parcel).all(axis=1)
    return np.bincount(found.plan_order[whole], minlength=orders) > 0


def _goes(found: Parcels, parcel: Ints) -> Mask:
    """By plan and place: the parcel can go, or there is none."""
    can = np.zeros(len(found.order) + 1, dtype=np.bool_)
    can[parcel] = True
    can[-1] = True
    return can[found.plan_parcels]


def batch(
    rows: pd.DataFrame, found: Parcels, pools: Pools, quantity: Floats, limits: Floats, policy: RoutingPolicy
) -> tuple[Batch, Ints, Ints]:
    """What is to be assigned: the batch, the rows of its options, and the orders that it is about.

    `rows`: usable options. `quantity`: units by line. `limits`: orders a day by warehouse, infinite for none.
    Only what may run short is a resource: a pool or a capacity that all who could would not exhaust is left
    out.
    """
    whole = _goes(found, rows["parcel"].to_numpy()).all(axis=1)
    of_plan = np.unique(found.plan_parcels[whole])
    kept = np.flatnonzero(rows["parcel"].isin(of_plan).to_numpy())
    rows = rows.iloc[kept]
    parcel = np.unique(rows["parcel"])
    orders = np.unique(found.plan_order[whole])
    use, capacity = _resources(rows, found, pools, quantity, limits)
    plan_parcels = found.plan_parcels[whole]
    dearest = rows.groupby("order")["cost"].max().to_numpy()
    made = Batch(
        rows["cost"].to_numpy(),
        np.searchsorted(parcel, rows["parcel"]),
        use,
        capacity,
        np.searchsorted(orders, found.plan_order[whole]),
        np.where(plan_parcels < 0, -1, np.searchsorted(parcel, plan_parcels)),
        dearest + policy.unserved_cost,
    )
    return made, kept, orders


def _resources(
    rows: pd.DataFrame, found: Parcels, pools: Pools, quantity: Floats, limits: Floats
) -> tuple[csr_array, Floats]:
    """What each option uses of what may run short, and how much there is of it."""
    drawn = csr_array(found.lines[rows["parcel"].to_numpy()])
    option = np.repeat(np.arange(len(rows)), np.diff(drawn.indptr))
    line = drawn.indices.astype(np.int64)
    place = rows["place"].to_numpy(dtype=np.int64)[option]
    service = rows.groupby(["warehouse", "carrier", "service"]).ngroup().to_numpy().astype(np.int64)
    per_day = rows["parcels_per_day"].fillna(np.inf).groupby(service).first().to_numpy()
    each = np.ones(len(line))
    stock, stock_there = _asked(pools.pool[line, place], line, option, quantity[line], pools.units)
    hands, hands_there = _asked(place, line, option, each, limits)
    room, room_there = _asked(service[option], line, option, each, per_day)
    # a parcel of three lines draws three times on stock and is one parcel
    use = hstack([stock, hands.sign(), room.sign()], format="csr")
    return csr_array(use), np.concatenate([stock_there, hands_there, room_there])


def _asked(
    resource: Ints, line: Ints, option: Ints, amount: Floats, there: Floats
) -> tuple[csr_array, Floats]:
    """(options, resources) and how much there is, of the resources that could run short.

    One could if all lines that could draw on it did, each in a parcel of its own.
    """
    _, first = np.unique(resource * (line.max(initial=0) + 1) + line, return_index=True)
    most = np.bincount(resource[first], weights=amount[first], minlength=len(there))
    short = np.flatnonzero(most > there)
    place = np.full(len(there), -1)
    place[short] = np.arange(len(short))
    taken = place[resource] >= 0
    shape = (option.max(initial=-1) + 1, len(short))
    use = coo_array((amount[taken], (option[taken], place[resource[taken]])), shape=shape)
    return csr_array(use), there[short]
