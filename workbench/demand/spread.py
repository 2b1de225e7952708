"""How far demand strays from its forecast, and what strays together: read off the backtests' errors.

A series' demand on a day is a count around mean × level × swing × day. The level is wrong for the whole
horizon; it is a product of factors shared by the business, by a channel × category, by a SKU over its
channels and regions, and the series' own. The swing fades within days; the day is shared by
the business. Every factor has mean 1; its variance is a fraction of the mean squared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbench.demand.backtest import Window
from workbench.demand.history import Counts, History, Mask, Units
from workbench.demand.tails import Chances, central, sum_chances

FADE = 0.8  # what is left of a swing a day later
NOISE_DAYS = 28.0  # days of its class that stand beside a series' own when its noise is estimated
LEAST_NOISE = 0.01  # of a day: demand is hardly ever steadier than a Poisson count
IN_SUMS = (1 + FADE) / (1 - FADE)  # what a swing that fades counts for in a long sum, against a day's noise
WITHIN_WEEK = 0.58  # mean of FADE ** lag over the pairs of days in one week: what a swing leaves between them
PRIOR_WINDOWS = 2.0  # windows of the prior that stand beside the backtests' for factors shared by many
PRIOR = 0.02**2  # of a shared factor: two per cent
LEVELS = np.geomspace(0.02, 0.9, 18) ** 2  # variances that a class' level is looked for among
SAMPLE = 1500  # sums of a class that its level is read off
LEAST_OWN = 0.02**2  # of a series' own level: no forecast is surer than two per cent
FARTHEST = 3.0  # standard deviations at which an error stops counting more: one runaway is no rule


@dataclass(frozen=True)
class Spread:
    """Variances of the factors: shared ones are numbers, those of each series have shape (series,).

    The count's own variance is mean + noise × mean² (negative binomial).
    """

    business: float
    group: float
    sku: float
    day: float
    own: Chances
    swing: Chances
    noise: Chances

    @property
    def level(self) -> Chances:
        """Variance of the whole level (series,)."""
        return self.business + self.group + self.sku + self.own

    def widened(self, rows: Mask, variance: Chances) -> Spread:
        """The same with more variance of the own level for some series (series,), one value each."""
        wider = self.own.copy()
        wider[rows] += variance
        return replace(self, own=wider)


@dataclass(frozen=True)
class Errors:
    """What was expected and came true in one window, 0 where not scored (series, days), as float64."""

    mean: Chances
    units: Chances

    @property
    def sums(self) -> tuple[Chances, Chances]:
        """Expected and sold over the window (series,)."""
        return self.mean.sum(axis=1), self.units.sum(axis=1)

    @property
    def level_squared(self) -> Chances:
        """The window's level squared, against the forecast's, from products of different days (series,)."""
        mean, units = self.sums
        scale = mean**2 - (self.mean**2).sum(axis=1)
        products = units**2 - (self.units**2).sum(axis=1)
        return np.asarray(np.where(scale > 0, products / np.maximum(scale, 1e-9), 0))

    @property
    def caught_up(self) -> Chances:
        """The forecast with its level set right for the window: what is left is noise (series, days)."""
        mean, units = self.sums
        level = np.where(mean > 0, units / np.maximum(mean, 1e-9), 0)
        return np.asarray(self.mean * level[:, None])


def calibrate(
    history: History, expected: Sequence[Units], windows: Sequence[Window], speed: Counts
) -> Spread:
    """The spread around forecasts `expected` (one (series, days) a window) of what came true.

    Noise and swing come from products of days within a window, which share its level; the level of a class of
    speed is the one under which windows' sums fall into their central intervals as often as they should; what
    is shared is the covariance of such sums.
    """
    errors = [
        Errors(*(np.where(truth.scored, values, 0).astype(np.float64) for values in (mean, truth.calm)))
        for mean, truth in zip(expected, windows, strict=True)
    ]
    noise = _noise(errors, speed)
    swing = _swing(errors, speed)
    level = _level_by_class(errors, noise + IN_SUMS * swing, speed)[speed]
    spread = Spread(0.0, 0.0, 0.0, _shared_day(errors), level, swing, noise)
    business, group, sku = _shared(history, errors, spread)
    own = np.maximum(level - (business + group + sku), LEAST_OWN)
    return replace(spread, business=business, group=group, sku=sku, own=own)


def guess(series: int) -> Spread:
    """The spread where no backtest could be made: wide, and every series for itself."""
    return Spread(PRIOR, PRIOR, PRIOR, 0.0, *(np.full(series, variance) for variance in (0.25, 0.1, 0.5)))


def sum_noise(mean: Chances, spread: Spread) -> Chances:
    """Variance of a sum of days beyond a count's and the level's, against its mean squared (series,)."""
    squares = (mean**2).sum(axis=1) / np.maximum(mean.sum(axis=1), 1e-9) ** 2
    return np.asarray((spread.noise + IN_SUMS * spread.swing + spread.day) * squares)


def _noise(errors: Sequence[Errors], speed: Counts) -> Chances:
    """Noise of each series' days beyond a Poisson count, drawn towards that of its class.

    A day's units² - units against the products of different days: both hold the level, one the noise.
    """
    extra, scale, prior = (np.zeros(len(speed)) for _ in range(3))
    for error in errors:
        squares = (error.mean**2).sum(axis=1)
        level = error.level_squared * squares
        extra += (error.units**2 - error.units).sum(axis=1) - level
        scale += level
        prior += squares
    days = sum((error.mean > 0).sum(axis=1) for error in errors)
    prior *= NOISE_DAYS / np.maximum(days, 1)
    usual = _by_class(extra, scale, errors, speed)
    pooled = (extra + prior * usual) / np.maximum(scale + prior, 1e-9)
    return np.asarray(np.maximum(np.where(prior > 0, pooled, usual), LEAST_NOISE))


def _swing(errors: Sequence[Errors], speed: Counts) -> Chances:
    """What days of one week have in common beyond all days of a window: of each class (series,)."""
    extra, scale = np.zeros(len(speed)), np.zeros(len(speed))
    for error in errors:
        level = error.level_squared * _near_products(error.mean)
        extra += _near_products(error.units) - level
        scale += level
    return np.maximum(_by_class(extra, scale, errors, speed) / WITHIN_WEEK, 0.0)


def _near_products(values: Chances) -> Chances:
    """Sum of the products of different days of one week (series,)."""
    weekly = np.add.reduceat(values, np.arange(0, values.shape[1], 7), axis=1)
    return np.asarray((weekly**2).sum(axis=1) - (values**2).sum(axis=1))


def _by_class(extra: Chances, scale: Chances, errors: Sequence[Errors], speed: Counts) -> Chances:
    """Ratio of the sums over each class of speed, given back to each series (series,).

    Series count alike, whatever they sell.
    """
    sold = sum(error.sums[1] for error in errors)
    weight = np.where(sold > 0, 1 / np.maximum(sold, 1) ** 2, 0)
    above, below = (np.bincount(speed, values * weight, minlength=3) for values in (extra, scale))
    return np.asarray((above / np.maximum(below, 1e-9))[speed])


def _level_by_class(errors: Sequence[Errors], noise: Chances, speed: Counts) -> Chances:
    """Variance of the level (classes,) under which sums cover 50, 80 and 95 % as they should."""
    mean = np.concatenate([error.sums[0] for error in errors])
    units = np.concatenate([error.sums[1] for error in errors])
    squares = np.concatenate([(error.mean**2).sum(axis=1) for error in errors])
    spread = np.tile(noise, len(errors)) * squares / np.maximum(mean, 1e-9) ** 2
    classes = np.tile(speed, len(errors))
    found = np.full(3, PRIOR + 0.15**2)
    for code in range(3):
        rows = np.flatnonzero((classes == code) & (mean > 0))
        rows = rows[:: len(rows) // SAMPLE + 1]
        if len(rows):
            misses = [_miss(units[rows], mean[rows], spread[rows], level) for level in LEVELS]
            # the first minimum: a level so wide that most of its mean lies in a rare tail can fit by accident
            rises = np.flatnonzero(np.diff(misses) > 0)
            found[code] = LEVELS[rises[0] if len(rises) else -1]
    return found


def _miss(units: Chances, mean: Chances, noise: Chances, level: float) -> float:
    at_least, at_most = sum_chances(units, mean, noise, np.full(len(units), level))
    return sum((central(1 - at_least, at_most, share) - share) ** 2 for share in (0.5, 0.8, 0.95))


def _shared(history: History, errors: Sequence[Errors], spread: Spread) -> tuple[float, float, float]:
    """Variance of the factors of the business, the group and the SKU.

    Sums of different groups share the business' factor alone, of different SKUs in one group the group's
    too, of different series of one SKU the SKU's in place of the group's.
    """
    group, sku = history.codes("channel", "category"), history.codes("sku")
    everything, single = np.zeros(len(group), dtype=np.int64), np.arange(len(group))
    standard = [_standardised(error, spread) for error in errors]
    business = max(_covariance(standard, everything, group), 0.0)
    in_group = _covariance(standard, group, single)
    in_sku = _covariance(standard, sku, single)
    return business, max(in_group - business, 0.0), max(in_sku - business, 0.0)


def _standardised(error: Errors, spread: Spread) -> tuple[Chances, Chances]:
    """Errors of the window's sums in standard deviations, and what an error of the whole mean would be."""
    mean, units = error.sums
    deviation = np.sqrt(mean + mean**2 * (spread.level + sum_noise(error.mean, spread)))
    known = mean > 0
    scaled = np.where(known, (units - mean) / np.where(known, deviation, 1), 0)
    return np.clip(scaled, -FARTHEST, FARTHEST), np.where(known, mean / np.where(known, deviation, 1), 0)


def _covariance(standard: Sequence[tuple[Chances, Chances]], parent: Counts, child: Counts) -> float:
    """Covariance of relative errors between different children of one parent, over all windows.

    (Sum of errors)² less the children's squares leaves the products of different children; the same of the
    means is what these would be at a covariance of 1. Drawn towards PRIOR for want of windows.
    """
    products, scale = 0.0, 0.0
    for error, mean in standard:
        for groups, sign in ((parent, 1.0), (child, -1.0)):
            products += sign * float((np.bincount(groups, error) ** 2).sum())
            scale += sign * float((np.bincount(groups, mean) ** 2).sum())
    if scale <= 0:
        return 0.0
    prior = PRIOR_WINDOWS * scale / len(standard)
    return (products + prior * PRIOR) / (scale + prior)


def _shared_day(errors: Sequence[Errors]) -> float:
    """Variance of the factor that all series share on one day and on no other, in the median window.

    The median, because a window with a holiday that the models missed is no measure of other days.
    """
    found = []
    for error in errors:
        level = error.caught_up
        weight = 1 / np.sqrt(np.maximum(error.sums[0], 1.0))[:, None]  # large series count, but not alone
        strayed, whole = (error.units - level) * weight, level * weight
        products = (strayed.sum(axis=0) ** 2).sum() - (strayed**2).sum()
        scale = (whole.sum(axis=0) ** 2).sum() - (whole**2).sum()
        found.append(products / max(scale, 1e-9))
    return max(_median(np.array(found)), 0.0)


def _median(values: Chances) -> float:
    return float(np.median(values)) if len(values) else 0.0
