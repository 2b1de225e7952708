import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from workbench.formulas.economic_order_quantity import economic_order_quantity
from workbench.formulas.newsvendor import newsvendor_normal
from workbench.formulas.yield_uncertainty import (
    economic_order_quantity_with_additive_yield,
    economic_order_quantity_with_multiplicative_yield,
    newsvendor_with_normal_yield,
    newsvendor_with_yield_distribution,
)

SYSTEM = {"fixed_cost": 50, "holding_cost": 4, "demand_rate": 100}
COSTS = {"holding_cost": 0.18, "stockout_cost": 0.70}


def test_what_is_lost_for_sure_is_ordered_on_top():
    lot = economic_order_quantity_with_additive_yield(**SYSTEM, yield_mean=-5, yield_sd=0)
    assert lot == (55, 200)


def test_a_share_that_is_lost_for_sure_is_ordered_on_top():
    lot = economic_order_quantity_with_multiplicative_yield(**SYSTEM, yield_mean=0.5, yield_sd=0)
    assert lot == (100, 200)


@given(st.floats(1, 1000))
def test_no_lot_costs_less_than_the_best(lot):
    for solve, spread in (
        (economic_order_quantity_with_additive_yield, {"yield_mean": -0.5, "yield_sd": 7}),
        (economic_order_quantity_with_multiplicative_yield, {"yield_mean": 0.8, "yield_sd": 0.2}),
    ):
        best = solve(**SYSTEM, **spread)
        assert solve(**SYSTEM, **spread, order_quantity=lot).cost >= best.cost * (1 - 1e-9)
        assert best.cost >= economic_order_quantity(**SYSTEM).cost


def test_normal_yield_is_the_newsvendors_demand_turned_round():
    best = newsvendor_with_normal_yield(**COSTS, demand=100, yield_mean=-50, yield_sd=8)
    mirror = newsvendor_normal(**COSTS, demand_mean=50, demand_sd=8)
    assert best == pytest.approx((100 + mirror.order_up_to_level, mirror.cost))
    given_back = newsvendor_with_normal_yield(
        **COSTS, demand=100, yield_mean=-50, yield_sd=8, order_up_to_level=best.order_up_to_level
    )
    assert given_back.cost == pytest.approx(best.cost)


def test_any_distribution_agrees_with_the_normal():
    by_formula = newsvendor_with_normal_yield(**COSTS, demand=[100, 90], yield_mean=[-5, 2], yield_sd=[3, 1])
    by_quadrature = newsvendor_with_yield_distribution(
        **COSTS, demand=[100, 90], yield_distribution=norm([-5, 2], [3, 1])
    )
    np.testing.assert_allclose(by_quadrature, by_formula, rtol=1e-6)


def test_units_won_by_counts():
    # 1.5 units come on top on average; of 4 wanted, 3 ordered
    best = newsvendor_with_yield_distribution(
        holding_cost=1, stockout_cost=1, demand=4, yield_distribution=poisson(1.5), order_up_to_level=3
    )
    won = np.arange(40)
    assert best.cost == pytest.approx(np.abs(3 + won - 4) @ poisson.pmf(won, 1.5))


def test_numbers_out_of_range_are_named():
    with pytest.raises(ValueError, match="yield_sd: found -1"):
        economic_order_quantity_with_additive_yield(**SYSTEM, yield_mean=0, yield_sd=-1)
    with pytest.raises(ValueError, match="yield_mean: found 0"):
        economic_order_quantity_with_multiplicative_yield(**SYSTEM, yield_mean=0, yield_sd=0.1)
    with pytest.raises(ValueError, match="order_quantity: found -1"):
        economic_order_quantity_with_additive_yield(**SYSTEM, yield_mean=-5, yield_sd=1, order_quantity=4)
    with pytest.raises(ValueError, match="demand: found 0"):
        newsvendor_with_normal_yield(**COSTS, demand=0, yield_mean=0, yield_sd=1)
