"""Supply that stops at random and comes back: lots and order-up-to levels that allow for it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize.elementwise import find_root

from workbench.formulas.economic_order_quantity import Lot
from workbench.formulas.loss_functions import Loss
from workbench.formulas.ranges import Numbers, above_zero, in_order, zero_or_more
from workbench.formulas.stock_costs import Level, StockCosts, level_of, level_or_best


class _System(NamedTuple):
    """Costs, demand per unit of time, and how often supply stops and comes back per unit of time."""

    fixed: Numbers
    holding: Numbers
    stockout: Numbers
    rate: Numbers
    stops: Numbers
    returns: Numbers

    def down(self, lot: Numbers) -> Numbers:
        """Chance that supply is down when a lot has been used up."""
        chance: Numbers = self.stops / (self.stops + self.returns) * -np.expm1(-self._events(lot))
        return chance

    def cost(self, lot: Numbers, down: Numbers) -> Numbers:
        """A cycle's cost over its length, supply being down at its end with a chance of `down`."""
        waiting = down / self.returns
        cycle = self.fixed + self.holding * lot**2 / (2 * self.rate) + self.stockout * self.rate * waiting
        return cycle / (lot / self.rate + waiting)

    def slope(self, lot: Numbers) -> Numbers:
        """A number of the sign of the cost's slope in the lot."""
        waiting = self.down(lot) / self.returns
        growth = self.stops / (self.rate * self.returns) * np.exp(-self._events(lot))
        cycle = self.fixed + self.holding * lot**2 / (2 * self.rate) + self.stockout * self.rate * waiting
        cycle_growth = self.holding * lot / self.rate + self.stockout * self.rate * growth
        return cycle_growth * (lot / self.rate + waiting) - cycle * (1 / self.rate + growth)

    def approximate_lot(self) -> Numbers:
        """The best lot if supply were as likely down as in the long run."""
        owed = self.stops / (self.stops + self.returns) * self.rate * self.holding
        square = 2 * self.holding * self.returns * self.rate
        inside = self.fixed * self.returns + self.stockout * owed / self.holding
        best: Numbers = (np.sqrt(owed**2 + square * inside) - owed) / (self.holding * self.returns)
        return best

    def _events(self, lot: Numbers) -> Numbers:
        return (self.stops + self.returns) * lot / self.rate


def economic_order_quantity_with_disruptions(
    *,
    fixed_cost: ArrayLike,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand_rate: ArrayLike,
    disruption_rate: ArrayLike,
    recovery_rate: ArrayLike,
    order_quantity: ArrayLike | None = None,
    approximate: bool = False,
) -> Lot:
    """The lot of least cost (or the cost of a lot given) where supply may be down. Arrays broadcast.

    `fixed_cost` money per order, `holding_cost` money per unit and unit of time, `stockout_cost` money per
    unit lost, `demand_rate` units per unit of time; supply stops after times that are exponential with
    `disruption_rate` and comes back after such with `recovery_rate`, both per unit of time.
    g(Q) = (K + hQ²/2d + pdψ/μ) / (Q/d + ψ/μ), ψ = λ/(λ+μ) (1 - exp(-(λ+μ)Q/d)). `approximate` sets ψ to
    λ/(λ+μ), for which the best lot has a closed form. NaN where, without a fixed cost, the smaller the lot
    the better. Source: Parlar & Berkin (1991), Berk & Arreola-Risa (1994), Snyder (2014); Snyder & Shen, eq.
    9.5 and examples 9.1 and 9.2.

    >>> lot = economic_order_quantity_with_disruptions(
    ...     fixed_cost=8, holding_cost=0.225, stockout_cost=5, demand_rate=1300, disruption_rate=1.5,
    ...     recovery_rate=14,
    ... )
    >>> print(f"{lot.order_quantity:.2f} {lot.cost:.2f}")
    772.81 173.95

    Raises ValueError for a fixed cost below 0, and other numbers that are not above 0.
    """
    system = _System(
        *zero_or_more(fixed_cost=fixed_cost),
        *above_zero(
            holding_cost=holding_cost,
            stockout_cost=stockout_cost,
            demand_rate=demand_rate,
            disruption_rate=disruption_rate,
            recovery_rate=recovery_rate,
        ),
    )
    if order_quantity is not None:
        (lot,) = above_zero(order_quantity=order_quantity)
    else:
        lot = system.approximate_lot() if approximate else _best_lot(system)
    down = system.stops / (system.stops + system.returns) if approximate else system.down(lot)
    cost = system.cost(lot, down)
    return Lot(np.broadcast_to(lot, np.shape(cost))[()], cost)


def newsvendor_with_disruptions(
    *,
    holding_cost: ArrayLike,
    stockout_cost: ArrayLike,
    demand: ArrayLike,
    disruption_probability: ArrayLike,
    recovery_probability: ArrayLike,
    order_up_to_level: ArrayLike | None = None,
) -> Level:
    """The order-up-to level of least cost (or the cost of one given) for known demand. Arrays broadcast.

    `holding_cost`, `stockout_cost` money per unit left or backordered at a period's end, `demand` units per
    period; each period supply that is up goes down with `disruption_probability` α, and one that is down
    comes back with `recovery_probability` β. The level covers 1 + n periods, n the least with
    1 - α/(α+β) (1-β)ⁿ ≥ p/(p+h). Source: Snyder & Shen, eq. 9.14, 9.18 and lemma 9.2.

    >>> best = newsvendor_with_disruptions(
    ...     holding_cost=0.25, stockout_cost=3, demand=2000, disruption_probability=0.04,
    ...     recovery_probability=0.25,
    ... )
    >>> print(f"{best.order_up_to_level:.0f} {best.cost:.2f}")
    8000 2737.07

    Raises ValueError for numbers that are not above 0, and for probabilities of 1 or more.
    """
    costs = StockCosts.of(holding_cost, stockout_cost)
    wanted, stop, back = above_zero(
        demand=demand,
        disruption_probability=disruption_probability,
        recovery_probability=recovery_probability,
    )
    in_order("disruption_probability", stop, np.ones(()), "a probability below 1")
    in_order("recovery_probability", back, np.ones(()), "a probability below 1")
    down, stay = stop / (stop + back), 1 - back
    best = wanted * (1 + _periods_covered(down, stay, costs.ratio))
    level = level_or_best(order_up_to_level, best)
    # supply has been down for more than n periods with a chance of down × stay^n: beyond what the level
    # covers lie whole periods, a geometric series, and a part of one
    beyond = level / wanted - 1
    whole = np.maximum(np.floor(beyond), 0)
    short = wanted * down * stay**whole * (stay / back + whole + 1 - beyond)
    short = np.where(beyond < 0, wanted * (down / back - beyond), short)
    left = level - wanted * (1 + down / back) + short
    return level_of(level, costs.charge(Loss(short, left)))


def _periods_covered(down: Numbers, stay: Numbers, ratio: Numbers) -> Numbers:
    """The least number of periods without supply that lasts longer with a chance of 1 - ratio at most."""
    periods: Numbers = np.maximum(np.ceil(np.log((1 - ratio) / down) / np.log(stay)) - 1, 0)
    # the logarithm may round up or down: one less was tried, up to two steps lead to the least
    for _ in range(2):
        periods = periods + (1 - down * stay**periods < ratio)
    return periods


def _best_lot(system: _System) -> Numbers:
    guess = system.approximate_lot()
    high = guess
    while np.any(system.slope(high) < 0):
        high = np.where(system.slope(high) < 0, 2 * high, high)
    slope = find_root(
        lambda lot, *rest: _System(*rest).slope(lot),
        (guess * 1e-6, high),
        args=tuple(np.broadcast_arrays(*system)),
    )
    best: Numbers = slope.x
    return best
