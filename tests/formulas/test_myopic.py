import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.formulas.finite_horizon import finite_horizon
from workbench.formulas.myopic import myopic, myopic_bounds, myopic_level
from workbench.formulas.newsvendor import newsvendor_normal

PERIOD = {
    "holding_cost": 0.18,
    "stockout_cost": 0.70,
    "purchase_cost": 0.3,
    "next_purchase_cost": 0.35,
    "demand_mean": 50,
    "demand_sd": 8,
    "discount_factor": 0.98,
}


def test_without_prices_it_is_the_newsvendor():
    best = myopic(**PERIOD | {"purchase_cost": 0, "next_purchase_cost": 0})
    plain = newsvendor_normal(holding_cost=0.18, stockout_cost=0.70, demand_mean=50, demand_sd=8)
    assert best == pytest.approx(plain)


@given(st.floats(-100, 200))
def test_no_level_costs_less_than_the_best(level):
    assert myopic(**PERIOD, order_up_to_level=level).cost >= myopic(**PERIOD).cost - 1e-9


@given(st.floats(0, 500))
def test_two_levels_meet_a_cost(above_least):
    best = myopic(**PERIOD)
    cost = best.cost + above_least
    low, high = (myopic_level(**PERIOD, cost=cost, above=above) for above in (False, True))
    assert low <= best.order_up_to_level <= high
    for level in (low, high):
        assert myopic(**PERIOD, order_up_to_level=level).cost == pytest.approx(cost, rel=1e-6)


def test_the_best_policy_lies_within_the_bounds():
    costs = {
        "holding_cost": 1,
        "stockout_cost": 20,
        "purchase_cost": 2,
        "fixed_cost": 50,
        "terminal_holding_cost": 1,
        "terminal_stockout_cost": 20,
    }
    bounds = myopic_bounds(**costs, demand_mean=[30] * 4, demand_sd=6)
    best = finite_horizon(**costs, periods=4, demand_mean=30, demand_sd=6)
    # a unit for the horizon's whole units; the last period's bounds count no price to come back
    for found, low, high in (
        (best.order_up_to_level, bounds.order_up_to_low, bounds.order_up_to_high),
        (best.reorder_point, bounds.reorder_low, bounds.reorder_high),
    ):
        assert np.all(found[:-1] >= low[:-1] - 1)
        assert np.all(found[:-1] <= high[:-1] + 1)


def test_where_ordering_gets_dearer_the_reorder_point_has_no_upper_bound():
    bounds = myopic_bounds(
        holding_cost=1, stockout_cost=20, purchase_cost=2, fixed_cost=[10, 50], demand_mean=30, demand_sd=6
    )
    np.testing.assert_array_equal(np.isnan(bounds.reorder_high), [True, False])


def test_prices_that_move_more_than_waiting_costs_are_refused():
    with pytest.raises(ValueError, match="prices that differ by less than stockout_cost"):
        myopic(**PERIOD | {"purchase_cost": 2})
    with pytest.raises(ValueError, match="prices that differ by less than holding_cost"):
        myopic(**PERIOD | {"next_purchase_cost": 2})


def test_a_cost_below_the_least_is_refused():
    with pytest.raises(ValueError, match=r"cost: found 16\.68.*; give a cost of at least this"):
        myopic_level(**PERIOD, cost=10, above=True)
