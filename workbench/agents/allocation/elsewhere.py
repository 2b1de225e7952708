"""What routing would serve from elsewhere if nothing moved, day by day, and what would be lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from workbench.agents.allocation.standing import Standing
from workbench.optimize.overflow import NOBODY, overflow
from workbench.optimize.transfers import sums

Index = NDArray[np.int64]
Money = NDArray[np.float64]
Paths = NDArray[np.float32]
Arriving = Callable[[int], Paths]


@dataclass(frozen=True)
class Service:
    """Who serves the demand of some days. `lost` and `left` (items, paths): units of an item's own demand
    that nobody serves, and units that are left of it in the end; `helped` (pairs, paths): units that the item
    `helper` (pairs,) serves of the demand of `owner` (pairs,), at `more` (pairs,) money a unit."""

    lost: Paths
    left: Paths
    owner: Index
    helper: Index
    more: Money
    helped: Paths

    def between(self, helper: Index, owner: Index) -> tuple[Paths, Paths]:
        """Units that each `helper` serves of the demand of the `owner` beside it, and what they cost more,
        money; both (pairs, paths)."""
        size = len(self.lost)
        keys, row = np.unique(helper * size + owner, return_inverse=True)
        ours = self.helper * size + self.owner
        at = np.minimum(np.searchsorted(keys, ours), len(keys) - 1)
        found = np.flatnonzero(keys[at] == ours) if len(keys) else np.zeros(0, dtype=np.int64)
        return sums(self.helped[found], at[found], row), sums(self._paid[found], at[found], row)

    def elsewhere(self, owner: Index) -> tuple[Paths, Paths]:
        """Units that others serve of the demand of each `owner`, and what they cost more, money; both
        (owners, paths)."""
        return sums(self.helped, self.owner, owner), sums(self._paid, self.owner, owner)

    @property
    def _paid(self) -> Paths:
        return self.helped * self.more[:, None].astype(np.float32)

    def worth(self, value: Money) -> Money:
        """The most that a unit of an item serves, its own demand's `value` (items,) or that of whom it helps;
        money (items,)."""
        worth = value.copy()
        np.maximum.at(worth, self.helper, value[self.owner])
        return worth


def service_from(
    standing: Standing,
    start: Paths,
    first: int,
    last: int,
    since: Collection[int],
    arriving: Arriving | None = None,
) -> dict[int, Service]:
    """Who serves what is wanted from each day of `since` to before `last`, all from the stock `start` (items,
    1 or paths) of the day `first`; days from today. `arriving` gives the units, (items, 1), that come on a
    day."""
    cuts = sorted({first, *since, last})
    parts, left = [], start
    for begin, end in pairwise(cuts):
        parts.append(_serve(standing, left, begin, end, arriving))
        left = parts[-1].left
    none = _nothing(standing, left)
    return {day: _together(parts[cuts.index(day) :], none) for day in {first, *since}}


def stock_after(standing: Standing, start: Paths, first: int, last: int, arriving: Arriving) -> Paths:
    """Stock, (items, paths), before anything arrives on the day `last`."""
    return _serve(standing, start, first, last, arriving).left


def _serve(standing: Standing, start: Paths, first: int, last: int, arriving: Arriving | None) -> Service:
    """Every day's orders leave at once, from the cheapest warehouse with stock: nobody keeps units back for
    what will be wanted later, as routing sees open orders alone."""
    asked = standing.asked
    left, lost, by_rank = start, None, None
    for day in range(first, last):
        wanted = standing.regional_on(day)
        came = left if arriving is None else left + arriving(day)
        served = overflow(np.broadcast_to(came, (len(came), wanted.shape[1])), wanted, asked.items)
        left = served.left
        lost = served.unserved if lost is None else lost + served.unserved
        by_rank = served.by_rank[1:] if by_rank is None else by_rank + served.by_rank[1:]
    if lost is None or by_rank is None:
        return _nothing(standing, left)
    of_item = np.zeros_like(left)
    np.add.at(of_item, asked.first, lost)
    ranks, rows = np.nonzero(by_rank.any(axis=2) & (asked.items.T[1:] != NOBODY))
    return Service(
        of_item,
        left,
        owner=asked.first[rows],
        helper=asked.items[rows, ranks + 1],
        more=asked.more[rows, ranks + 1],
        helped=by_rank[ranks, rows],
    )


def _nothing(standing: Standing, left: Paths) -> Service:
    """Nobody serves anything."""
    paths = standing.wanted.shape[1]
    left = np.broadcast_to(left, (len(left), paths))
    nobody = np.zeros(0, dtype=np.int64)
    none = np.zeros((0, paths), dtype=np.float32)
    return Service(np.zeros_like(left), left, nobody, nobody, np.zeros(0), none)


def _together(parts: Sequence[Service], none: Service) -> Service:
    """All that is served on the days of the parts; what is left is of the last."""
    if not parts:
        return none
    names = ("owner", "helper", "more", "helped")
    rows = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    return replace(parts[-1], lost=np.sum([part.lost for part in parts], axis=0), **rows)
