"""What an earlier plan of nearly the same orders had chosen, as choices of the orders that are open now."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.optimize.batch import NONE, Ints
from workbench.optimize.contest import Contest, Taken
from workbench.optimize.open_orders import OpenOrders
from workbench.optimize.way_costs import service_positions
from workbench.tables import TABLES

MOST = 2**24  # lines and parcels of an order


class LastPlan(NamedTuple):
    """Tables `scarcity_prices` and `planned_ways` of a plan of nearly the same orders; may be empty."""

    prices: pd.DataFrame
    ways: pd.DataFrame


NO_PLAN = LastPlan(TABLES["scarcity_prices"].empty(), TABLES["planned_ways"].empty())


def last_choices(case: OpenOrders, contested: Contest, ways: pd.DataFrame) -> Taken | None:
    """The `ways` (table `planned_ways`) that the contest's orders could still go.

    An order whose lines are others now, or that cannot go by one of its ways any more, has no choice; without
    any line there is nothing to keep: None.
    """
    order = pd.Index(case.orders["order_id"]).get_indexer(pd.Index(ways["order_id"]))
    open_now = pd.Index(_joined(case.lines["order"], case.lines["line"]))
    at = open_now.get_indexer(pd.Index(np.where(order < 0, NONE, _joined(order, ways["line"]))))
    lines, order, at = ways[at != NONE], order[at != NONE], at[at != NONE]
    if not len(lines):
        return None
    # a number for each line, so that a parcel is known by the sum over its lines
    number = np.random.default_rng(0).integers(2**62, size=len(case.lines))
    _, first, of_parcel = np.unique(_joined(order, lines["parcel"]), return_index=True, return_inverse=True)
    total = np.zeros(len(first), dtype=np.int64)
    np.add.at(total, of_parcel, number[at])
    parcel = _found(_sums(contested, number), total)
    rows = lines.iloc[first]
    place = pd.Index(case.costs.places["warehouse"]).get_indexer(pd.Index(rows["warehouse"]))
    service = service_positions(case.costs.services, rows)
    known = np.flatnonzero((parcel != NONE) & (place != NONE) & (service != NONE))
    known = known[np.isfinite(contested.cost[place[known], service[known], parcel[known]])]
    known = known[contested.parcel_order[parcel[known]] != NONE]
    return _whole(contested, parcel[known], place[known], service[known])


def _joined(order: Ints | pd.Series[int], number: pd.Series[int]) -> Ints:
    """An order with the number of a line or parcel in it, as one number."""
    joined: Ints = np.asarray(order, dtype=np.int64) * MOST + number.to_numpy()
    return joined


def _sums(contested: Contest, number: Ints) -> Ints:
    inside = contested.inside
    sums: Ints = np.add.reduceat(number[inside.indices], inside.indptr[:-1])
    return sums


def _found(sums: Ints, wanted: Ints) -> Ints:
    """The place of each wanted number among the sums, -1 where it is not."""
    ascending = np.argsort(sums)
    place = ascending[np.minimum(np.searchsorted(sums[ascending], wanted), len(sums) - 1)]
    return np.where(sums[place] == wanted, place, NONE)


def _whole(contested: Contest, parcel: Ints, place: Ints, service: Ints) -> Taken:
    """Choices of the orders all of whose lines are in these parcels."""
    orders, most = len(contested.hold_cost), contested.plan_parcels.shape[1]
    order = contested.parcel_order[parcel]
    lines = np.bincount(contested.line_order[contested.line_order != NONE], minlength=orders)
    held = np.bincount(order, np.diff(contested.inside.indptr)[parcel], minlength=orders)
    whole = (held == lines) & (np.bincount(order, minlength=orders) <= most)
    taken = Taken(*(np.full((orders, most), NONE) for _ in range(3)))
    row = np.argsort(order, kind="stable")
    row = row[whole[order[row]]]
    column = np.arange(len(row)) - np.searchsorted(order[row], order[row])
    for part, values in zip(taken, (parcel, place, service), strict=True):
        part[order[row], column] = values[row]
    return taken
