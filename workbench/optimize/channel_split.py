"""Scarce units over channels: the split of greatest expected value, and what finds no stock under a split."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Units = NDArray[np.int64]
Money = NDArray[np.float64]
Paths = NDArray[np.float32]
ITEMS_AT_ONCE = 512  # keeps the sorted steps in the cache
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
    for start in range(0, len(available), ITEMS_AT_ONCE):
        rows = slice(start, start + ITEMS_AT_ONCE)
        units[rows] = _split(available[rows], demand[rows], value[rows], presence[rows])
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
    beyond = np.maximum(demand - first[:, :, None].astype(np.float32), 0)
    left = available - first.sum(axis=1)
    whole: Units = np.floor(_cut_anywhere(left, beyond, value) + DUST).astype(np.int64)
    return first + _with_last_units(left, whole, beyond, value)


def _cut_anywhere(left: Units, demand: Paths, value: Money) -> Money:
    """The split where a unit may be cut: steps of equal worth between neighbouring paths, dearest first."""
    items, channels, paths = demand.shape
    reach = np.sort(demand, axis=2).astype(np.float64)
    worth = value[:, :, None] * (paths - np.arange(paths)) / paths
    width = np.where(worth > 0, np.diff(reach, axis=2, prepend=0.0), 0.0).reshape(items, -1)
    dearest_first = np.argsort(-worth.reshape(items, -1), axis=1, kind="stable")
    ordered = np.take_along_axis(width, dearest_first, axis=1)
    before = np.cumsum(ordered, axis=1) - ordered
    taken = np.empty_like(width)
    np.put_along_axis(taken, dearest_first, np.clip(left[:, None] - before, 0.0, ordered), axis=1)
    shares: Money = taken.reshape(items, channels, paths).sum(axis=2)
    return shares


def _with_last_units(left: Units, whole: Units, demand: Paths, value: Money) -> Units:
    """The split of whole units, from the one that may cut them: each channel's last ones anew, one by one.

    Only paths that hold fractions of units cut any. A cut unit is worth more than its last part: with those
    of the other channels it may stand before as many of a channel's whole ones, and no more.
    """
    channels = demand.shape[1]
    is_cut = left > whole.sum(axis=1)
    units: Units = np.where(is_cut[:, None], np.maximum(whole - (channels - 1), 0), whole)
    rest = left - units.sum(axis=1)
    for _ in range(channels * channels):
        rows = np.flatnonzero(rest > 0)
        next_sells = np.clip(demand[rows] - units[rows][:, :, None], 0, 1).mean(axis=2, dtype=np.float64)
        worth = value[rows] * next_sells
        sells = worth.max(axis=1) > 0
        units[rows[sells], worth[sells].argmax(axis=1)] += 1
        rest[rows] = np.where(sells, rest[rows] - 1, 0)
    return units
