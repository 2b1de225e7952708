"""Demand of a pool of series as weekday × season × events × a level that drifts: one regression a pool.

A Poisson regression with ridge penalties, whose days are as noisy as a count plus NOISE; trend and season
carry it through the history, the level of the forecast is that of the last weeks once the calendar is taken
out. Penalties are prior standard deviations of log effects, so that they mean the same for every business.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from workbench.demand.events import Events
from workbench.demand.history import Counts, Units
from workbench.demand.models import Past
from workbench.demand.partitions import each

NOISE = 0.015  # variance of a day's demand of a large pool beyond a count's, against its mean squared
DRIFT = 2e-4  # variance that a level gains from day to day, against its mean squared: 1.4 per cent
HALF_LIFE = 800.0  # days: what is older counts less
KNOT = 56  # days between bends of the trend
WAVES = 6  # of the year; shorter ones are events'
YEAR, SEASON_DAYS = 365.25, 540  # less than a year and a half cannot tell a season from a trend
STEPS = 4  # of the fit; a Poisson regression is there after three
FEWEST = 0.05  # units a day: no pool is expected to sell less
SURE = {"weekday": 0.17, "regular": 0.17, "regular_weekday": 0.055, "day": 0.04, "wave": 0.09, "bend": 0.027}
OCCASION = (0.5, 0.12, 0.12)  # prior deviation of the day itself, the day before, two days before

Effects = NDArray[np.float64]


class Design(NamedTuple):
    """What a day is: `columns` (columns, days) and the prior `deviation` (columns,) of their log effects."""

    columns: Effects
    deviation: Effects


def fit_curves(past: Past, events: Events, pool: Counts, *, jobs: int) -> Effects:
    """The calendar's effects on each pool, from the days of `past` alone; `pool` (series,) numbers them."""
    pools = int(pool.max()) + 1
    sold = totals(past.base, pool)
    days = past.days + past.horizon
    weight = np.zeros((pools, events.regulars.shape[1]))
    np.add.at(weight, (pool, events.region), past.base[:, -182:].sum(axis=1) + 1e-9)
    weight /= weight.sum(axis=1, keepdims=True)
    parts = [(sold[code], weight[code]) for code in range(pools)]
    return np.stack(each(partial(calendar_of, events=events, days=days), parts, jobs=jobs, threads=True))


def totals(units: Units, pool: Counts) -> Effects:
    """Sum over the series of each pool (pools, days)."""
    order = np.argsort(pool, kind="stable")
    starts = np.searchsorted(pool[order], np.arange(int(pool.max()) + 1))
    return np.add.reduceat(units[order], starts, axis=0, dtype=np.float64)


def ahead(calendar: Effects, sold: Effects, origin: int, horizon: int) -> Effects:
    """Forecasts of the pools (pools, horizon) from the days of `sold` (pools, days) before `origin`.

    The level fades the faster the less noisy the pool is: the steady state of a Kalman filter on a local
    level, whose gain is the root of drift over noise. A pool of 20 units a day looks back 12 days, half-life.
    """
    first = max(origin - 364, 0)
    shape = np.exp(calendar[:, : origin + horizon])
    mean = sold[:, first:origin].mean(axis=1).clip(FEWEST)
    half_life = np.log(2) * np.sqrt((1 / mean + NOISE) / DRIFT)
    weight = 0.5 ** (np.arange(origin - first)[::-1] / half_life[:, None])
    level = (sold[:, first:origin] * weight).sum(axis=1) / (shape[:, first:origin] * weight).sum(axis=1)
    return np.asarray(level[:, None] * shape[:, origin:])


def calendar_of(part: tuple[Effects, Effects], events: Events, days: int) -> Effects:
    """Log effects of the calendar (days,) on a pool that sold `part[0]` (history,), by regions' weight."""
    sold, weight = part
    design = _design(events, weight, days, len(sold))
    trend = _trend(days, len(sold))
    columns = np.concatenate([trend, design.columns])
    precision = np.concatenate([_trend_precision(len(trend)), 1 / design.deviation**2])
    aged = 0.5 ** (np.arange(len(sold))[::-1] / HALF_LIFE)
    known = columns[:, : len(sold)]
    effects: Effects = np.zeros(len(columns))
    effects[0] = np.log(max(float(np.average(sold, weights=aged)), FEWEST))
    for _ in range(STEPS):
        linear = np.clip(effects @ known, -20, 20)
        mean = np.exp(linear)
        information = aged * mean / (1 + NOISE * mean)
        working = linear + np.clip((sold - mean) / mean, -1, 3)
        weighted = known * information
        effects = np.linalg.solve(weighted @ known.T + np.diag(precision), weighted @ working)
    return np.asarray(effects[len(trend) :] @ design.columns)


def _trend(days: int, history: int) -> Effects:
    """A level, a slope and a bend every KNOT days of history, flat in none of them (columns, days)."""
    day = np.arange(days) / 100
    bends = np.arange(KNOT, history, KNOT) / 100
    return np.concatenate([np.ones((1, days)), [day], np.clip(day - bends[:, None], 0, None)])


def _trend_precision(columns: int) -> Effects:
    return np.concatenate([[1e-6, 1.0], np.full(columns - 2, 1 / SURE["bend"] ** 2)])


def _design(events: Events, weight: Effects, days: int, history: int) -> Design:
    weekday = (events.weekday[:days] == np.arange(7)[:, None]).astype(np.float64)
    regulars = np.tensordot(weight, events.regulars[:, :, :days].astype(np.float64), (0, 1))
    occasions = np.tensordot(weight, events.occasions[:, :, :days].astype(np.float64), (0, 1))
    date = events.days[:days]
    month_day = (np.asarray(date.day) == np.arange(1, 32)[:, None]).astype(np.float64)
    parts = [(weekday, SURE["weekday"]), (regulars, SURE["regular"]), (month_day, SURE["day"])]
    parts += [(regular * weekday, SURE["regular_weekday"]) for regular in regulars]
    if history >= SEASON_DAYS:
        turn = 2 * np.pi * np.arange(1, WAVES + 1)[:, None] * np.asarray(date.day_of_year) / YEAR
        parts += [(np.cos(turn), SURE["wave"]), (np.sin(turn), SURE["wave"])]
    parts += [(_earlier(occasions, before), sure) for before, sure in enumerate(OCCASION)]
    columns = np.concatenate([part for part, _ in parts])
    return Design(columns, np.concatenate([np.full(len(part), sure) for part, sure in parts]))


def _earlier(on: Effects, before: int) -> Effects:
    """The same `before` days earlier (columns, days)."""
    moved = np.zeros_like(on)
    moved[:, : on.shape[1] - before] = on[:, before:]
    return moved
