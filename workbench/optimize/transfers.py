"""Moves between warehouses: excess at one against lost sales at another, on the same sample paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Units = NDArray[np.int64]
Index = NDArray[np.int64]
Money = NDArray[np.float64]
Paths = NDArray[np.float32]
TINY = 1e-9  # m³; less is a rounding of sums


@dataclass(frozen=True)
class Ways:
    """One way is one SKU on one lane; all arrays have a row a way.

    `sku`, `origin`, `target` and `lane` number the SKU, the stock it leaves, the stock it joins and the lane.
    `spare` (ways, paths): units at the origin that its own demand does not want; `lacking` (ways, paths):
    units that the target will lack from the arrival on. `lost` and `won` are what a unit sold at the origin
    and at the target brings, `cost` what moving it costs; money per unit.
    """

    sku: Index
    origin: Index
    target: Index
    lane: Index
    spare: Paths
    lacking: Paths
    lost: Money
    won: Money
    cost: Money

    def take(self, rows: Index) -> Ways:
        """Some of the ways."""
        return Ways(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def after(self, sent: Units) -> Ways:
        """The ways once `sent` (ways,) units have left: origins and targets count all that touches them."""
        left = np.bincount(self.origin, weights=sent, minlength=self.origin.max(initial=0) + 1)
        came = np.bincount(self.target, weights=sent, minlength=self.target.max(initial=0) + 1)
        return replace(
            self,
            spare=np.maximum(self.spare - left[self.origin, None].astype(np.float32), 0),
            lacking=np.maximum(self.lacking - came[self.target, None].astype(np.float32), 0),
        )

    def still_open(self, sent: Units) -> NDArray[np.bool_]:
        """Ways that may still be used once `sent` units have left: stock that receives does not send."""
        used = sent > 0
        sends = np.isin(self.target, self.origin[used])
        receives = np.isin(self.origin, self.target[used])
        return ~(sends | receives)

    def costs(self, units: Units) -> Money:
        """Cost of sending `units` (ways,), shape (ways, paths), money.

        That is what the target lacks still, what the origin then lacks, and the way itself; sending nothing
        costs what is lacking.
        """
        sent = units[:, None].astype(np.float32)
        still = np.maximum(self.lacking - sent, 0) * self.won[:, None]
        missed = np.maximum(sent - self.spare, 0) * self.lost[:, None]
        total: Money = still + missed + (self.cost * units)[:, None]
        return total

    def gain(self, units: Units) -> Money:
        """Expected gain of sending `units` (ways,) over sending nothing, money."""
        gain: Money = (self.costs(np.zeros_like(units)) - self.costs(units)).mean(axis=1)
        return gain

    def of_next_unit(self, units: Units) -> Money:
        """What one unit beyond `units` is expected to bring, money; it falls with every unit."""
        sent = units[:, None].astype(np.float32)
        served = np.clip(self.lacking - sent, 0, 1).mean(axis=1, dtype=np.float64)
        missed = np.clip(sent + 1 - self.spare, 0, 1).mean(axis=1, dtype=np.float64)
        worth: Money = self.won * served - self.lost * missed - self.cost
        return worth


class Sent(NamedTuple):
    """What is sent: `way` (rows of the ways), `units`, and `given`, those ways after what was sent before."""

    way: Index
    units: Units
    given: Ways

    def some(self, which: NDArray[np.bool_]) -> Sent:
        """Some of what is sent."""
        return Sent(self.way[which], self.units[which], self.given.take(np.flatnonzero(which)))


def best_units(ways: Ways, most: Units) -> Units:
    """Units of each way alone that bring most, at most `most`: found by halving, as returns fall.

    5 are lacking in both worlds, 3 or 9 spare; a unit brings 10 there, 8 here and costs 1 to move. From the
    fourth on one world of two loses a sale, so a unit still brings 10 - 4 - 1 = 5, and all five go.

    >>> one = np.zeros(1, dtype=np.int64)
    >>> spare, lacking = np.array([[3, 9]], dtype=np.float32), np.array([[5, 5]], dtype=np.float32)
    >>> ways = Ways(one, one, one, one, spare, lacking, np.array([8.0]), np.array([10.0]), np.array([1.0]))
    >>> best_units(ways, np.array([100])).tolist(), ways.gain(np.array([5])).tolist()
    ([5], [37.0])
    """
    low, high = np.zeros_like(most), np.maximum(most, 0)
    while (low < high).any():
        middle = (low + high) // 2
        more = (ways.of_next_unit(middle) > 0) & (low < high)
        low, high = np.where(more, middle + 1, low), np.where(more, high, middle)
    return low


def best_moves(ways: Ways, room: Units) -> Sent:
    """The best way of every SKU first, then the best of what is left, until nothing gains.

    `room` (stocks,) holds the units that may leave each origin. Ways that share an origin or a target see
    what the others sent; what has received a SKU does not send it, nor the other way round.
    """
    rows, left = np.arange(len(ways.sku)), room.copy()
    found: list[Sent] = []
    while len(rows):
        units = best_units(ways, left[ways.origin])
        gain = ways.gain(units)
        gains = np.flatnonzero(gain > 0)
        # the largest gain of each SKU; of equals the first way
        order = gains[np.lexsort((gains, -gain[gains], ways.sku[gains]))]
        chosen = order[np.diff(ways.sku[order], prepend=-1) > 0]
        found.append(Sent(rows[chosen], units[chosen], ways.take(chosen)))
        sent = np.zeros_like(units)
        sent[chosen] = units[chosen]
        np.subtract.at(left, ways.origin[chosen], units[chosen])
        # what gains nothing now never will: origins and targets only have less
        keep = np.setdiff1d(gains[ways.still_open(sent)[gains]], chosen)
        ways, rows = ways.after(sent).take(keep), rows[keep]
    return _joined(found, ways)


def within_capacity(sent: Sent, capacity: Money) -> Sent:
    """What fits on each lane, what brings most per unit first; `capacity` (lanes,) units, may be infinite."""
    per_unit = sent.given.gain(sent.units) / np.maximum(sent.units, 1)
    order = np.lexsort((sent.way, -per_unit, sent.given.lane))
    lane, units = sent.given.lane[order], sent.units[order]
    total = np.cumsum(units) - units
    before = total - total[np.searchsorted(lane, lane)]
    fitting = np.empty_like(units)
    fitting[order] = np.clip(np.floor(capacity[lane]) - before, 0, units)
    return sent._replace(units=fitting).some(fitting > 0)


def within_room(sent: Sent, volume: Money, place: Index, room: Money) -> Sent:
    """What finds room where it arrives, what brings most per m³ first.

    `volume` (sent,) m³ a unit, `place` (sent,) where each arrives, `room` (places,) m³ free there, may be
    infinite. 4 m³ are free: 10 units of 0.2 m³ that bring 1 each go before units of 1 m³ that bring 2, of
    which 2 still fit.
    """
    per_m3 = sent.given.gain(sent.units) / np.maximum(sent.units * volume, TINY)
    order = np.lexsort((sent.way, -per_m3, place))
    fitting = np.empty_like(sent.units)
    space = sent.units * volume
    total = np.cumsum(space[order]) - space[order]
    before = total - total[np.searchsorted(place[order], place[order])]
    left = np.maximum(room[place[order]] - before, 0.0)
    fitting[order] = np.minimum(np.floor(left / np.maximum(volume[order], TINY) + TINY), sent.units[order])
    return sent._replace(units=fitting).some(fitting > 0)


def _joined(found: Sequence[Sent], nothing: Ways) -> Sent:
    """All that was sent; `nothing` are the ways that were left, none."""
    none = np.zeros(0, dtype=np.int64)
    parts = [*found, Sent(none, none, nothing)]
    given = {
        field.name: np.concatenate([getattr(part.given, field.name) for part in parts])
        for field in fields(Ways)
    }
    way, units = np.concatenate([part.way for part in parts]), np.concatenate([part.units for part in parts])
    return Sent(way, units, Ways(**given))
