"""Stock expected in 4 hours, 24 hours and by day: the demand paths served from stock and arrivals."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.paths import KEYS, Paths, aggregate, matrix
from workbench.demand.serving import first_warehouse
from workbench.policy import Policy
from workbench.tables import TABLES

WHERE = ["sku", "warehouse"]
SOON = 4  # hours
SKUS_AT_ONCE = 250  # bounds the memory

Units = NDArray[np.float64]


def project(
    stock: pd.DataFrame,
    inbound: pd.DataFrame,
    demand_paths: pd.DataFrame,
    regions: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
) -> pd.DataFrame:
    """The table `projection`, by sku × warehouse: 4 hours after `as_of`, and every 24 over the horizon.

    A region's demand falls on the warehouse of its first rank. Available stock serves it; what finds none is
    lost. Arrivals come at the start of their promised day, first for backordered lines; overdue ones arrive
    tomorrow at the earliest, and those without a day are not counted. The first four hours see their share of
    the day's demand.
    """
    table = TABLES["projection"]
    keys = demand_paths[KEYS].assign(warehouse=first_warehouse(demand_paths["region"], regions))
    paths = matrix(demand_paths)
    day = pd.Timestamp(policy.business.day(as_of))
    skus = sorted({*stock["sku"], *keys["sku"]})
    parts = []
    for start in range(0, len(skus), SKUS_AT_ONCE):
        some = skus[start : start + SKUS_AT_ONCE]
        rows = np.flatnonzero(keys["sku"].isin(some))
        parts.append(
            _project(
                stock[stock["sku"].isin(some)],
                inbound[inbound["sku"].isin(some)],
                *aggregate(keys.iloc[rows], paths[rows], [*WHERE, "date"]),
                day,
                policy.demand.horizon_days,
            )
        )
    if not parts:
        return table.empty()
    return pd.concat(parts, ignore_index=True).astype({c.name: c.dtype for c in table.columns})[table.names]


def _project(
    stock: pd.DataFrame,
    inbound: pd.DataFrame,
    wanted: pd.DataFrame,
    paths: Paths,
    day: pd.Timestamp,
    horizon: int,
) -> pd.DataFrame:
    places = pd.concat([stock[WHERE], wanted[WHERE]]).drop_duplicates().sort_values(WHERE, ignore_index=True)
    index = pd.MultiIndex.from_frame(places)
    worlds = max(paths.shape[1], 1)
    demand = np.zeros((horizon, len(places), worlds), dtype=np.float32)
    ahead = (wanted["date"] - day).dt.days.to_numpy()
    known = (ahead >= 0) & (ahead < horizon)
    if len(wanted):
        place = index.get_indexer(pd.MultiIndex.from_frame(wanted[WHERE]))
        demand[ahead[known], place[known]] = paths[known]
    held = stock.set_index(WHERE)[["available", "backordered"]].reindex(index).fillna(0).to_numpy(np.float64)
    level = np.repeat(held[:, :1] - held[:, 1:], worlds, axis=1)
    return _walk(places, level, demand, arrivals(inbound, index, day, horizon), day)


def arrivals(inbound: pd.DataFrame, index: pd.MultiIndex, day: pd.Timestamp, horizon: int) -> Units:
    """Units that arrive at the start of each day, shape (horizon, places), for places sku × warehouse.

    What should have come before today comes tomorrow at the earliest; what has no day is left out.
    """
    due = inbound.dropna(subset=["promised_on"])
    promised = (due["promised_on"] - day).dt.days
    ahead = promised.where(promised >= 0, 1).to_numpy(dtype=np.int64)
    place = index.get_indexer(pd.MultiIndex.from_frame(due[WHERE]))
    counted = (ahead < horizon) & (place >= 0)
    found = np.zeros((horizon, len(index)))
    np.add.at(found, (ahead[counted], place[counted]), due["quantity"].to_numpy()[counted])
    return found


def _walk(
    places: pd.DataFrame, level: Units, demand: Paths, coming: Units, day: pd.Timestamp
) -> pd.DataFrame:
    """Serve day after day; `level` (places, paths) is available less backordered, so it may start below 0."""
    lost = np.zeros_like(level)
    steps = []
    for ahead in range(len(demand)):
        level += coming[ahead][:, None]
        if ahead == 0:
            soon = demand[0] * (SOON / 24)
            served = np.minimum(np.maximum(level, 0), soon)
            steps.append(_summary(places, level - served, lost + soon - served, SOON, day))
        served = np.minimum(np.maximum(level, 0), demand[ahead])
        level -= served
        lost += demand[ahead] - served
        then = day + pd.Timedelta(days=ahead + 1)
        steps.append(_summary(places, level, lost, 24 * (ahead + 1), then))
    return pd.concat(steps).sort_values([*WHERE, "hours"], ignore_index=True)


def _summary(places: pd.DataFrame, level: Units, lost: Units, hours: int, date: pd.Timestamp) -> pd.DataFrame:
    on_hand = np.maximum(level, 0)
    low, middle, high = np.quantile(on_hand, (0.1, 0.5, 0.9), axis=1, method="inverted_cdf")
    return places.assign(
        hours=hours,
        date=date.as_unit("us"),
        mean=on_hand.mean(axis=1),
        q0100=low,
        q0500=middle,
        q0900=high,
        stockout_probability=(lost > 0).mean(axis=1),
        lost_units=lost.mean(axis=1),
    )
