import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from workbench.formulas.loss_functions import normal_loss, normal_second_loss
from workbench.formulas.r_q_policy import (
    r_q_cost,
    r_q_eil_approximation,
    r_q_eoqb_approximation,
    r_q_eoqss_approximation,
    r_q_loss_function_approximation,
    r_q_reorder_point,
)

COSTS = {"holding_cost": 0.225, "stockout_cost": 7.5}
DEMAND = {"demand_mean": 1300, "demand_sd": 150, "lead_time": 1 / 12}
SYSTEM = COSTS | DEMAND | {"fixed_cost": 8}
MEAN, SD = 1300 / 12, 150 / np.sqrt(12)
APPROXIMATIONS = pytest.mark.parametrize(
    "approximate",
    [
        r_q_eil_approximation,
        r_q_eoqb_approximation,
        r_q_eoqss_approximation,
        r_q_loss_function_approximation,
    ],
)


def rate_of_cost(position):
    loss = normal_loss(position, MEAN, SD)
    return 0.225 * loss.left + 7.5 * loss.short


def test_the_cost_is_that_of_every_position_between_r_and_r_plus_q():
    summed, _ = quad(rate_of_cost, 126.8, 126.8 + 328.5)
    cost = r_q_cost(**SYSTEM, reorder_point=126.8, order_quantity=328.5)
    assert cost == pytest.approx((8 * 1300 + summed) / 328.5)


@given(st.floats(1, 3000), st.floats(-500, 500))
def test_no_other_reorder_point_costs_less_for_a_lot(lot, shift):
    low = r_q_reorder_point(**COSTS, **DEMAND, order_quantity=lot)
    assert rate_of_cost(low) == pytest.approx(rate_of_cost(low + lot))
    best = r_q_cost(**SYSTEM, reorder_point=low, order_quantity=lot)
    assert r_q_cost(**SYSTEM, reorder_point=low + shift, order_quantity=lot) >= best * (1 - 1e-9)


def test_the_loss_function_approximation_meets_its_two_conditions():
    low, lot = r_q_loss_function_approximation(**SYSTEM)
    ratio = (0.225 + 7.5) / 0.225
    assert lot == pytest.approx(ratio * normal_loss(low, MEAN, SD).short)
    second = normal_second_loss(low, MEAN, SD)
    assert lot == pytest.approx(np.sqrt(2 * (8 * 1300 / 0.225 + ratio * second)))


def test_the_eil_approximation_meets_its_two_conditions():
    low, lot, cost = r_q_eil_approximation(**SYSTEM)
    short = normal_loss(low, MEAN, SD).short
    assert lot == pytest.approx(np.sqrt(2 * 1300 * (8 + 7.5 * short) / 0.225))
    assert cost == pytest.approx(0.225 * (low - MEAN + lot / 2) + 1300 * (8 + 7.5 * short) / lot)


def test_where_stockouts_are_too_cheap_the_eil_approximation_has_no_answer():
    policy = r_q_eil_approximation(**SYSTEM | {"stockout_cost": [7.5, 0.01]})
    np.testing.assert_array_equal(np.isnan(policy.order_quantity), [False, True])


def test_the_eoqb_approximation_costs_at_most_an_eighth_more_than_the_loss_functions():
    by_loss = r_q_cost(**SYSTEM, **r_q_loss_function_approximation(**SYSTEM)._asdict())
    assert r_q_cost(**SYSTEM, **r_q_eoqb_approximation(**SYSTEM)._asdict()) <= 1.125 * by_loss


@APPROXIMATIONS
def test_many_skus_at_once_are_as_many_one_by_one(approximate):
    many = approximate(
        holding_cost=[0.225, 3.1],
        stockout_cost=[7.5, 45],
        fixed_cost=[8, 50],
        demand_mean=[1300, 800],
        demand_sd=[150, 40],
        lead_time=[1 / 12, 4 / 365],
    )
    ones = [
        approximate(**SYSTEM),
        approximate(
            holding_cost=3.1,
            stockout_cost=45,
            fixed_cost=50,
            demand_mean=800,
            demand_sd=40,
            lead_time=4 / 365,
        ),
    ]
    np.testing.assert_allclose(np.transpose(many), ones, rtol=1e-7)


@APPROXIMATIONS
@pytest.mark.parametrize("name", list(SYSTEM))
def test_numbers_that_are_not_above_0_are_named(approximate, name):
    with pytest.raises(ValueError, match=r"found -1.*; give a number above 0"):
        approximate(**SYSTEM | {name: -1})
