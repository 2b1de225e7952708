"""A bound that knows that no half order waits, against every combination."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from workbench.optimize.contest import Contest
from workbench.optimize.waiting import certified


def contest(cost, quantity, units):
    """Orders of one line of one SKU, `cost` each from each of several warehouses; waiting costs 50 more."""
    places, orders = len(units), len(quantity)
    costs = np.broadcast_to(np.array(cost, dtype=np.float32), (places, 1, orders)).copy()
    return Contest(
        cost=costs,
        inside=csr_array(np.eye(orders)),
        quantity=np.array(quantity, float),
        pool=np.tile(np.arange(places), (orders, 1)),
        units=np.array(units, float),
        sku=np.zeros(places, dtype=int),
        parcels_from=np.full(places, np.inf),
        parcels_by=np.full((places, 1), np.inf),
        plan_order=np.arange(orders),
        plan_parcels=np.arange(orders)[:, None],
        hold_cost=np.array(costs.min(axis=(0, 1)) + 50.0, dtype=np.float64),
    )


def prices(case, *of_pool):
    return np.append(of_pool, np.zeros(len(case.capacity) - len(of_pool)))


def test_one_of_two_waits_and_not_two_thirds_of_one():
    """Two want 3 units each of 4: at 50 / 3 a unit the prices say 2 + 100 / 3, but one waits: 2 + 50."""
    case = contest([1.0, 1.0], [3, 3], [4])
    assert certified(case, prices(case, 50 / 3)) == pytest.approx(52.0)


def test_where_nothing_is_lacking_it_is_the_prices_bound():
    """At 2 each of two leaves for 1 + 2, and 4 units are there: 6 - 8."""
    case = contest([1.0, 1.0], [1, 1], [4])
    assert certified(case, prices(case, 2.0)) == pytest.approx(-2.0)


@given(st.integers(0, 10_000))
def test_nothing_costs_less_whatever_the_prices(seed):
    rng = np.random.default_rng(seed)
    case = contest(rng.uniform(1, 9, 5), rng.integers(1, 4, 5), rng.integers(0, 5, 2))
    bound = certified(case, prices(case, *rng.uniform(0, 40, 2)))
    assert bound <= min(_costs(case)) + 1e-4


def _costs(case):
    for places in itertools.product((-1, 0, 1), repeat=5):
        at = np.array(places)
        used = np.bincount(at[at >= 0], case.quantity[at >= 0], minlength=2)
        if (used <= case.units).all():
            yield float(np.where(at < 0, case.hold_cost, case.cost[at, 0, np.arange(5)]).sum())
