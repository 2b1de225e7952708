import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.formulas.economic_order_quantity import economic_order_quantity
from workbench.formulas.quantity_discounts import all_units_discount, incremental_discount

SYSTEM = {"fixed_cost": 8, "holding_rate": 0.3, "demand_rate": 1300}
TIERS = {"tier_from": [0, 400, 800], "unit_cost": [0.75, 0.72, 0.68]}
DISCOUNTS = pytest.mark.parametrize("discount", [all_units_discount, incremental_discount])


def paid(quantity, tier_from, unit_cost, incremental):
    """What a lot costs to buy."""
    ends = [*tier_from[1:], np.inf]
    if incremental:
        return sum(
            cost * (min(quantity, end) - start)
            for start, end, cost in zip(tier_from, ends, unit_cost, strict=True)
            if quantity > start
        )
    return quantity * unit_cost[np.searchsorted(tier_from, quantity, side="right") - 1]


def test_a_break_above_the_best_lot_is_taken_where_it_pays():
    lot = all_units_discount(**SYSTEM, **TIERS)
    assert (lot.order_quantity, lot.tier) == (800, 2)
    assert lot.cost == pytest.approx(0.68 * 1300 + 8 * 1300 / 800 + 0.3 * 0.68 * 400)


def test_one_price_is_the_plain_lot():
    plain = economic_order_quantity(fixed_cost=8, holding_cost=0.3 * 0.75, demand_rate=1300)
    for discount in (all_units_discount, incremental_discount):
        lot = discount(**SYSTEM, tier_from=[0], unit_cost=[0.75])
        assert lot.order_quantity == pytest.approx(plain.order_quantity)
        assert lot.cost == pytest.approx(plain.cost + 0.75 * 1300)


@DISCOUNTS
@given(
    st.lists(st.integers(1, 900), min_size=0, max_size=4, unique=True),
    st.lists(st.floats(0.5, 1), min_size=5, max_size=5),
    st.floats(1, 300),
    st.floats(1, 3000),
    st.floats(1, 2000),
)
def test_no_lot_costs_less_than_the_best(discount, starts, falls, fixed_cost, demand_rate, quantity):
    tier_from = [0, *sorted(starts)]
    unit_cost = 10 * np.cumprod(falls[: len(tier_from)])
    best = discount(
        fixed_cost=fixed_cost,
        holding_rate=0.2,
        demand_rate=demand_rate,
        tier_from=tier_from,
        unit_cost=unit_cost,
    )
    incremental = discount is incremental_discount

    def cost(units):
        bought = paid(units, tier_from, unit_cost, incremental)
        return demand_rate * (fixed_cost + bought) / units + 0.2 * bought / 2

    assert best.cost == pytest.approx(cost(best.order_quantity))
    assert cost(quantity) >= best.cost * (1 - 1e-9)


@DISCOUNTS
def test_many_skus_at_once_and_of_fewer_tiers(discount):
    many = discount(
        fixed_cost=[8, 90],
        holding_rate=0.3,
        demand_rate=[1300, 0],
        tier_from=[[0, 400, 800], [0, 50, np.inf]],
        unit_cost=[[0.75, 0.72, 0.68], [5, 4, 4]],
    )
    one = discount(**SYSTEM, **TIERS)
    two = discount(fixed_cost=90, holding_rate=0.3, demand_rate=0, tier_from=[0, 50], unit_cost=[5, 4])
    np.testing.assert_allclose(many.cost, [one.cost, two.cost])
    np.testing.assert_array_equal(many.tier, [one.tier, two.tier])


@DISCOUNTS
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"tier_from": [1, 400, 800]}, "the first tier does not start at 0"),
        ({"tier_from": [0, 800, 400]}, "sort the tiers"),
        ({"unit_cost": [0.75, 0.72, 0.73]}, r"unit_cost: found 0\.73 .*; give a price that does not rise"),
        ({"unit_cost": [0.75, 0.72]}, "give both one column a tier"),
        ({"unit_cost": [0.75, 0.72, 0]}, "unit_cost: found 0 in place 2"),
        ({"holding_rate": -0.1}, "holding_rate"),
    ],
)
def test_tiers_that_are_none_are_named(discount, changed, said):
    with pytest.raises(ValueError, match=said):
        discount(**SYSTEM | TIERS | changed)
