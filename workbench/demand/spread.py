"""How far demand strays from its forecast, and what strays together: read off the backtests' errors.

A series' demand on a day is a count around mean × level × day. The level is wrong for weeks; its distribution
is that of the series' kind (`levels`), and what decides where in it a series lies is in part shared: by the
business, a channel, a category, a group (channel × category), and by a SKU over its channels. The day is
shared by the business.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm

from workbench.demand.backtest import Window
from workbench.demand.history import Counts, History, Mask, Units
from workbench.demand.levels import KINDS, PLACES, Levels, Weeks, fitted, kinds_of, unknown
from workbench.demand.mixture import Chances
from workbench.demand.noise import noises

PRIOR_WINDOWS = 2.0  # windows of the prior that stand beside the backtests' for factors shared by many
PRIOR = 0.03**2  # of a shared factor: three per cent
PLENTY = 10_000  # series of all windows together, from which noise and levels need no others
FARTHEST = 2.0  # standard deviations at which an error stops counting more: one runaway is no rule
MOST_SHARED = 0.9  # of a level's variance: every series has something of its own


SHARED: tuple[tuple[str, ...], ...] = ((), ("channel",), ("category",), ("channel", "category"), ("sku",))


@dataclass(frozen=True)
class Spread:
    """Variances, all relative to the mean squared, and levels by kind.

    `shared` (factors,) by all series that agree in the columns of SHARED, `day` by all on one day alone. Of
    each series (series,): `kind` the kind whose levels it has, `noise` of its days (a count's own variance is
    mean + noise × mean², negative binomial), `own` of its level beyond its kind's.
    """

    shared: Chances
    day: float
    levels: Levels
    kind: Counts
    noise: Chances
    own: Chances

    @property
    def loads(self) -> Chances:
        """Weights of the shared factors and of the series itself (kinds, factors + 1) in a level's place.

        Their squares sum to 1.
        """
        shared = self.shared / self.levels.slope[:, None] ** 2
        whole = shared.sum(axis=1, keepdims=True)
        shared *= np.minimum(MOST_SHARED / np.maximum(whole, 1e-9), 1)
        return np.asarray(np.sqrt(np.column_stack([shared, 1 - shared.sum(axis=1)])))

    def over_all_weeks(self) -> tuple[Chances, Chances]:
        """Levels (series, levels) of a sum over weeks that are all wrong alike, and the levels' weights."""
        places = slice(None, None, 12)
        weight = norm.pdf(PLACES[places])
        return self.levels.table.mean(axis=0, dtype=np.float64)[self.kind, places], weight / weight.sum()

    def widened(self, rows: Mask, variance: Chances) -> Spread:
        """The same with more variance of the own level for some series, `variance` one value each."""
        wider = self.own.copy()
        wider[rows] += variance
        return replace(self, own=wider)


@dataclass(frozen=True)
class Errors:
    """What was expected and came true in one window, 0 where not scored (series, days), and the kinds."""

    mean: Chances
    units: Chances
    kind: Counts

    @property
    def sums(self) -> tuple[Chances, Chances]:
        """Expected and sold over the window (series,)."""
        return self.mean.sum(axis=1), self.units.sum(axis=1)


def calibrate(
    history: History,
    expected: Sequence[Units],
    windows: Sequence[Window],
    mean: Units,
    *,
    like: int = 0,
) -> Spread:
    """The spread around forecasts `mean` (series, horizon), from what came true in past windows.

    `expected` are the forecasts of these, one (series, days) each, made on the past before them alone; the
    first `like` of them by the models that made `mean`. Where two or more such have PLENTY of series, noise
    and levels are read off these alone: others err more. What series share is read off all windows. A
    series' kind is that of its forecast at the time: a class known only afterwards would tell of the sales
    that it is to be compared with.
    """
    errors = _unbiased([_errors(*pair) for pair in zip(expected, windows, strict=True)])
    kind = kinds_of(mean, history.idle())
    told = errors[:like] if like >= 2 and like * len(mean) >= PLENTY else errors
    noise = noises([error.mean for error in told], [error.units for error in told], kind, KINDS)
    levels = fitted([_weeks(error, noise) for error in told])
    spread = Spread(np.zeros(len(SHARED)), _shared_day(errors), levels, kind, noise, np.zeros(len(kind)))
    return replace(spread, shared=_shared(history, errors, spread))


def guess(series: int) -> Spread:
    """The spread where no backtest could be made: wide, and every series for itself."""
    kind = np.zeros(series, dtype=np.int64)
    return Spread(np.full(len(SHARED), PRIOR), 0.0, unknown(), kind, np.full(series, 0.5), np.zeros(series))


def shared_codes(history: History) -> list[Counts]:
    """Code (series,) of each series for every factor of SHARED: series of one code share it."""
    return [history.codes(*by) if by else np.zeros(len(history.series), dtype=np.int64) for by in SHARED]


def sum_noise(mean: Chances, noise: Chances) -> Chances:
    """Variance of sums of days beyond a count's and the level's, against their mean squared (sums,).

    `mean` (sums, days), `noise` of a day (sums,): two equal days of noise 0.5 have a quarter.
    """
    return np.asarray(noise * (mean**2).sum(axis=1) / np.maximum(mean.sum(axis=1), 1e-9) ** 2)


def _errors(forecast: Units, truth: Window) -> Errors:
    mean, units = (np.where(truth.scored, values, 0).astype(np.float64) for values in (forecast, truth.calm))
    return Errors(mean, units, kinds_of(mean, truth.idle, truth.scored))


def _unbiased(errors: Sequence[Errors]) -> list[Errors]:
    """The same with each kind's forecasts right on the whole: what was wrong with all is no spread."""
    mean, units, kind = (
        np.concatenate(part) for part in zip(*((*e.sums, e.kind) for e in errors), strict=True)
    )
    expected, sold = (np.bincount(kind, values, KINDS) for values in (mean, units))
    factor = np.where((expected > 0) & (sold > 0), sold / np.maximum(expected, 1e-9), 1.0)
    return [Errors(e.mean * factor[e.kind][:, None], e.units, e.kind) for e in errors]


def _weeks(error: Errors, noise: Chances) -> Weeks:
    starts = range(0, error.mean.shape[1], 7)
    mean, units = (np.add.reduceat(values, starts, axis=1) for values in (error.mean, error.units))
    of_week = np.stack([sum_noise(error.mean[:, day : day + 7], noise) for day in starts], axis=1)
    return Weeks(mean, units, of_week, error.kind)


def _shared(history: History, errors: Sequence[Errors], spread: Spread) -> Chances:
    """Variances of what series share (factors,), from products of the errors of different series.

    Series that differ in channel and category share the business' factor alone; those of one channel or of
    one category this factor too; those of one group all of these and the group's; those of one SKU the
    business', the category's and the SKU's, and in one channel's regions the channel's and the group's.
    """
    standard = _centred([_standardised(error, spread) for error in errors], errors)
    single = np.arange(len(history.series))
    total, channel, category, group, sku = (_squares(standard, code) for code in shared_codes(history))
    alone, pair = _squares(standard, single), _squares(standard, history.codes("sku", "channel"))
    business = _covariance(total - channel - category + group, len(errors))
    in_channel = _covariance(channel - group, len(errors)) - business
    in_category = _covariance(category - group - sku + pair, len(errors)) - business
    upper = business + max(in_category, 0.0)
    in_group = _covariance(group - pair, len(errors)) - upper - max(in_channel, 0.0)
    same = (pair - alone)[1] / max((sku - alone)[1], 1e-9)  # of a SKU's pairs, those in one channel
    in_sku = _covariance(sku - alone, len(errors)) - upper - same * (max(in_channel, 0) + max(in_group, 0))
    ahead = (len(errors) + 1) / max(len(errors) - 1, 1)  # the windows' own mean error is no error in them
    return ahead * np.maximum([business, in_channel, in_category, in_group, in_sku], 0.0)


def _standardised(error: Errors, spread: Spread) -> tuple[Chances, Chances]:
    """Errors of the window's sums in standard deviations, and what an error of the whole mean would be."""
    level = spread.levels.mean.mean(axis=0, dtype=np.float64)[error.kind]
    expected, units = error.sums
    mean = level * expected
    wrong = spread.levels.slope[error.kind] ** 2 + sum_noise(error.mean, spread.noise)
    deviation = np.sqrt(mean + mean**2 * wrong)
    known = mean > 0
    scaled = np.where(known, (units - mean) / np.where(known, deviation, 1), 0)
    return np.clip(scaled, -FARTHEST, FARTHEST), np.where(known, mean / np.where(known, deviation, 1), 0)


def _centred(
    standard: Sequence[tuple[Chances, Chances]], errors: Sequence[Errors]
) -> list[tuple[Chances, Chances]]:
    """The same with the mean error of each kind taken out: cut errors have one, and it is not shared."""
    kind = np.concatenate([error.kind for error in errors])
    known = np.concatenate([mean > 0 for _, mean in standard])
    of_kind = np.bincount(kind, np.concatenate([error for error, _ in standard]), minlength=KINDS)
    usual = of_kind / np.maximum(np.bincount(kind, known, minlength=KINDS), 1)
    return [
        (np.where(mean > 0, scaled - usual[error.kind], 0), mean)
        for (scaled, mean), error in zip(standard, errors, strict=True)
    ]


def _squares(standard: Sequence[tuple[Chances, Chances]], code: Counts) -> Chances:
    """Squares of the sums over all series of one code: of errors, and of what an error of the mean would be.

    Products of all pairs that share a code; differences of such leave pairs that share one and not another.
    """
    squares = [[(np.bincount(code, values) ** 2).sum() for values in window] for window in standard]
    return np.asarray(np.sum(squares, axis=0))


def _covariance(pairs: Chances, windows: int) -> float:
    """Covariance of relative errors within pairs, drawn towards PRIOR for want of windows.

    0 where there is no pair.
    """
    products, scale = pairs
    if scale <= 1e-6:
        return 0.0
    prior = PRIOR_WINDOWS * scale / windows
    return float((products + prior * PRIOR) / (scale + prior))


def _shared_day(errors: Sequence[Errors]) -> float:
    """Variance of the factor that all series share on one day and on no other, in the median window.

    The median, because a window with a holiday that the models missed is no measure of other days.
    """
    found = []
    for error in errors:
        mean, units = error.sums
        level = error.mean * np.where(mean > 0, units / np.maximum(mean, 1e-9), 0)[:, None]
        weight = 1 / np.sqrt(np.maximum(mean, 1.0))[:, None]  # large series count, but not alone
        strayed, whole = (error.units - level) * weight, level * weight
        products = (strayed.sum(axis=0) ** 2).sum() - (strayed**2).sum()
        scale = (whole.sum(axis=0) ** 2).sum() - (whole**2).sum()
        found.append(products / max(scale, 1e-9))
    return max(float(np.median(found)), 0.0) if found else 0.0
