import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.formulas.disruptions import (
    economic_order_quantity_with_disruptions,
    newsvendor_with_disruptions,
)
from workbench.formulas.economic_order_quantity import economic_order_quantity

SYSTEM = {
    "fixed_cost": 8,
    "holding_cost": 0.225,
    "stockout_cost": 5,
    "demand_rate": 1300,
    "disruption_rate": 1.5,
    "recovery_rate": 14,
}
PERIODS = {"holding_cost": 0.25, "stockout_cost": 3, "demand": 2000}
CHANCES = {"disruption_probability": 0.04, "recovery_probability": 0.25}


def test_supply_that_hardly_stops_is_the_plain_lot():
    lot = economic_order_quantity_with_disruptions(**SYSTEM | {"disruption_rate": 1e-9})
    plain = economic_order_quantity(fixed_cost=8, holding_cost=0.225, demand_rate=1300)
    assert lot == pytest.approx(plain, rel=1e-4)


@given(st.floats(1, 1e5))
def test_no_lot_costs_less_than_the_best(lot):
    best = economic_order_quantity_with_disruptions(**SYSTEM)
    assert economic_order_quantity_with_disruptions(**SYSTEM, order_quantity=lot).cost >= best.cost - 1e-9


def test_the_approximation_has_a_cost_of_holding_its_lot():
    lot = economic_order_quantity_with_disruptions(**SYSTEM, approximate=True)
    assert lot.order_quantity == pytest.approx(773.1432, abs=1e-3)
    assert lot.cost == pytest.approx(0.225 * lot.order_quantity)


def test_without_a_fixed_cost_a_lot_is_best_only_where_stockouts_are_dear():
    free = SYSTEM | {
        "fixed_cost": 0,
        "disruption_rate": 0.5,
        "recovery_rate": 40,
        "stockout_cost": [0.01, 50],
    }
    lot = economic_order_quantity_with_disruptions(**free)
    np.testing.assert_array_equal(np.isnan(lot.order_quantity), [True, False])


def test_many_skus_at_once_are_as_many_one_by_one():
    many = economic_order_quantity_with_disruptions(**SYSTEM | {"stockout_cost": [5, 500], "fixed_cost": 80})
    for sku, stockout_cost in enumerate([5, 500]):
        changed = {"stockout_cost": stockout_cost, "fixed_cost": 80}
        one = economic_order_quantity_with_disruptions(**SYSTEM | changed)
        assert many.order_quantity[sku] == pytest.approx(one.order_quantity)


@given(st.floats(-5000, 40000), st.floats(0.01, 0.9), st.floats(0.05, 0.9))
def test_the_cost_of_a_level_is_the_sum_over_how_long_supply_is_down(level, stop, back):
    chances = {"disruption_probability": stop, "recovery_probability": back}
    found = newsvendor_with_disruptions(**PERIODS, **chances, order_up_to_level=level)
    down = np.arange(1500)
    share = stop * back / (stop + back) * (1 - back) ** (down - 1.0)
    share[0] = back / (stop + back)
    over = level - (down + 1) * 2000
    assert found.cost == pytest.approx(share @ np.where(over > 0, 0.25 * over, -3 * over))


@given(st.floats(0.01, 0.9), st.floats(0.05, 0.9), st.integers(1, 30))
def test_no_whole_number_of_periods_costs_less_than_the_best(stop, back, periods):
    chances = {"disruption_probability": stop, "recovery_probability": back}
    best = newsvendor_with_disruptions(**PERIODS, **chances)
    other = newsvendor_with_disruptions(**PERIODS, **chances, order_up_to_level=2000 * periods)
    assert other.cost >= best.cost * (1 - 1e-9)


def test_the_textbook_covers_3_periods_without_supply():
    assert newsvendor_with_disruptions(**PERIODS, **CHANCES).order_up_to_level == 8000


def test_numbers_out_of_range_are_named():
    with pytest.raises(ValueError, match="recovery_rate: found 0"):
        economic_order_quantity_with_disruptions(**SYSTEM | {"recovery_rate": 0})
    with pytest.raises(ValueError, match="recovery_probability: found 1; give a probability below 1"):
        newsvendor_with_disruptions(**PERIODS, **CHANCES | {"recovery_probability": 1})
