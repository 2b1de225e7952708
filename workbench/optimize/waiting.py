"""Orders of which some must wait, because fewer units are there than they want: what that costs at least."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from workbench.optimize.batch import NONE, Floats
from workbench.optimize.contest import Contest

CLOSE = 0.02  # of what waiting costs: HiGHS proves no closer
NODES = 1  # of the search tree: its root, with all that HiGHS cuts off there


def certified(contest: Contest, flat: Floats) -> float:
    """What no assignment can cost less than, money, by prices of all resources.

    Prices let half an order wait. Here each waits or does not, and of a SKU of which units are lacking those
    who wait must want so many: in the place of the price that all its free units share that is solved by
    HiGHS, with the orders that it concerns at the prices that remain. Any such prices give a bound, and one
    that is at least as high as the prices' own (Geoffrion, Lagrangean Relaxation for Integer Programming,
    Mathematical Programming Study 2, 1974).
    """
    lacking = np.maximum(contest.wanted - contest.units_of_sku(contest.units), 0.0)
    there = np.flatnonzero((contest.sku != NONE) & (contest.capacity[: len(contest.sku)] > 0))
    shared = np.full(len(lacking), np.inf)
    np.minimum.at(shared, contest.sku[there], flat[there])
    shared = np.where((lacking > 0) & np.isfinite(shared), shared, 0.0)
    free = np.flatnonzero(contest.sku != NONE)
    lower = flat.copy()
    lower[free] = np.maximum(flat[free] - shared[contest.sku[free]], 0.0)
    served = contest.served(contest.prices(lower))
    finite = np.isfinite(contest.capacity)
    paid = float(lower[finite] @ contest.capacity[finite])
    return float(served.sum()) + _least_waiting(contest, lacking, contest.hold_cost - served) - paid


def _least_waiting(contest: Contest, lacking: Floats, more: Floats) -> float:
    """Least sum of what orders pay `more`, (orders,), by waiting, when these give up all that is lacking."""
    sku = contest.sku[contest.pool]
    line = np.flatnonzero((sku != NONE).all(axis=1) & (contest.line_order != NONE) & (lacking[sku[:, 0]] > 0))
    short, row = np.unique(sku[line, 0], return_inverse=True)
    order, column = np.unique(contest.line_order[line], return_inverse=True)
    others = np.ones(len(more), dtype=np.bool_)
    others[order] = False
    gained = float(np.minimum(more[others], 0.0).sum())
    if not len(order):
        return gained
    given = csr_array((contest.quantity[line], (row, column)), shape=(len(short), len(order)))
    found = milp(
        more[order],
        integrality=np.ones(len(order), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(given, lacking[short], np.inf),
        options={"mip_rel_gap": CLOSE, "node_limit": NODES},
    )
    return gained + float(found.mip_dual_bound or 0.0)
