"""The expected gain of every line's order as a curve over its quantity, exact on all sampled worlds.

What an order costs (`order_cost`) is made of the parts of a quantity that exceed a need, or a need and what
sells after it. Their means are sums over the worlds whose breakpoint lies below the quantity: sorted and
summed up once, the gain of any quantity at any price is read off in the logarithm of the paths.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.formulas.lot_sizes import Units
from workbench.formulas.order_cost import Economics, Exposure, Floats, Money

LINES_AT_ONCE = 256  # bounds the memory of building, changes no result


class Steps(NamedTuple):
    """Sorted breakpoints (lines, paths), and sums of their terms below each, (terms, lines, paths + 1).

    Terms are the breakpoint, and where units wait also the three coefficients of the days that they wait, a
    square of the quantity.
    """

    at: Floats
    sums: NDArray[np.float64]

    def above(self, line: Units, quantity: Money) -> tuple[Money, Money]:
        """Mean of what a quantity of a line exceeds its breakpoints by, units, and of the days it waits.

        All of shape (quantities,).
        """
        excess, waits = np.zeros(len(line)), np.zeros(len(line))
        some = np.flatnonzero(self.at[line, 0] < quantity)  # the others exceed none
        line, quantity, paths = line[some], quantity[some], self.at.shape[1]
        below = self._below(line, quantity)
        total, *wait = (sums.reshape(-1)[line * (paths + 1) + below] for sums in self.sums)
        excess[some] = (below * quantity - total) / paths
        if wait:
            square, slope, level = wait
            waits[some] = ((square * quantity + slope) * quantity + level) / paths
        return excess, waits

    def share_up_to(self, line: Units, quantity: Money) -> Money:
        """Share of the worlds whose breakpoint is no higher than a quantity of their line, (quantities,)."""
        share: Money = self._below(line, np.nextafter(quantity, np.inf)) / self.at.shape[1]
        return share

    def replaced(self, lines: Units, other: Steps) -> Steps:
        """The same with `lines` as `other`, which has these lines alone, has them."""
        at, sums = self.at.copy(), self.sums.copy()
        at[lines], sums[:, lines] = other
        return Steps(at, sums)

    def _below(self, line: Units, quantity: Money) -> Units:
        """Number of breakpoints of its line that lie below each quantity, by bisection."""
        paths, flat = self.at.shape[1], self.at.reshape(-1)
        first = line * paths
        place, left = first.copy(), paths
        while left > 1:
            half = left // 2
            place += half * (flat[place + (half - 1)] < quantity)
            left -= half
        below: Units = place - first + (flat[place] < quantity)
        return below


class GainCurve(NamedTuple):
    """What `expected_gain` says of any quantity of any line.

    `need`: where leftovers begin; `waits`: where they exceed what the next order would want; `gone`: where
    they outlive `obsolete_days` (lines,); `ahead`: where they exceed what is bought ahead for its price;
    `most`: units that outlive all that sells in every world, (lines,).
    """

    need: Steps
    waits: Steps
    gone: Steps
    ahead: Steps
    obsolete_days: Money
    most: Money

    def gain(self, line: Units, units: Units, money: Economics) -> Money:
        """Expected gain of ordering `units` of lines whose economics are `money`, each (orders,), money.

        A need of 10, no stock after it, 1 a day, shortage 5, holding 0.1, review 4: ordering 12 spares 50 of
        shortage and costs 3 (see `order_cost`).

        >>> worlds = Exposure(*(np.array([[x]], dtype=np.float32) for x in (10, 0, 1, 0)))
        >>> money = Economics(*(np.array([x]) for x in (5, 0.1, 4, 0, 0, 365, 0)))
        >>> curve = gain_curve(worlds, money.obsolete_days, money.forward_days)
        >>> curve.gain(np.array([0]), np.array([12]), money).round(4).tolist()
        [47.0]
        """
        quantity = units.astype(np.float64)
        left = self.need.above(line, quantity)[0]
        waiting = self.waits.above(line, quantity)[1]
        written_off, sold_by_then = self.gone.above(line, quantity)
        used = quantity - left
        waiting = waiting - sold_by_then + self.obsolete_days[line] * written_off
        ahead = left.copy()
        rises = np.flatnonzero(money.rise > 0)
        ahead[rises] -= self.ahead.above(line[rises], quantity[rises])[0]
        held = money.holding * (money.review * (used / 2 + left) + waiting)
        gain: Money = money.short * used - held - money.write_off * written_off + money.rise * ahead
        return gain

    def replaced(self, lines: Units, other: GainCurve) -> GainCurve:
        """The same with `lines` as `other`, which has these lines alone, has them."""
        if len(lines) in (0, len(self.most)):
            return other if len(lines) else self
        most, obsolete_days = self.most.copy(), self.obsolete_days.copy()
        most[lines], obsolete_days[lines] = other.most, other.obsolete_days
        need, waits, gone, ahead = (
            mine.replaced(lines, its) for mine, its in zip(self[:4], other[:4], strict=True)
        )
        return GainCurve(need, waits, gone, ahead, obsolete_days, most)


def gain_curve(exposure: Exposure, obsolete_days: Money, forward_days: Money) -> GainCurve:
    """The curve of every line; days as in `Economics`, (lines,) each."""
    lines, paths = exposure.need.shape
    need, waits, gone, ahead = (_empty(lines, paths, terms) for terms in (1, 4, 4, 1))
    most = np.zeros(lines)
    for start in range(0, lines, LINES_AT_ONCE):
        part = slice(start, start + LINES_AT_ONCE)
        most[part] = _fill(
            part, exposure.take(part), (obsolete_days[part], forward_days[part]), (need, waits, gone, ahead)
        )
    return GainCurve(need, waits, gone, ahead, obsolete_days, most)


def best_units(
    curve: GainCurve,
    line: Units,
    money: Economics,
    price: Money,
    packs: tuple[Units, Units, Units],
) -> Units:
    """The quantity of each line of greatest gain less `price` (money per unit), in whole packs; (lines,).

    `packs`: size of a pack, least and most packs. Found by bisection on the gain of the last pack, which
    falls with every pack. A need of 1, 2, 3 or 4 units with equal chance, shortage 3 against a write-off of
    1.5 (critical ratio 2/3) orders 3, and 2 where every unit has to earn 0.8 beside:

    >>> one = np.ones((1, 4), dtype=np.float32)
    >>> worlds = Exposure(np.array([[1, 2, 3, 4]], dtype=np.float32), *(0 * one,) * 3)
    >>> money = Economics(*(np.array([x]) for x in (3.0, 0, 0, 0, 0, 365, 1.5)))
    >>> curve, packs = gain_curve(worlds, *money[5:3:-1]), (np.array([1]), np.array([0]), np.array([9]))
    >>> [best_units(curve, np.array([0]), money, np.array([x]), packs).tolist() for x in (0, 0.8)]
    [[3], [2]]
    """
    size, least, most = packs
    low, high = least.copy(), np.maximum(least, most)
    while len(rows := np.flatnonzero(low < high)):
        middle = (low[rows] + high[rows] + 1) // 2
        of_row, of_line, pack = money.take(rows), line[rows], size[rows]
        more = curve.gain(of_line, middle * pack, of_row) - curve.gain(of_line, (middle - 1) * pack, of_row)
        pays = more > price[rows] * pack
        low[rows], high[rows] = np.where(pays, middle, low[rows]), np.where(pays, high[rows], middle - 1)
    best: Units = low * size
    return best


def _fill(part: slice, exposure: Exposure, days: tuple[Money, Money], curve: tuple[Steps, ...]) -> Money:
    """Sort and sum up some lines; returns the units that outlive all that sells, (lines,)."""
    need, stock_after, rate, wanted = (values.astype(np.float64) for values in exposure)
    sells = np.maximum(rate * days[0][:, None] - stock_after, 0)
    ahead = np.maximum(rate * days[1][:, None] - stock_after, 0)
    begins = need + np.maximum(wanted - stock_after, 0)
    before, beyond = np.maximum(stock_after - wanted, 0), np.maximum(need + sells - begins, 0)
    # days per unit; a world that sells nothing in time waits for nothing
    pace = np.where(beyond > 0, 1 / np.maximum(rate, 1e-9), 0)
    square, slope, level = pace / 2, pace * (before - begins), pace * begins * (begins / 2 - before)
    whole_wait = pace * beyond * (before + beyond / 2)
    for steps, terms in zip(
        curve,
        (
            (need,),
            (begins, square, slope, level),
            (need + sells, square, slope, level - whole_wait),
            (need + ahead,),
        ),
        strict=True,
    ):
        _sum_up(steps, part, *terms)
    most: Money = (need + np.maximum(sells, ahead)).max(axis=1, initial=0)
    return most


def _empty(lines: int, paths: int, terms: int) -> Steps:
    return Steps(np.empty((lines, paths), dtype=np.float32), np.zeros((terms, lines, paths + 1)))


def _sum_up(steps: Steps, part: slice, at: Money, *coefficients: Money) -> None:
    """Write the sorted breakpoints of some lines, and the sums of their terms."""
    lines, paths = at.shape
    breakpoints = at.astype(np.float32)
    order = np.argsort(breakpoints, axis=1) + paths * np.arange(lines)[:, None]
    steps.at[part] = breakpoints.reshape(-1)[order]
    for sums, values in zip(steps.sums, (at, *coefficients), strict=True):
        np.cumsum(values.reshape(-1)[order], axis=1, out=sums[part, 1:])
