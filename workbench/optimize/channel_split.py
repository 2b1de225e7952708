"""Scarce units over channels: the split of greatest expected value, and what finds no stock under a split."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

Units = NDArray[np.int64]
Money = NDArray[np.float64]
Paths = NDArray[np.float32]
ITEMS_AT_ONCE = 1024  # few enough for the cache, many enough for NumPy
HALVINGS = 11  # of the common worth; what is left between its bounds is taken step by step
DUST = 1e-9  # units; less is a rounding of sums


def split(available: Units, demand: Paths, value: Money, presence: Units) -> Units:
    """Units for every channel, (items, channels), that maximise the sum of value × E[min(demand, units)].

    `available` (items,) units; `demand` (items, channels, paths) units over the time to cover; `value`
    (items, channels) money per unit sold; `presence` (items, channels) units that a channel gets first, where
    there is enough for all of them: where there is not, value alone decides. Units that nobody wants on any
    path stay with nobody.

    The next unit of a channel is worth value × P(demand reaches it), which falls with every unit, so taking
    the best next unit each time is exact (Fox, Discrete optimization via marginal analysis, Management
    Science 13, 1966). All units between two neighbouring paths are worth the same: the pooled steps are
    sorted and taken until the units are gone. Three units, two channels that want 1 or 2 and 1 or 3 in two
    worlds, worth 10 and 9: units are worth 10, 5 and 9, 4.5, 4.5.

    >>> demand = np.array([[[1, 2], [1, 3]]], dtype=np.float32)
    >>> split(np.array([3]), demand, np.array([[10.0, 9.0]]), np.zeros((1, 2), dtype=np.int64)).tolist()
    [[2, 1]]
    """
    units = np.zeros(value.shape, dtype=np.int64)

    def work(start: int) -> None:
        rows = slice(start, start + ITEMS_AT_ONCE)
        units[rows] = _split(available[rows], demand[rows], value[rows], presence[rows])

    # NumPy lets other threads work meanwhile; every block is its own, so their order changes nothing
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(work, range(0, len(available), ITEMS_AT_ONCE)))
    return units


def unmet(demand: Paths, fenced: Units, pooled: Units) -> Paths:
    """Demand that finds no stock, shape (items, channels, paths), units.

    A channel sells its own `fenced` (items, channels) units first; what it wants beyond comes from the
    `pooled` (items,) units, which channels take in proportion to what they still want, as orders come in no
    order of value. 4 pooled units, 2 fenced for the first of two channels that want 6 each: 10 are wanted of
    the pool, which lacks 6 of them, so the first lacks 4 × 0.6 and the second 6 × 0.6.

    >>> unmet(np.full((1, 2, 1), 6, dtype=np.float32), np.array([[2, 0]]), np.array([4])).ravel().round(1)
    array([2.4, 3.6], dtype=float32)
    """
    beyond = np.maximum(demand - fenced[:, :, None].astype(np.float32), 0)
    wanted = beyond.sum(axis=1)
    missing = np.maximum(wanted - pooled[:, None].astype(np.float32), 0) / np.maximum(wanted, DUST)
    lacking: Paths = (beyond * missing[:, None, :]).astype(np.float32)
    return lacking


def _split(available: Units, demand: Paths, value: Money, presence: Units) -> Units:
    fits = presence.sum(axis=1) <= available
    first: Units = np.where(fits[:, None], presence, 0)
    left = available - first.sum(axis=1)
    # what is enough on every path is given at once; that is all, where nothing is scarce
    whole: Units = np.ceil(np.maximum(demand.max(axis=2) - first, 0)).astype(np.int64)
    whole[value <= 0] = 0
    scarce = np.flatnonzero(whole.sum(axis=1) > left)
    if len(scarce):
        given, left, value = first[scarce], left[scarce], value[scarce]
        reach = demand.take(scarce, axis=0)
        reach.sort(axis=2)
        units: Units = np.floor(_cut_anywhere(left, reach, given, value) + DUST).astype(np.int64)
        cut = np.flatnonzero(left > units.sum(axis=1))
        beyond = np.maximum(reach[cut] - given[cut][:, :, None].astype(np.float32), 0)
        units[cut] = _with_last_units(left[cut], units[cut], beyond, value[cut])
        whole[scarce] = units
    return first + whole


def _cut_anywhere(left: Units, reach: Paths, given: Units, value: Money) -> Money:
    """The split where a unit may be cut, on top of what is `given`; `reach` is the demand in rising order.

    Step k of a channel leads from path k - 1 to path k, and each of its units is worth value × the share of
    paths from k on. `low` and `high` hold in between them the worth down to which steps can be taken.
    """
    items, channels, paths = reach.shape
    flat = reach.reshape(-1)
    base = (np.arange(items * channels) * paths).reshape(items, channels) - 1
    per_worth = paths / np.where(value > 0, value, np.inf)

    def upto(steps: Units) -> Money:
        """Units in the first steps."""
        found = flat.take(np.maximum(base + steps, 0)) - given
        return np.where(steps > 0, np.maximum(found, 0.0), 0.0)

    steps = np.zeros((items, channels), dtype=np.int64)
    low, high = np.zeros(items), value.max(axis=1)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        tried = np.clip(np.ceil(paths - middle[:, None] * per_worth), 0, paths).astype(np.int64)
        tried[value <= 0] = 0
        fits = upto(tried).sum(axis=1) <= left
        low, high = np.where(fits, low, middle), np.where(fits, middle, high)
        steps[fits] = tried[fits]
    units = upto(steps)
    rows, rest = np.arange(items), left - units.sum(axis=1)
    while len(rows):
        worth = value[rows] * (paths - steps[rows]) / paths
        best = worth.argmax(axis=1)
        at = steps[rows, best]
        goes_on = (worth[np.arange(len(rows)), best] > 0) & (rest[rows] > 0)
        rows, best, at = rows[goes_on], best[goes_on], at[goes_on]
        width = flat.take(base[rows, best] + at + 1) - given[rows, best] - units[rows, best]
        taken = np.minimum(np.maximum(width, 0.0), rest[rows])
        units[rows, best] += taken
        rest[rows] -= taken
        steps[rows, best] += 1
    return units


def _with_last_units(left: Units, whole: Units, demand: Paths, value: Money) -> Units:
    """The split of whole units, from the one that may cut them: each channel's last ones anew, one by one.

    For items of which a unit was cut; only paths that hold fractions of units cut any. A cut unit is worth
    more than its last part: with those of the other channels it may stand before as many of a channel's whole
    ones, and no more.
    """
    channels = demand.shape[1]
    units: Units = np.maximum(whole - (channels - 1), 0)
    rest = left - units.sum(axis=1)
    for _ in range(channels * channels):
        rows = np.flatnonzero(rest > 0)
        next_sells = np.clip(demand[rows] - units[rows][:, :, None], 0, 1).mean(axis=2, dtype=np.float64)
        worth = value[rows] * next_sells
        sells = worth.max(axis=1) > 0
        units[rows[sells], worth[sells].argmax(axis=1)] += 1
        rest[rows] = np.where(sells, rest[rows] - 1, 0)
    return units
