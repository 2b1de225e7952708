"""Prices that balance what is scarce, and a bound that holds whatever the prices are."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from workbench.optimize.dual_ascent import ascend


def rivals(costs):
    """Orders that choose one of the columns, each of which is a resource."""

    def cheapest(prices):
        chosen = (costs + prices).argmin(axis=1)
        return float((costs + prices).min(axis=1).sum()), np.bincount(chosen, minlength=costs.shape[1]) * 1.0

    return cheapest


def least(costs, capacity):
    """The true least cost: a transport problem, so that its linear programme is whole."""
    orders, places = costs.shape
    each = np.kron(np.eye(orders), np.ones(places))
    limits = np.kron(np.ones(orders), np.eye(places))
    finite = np.isfinite(capacity)
    return linprog(costs.ravel(), limits[finite], capacity[finite], each, np.ones(orders)).fun


@given(st.integers(0, 200))
def test_no_assignment_costs_less_than_the_bound_and_the_bound_is_near(seed):
    rng = np.random.default_rng(seed)
    costs = rng.uniform(1, 10, (30, 3))
    capacity = np.array([8.0, 9.0, np.inf])
    found = ascend(rivals(costs), capacity, np.zeros(3), 0.5)
    best = least(costs, capacity)
    assert found.bound <= best + 1e-9
    assert found.bound >= 0.99 * best
    assert (found.prices >= 0).all()
    assert found.prices[2] == 0


def test_what_is_plentiful_costs_nothing():
    found = ascend(rivals(np.ones((4, 2))), np.array([9.0, 9.0]), np.zeros(2), 0.5)
    assert found.prices.tolist() == [0.0, 0.0]
    assert found.bound == 4.0


def test_prices_that_were_right_before_are_right_at_once():
    costs = np.random.default_rng(1).uniform(1, 10, (200, 2))
    capacity = np.array([40.0, np.inf])
    slow = ascend(rivals(costs), capacity, np.zeros(2), 0.5)
    again = ascend(rivals(costs), capacity, slow.prices, 0.01, rounds=3)
    assert again.bound >= slow.bound
