import numpy as np
import pytest

from workbench.formulas.finite_horizon import finite_horizon
from workbench.formulas.newsvendor import newsvendor_normal

COSTS = {"holding_cost": 1, "stockout_cost": 9, "purchase_cost": 0, "fixed_cost": 0}
TEXTBOOK = {
    "holding_cost": 1,
    "stockout_cost": 20,
    "purchase_cost": 2,
    "fixed_cost": 50,
    "terminal_holding_cost": 1,
    "terminal_stockout_cost": 20,
    "demand_mean": 100,
    "demand_sd": 20,
}


def test_one_period_is_the_newsvendor_in_whole_units():
    plan = finite_horizon(**COSTS, periods=1, demand_mean=20, demand_sd=4)
    # 20 + 4 × 1.2816
    assert plan.order_up_to_level == 25
    assert plan.reorder_point == 25
    by_formula = newsvendor_normal(
        holding_cost=1, stockout_cost=9, demand_mean=20, demand_sd=4, order_up_to_level=25
    )
    assert plan.cost == pytest.approx(by_formula.cost)


def test_the_textbook_policy():
    plan = finite_horizon(periods=5, **TEXTBOOK)
    assert plan.reorder_point.tolist() == [110, 110, 110, 110, 111]
    assert plan.order_up_to_level.tolist() == [133, 133, 133, 133, 126]
    assert plan.cost == pytest.approx(1558.6946, abs=1e-3)


def test_stock_to_start_with_saves_its_purchase_and_the_order():
    empty = finite_horizon(periods=3, **TEXTBOOK)
    full = finite_horizon(periods=3, **TEXTBOOK, initial_stock=int(empty.order_up_to_level[0]))
    assert full.cost == pytest.approx(empty.cost - 50 - 2 * empty.order_up_to_level[0])


def test_a_later_price_rise_buys_ahead():
    steady = finite_horizon(**COSTS, periods=2, demand_mean=20, demand_sd=4)
    rises = finite_horizon(**COSTS | {"purchase_cost": [0, 6]}, periods=2, demand_mean=20, demand_sd=4)
    assert rises.order_up_to_level[0] > steady.order_up_to_level[0]
    assert rises.order_up_to_level[1] < steady.order_up_to_level[1]


def test_levels_go_on_until_the_highest_is_never_ordered():
    # everything is bought in the first period, far beyond one period's demand
    plan = finite_horizon(
        **COSTS | {"holding_cost": 0.01, "purchase_cost": [0, 8, 8, 8, 8, 8]},
        periods=6,
        demand_mean=20,
        demand_sd=1,
    )
    assert plan.order_up_to_level[0] > 110
    assert np.all(plan.best_level[:, :-1] < plan.levels[-1])


def test_the_policy_is_to_order_up_at_the_reorder_point_or_below():
    plan = finite_horizon(periods=5, **TEXTBOOK, discount_factor=0.95)
    for period in range(5):
        orders = plan.levels <= plan.reorder_point[period]
        wanted = np.where(orders, plan.order_up_to_level[period], plan.levels)
        np.testing.assert_array_equal(plan.best_level[period], wanted)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"periods": 0}, "periods: found 0"),
        ({"demand_mean": [20, 20]}, r"shape \(2,\); give one for all 3 periods or one each"),
        ({"discount_factor": 1.1}, "give a share from 0 to 1"),
        ({"fixed_cost": -1}, "fixed_cost: found -1"),
        ({"terminal_stockout_cost": -1}, "terminal_stockout_cost: found -1"),
        ({"initial_stock": 9999}, "initial_stock: found 9999; give a stock from"),
    ],
)
def test_numbers_out_of_range_are_named(changed, said):
    with pytest.raises(ValueError, match=said):
        finite_horizon(**COSTS | {"periods": 3, "demand_mean": 20, "demand_sd": 4} | changed)
