"""How late parcels will be, from the chances of delivery by day."""

from __future__ import annotations

import numpy as np

from workbench.optimize.batch import Floats, Ints, Mask


def chance_late(pmf: Floats, row: Ints, allowed: Floats) -> Floats:
    """Chance that a parcel takes more than the days allowed, shape of `allowed`.

    `pmf`: (rows, days), chance of delivery 0, 1, … days after hand-over. `row`: which of them each parcel
    has. `allowed`: whole days from hand-over to the promise, below 0 where even that is past, infinite
    without a promise.

    >>> pmf, row = np.array([[0.0, 0.8, 0.2]]), np.zeros(4, dtype=np.int64)
    >>> chance_late(pmf, row, np.array([-1.0, 0.0, 1.0, np.inf])).tolist()
    [1.0, 1.0, 0.2, 0.0]
    """
    later = np.clip(1.0 - np.cumsum(pmf, axis=1), 0.0, 1.0).round(12)
    later[:, -1] = 0.0
    day, beyond = _days(allowed, pmf.shape[1])
    chance = np.where(allowed < 0, 1.0, later[row, day])
    return np.where(beyond, 0.0, chance)


def expected_days_late(pmf: Floats, row: Ints, allowed: Floats) -> Floats:
    """Expected days after the promise, shape of `allowed`; arguments as of `chance_late`.

    E[(D - a)+] is the sum over j >= a of P(D > j): of (0, 0.8, 0.2) with 0 days allowed 1 + 0.2 = 1.2.

    >>> pmf, row = np.array([[0.0, 0.8, 0.2]]), np.zeros(3, dtype=np.int64)
    >>> expected_days_late(pmf, row, np.array([-1.0, 0.0, 1.0])).round(9).tolist()
    [2.2, 1.2, 0.2]
    """
    later = np.clip(1.0 - np.cumsum(pmf, axis=1), 0.0, 1.0)
    later[:, -1] = 0.0
    after = np.cumsum(later[:, ::-1], axis=1)[:, ::-1]
    day, beyond = _days(allowed, pmf.shape[1])
    return np.where(beyond, 0.0, after[row, day] + np.maximum(-np.where(beyond, 0.0, allowed), 0.0))


def possible_times(pmf: Floats, weight: Floats, worlds: int, rng: np.random.Generator) -> Floats:
    """What the chances may really be, (rows, worlds, days), if each row rests on `weight` (rows,) parcels.

    Dirichlet(weight × pmf) (Gelman et al., Bayesian Data Analysis, section 3.4), by gamma draws.
    """
    drawn = rng.gamma(np.broadcast_to((weight[:, None] * pmf)[:, None], (len(pmf), worlds, pmf.shape[1])))
    total = drawn.sum(axis=2, keepdims=True)
    times: Floats = np.divide(
        drawn, total, out=np.broadcast_to(pmf[:, None], drawn.shape).copy(), where=total > 0
    )
    return times


def drawn_days(times: Floats, row: Ints, rng: np.random.Generator) -> Floats:
    """Days that each parcel takes in every world, (parcels, worlds); `times` as from `possible_times`."""
    chance = rng.random((len(row), times.shape[1]))
    so_far, days = np.zeros(times.shape[:2]), np.zeros(chance.shape)
    for day in range(times.shape[2] - 1):
        so_far = so_far + times[:, :, day]
        days += chance >= so_far[row]
    return days


def _days(allowed: Floats, horizon: int) -> tuple[Ints, Mask]:
    """The column of the days allowed, and where they are beyond every column."""
    beyond = allowed >= horizon
    return np.where(beyond, 0, np.maximum(allowed, 0)).astype(np.int64), beyond
