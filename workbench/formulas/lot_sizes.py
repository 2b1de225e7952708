"""Lot sizes: quantities that a supplier can be asked for, and the price that goes with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Units = NDArray[np.int64]


def lot_size(quantity: ArrayLike, minimum: ArrayLike, multiple: ArrayLike) -> Units:
    """The least quantity, in units, that is at least `quantity` and `minimum` and comes in whole packs.

    Nothing wanted orders nothing. Arrays broadcast. A minimum of 100 in packs of 12 orders 108:

    >>> lot_size([0, 1, 109], 100, 12).tolist()
    [0, 108, 120]
    """
    wanted, pack = np.asarray(quantity, dtype=np.float64), np.asarray(multiple, dtype=np.int64)
    packs = np.ceil(np.maximum(wanted, minimum) / pack)
    return np.where(wanted > 0, packs * pack, 0).astype(np.int64)


def whole_packs(quantity: ArrayLike, multiple: ArrayLike) -> Units:
    """The largest quantity, in units, that is at most `quantity` and comes in whole packs.

    >>> whole_packs([35, 36], 12).tolist()
    [24, 36]
    """
    pack = np.asarray(multiple, dtype=np.int64)
    packs = np.floor(np.asarray(quantity, dtype=np.float64) / pack)
    return (packs * pack).astype(np.int64)


def tier_at(quantity: ArrayLike, line: ArrayLike, tier_line: ArrayLike, tier_from: ArrayLike) -> Units:
    """Position of the price tier that a quantity is charged at: all its units at one price (all units).

    `line` says, for every quantity, which of the lines it is for; `tier_line` and `tier_from` (units) list
    the tiers, sorted by both. A quantity below its first tier gets that tier. Source: all-units discounts,
    Snyder & Shen, Fundamentals of Supply Chain Theory, section 3.4.1. With tiers from 1 and from 100, 99
    units pay the first price and 100 units pay the second:

    >>> tier_at([99, 100], [0, 0], [0, 0], [1, 100]).tolist()
    [0, 1]
    """
    lines, froms = np.asarray(tier_line, dtype=np.int64), np.asarray(tier_from, dtype=np.int64)
    wanted, of_line = np.asarray(quantity, dtype=np.int64), np.asarray(line, dtype=np.int64)
    step = 1 + max(int(froms.max(initial=0)), int(wanted.max(initial=0)))
    found = np.searchsorted(lines * step + froms, of_line * step + wanted, side="right") - 1
    tiers: Units = np.maximum(found, np.searchsorted(lines, of_line, side="left"))
    return tiers
