"""What routing would serve from elsewhere if nothing moved, and what would be lost all the same."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from workbench.agents.allocation.standing import Standing
from workbench.optimize.overflow import NOBODY, overflow
from workbench.optimize.transfers import sums

Index = NDArray[np.int64]
Money = NDArray[np.float64]
Paths = NDArray[np.float32]


@dataclass(frozen=True)
class Service:
    """Who serves the demand of so many days. `lost` and `left` (items, paths): units of an item's own demand
    that nobody serves, and units that nobody wants of it; `helped` (pairs, paths): units that the item
    `helper` (pairs,) serves of the demand of `owner` (pairs,), `ranks` (pairs,) further down its list."""

    lost: Paths
    left: Paths
    owner: Index
    helper: Index
    ranks: Index
    helped: Paths

    def between(self, helper: Index, owner: Index) -> Paths:
        """Units that each `helper` serves of the demand of the `owner` beside it, shape (pairs, paths)."""
        size = len(self.lost)
        keys, row = np.unique(helper * size + owner, return_inverse=True)
        ours = self.helper * size + self.owner
        at = np.minimum(np.searchsorted(keys, ours), len(keys) - 1)
        found = np.flatnonzero(keys[at] == ours) if len(keys) else np.zeros(0, dtype=np.int64)
        return sums(self.helped[found], at[found], row)

    def elsewhere(self, owner: Index) -> Paths:
        """Units that others serve of the demand of each `owner`, shape (owners, paths)."""
        return sums(self.helped, self.owner, owner)

    def detour(self, cost_per_rank: float) -> Money:
        """What a unit of an item's demand that leaves from elsewhere costs more, on average; money (items,).

        An item that nobody helps gets the cost of one rank.
        """
        units, size = self.helped.mean(axis=1, dtype=np.float64), len(self.lost)
        total = np.bincount(self.owner, weights=units, minlength=size)
        ranks = np.bincount(self.owner, weights=units * self.ranks, minlength=size)
        mean: Money = cost_per_rank * np.where(total > 0, ranks / np.maximum(total, 1e-9), 1.0)
        return mean

    def worth(self, value: Money) -> Money:
        """The most that a unit of an item serves, its own demand's `value` (items,) or that of whom it helps;
        money (items,)."""
        worth = value.copy()
        np.maximum.at(worth, self.helper, value[self.owner])
        return worth


def service_until(standing: Standing, start: Paths, days: int) -> Service:
    """Serve the demand of so many days from the stock `start` (items, 1)."""
    return serve(standing, start, standing.regional_between(0, days))


def serve(standing: Standing, start: Paths, wanted: Paths) -> Service:
    """Serve `wanted` (SKU and region, paths) from the stock `start` (items, 1 or paths), by the regions'
    order of asking."""
    asked = standing.asked
    served = overflow(np.broadcast_to(start, (len(start), wanted.shape[1])), wanted, asked)
    lost = np.zeros_like(served.left)
    np.add.at(lost, asked[:, 0], served.unserved)
    ranks, rows = np.nonzero(served.by_rank[1:].any(axis=2) & (asked.T[1:] != NOBODY))
    return Service(
        lost,
        served.left,
        owner=asked[rows, 0],
        helper=asked[rows, ranks + 1],
        ranks=ranks + 1,
        helped=served.by_rank[ranks + 1, rows],
    )
