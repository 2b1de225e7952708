import numpy as np
import pytest

from workbench.formulas.economic_order_quantity import economic_order_quantity
from workbench.formulas.joint_replenishment import joint_replenishment


def test_one_product_is_the_plain_lot():
    joint = joint_replenishment(
        shared_fixed_cost=30, individual_fixed_cost=[20], holding_cost=[4], demand_rate=[100]
    )
    plain = economic_order_quantity(fixed_cost=50, holding_cost=4, demand_rate=100)
    assert (joint.order_quantity[0], joint.cost) == pytest.approx(plain)


def test_a_product_that_is_dear_to_order_and_slow_is_in_every_third_order():
    # √(840/20 × 160/720) = 3.06; √(300/50 × 160/720) = 1.15
    joint = joint_replenishment(
        shared_fixed_cost=600,
        individual_fixed_cost=[120, 840, 300],
        holding_cost=[160, 20, 50],
        demand_rate=[1, 1, 1],
    )
    np.testing.assert_array_equal(joint.order_multiple, [1, 3, 1])
    # an order costs 600 + 120 + 280 + 300, a unit of time holds 160 + 60 + 50 a cycle
    assert joint.cycle_time == pytest.approx(np.sqrt(2 * 1300 / 270))
    assert joint.cost == pytest.approx(np.sqrt(2 * 1300 * 270))


def test_orders_that_cost_nothing_are_refused():
    with pytest.raises(ValueError, match="shared_fixed_cost"):
        joint_replenishment(shared_fixed_cost=0, individual_fixed_cost=[0], holding_cost=[1], demand_rate=[1])


def test_a_rate_of_0_is_refused():
    with pytest.raises(ValueError, match="demand_rate: found 0 in place 1"):
        joint_replenishment(
            shared_fixed_cost=1, individual_fixed_cost=[1, 1], holding_cost=1, demand_rate=[1, 0]
        )
