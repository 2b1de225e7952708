"""A small batch of orders assigned to proven optimality by HiGHS."""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, hstack, identity

from workbench.optimize.batch import NONE, Batch, Ints

NODES = 2_000  # of the search tree, after which it gives up; a clock would not give the same twice
PROVEN = 0  # scipy's status of a solution that is known to be the best


def assign_exactly(batch: Batch) -> Ints | None:
    """Options of every order at the least cost, (orders, most parcels); None if a proof takes too long.

    One binary for every option, plan and hold: an order takes one plan or is held; a parcel goes by one
    option if its plan is taken; no capacity is passed.
    """
    options, plans, orders = len(batch.cost), len(batch.plan_order), len(batch.hold_cost)
    found = milp(
        np.r_[batch.cost, np.zeros(plans), batch.hold_cost],
        integrality=np.ones(options + plans + orders, dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=[_one_plan(batch), _one_option(batch), _within_capacity(batch)],
        options={"mip_rel_gap": 0.0, "node_limit": NODES},
    )
    if found.status != PROVEN or found.x is None:
        return None
    taken = np.flatnonzero(found.x[:options] > 0.5)
    plan = np.flatnonzero(found.x[options : options + plans] > 0.5)
    option_of = np.full(int(batch.parcel.max()) + 2, NONE)
    option_of[batch.parcel[taken]] = taken
    option = np.full((orders, batch.plan_parcels.shape[1]), NONE)
    option[batch.plan_order[plan]] = option_of[batch.plan_parcels[plan]]
    return option


def _one_plan(batch: Batch) -> LinearConstraint:
    options, plans, orders = len(batch.cost), len(batch.plan_order), len(batch.hold_cost)
    of_order = coo_array((np.ones(plans), (batch.plan_order, np.arange(plans))), shape=(orders, plans))
    rows = hstack([csr_array((orders, options)), of_order, identity(orders)], format="csr")
    return LinearConstraint(rows, 1, 1)


def _one_option(batch: Batch) -> LinearConstraint:
    options, plans, orders = len(batch.cost), len(batch.plan_order), len(batch.hold_cost)
    parcels = int(batch.parcel.max()) + 1
    plan, place = np.nonzero(batch.plan_parcels != NONE)
    carried = coo_array((np.ones(len(plan)), (batch.plan_parcels[plan, place], plan)), shape=(parcels, plans))
    goes = coo_array((np.ones(options), (batch.parcel, np.arange(options))), shape=(parcels, options))
    return LinearConstraint(hstack([goes, -carried, csr_array((parcels, orders))], format="csr"), 0, 0)


def _within_capacity(batch: Batch) -> LinearConstraint:
    others = csr_array((len(batch.capacity), len(batch.plan_order) + len(batch.hold_cost)))
    return LinearConstraint(hstack([batch.use.T, others], format="csr"), -np.inf, batch.capacity)
