import numpy as np
import pytest

from workbench.formulas.ranges import above_zero, chances, in_order, shares, whole_numbers, zero_or_more


def test_numbers_in_range_come_back_as_arrays_in_order():
    cost, rate = above_zero(cost=2, rate=[1, 3])
    assert cost == 2
    np.testing.assert_array_equal(rate, [1, 3])


@pytest.mark.parametrize("found", [0, -1, float("nan"), float("inf")])
def test_what_is_not_above_0_is_named(found):
    with pytest.raises(ValueError, match=r"holding_cost: found .*; give a number above 0"):
        above_zero(holding_cost=found)


def test_the_place_of_a_wrong_number_is_named():
    with pytest.raises(ValueError, match="found -3 in place 1, 0;"):
        zero_or_more(demand=[[1, 2], [-3, 4]])


def test_shares_lie_between_0_and_1():
    with pytest.raises(ValueError, match=r"found 1\.2; give a share from 0 to 1"):
        shares(discount_factor=1.2)


def test_rounded_probabilities_pass_and_others_do_not():
    chances([0.3333, 0.3333, 0.3333])
    with pytest.raises(ValueError, match=r"found a sum of 1\.2"):
        chances([[0.5, 0.5], [0.7, 0.5]])


def test_whole_numbers_are_whole():
    with pytest.raises(ValueError, match="give a whole number"):
        whole_numbers(reorder_point=2.5)


def test_equal_numbers_are_not_in_order():
    with pytest.raises(ValueError, match="give a rate below the other"):
        in_order("rate", np.array([1.0, 2.0]), np.array(2.0), "a rate below the other")
