"""How far the level of a week strays from its forecast: a distribution by kind of series and week ahead.

A kind is a size of the forecast; series that have been quiet for weeks are kinds of their own, since most of
them go on selling nothing while the others come back. Levels are what the backtests' weeks show once a
count's own noise is taken out. No form is assumed, so that series that die, wake up or run away in a backtest
do so in the paths as often.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr
from scipy.stats import norm, t

from workbench.demand.history import Counts, Units
from workbench.demand.mixture import Chances, shares

Normals = NDArray[np.floating[Any]]

SIZES = np.array([0.03, 0.1, 0.3, 1.0, 3.0, 10.0])  # units a day of the forecast, between kinds
QUIET_SIZES = np.array([0.1, 0.3])  # the same, of series that have been quiet
QUIET = 28  # days in stock without a sale from which a series is quiet
KINDS = len(SIZES) + 1 + len(QUIET_SIZES) + 1
LIVELY = np.arange(KINDS) <= len(SIZES)
LOGS = 0.03 * np.sinh(np.linspace(-5.6, 5.6, 45))  # log levels looked for: dense around 0, from 1/57 to 57
EDGES = np.concatenate([LOGS[:1], (LOGS[1:] + LOGS[:-1]) / 2, LOGS[-1:]])
WIDTH = 0.4  # of log levels before anything is known
FREEDOM = 3.0  # degrees of freedom of the Student t that log levels have before anything is known
PLACES = np.linspace(-4.5, 4.5, 721)  # of a standard normal, at which levels are tabled
SAMPLE = 2500  # weeks of a kind that its levels are read off
TRIED = 600  # windows of a kind, and
WORLDS = 100  # worlds of each, on which stretch and memory are tried
SHARES = (0.5, 0.8, 0.95)  # of the central intervals that must cover as much
KEPT = (0.3, 0.5, 0.65, 0.8, 0.95)  # correlations of one week's level with the next's
FAR = 2.2  # standard deviations beyond which a level may be cut for the sake of the mean
STRETCH = (1.0, 0.9, 1.1, 1.2, 1.3, 1.4)  # standard deviations at which a level is taken for one of 1


class Weeks(NamedTuple):
    """Sums of the weeks of a window (series, weeks): `mean` expected, `units` sold.

    `noise` is the variance of such a sum beyond a count's and the level's, against its mean squared; `kind`
    (series,) the kind of the series at the time. Weeks without a scored day have mean 0.
    """

    mean: Chances
    units: Chances
    noise: Chances
    kind: Counts


class Levels(NamedTuple):
    """Levels of weeks ahead against their forecasts.

    `table` (weeks, kinds, places) is the level at each place of a standard normal; `kept` (kinds,) the
    correlation of such normals from week to week.
    """

    table: Units
    kept: Chances

    @property
    def mean(self) -> Units:
        """Mean level (weeks, kinds)."""
        return np.asarray(self.table @ _weights(), dtype=np.float32)

    @property
    def slope(self) -> Chances:
        """What a standard deviation of the normal does to the level, against its mean (kinds,)."""
        return np.asarray(((self.table * PLACES) @ _weights() / self.mean).mean(axis=0))

    def at(self, place: Normals, week: int, kind: Counts) -> Units:
        """Levels of series of these kinds (series,) at places (series, paths) of the normal."""
        step = PLACES[1] - PLACES[0]
        index = np.clip(np.rint((place - PLACES[0]) / step), 0, len(PLACES) - 1).astype(np.int64)
        index += len(PLACES) * kind[:, None]
        return np.asarray(np.take(self.table[min(week, len(self.table) - 1)].ravel(), index))


def kinds_of(mean: Units | Chances, idle: Counts, scored: np.ndarray | None = None) -> Counts:
    """Kind of each series (series,) by its mean forecast a day, and by its silence.

    Days are the scored ones, else those on which anything is expected at all: of weekly records one in seven.
    `idle` (series,) are the days since its last sale.
    """
    opened = max(np.count_nonzero(mean.any(axis=0)), 1)
    rate = mean.sum(axis=1) / (opened if scored is None else np.maximum(scored.sum(axis=1), 1))
    quiet = len(SIZES) + 1 + np.digitize(rate, QUIET_SIZES)
    return np.asarray(np.where(idle < QUIET, np.digitize(rate, SIZES), quiet), dtype=np.int64)


def unknown() -> Levels:
    """Levels before anything is known: wide, around the forecast."""
    table = np.broadcast_to(_table(_prior(WIDTH)), (1, KINDS, len(PLACES)))
    return Levels((table / (table @ _weights())[..., None]).astype(np.float32), np.full(KINDS, KEPT[-1]))


def fitted(windows: Sequence[Weeks]) -> Levels:
    """The levels that the weeks of past windows show, the newest window first.

    How wide they must be taken, and how long they last, is tried on each half of the windows with the levels
    of the other half: what was fitted to a window covers it too well.
    """
    rng = np.random.default_rng(0)
    half = len(windows) // 2
    newer, older = joined(windows[: half or 1]), joined(windows[half:])
    trials = [_Trial(_tables(of, rng), on, rng) for of, on in ((older, newer), (newer, older))]
    stretch, kept = _tried(trials)
    weeks = joined(windows)
    return Levels(_bounded(_wider(_tables(weeks, rng), stretch), weeks), kept)


def joined(windows: Sequence[Weeks]) -> Weeks:
    """The weeks of several windows as if of one."""
    return Weeks(*(np.concatenate(part) for part in zip(*windows, strict=True)))


def _tables(weeks: Weeks, rng: np.random.Generator) -> Chances:
    return np.stack([_of_week(weeks, week, rng) for week in range(weeks.mean.shape[1])])


def _of_week(weeks: Weeks, week: int, rng: np.random.Generator) -> Chances:
    """Levels of one week ahead (kinds, places)."""
    mean, units, noise = (values[:, week] for values in (weeks.mean, weeks.units, weeks.noise))
    known = np.flatnonzero(mean > 0)

    def likelihood(rows: Counts) -> Chances:
        rows = rng.choice(rows, min(SAMPLE, len(rows)), replace=False)
        return _likelihood(units[rows], mean[rows], noise[rows])

    usual = shares(likelihood(known), _prior(WIDTH))
    tables = [_table(shares(likelihood(known[weeks.kind[known] == code]), usual)) for code in range(KINDS)]
    return np.stack(tables)


def _likelihood(units: Chances, mean: Chances, noise: Chances) -> Chances:
    """Chance of the units at each level (sums, levels): negative binomial."""
    size, sold = 1 / np.maximum(noise, 1e-4)[:, None], units[:, None]
    around = mean[:, None] * np.exp(LOGS)
    ways = gammaln(sold + size) - gammaln(size) - gammaln(sold + 1)
    return np.asarray(np.exp(ways + sold * np.log(around / (around + size)) - size * np.log1p(around / size)))


def _prior(scale: float) -> Chances:
    edges = t.cdf(EDGES / scale, FREEDOM)
    edges[[0, -1]] = 0, 1
    return np.asarray(np.diff(edges))


def _table(share: Chances) -> Chances:
    """Level at each place, the share of a value spread evenly around its logarithm (places,)."""
    below = np.concatenate([[0.0], np.cumsum(share)]) / share.sum()
    return np.asarray(np.exp(np.interp(ndtr(PLACES), below, EDGES)))


def _weights() -> Chances:
    weight = norm.pdf(PLACES)
    return np.asarray(weight / weight.sum())


class _Trial:
    """Levels (weeks, kinds, places) tried on the sums of windows that they were not read off."""

    def __init__(self, table: Chances, weeks: Weeks, rng: np.random.Generator) -> None:
        rows = np.concatenate([_some(weeks, code, rng) for code in range(KINDS)])
        self.mean, self.units, noise, self.kind = (values[rows] for values in weeks)
        self.table, self.weeks, self.rng = table, weeks, rng
        size = 1 / np.maximum(noise, 1e-4)[..., None]
        self.place = rng.standard_normal((*self.mean.shape, WORLDS))
        self.shaken = rng.standard_gamma(np.broadcast_to(size, self.place.shape)) / size

    def inside(self, stretch: Chances, kept: Chances) -> Chances:
        """How far each sum is inside each interval (shares, sums, weeks)."""
        levels = Levels(_bounded(_wider(self.table, stretch), self.weeks), kept)
        place = remembered(self.place.copy(), kept[self.kind])
        ahead = [levels.at(place[:, week], week, self.kind) for week in range(place.shape[1])]
        rate = self.mean[..., None] * np.stack(ahead, axis=1) * self.shaken
        return _inside(self.rng.poisson(rate).cumsum(axis=1), self.units.cumsum(axis=1))


def _tried(trials: Sequence[_Trial]) -> tuple[Chances, Chances]:
    """The stretch and the memory (kinds,) under which sums of weeks fall inside their intervals."""
    kind = np.concatenate([trial.kind for trial in trials])
    codes = np.arange(KINDS)[:, None]  # few sums: neighbours and all help to tell
    near = (np.abs(kind - codes) <= 1) & (LIVELY[kind] == LIVELY[codes])

    def misses(stretch: Chances, kept: Chances) -> list[float]:
        inside = np.concatenate([trial.inside(stretch, kept) for trial in trials], axis=1)
        return [_miss(inside[:, members]) + _miss(inside) for members in near]

    long = np.full(KINDS, KEPT[-1])
    by_stretch = [misses(np.full(KINDS, stretch), long) for stretch in STRETCH]
    stretch = np.array(STRETCH)[np.argmin(by_stretch, axis=0)]
    by_kept = [misses(stretch, np.full(KINDS, kept)) for kept in KEPT]
    return stretch, np.array(KEPT)[np.argmin(by_kept, axis=0)]


def _some(weeks: Weeks, code: int, rng: np.random.Generator) -> Counts:
    rows = np.flatnonzero((weeks.kind == code) & (weeks.mean.min(axis=1) > 0))
    return rng.choice(rows, min(TRIED, len(rows)), replace=False)


def _wider(table: Chances, stretch: Chances) -> Chances:
    """The levels of each kind, those of `stretch` (kinds,) standard deviations standing for those of one."""
    kinds = [(code, PLACES * wide) for code, wide in enumerate(stretch)]
    return np.stack([[np.interp(place, PLACES, week[code]) for code, place in kinds] for week in table])


def remembered(place: Normals, kept: Normals) -> Normals:
    """Standard normals (series, weeks, paths) made to remember the week before; changed in place.

    `kept` (series,) is the correlation from week to week.
    """
    old = kept.astype(place.dtype)[:, None]
    new = np.sqrt(1 - old**2)
    for week in range(1, place.shape[1]):
        place[:, week] *= new
        place[:, week] += old * place[:, week - 1]
    return place


def _inside(sums: np.ndarray, units: Chances) -> Chances:
    """How far each sum is inside its central intervals of SHARES (shares, sums, weeks): ties in part.

    `sums` (sums, weeks, worlds) as drawn, `units` (sums, weeks) as sold; its rank is among the worlds and
    itself.
    """
    worlds = sums.shape[2] + 1
    below = (sums < units[..., None]).sum(axis=2) / worlds
    up_to = ((sums <= units[..., None]).sum(axis=2) + 1) / worlds
    edge = (1 - np.array(SHARES)[:, None, None]) / 2
    return np.asarray((np.clip(up_to, edge, 1 - edge) - np.clip(below, edge, 1 - edge)) / (up_to - below))


def _miss(inside: Chances) -> float:
    """Squared misses of coverage, over intervals and sums of 1, 2, … weeks; 0 where there is no sum."""
    if not inside.shape[1]:
        return 0.0
    return float(((inside.mean(axis=1) - np.array(SHARES)[:, None]) ** 2).sum())


def _bounded(table: Chances, weeks: Weeks) -> Units:
    """The levels cut where their mean would be more than what the kind sold of its forecasts.

    The far levels of what sells next to nothing are guesses; the units sold in all are not.
    """
    weight = _weights()
    bounded = table.copy()
    for code in range(KINDS):
        members = weeks.kind == code
        expected = weeks.mean[members].sum()
        aim = weeks.units[members].sum() / expected if expected > 0 else 1.0
        for week in range(len(table)):
            level = table[week, code]
            bounded[week, code] = np.minimum(level, _cut(level, weight, aim))
    return bounded.astype(np.float32)


def _cut(level: Chances, weight: Chances, aim: float) -> float:
    """The bound under which levels have the mean `aim`, if theirs is more; it touches the far ones alone."""
    means = level * np.cumsum(weight[::-1])[::-1] + np.concatenate([[0.0], np.cumsum(level * weight)[:-1]])
    place = int(np.searchsorted(means, aim))
    return float(level[np.clip(place, np.searchsorted(PLACES, FAR), len(level) - 1)])
