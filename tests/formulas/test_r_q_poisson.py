import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.formulas.loss_functions import poisson_loss
from workbench.formulas.r_q_poisson import r_q_poisson_cost, r_q_poisson_exact

SYSTEM = {"holding_cost": 20, "stockout_cost": 150, "fixed_cost": 100, "demand_mean": 1.5, "lead_time": 2}


def test_a_lot_of_1_is_one_position_and_an_order_a_unit():
    loss = poisson_loss(4, 3)
    cost = r_q_poisson_cost(**SYSTEM, reorder_point=3, order_quantity=1)
    assert cost == pytest.approx(150 + 20 * loss.left + 150 * loss.short)


def test_the_textbook_policy():
    best = r_q_poisson_exact(**SYSTEM)
    assert best[:2] == (3, 5)
    assert best.cost == pytest.approx(r_q_poisson_cost(**SYSTEM, reorder_point=3, order_quantity=5))


@settings(max_examples=25)
@given(st.floats(0.5, 20), st.floats(5, 90), st.floats(0.5, 60), st.floats(0.5, 20), st.floats(0.1, 1.5))
def test_no_policy_near_the_best_costs_less(holding_cost, stockout_cost, fixed_cost, demand_mean, lead_time):
    system = {
        "holding_cost": holding_cost,
        "stockout_cost": stockout_cost,
        "fixed_cost": fixed_cost,
        "demand_mean": demand_mean,
        "lead_time": lead_time,
    }
    best = r_q_poisson_exact(**system)
    for low in range(best.reorder_point - 3, best.reorder_point + 4):
        for lot in range(1, best.order_quantity + 4):
            cost = r_q_poisson_cost(**system, reorder_point=low, order_quantity=lot)
            assert cost >= best.cost * (1 - 1e-9)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"order_quantity": 2.5}, "order_quantity: found 2.5; give a whole number"),
        ({"order_quantity": 0}, "order_quantity: found 0; give a number above 0"),
        ({"reorder_point": 0.5}, "reorder_point: found 0.5; give a whole number"),
        ({"lead_time": 0}, "lead_time: found 0"),
    ],
)
def test_numbers_out_of_range_are_named(changed, said):
    with pytest.raises(ValueError, match=said):
        r_q_poisson_cost(**SYSTEM | {"reorder_point": 3, "order_quantity": 5} | changed)
