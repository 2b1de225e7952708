import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from workbench.formulas.newsvendor import (
    newsvendor_distribution,
    newsvendor_normal,
    newsvendor_normal_profit,
    newsvendor_pmf,
    newsvendor_poisson,
    newsvendor_poisson_profit,
    poisson_quantile,
)

COST = st.floats(0.05, 50)
COSTS = {"holding_cost": 0.18, "stockout_cost": 0.70}
PRICES = {"revenue": 7, "purchase_cost": 2.5, "salvage_value": 1.5}


def test_equal_costs_stock_the_mean():
    best = newsvendor_normal(holding_cost=1, stockout_cost=1, demand_mean=50, demand_sd=8)
    assert best == pytest.approx((50, 2 * 8 / np.sqrt(2 * np.pi)))


def test_a_lead_time_of_4_covers_5_periods():
    best = newsvendor_normal(**COSTS, demand_mean=50, demand_sd=8, lead_time=4)
    over_5 = newsvendor_normal(**COSTS, demand_mean=250, demand_sd=8 * np.sqrt(5))
    assert best == pytest.approx(over_5)
    assert best.order_up_to_level == pytest.approx(264.767, abs=1e-3)


@given(COST, COST, st.floats(1, 500), st.floats(0.5, 90), st.floats(-50, 900))
def test_no_level_costs_less_than_the_best(holding_cost, stockout_cost, mean, sd, level):
    system = {"holding_cost": holding_cost, "stockout_cost": stockout_cost}
    for solve, demand, given_level in (
        (newsvendor_normal, {"demand_mean": mean, "demand_sd": sd}, level),
        (newsvendor_poisson, {"demand_mean": mean}, np.floor(level)),
    ):
        best = solve(**system, **demand)
        assert solve(**system, **demand, order_up_to_level=best.order_up_to_level).cost == pytest.approx(
            best.cost
        )
        assert solve(**system, **demand, order_up_to_level=given_level).cost >= best.cost * (1 - 1e-9)


def test_a_value_that_reaches_the_ratio_exactly_is_enough():
    # a ratio of 0.75, reached at 2; 0.25 × 1 left at 1, 0.25 × 3 short at 3
    best = newsvendor_pmf(holding_cost=1, stockout_cost=3, demand=[1, 2, 5], probability=[0.25, 0.5, 0.25])
    assert best == (2, 2.5)


def test_many_skus_by_probability():
    many = newsvendor_pmf(
        holding_cost=1,
        stockout_cost=[1, 9],
        demand=[0, 10, 20],
        probability=[[0.5, 0.25, 0.25], [0.5, 0.25, 0.25]],
    )
    np.testing.assert_array_equal(many.order_up_to_level, [0, 20])
    np.testing.assert_array_equal(many.cost, [7.5, 12.5])


def test_costs_may_differ_where_the_probabilities_do_not():
    many = newsvendor_pmf(
        holding_cost=1, stockout_cost=[1, 9], demand=[0, 10, 20], probability=[0.5, 0.25, 0.25]
    )
    np.testing.assert_array_equal(many.order_up_to_level, [0, 20])


def test_any_distribution_agrees_with_its_own_formula():
    by_formula = newsvendor_normal(**COSTS, demand_mean=50, demand_sd=8)
    assert newsvendor_distribution(**COSTS, demand_distribution=norm(50, 8)) == pytest.approx(by_formula)
    by_formula = newsvendor_poisson(**COSTS, demand_mean=5.5)
    assert newsvendor_distribution(**COSTS, demand_distribution=poisson(5.5)) == pytest.approx(by_formula)


def test_profit_is_what_is_sold_and_salvaged_less_what_was_bought():
    demand = np.arange(120)
    chance = poisson.pmf(demand, 20)
    extra = {"holding_cost": 0.2, "stockout_cost": 0.4}
    best = newsvendor_poisson_profit(**PRICES, **extra, demand_mean=5, lead_time=3)
    level = best.order_up_to_level
    left, short = np.maximum(level - demand, 0), np.maximum(demand - level, 0)
    profit = 7 * np.minimum(level, demand) - 2.5 * level + (1.5 - 0.2) * left - 0.4 * short
    assert best.profit == pytest.approx(profit @ chance)


def test_profit_of_a_level_given():
    best = newsvendor_normal_profit(**PRICES, demand_mean=50, demand_sd=10)
    assert best.order_up_to_level == pytest.approx(59.0846, abs=1e-4)
    same = newsvendor_normal_profit(
        **PRICES, demand_mean=50, demand_sd=10, order_up_to_level=best.order_up_to_level
    )
    assert same.profit == pytest.approx(best.profit)


@given(st.floats(0.01, 2000), st.floats(0.001, 0.9999))
def test_the_poisson_quantile_is_the_least_that_reaches_the_probability(mean, probability):
    level = poisson_quantile(probability, mean)
    assert poisson.cdf(level, mean) >= probability - 1e-12
    assert poisson.cdf(level - 1, mean) < probability + 1e-12


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"holding_cost": -1}, "holding_cost: found -1"),
        ({"stockout_cost": 0}, "stockout_cost: found 0"),
        ({"demand_mean": 0}, "demand_mean: found 0"),
        ({"lead_time": -1}, "lead_time: found -1"),
        ({"order_up_to_level": 2.5}, "order_up_to_level: found 2.5; give a whole number"),
    ],
)
def test_numbers_out_of_range_are_named(changed, said):
    with pytest.raises(ValueError, match=said):
        newsvendor_poisson(**COSTS | {"demand_mean": 5} | changed)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"revenue": 2}, "purchase_cost: found 2.5; give a cost below the revenue"),
        ({"salvage_value": 3}, "salvage_value: found 3; give a value below the purchase cost"),
    ],
)
def test_prices_that_lose_or_never_lose_are_refused(changed, said):
    with pytest.raises(ValueError, match=said):
        newsvendor_normal_profit(**PRICES | changed, demand_mean=50, demand_sd=10)


def test_values_out_of_order_and_chances_that_are_none_are_refused():
    with pytest.raises(ValueError, match="demand: found 2 in place 0; give values in rising order"):
        newsvendor_pmf(**COSTS, demand=[2, 1], probability=[0.5, 0.5])
    with pytest.raises(ValueError, match=r"found a sum of 0\.9"):
        newsvendor_pmf(**COSTS, demand=[1, 2], probability=[0.5, 0.4])
