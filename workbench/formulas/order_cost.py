"""What an order costs in every sampled world, and the quantity that is expected to cost least.

A newsvendor whose leftovers are not lost: they are held until they sell, serve later demand that would else
be bought at the next order's price, and are written off when they take too long.
"""

from __future__ import annotations

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from workbench.formulas.lot_sizes import Units

Floats = NDArray[np.float32]
Money = NDArray[np.float64]
Amount = TypeVar("Amount", float, Money)
ROWS_AT_ONCE = 2048  # bounds the memory of one evaluation, changes no result


class Exposure(NamedTuple):
    """What an order meets, by line and path; each of shape (lines, paths).

    `need`: units short in its review period if it is not placed; `stock_after`: units there at the end of
    that period and still to come, without it; `rate`: units sold per day from then on; `wanted_after`
    (lines, 1): units that the next order would want there anyway.
    """

    need: Floats
    stock_after: Floats
    rate: Floats
    wanted_after: Floats

    def take(self, lines: NDArray[np.int64] | slice) -> Exposure:
        """The exposure of some lines."""
        return Exposure(*(part[lines] for part in self))


class Economics(NamedTuple):
    """What a line's units cost and bring, money per unit unless said; each of shape (lines,).

    `short`: lost with a unit short; `holding`: per unit and day; `review`: days from one order to the next;
    `rise`: by which a unit is dearer at the next order (below 0: cheaper); `forward_days`: most days of
    demand that `rise` is bought ahead for; `obsolete_days`: days after which a unit is written off at the
    loss `write_off`.
    """

    short: Money
    holding: Money
    review: Money
    rise: Money
    forward_days: Money
    obsolete_days: Money
    write_off: Money

    def take(self, lines: NDArray[np.int64] | slice) -> Economics:
        """The economics of some lines."""
        return Economics(*(part[lines] for part in self))


def critical_ratio(short: Amount, over: Amount) -> Amount:
    """The chance of meeting all demand that pays: short ÷ (short + over), money per unit each.

    Source: Arrow, Harris & Marschak (1951), eq. 4.12 of Snyder & Shen. A shortage of 9 against an overage
    of 1 pays for 90 %.

    >>> critical_ratio(9, 1)
    0.9
    """
    return short / (short + over)


def order_cost(quantity: NDArray[np.int64], exposure: Exposure, economics: Economics) -> Floats:
    """Cost of ordering `quantity` (lines,) against buying later just what is needed; shape (lines, paths).

    A unit that is needed in the review period waits half of it; a leftover waits the whole period. What the
    next order would want there anyway it then no longer has to buy, so that only what is left beyond that
    waits on, behind the stock that is there (a myopic order is best as long as the next can make up for it:
    Veinott 1965); units short cost `short`. Convex in the quantity. Need 10, order 12, no stock after it and
    none wanted, 1 a day, shortage 5, holding 0.1, review 4: the 10 cost 10 × 4/2 × 0.1 = 2, the 2 left wait
    4 days and then 1 on average: 2 × (4 + 1) × 0.1 = 1; together 3. Were 2 wanted, they would cost 0.8.

    >>> worlds = Exposure(*(np.array([[x]], dtype=np.float32) for x in (10, 0, 1, 0)))
    >>> money = Economics(*(np.array([x]) for x in (5, 0.1, 4, 0, 0, 365, 0)))
    >>> order_cost(np.array([12]), worlds, money).round(4).tolist()
    [[3.0]]
    """
    short, holding, review, rise, forward, obsolete, write_off = (
        part.astype(np.float32)[:, None] for part in economics
    )
    need, stock_after, rate, wanted_after = exposure
    used = np.minimum(quantity.astype(np.float32)[:, None], need)
    left = quantity.astype(np.float32)[:, None] - used
    sold = np.clip(rate * obsolete - stock_after, 0, left)
    ahead = np.where(rise > 0, np.clip(rate * forward - stock_after, 0, left), left)
    # the first leftover beyond what is wanted sells once the stock before it has gone, the last after all
    before = np.maximum(stock_after - wanted_after, 0)
    beyond = np.clip(stock_after + sold - wanted_after, 0, sold)
    waiting = beyond * (before + beyond / 2) / np.maximum(rate, 1e-9) + obsolete * (left - sold)
    held = review * (used / 2 + left) + waiting
    cost: Floats = short * (need - used) + holding * held + write_off * (left - sold) - rise * ahead
    return cost


def expected_gain(quantity: NDArray[np.int64], exposure: Exposure, economics: Economics) -> Money:
    """Expected cost without the order less that with it, money, shape (lines,)."""
    gains = np.zeros(len(quantity))
    for start in range(0, len(quantity), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        worlds, money = exposure.take(part), economics.take(part)
        without = worlds.need * money.short.astype(np.float32)[:, None]
        gains[part] = (without - order_cost(quantity[part], worlds, money)).mean(axis=1, dtype=np.float64)
    return gains


def best_quantity(multiple: NDArray[np.int64], exposure: Exposure, economics: Economics) -> Units:
    """The quantity in packs of `multiple` of least expected cost, units, shape (lines,).

    Found by bisection on the gain of the last pack, which falls with every pack. A need of 1, 2, 3 or 4
    units with equal chance, shortage 3 against overage 1.5 (critical ratio 2/3) orders 3:

    >>> one = np.ones((1, 4), dtype=np.float32)
    >>> worlds = Exposure(np.array([[1, 2, 3, 4]], dtype=np.float32), 0 * one, 0 * one, 0 * one)
    >>> money = Economics(*(np.array([x]) for x in (3.0, 0, 0, 0, 0, 365, 1.5)))
    >>> best_quantity(np.array([1]), worlds, money).tolist()
    [3]
    """
    most = exposure.need.max(axis=1, initial=0)
    ahead = (exposure.rate * economics.forward_days[:, None]).max(axis=1, initial=0)
    most = most + np.where(economics.rise > 0, ahead, 0)
    low = np.zeros(len(multiple), dtype=np.int64)
    high = np.ceil(most / multiple).astype(np.int64)
    while np.any(low < high):
        middle = (low + high + 1) // 2
        pays = expected_gain(middle * multiple, exposure, economics) > expected_gain(
            (middle - 1) * multiple, exposure, economics
        )
        low, high = np.where(pays, middle, low), np.where(pays, high, middle - 1)
    best: Units = low * multiple
    return best
