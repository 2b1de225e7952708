"""What stock costs that is left over or falls short, and the level of stock that is judged by it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from workbench.formulas.loss_functions import Loss
from workbench.formulas.order_cost import critical_ratio
from workbench.formulas.ranges import Numbers, above_zero, any_number


class Level(NamedTuple):
    """An order-up-to level, units, and its expected cost, money per period."""

    order_up_to_level: Numbers
    cost: Numbers


class StockCosts(NamedTuple):
    """Money per unit left over and per unit short, of one period or unit of time; arrays broadcast."""

    holding: Numbers
    stockout: Numbers

    @classmethod
    def of(cls, holding_cost: ArrayLike, stockout_cost: ArrayLike) -> StockCosts:
        """The costs as they were given. Raises ValueError for one that is not above 0.

        >>> StockCosts.of(0.2, -1)
        Traceback (most recent call last):
        ValueError: stockout_cost: found -1; give a number above 0
        """
        return cls(*above_zero(holding_cost=holding_cost, stockout_cost=stockout_cost))

    @property
    def ratio(self) -> Numbers:
        """The chance of meeting all demand that pays, p/(h+p)."""
        return critical_ratio(self.stockout, self.holding)

    def charge(self, loss: Loss) -> Numbers:
        """Expected cost of what is left and short, money: 2 left at 0.5 and 1 short at 3 cost 4.

        >>> float(StockCosts.of(0.5, 3).charge(Loss(np.array(1), np.array(2))))
        4.0
        """
        cost: Numbers = self.holding * loss.left + self.stockout * loss.short
        return cost


def level_or_best(order_up_to_level: ArrayLike | None, best: Numbers) -> Numbers:
    """The level that was given, else the best. Raises ValueError for one that is not finite."""
    if order_up_to_level is None:
        return best
    (given,) = any_number(order_up_to_level=order_up_to_level)
    return given


def level_of(level: Numbers, cost: Numbers) -> Level:
    """Levels with their costs, which may be of more cases than the levels: shape of the costs."""
    return Level(np.broadcast_to(level, np.shape(cost))[()], cost)
