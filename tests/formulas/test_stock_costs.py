import numpy as np
import pytest

from workbench.formulas.loss_functions import Loss
from workbench.formulas.stock_costs import StockCosts, level_of, level_or_best


def test_what_is_left_and_what_is_short_are_charged_each_at_its_own_cost():
    costs = StockCosts.of([0.5, 1.0], 3)
    loss = Loss(short=np.array([1.0, 0.0]), left=np.array([2.0, 4.0]))

    assert costs.charge(loss).tolist() == [0.5 * 2 + 3 * 1, 1.0 * 4]


def test_a_shortage_of_nine_against_an_overage_of_one_pays_for_nine_in_ten():
    assert StockCosts.of(1, 9).ratio == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("holding", "stockout", "named"),
    [
        (0, 1, "holding_cost: found 0"),
        (1, [2, -2], "stockout_cost: found -2 in place 1"),
        (float("nan"), 1, "holding_cost: found nan"),
    ],
)
def test_costs_that_are_none_are_named(holding, stockout, named):
    with pytest.raises(ValueError, match=named):
        StockCosts.of(holding, stockout)


def test_a_level_that_was_given_goes_before_the_best():
    best = np.array([7.0])

    assert level_or_best(None, best) is best
    assert level_or_best(3, best) == 3.0
    with pytest.raises(ValueError, match="order_up_to_level: found inf"):
        level_or_best(float("inf"), best)


def test_one_level_stands_beside_every_cost():
    found = level_of(np.array(5.0), np.array([1.0, 2.0]))

    assert found.order_up_to_level.tolist() == [5.0, 5.0]
    assert found.cost.tolist() == [1.0, 2.0]
