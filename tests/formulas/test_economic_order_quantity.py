import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.formulas.economic_order_quantity import (
    economic_order_quantity,
    economic_order_quantity_with_backorders,
    economic_production_quantity,
)

AMOUNT = st.floats(0.01, 1e4)


def test_the_best_lot_orders_as_dearly_as_it_holds():
    # √(2 × 50 × 100 / 4) = 50: two orders of 50, and 25 units at 4
    lot = economic_order_quantity(fixed_cost=50, holding_cost=4, demand_rate=100)
    assert lot.order_quantity == 50
    assert lot.cost == 200


def test_a_lot_given_is_only_costed():
    lot = economic_order_quantity(fixed_cost=50, holding_cost=4, demand_rate=100, order_quantity=100)
    assert lot == (100, 250)


@given(AMOUNT, AMOUNT, AMOUNT, AMOUNT)
def test_no_lot_costs_less_than_the_best(fixed_cost, holding_cost, demand_rate, order_quantity):
    system = {"fixed_cost": fixed_cost, "holding_cost": holding_cost, "demand_rate": demand_rate}
    best = economic_order_quantity(**system)
    assert economic_order_quantity(**system, order_quantity=order_quantity).cost >= best.cost * (1 - 1e-9)


def test_many_skus_at_once_are_as_many_one_by_one():
    rates = np.array([0, 10, 4000.0])
    many = economic_order_quantity(fixed_cost=[5, 5, 80], holding_cost=0.3, demand_rate=rates)
    for sku, fixed in enumerate([5, 5, 80]):
        one = economic_order_quantity(fixed_cost=fixed, holding_cost=0.3, demand_rate=rates[sku])
        assert (many.order_quantity[sku], many.cost[sku]) == one


def test_without_demand_nothing_is_ordered():
    assert economic_order_quantity(fixed_cost=5, holding_cost=1, demand_rate=0) == (0, 0)


def test_a_batch_that_arrives_slowly_is_larger_and_cheaper():
    # half of it is used while it is made: as if holding cost half
    lot = economic_production_quantity(fixed_cost=50, holding_cost=8, demand_rate=100, production_rate=200)
    assert lot == (50, 200)


def test_backorders_hold_and_owe_by_their_costs():
    # a quarter waits; Q = √(2 × 50 × 100 × 8 / (2 × 6))
    lot = economic_order_quantity_with_backorders(
        fixed_cost=50, holding_cost=2, stockout_cost=6, demand_rate=100
    )
    assert lot.stockout_fraction == 0.25
    assert lot.order_quantity == pytest.approx(np.sqrt(20000 / 3))
    given_back = economic_order_quantity_with_backorders(
        fixed_cost=50,
        holding_cost=2,
        stockout_cost=6,
        demand_rate=100,
        order_quantity=lot.order_quantity,
        stockout_fraction=0.25,
    )
    assert given_back.cost == pytest.approx(lot.cost)


def test_backorders_that_nobody_bears_are_the_plain_lot():
    lot = economic_order_quantity_with_backorders(
        fixed_cost=50, holding_cost=4, stockout_cost=1e9, demand_rate=100
    )
    assert lot.order_quantity == pytest.approx(50)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"holding_cost": 0}, "holding_cost: found 0; give a number above 0"),
        ({"fixed_cost": -1}, "fixed_cost: found -1; give a number of 0 or more"),
        ({"order_quantity": 0}, "order_quantity: found 0"),
    ],
)
def test_numbers_out_of_range_are_named(changed, said):
    system = {"fixed_cost": 5, "holding_cost": 1, "demand_rate": 10}
    with pytest.raises(ValueError, match=said):
        economic_order_quantity(**system | changed)


def test_demand_that_production_cannot_keep_up_with_is_refused():
    with pytest.raises(ValueError, match="demand_rate: found 9; give a rate below production_rate"):
        economic_production_quantity(fixed_cost=5, holding_cost=1, demand_rate=9, production_rate=9)


def test_a_lot_without_its_share_of_backorders_is_refused():
    with pytest.raises(ValueError, match="give both or neither"):
        economic_order_quantity_with_backorders(
            fixed_cost=5, holding_cost=1, stockout_cost=2, demand_rate=9, order_quantity=4
        )
