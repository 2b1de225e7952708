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
TINY = 1e-9  # m³ or money; less is a rounding of sums


@dataclass(frozen=True)
class Ways:
    """One way is one SKU on one lane; all arrays have a row a way.

    `sku`, `origin`, `target` and `lane` number the SKU, the stock it leaves, the stock it joins and the lane.
    `spare` (ways, paths): units at the origin that no demand wants; `lacking` (ways, paths): units that the
    target will lack from the arrival on and nobody else serves. `elsewhere` (ways, paths): what other stocks
    serve for the target from then on, and `here` what the origin serves of it: to move such a unit spares its
    detour and takes nothing from the origin. `detour_here` and `detour` (ways, paths): what it costs more to
    serve a unit of the target's demand from the origin, and from others; money per unit. `lost` and `won`:
    what a unit sold at the origin and at the target brings, `cost` what moving one costs; money per unit.
    """

    sku: Index
    origin: Index
    target: Index
    lane: Index
    spare: Paths
    lacking: Paths
    elsewhere: Paths
    here: Paths
    detour_here: Paths
    detour: Paths
    lost: Money
    won: Money
    cost: Money

    def take(self, rows: Index) -> Ways:
        """Some of the ways."""
        return Ways(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def after(self, sent: Units) -> Ways:
        """The ways once `sent` (ways,) units have left: origins and targets count all that touches them."""
        rows = np.flatnonzero(sent > 0)
        used = self.take(rows)
        spared = used.spared_here(sent[rows])
        moved = sent[rows, None].astype(np.float32) - spared
        came = sums(moved, used.target, self.target)
        elsewhere = np.maximum(self.elsewhere - sums(spared, used.target, self.target), 0)
        elsewhere = np.maximum(elsewhere - np.maximum(came - self.lacking, 0), 0)
        spared_by_way = np.zeros_like(self.here)
        spared_by_way[rows] = spared
        return replace(
            self,
            spare=np.maximum(self.spare - sums(moved, used.origin, self.origin), 0),
            lacking=np.maximum(self.lacking - came, 0),
            elsewhere=elsewhere,
            here=np.minimum(np.maximum(self.here - spared_by_way, 0), elsewhere),
        )

    def spared_here(self, units: Units) -> Paths:
        """Of `units` (ways,) those that the origin would have served to the target's demand anyway."""
        return np.minimum(self.here, units[:, None].astype(np.float32))

    def still_open(self, sent: Units) -> NDArray[np.bool_]:
        """Ways that may still be used once `sent` units have left: stock that receives does not send."""
        used = sent > 0
        sends = np.isin(self.target, self.origin[used])
        receives = np.isin(self.origin, self.target[used])
        return ~(sends | receives)

    def costs(self, units: Units) -> Money:
        """Cost of sending `units` (ways,), shape (ways, paths), money.

        That is what the target lacks still, what is served to it from elsewhere still, what the origin then
        lacks, and the way itself; sending nothing costs what is lacking and the detours. Units that the
        origin would have served there anyway come first, then those that nobody would, then other detours.
        """
        spared = self.spared_here(units)
        moved = units[:, None].astype(np.float32) - spared
        still = np.maximum(self.lacking - moved, 0) * self.won[:, None]
        around = self.elsewhere - self.here - np.maximum(moved - self.lacking, 0)
        detours = np.maximum(around, 0) * self.detour + (self.here - spared) * self.detour_here
        missed = np.maximum(moved - self.spare, 0) * self.lost[:, None]
        total: Money = still + detours + missed + (self.cost * units)[:, None]
        return total

    def gain(self, units: Units) -> Money:
        """Expected gain of sending `units` (ways,) over sending nothing, money."""
        gain: Money = (self.costs(np.zeros_like(units)) - self.costs(units)).mean(axis=1)
        return gain

    def of_next_unit(self, units: Units) -> Money:
        """What one unit beyond `units` is expected to bring, money.

        It falls with every unit, but where the origin both serves the target's demand and earns so much less
        on its own that giving it up pays: there too few units may be sent.
        """
        return self.gain(units + 1) - self.gain(units)


class Sent(NamedTuple):
    """What is sent: `way` (rows of the ways), `units`, and `given`, those ways after what was sent before."""

    way: Index
    units: Units
    given: Ways

    def some(self, which: NDArray[np.bool_]) -> Sent:
        """Some of what is sent."""
        return Sent(self.way[which], self.units[which], self.given.take(np.flatnonzero(which)))


def joined(parts: Sequence[Ways]) -> Ways:
    """All ways of the parts, one after the other."""
    names = [field.name for field in fields(Ways)]
    return Ways(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def best_units(ways: Ways, most: Units) -> Units:
    """Units of each way alone that bring most, at most `most`: found by halving, as returns fall.

    5 are lacking in both worlds, 3 or 9 spare; a unit brings 10 there, 8 here and costs 1 to move. From the
    fourth on one world of two loses a sale, so a unit still brings 10 - 4 - 1 = 5, and all five go.

    >>> one = np.zeros(1, dtype=np.int64)
    >>> spare, lacking = np.array([[3, 9]], dtype=np.float32), np.array([[5, 5]], dtype=np.float32)
    >>> none, money = np.zeros_like(spare), [np.array([amount]) for amount in (8.0, 10.0, 1.0)]
    >>> ways = Ways(one, one, one, one, spare, lacking, *[none] * 4, *money)
    >>> best_units(ways, np.array([100])).tolist(), ways.gain(np.array([5])).tolist()
    ([5], [37.0])
    """
    low, high = np.zeros_like(most), np.maximum(most, 0)
    while (low < high).any():
        middle = (low + high) // 2
        more = (ways.of_next_unit(middle) > TINY) & (low < high)
        low, high = np.where(more, middle + 1, low), np.where(more, high, middle)
    return low


def best_moves(ways: Ways, room: Units, source: Index | None = None) -> Sent:
    """The best way of every SKU first, then the best of what is left, until nothing gains.

    `room` holds the units that may leave each `source` (ways,), which is the way's origin if not given. Ways
    that share an origin or a target see what the others sent; what has received a SKU does not send it, nor
    the other way round.
    """
    rows, left, source = np.arange(len(ways.sku)), room.copy(), ways.origin if source is None else source
    found: list[Sent] = []
    while len(rows):
        units = best_units(ways, left[source[rows]])
        gain = ways.gain(units)
        gains = np.flatnonzero(gain > TINY)
        # the largest gain of each SKU; of equals the first way
        order = gains[np.lexsort((gains, -gain[gains], ways.sku[gains]))]
        chosen = order[np.diff(ways.sku[order], prepend=-1) > 0]
        found.append(Sent(rows[chosen], units[chosen], ways.take(chosen)))
        sent = np.zeros_like(units)
        sent[chosen] = units[chosen]
        np.subtract.at(left, source[rows[chosen]], units[chosen])
        # what gains nothing now never will: origins and targets only have less
        keep = np.setdiff1d(gains[ways.still_open(sent)[gains]], chosen)
        ways, rows = ways.after(sent).take(keep), rows[keep]
    return _joined(found, ways)


def within_capacity(sent: Sent, capacity: Money, m3: Money, volume: Money) -> Sent:
    """What fits on each lane: by units, what brings most a unit first, and of that by m³, most a m³ first.

    `capacity` (lanes,) units and `m3` (lanes,) m³, either may be infinite; `volume` (stocks,) m³ a unit.
    """
    within = _within_units(sent, capacity)
    return within_room(within, volume[within.given.origin], within.given.lane, m3)


def _within_units(sent: Sent, capacity: Money) -> Sent:
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


def sums(values: Paths, of: Index, to: Index) -> Paths:
    """Sums of rows of `values` by what they are `of`, for every row of `to`."""
    by_each = np.zeros((max(of.max(initial=0), to.max(initial=0)) + 1, values.shape[1]), dtype=np.float32)
    np.add.at(by_each, of, values)
    total: Paths = by_each[to]
    return total


def _joined(found: Sequence[Sent], nothing: Ways) -> Sent:
    """All that was sent; `nothing` are the ways that were left, none."""
    none = np.zeros(0, dtype=np.int64)
    parts = [*found, Sent(none, none, nothing)]
    way, units = np.concatenate([part.way for part in parts]), np.concatenate([part.units for part in parts])
    return Sent(way, units, joined([part.given for part in parts]))
