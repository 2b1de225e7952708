"""Prices of what is scarce, found by ascent on the Lagrangian dual, whose value no assignment can beat."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from workbench.optimize.batch import Floats

ROUNDS = 250
PATIENCE = 10  # rounds in which the bound must rise by RISING, or the steps are shortened
RISING = 0.001  # fraction
SHORTER = 0.93
FIRST_STEP = 0.1  # of an order's mean cost
LAST_STEP = 0.01  # of the first; with shorter ones nothing is gained
MOMENTUM, MEMORY = 0.8, 0.95
FASTER, SLOWER, SLOWEST, FASTEST = 1.15, 0.8, 0.2, 30.0


class Priced(NamedTuple):
    """`prices`: (resources,), money a unit; `bound`: money, no assignment costs less."""

    prices: Floats
    bound: float


def ascend(
    cheapest: Callable[[Floats], tuple[float, Floats]],
    capacity: Floats,
    start: Floats,
    step: float,
    rounds: int = ROUNDS,
) -> Priced:
    """The best prices found, from `start` on.

    `cheapest(prices)` gives the cost of all orders, prices paid included, when each takes what is cheapest
    for it alone, and what they then use of every resource. `capacity`: (resources,), may be infinite. `step`:
    money by which a price moves at first.

    A price rises while its resource is overdrawn and falls while it is not. Steps go along a moving mean of
    the excess over its moving root mean square (Kingma & Ba, Adam, 2015), so that a pool of 3 units and a
    warehouse of 10,000 orders move alike; each resource's step grows while its excess keeps its sign and
    shrinks when that changes (Riedmiller & Braun, Rprop, 1993). Any prices give a bound (Fisher, The
    Lagrangian Relaxation Method, Management Science 27, 1981): the best one seen is returned.

    Two orders want the last unit, at 1 and 2, and could have another at 5 and 9: at a price between 4 and 7
    the second takes it, and the bound is 5 + 2.

    >>> near, far = np.array([1.0, 2.0]), np.array([5.0, 9.0])
    >>> def cheapest(prices):
    ...     return np.minimum(near + prices, far).sum(), np.array([(near + prices < far).sum()])
    >>> round(float(ascend(cheapest, np.array([1.0]), np.zeros(1), 0.5).bound), 6)
    7.0
    """
    finite = np.isfinite(capacity)
    prices, best, last = start, Priced(start, -np.inf), step * LAST_STEP
    mean, square, pace = np.zeros_like(start), np.zeros_like(start), np.ones_like(start)
    bounds: list[float] = []
    for number in range(rounds):
        cost, used = cheapest(prices)
        bound = cost - float(prices[finite] @ capacity[finite])
        if bound > best.bound:
            best = Priced(prices, bound)
        bounds.append(best.bound)
        excess = np.where(finite, used - capacity, 0.0)
        excess = np.where((prices > 0) | (excess > 0), excess, 0.0)
        if not excess.any():
            break
        agrees = excess * mean
        pace = np.where(agrees > 0, pace * FASTER, np.where(agrees < 0, pace * SLOWER, pace))
        pace = np.clip(pace, SLOWEST, FASTEST)
        mean = MOMENTUM * mean + (1 - MOMENTUM) * excess
        square = MEMORY * square + (1 - MEMORY) * excess**2 if number else excess**2
        direction = np.divide(mean, np.sqrt(square), out=np.zeros_like(mean), where=square > 0)
        prices = np.maximum(prices + step * pace * direction, 0.0)
        if number >= PATIENCE and bounds[-1] - bounds[-1 - PATIENCE] < RISING * abs(best.bound):
            step *= SHORTER
        if step < last:
            break
    return best
