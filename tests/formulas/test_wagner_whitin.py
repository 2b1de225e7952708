from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.formulas.wagner_whitin import wagner_whitin

WEEKS = 5
COSTS = st.lists(st.integers(0, 60), min_size=WEEKS, max_size=WEEKS)


def cost_of(orders, demand, fixed, holding, purchase):
    """Cost of ordering in the weeks marked, each for all weeks until the next."""
    cost, now = 0, 0
    for week, units in enumerate(demand):
        if orders[week]:
            now = week
            until = next((later for later in range(week + 1, WEEKS) if orders[later]), WEEKS)
            cost += fixed[now] * (sum(demand[week:until]) > 0)
        cost += units * (purchase[now] + holding[now] * (week - now))
    return cost


@given(COSTS, COSTS, st.lists(st.integers(0, 5), min_size=5, max_size=5), COSTS)
def test_no_plan_costs_less(demand, fixed, holding, purchase):
    plan = wagner_whitin(demand=demand, fixed_cost=fixed, holding_cost=holding, purchase_cost=purchase)
    every = [
        cost_of((True, *rest), demand, fixed, holding, purchase)
        for rest in product([True, False], repeat=WEEKS - 1)
    ]
    assert plan.cost == min(every)
    assert plan.order_quantity.sum() == sum(demand)


def test_the_textbook_orders_twice():
    plan = wagner_whitin(demand=[90, 120, 80, 70], fixed_cost=500, holding_cost=2)
    assert plan.order_quantity.tolist() == [210, 0, 150, 0]
    assert plan.cost_to_go.tolist() == [1380, 940, 640, 500, 0]
    assert plan.next_order.tolist() == [2, 4, 4, 4]


def test_a_price_that_rises_buys_ahead():
    plan = wagner_whitin(demand=[10, 10, 10], fixed_cost=0, holding_cost=1, purchase_cost=[1, 2.5, 4])
    assert plan.order_quantity.tolist() == [30, 0, 0]
    assert plan.cost == 10 * 1 + 10 * 2 + 10 * 3


def test_a_unit_is_held_at_the_rate_of_the_week_it_was_bought_in():
    plan = wagner_whitin(demand=[0, 0, 10], fixed_cost=[1, 999, 999], holding_cost=[2, 50, 50])
    assert plan.cost == 1 + 10 * 2 * 2


def test_many_skus_at_once_are_as_many_one_by_one():
    random = np.random.default_rng(0)
    demand, fixed = random.integers(0, 50, (2100, 6)), random.integers(1, 200, (2100, 1))
    many = wagner_whitin(demand=demand, fixed_cost=fixed, holding_cost=1.5)
    for sku in (0, 1023, 1024, 2099):
        one = wagner_whitin(demand=demand[sku], fixed_cost=fixed[sku], holding_cost=1.5)
        assert one.cost == many.cost[sku]
        np.testing.assert_array_equal(one.order_quantity, many.order_quantity[sku])
        np.testing.assert_array_equal(one.next_order, many.next_order[sku])
        np.testing.assert_array_equal(one.cost_to_go, many.cost_to_go[sku])


def test_no_demand_costs_nothing():
    assert wagner_whitin(demand=[0, 0], fixed_cost=5, holding_cost=1).cost == 0


def test_demand_below_0_is_refused():
    with pytest.raises(ValueError, match="demand: found -1 in place 1"):
        wagner_whitin(demand=[3, -1], fixed_cost=5, holding_cost=1)
