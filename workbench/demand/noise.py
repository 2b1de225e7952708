"""How unevenly a week's demand falls on its days, beyond what a count does: the noise of single days."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import gammaln

from workbench.demand.history import Counts
from workbench.demand.mixture import Chances, shares

NOISES = np.geomspace(0.01, 80, 14)  # variance of a day's demand rate against its mean squared


def noises(mean: Sequence[Chances], units: Sequence[Chances], kind: Counts, kinds: int) -> Chances:
    """Noise of each series' days (series,), from the `units` of windows and their `mean`s (series, days).

    Given the sum of a week, its days tell of the noise whatever the week's level was: sums of negative
    binomial counts split over days as a Dirichlet-multinomial. What a few weeks of one series say stands
    beside the noises of its kind; the answer is its geometric mean.
    """
    fit = np.zeros((len(kind), len(NOISES)))
    for expected, sold in zip(mean, units, strict=True):
        fit += _fit(expected, sold)
    likelihood = np.exp(fit - fit.max(axis=1, keepdims=True))
    told = np.ptp(fit, axis=1) > 0
    if not told.any():  # one day a week on sale: whatever a week does is its level
        return np.full(len(kind), NOISES[0])
    usual = shares(likelihood[told], np.full(len(NOISES), 1 / len(NOISES)))
    found = np.empty(len(kind))
    for code in range(kinds):
        members = kind == code
        belongs = likelihood[members] * shares(likelihood[members & told], usual)
        found[members] = np.exp(belongs @ np.log(NOISES) / belongs.sum(axis=1))
    return found


def _fit(mean: Chances, units: Chances) -> Chances:
    """Log likelihood of each noise (series, noises): how weeks with more than one unit fell on their days."""
    weeks = -(-mean.shape[1] // 7)
    fill = ((0, 0), (0, 7 * weeks - mean.shape[1]))
    expected, sold = (np.pad(values, fill).reshape(-1, 7) for values in (mean, units))
    whole = sold.sum(axis=1)
    tells = (whole > 1) & (expected.sum(axis=1) > 0)
    usual = expected.sum(axis=1) / np.maximum((expected > 0).sum(axis=1), 1)
    share = expected / np.maximum(usual, 1e-9)[:, None]  # of a mean day
    week, day = np.nonzero((sold > 0) & (expected > 0) & tells[:, None])
    found = np.empty((len(mean), len(NOISES)))
    for column, noise in enumerate(NOISES):
        part = np.maximum(share[week, day], 1e-3) / noise
        gain = gammaln(sold[week, day] + part) - gammaln(part)
        size = np.maximum(share[tells].sum(axis=1), 1e-3) / noise
        loss = gammaln(whole[tells] + size) - gammaln(size)
        found[:, column] = np.bincount(week // weeks, gain, minlength=len(mean))
        found[:, column] -= np.bincount(np.flatnonzero(tells) // weeks, loss, minlength=len(mean))
    return found
