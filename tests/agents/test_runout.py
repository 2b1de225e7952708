"""What an order leaves is not all known to the next one, where what is short is lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from workbench.agents.replenishment.runout import left_again, units_that_meet

UNITS = arrays(np.float32, (3, 8), elements=st.integers(0, 9).map(float))


def again(need, wanted, chance=0.75, stock_after=0.0):
    need, wanted = (np.array([units], dtype=np.float32) for units in (need, wanted))
    return left_again(need, np.full_like(need, stock_after), wanted, np.array([chance]))[0]


def test_units_are_enough_with_their_chance():
    units = np.array([[4, 1, 3, 2]], dtype=np.float32)
    found = [units_that_meet(units, np.array([chance]))[0, 0] for chance in (0.25, 0.5, 0.51, 1.0)]
    assert found == [1, 2, 3, 4]


def test_a_world_that_sells_little_leaves_units_again():
    # 2 are ordered twice; the worlds that leave some of them leave some again, the others none
    assert again([0, 1, 2, 2], [1, 1, 2, 2]) == pytest.approx(1 - 2 / 4)


def test_demand_that_is_sure_leaves_nothing_again():
    assert again([5, 5, 5, 5], [5, 5, 5, 5]) == 0


def test_what_waits_beyond_the_next_order_is_not_counted_twice():
    assert again([0, 0, 0, 0], [1, 1, 2, 2], stock_after=9.0) == 0


@given(UNITS, UNITS, st.sampled_from([0.1, 0.5, 0.9]))
def test_it_is_a_share_of_worlds(need, wanted, chance):
    found = left_again(need, 0 * need, wanted, np.full(3, chance))
    assert np.all((found >= 0) & (found < 1))
