"""What the global model is told of a series and a day ahead: ratios, so that all sizes share it.

Every feature of an origin rests on days before it, or on what is planned for the day ahead: its calendar,
price and promotion, and the signals as far as they were known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from workbench.demand.curves import Effects, ahead, fit_curves, totals
from workbench.demand.drivers import Drivers
from workbench.demand.events import Events
from workbench.demand.history import Counts, History, Mask, Units
from workbench.demand.models import Past, fading

WINDOWS = (7, 14, 28, 56, 112, 364)  # days that levels are told over
WEEKS = (4, 13, 26)  # that a weekday's own share is told over
HALF_LIFE = 28.0  # days of a series' level against its pool
LEVEL_DAYS = 182
SELLING = (28, 112)
LEAST = 0.005  # units a day: no base is lower
SMALL = 0.05  # units a day added to both sides of a ratio of levels
YEAR = 364  # whole weeks
PRICE_DAYS = 182  # over which a price is usual


@dataclass(frozen=True)
class Told:
    """All that features are made of, over history and horizon.

    `units`, `alive` (series, days), completed and without promotions; `lifts` (series, days + horizon);
    `curves` (pools, days + horizon) log effects of the calendar; `pool`, `sku`, `channel`, `category`
    (series,) codes.
    """

    units: Units
    alive: Mask
    lifts: Units
    drivers: Drivers
    curves: Effects
    pool: Counts
    sku: Counts
    channel: Counts
    category: Counts

    @property
    def days(self) -> int:
        """Days before the origin."""
        return int(self.units.shape[1])


def tell(history: History, past: Past, drivers: Drivers, *, jobs: int) -> Told:
    """What `past` knew; the curves are fitted to it alone."""
    codes = (history.codes(name) for name in ("sku", "channel", "category"))
    curves = fit_curves(past, drivers.events, past.pool, jobs=jobs)
    return Told(past.base, past.alive, past.lifts, drivers, curves, past.pool, *codes)


class Running(NamedTuple):
    """Running sums before each day, so that the mean of any window costs one difference (rows, days + 1)."""

    units: Units
    selling: Units
    living: Units
    sku: Units


class Outlook(NamedTuple):
    """What is known at one origin: a plain forecast `base` and the features, a column each.

    `base` (series, horizon) is each series' own level on its pool's course, times the lift of promotions.
    `series` holds features of a series (series,), `days` those of a series and a day (series, horizon).
    """

    base: Units
    series: dict[str, Units]
    days: dict[str, Units]

    @property
    def features(self) -> list[str]:
        """Names of the features, in the order of the columns of `rows`."""
        return [*self.series, *self.days]


def running(told: Told) -> Running:
    """The sums that every origin shares."""
    sums = (told.units, told.units > 0, told.alive, totals(told.units, told.sku))
    return Running(*(_before(values) for values in sums))


def _before(values: Units | Mask | Effects) -> Units:
    summed = np.zeros((values.shape[0], values.shape[1] + 1), dtype=np.float32)
    np.cumsum(values, axis=1, out=summed[:, 1:])
    return summed


def outlook(told: Told, sums: Running, pools: Effects, origin: int, horizon: int) -> Outlook:
    """Everything that is known at column `origin`; `pools` (pools, days) is what each pool sold a day."""
    course = ahead(told.curves, pools, origin, horizon).astype(np.float32)[told.pool]
    base = np.maximum(_share(told, pools, origin)[:, None] * course, LEAST)
    level = base.mean(axis=1)
    day = slice(origin, origin + horizon)
    series = _levels(told, sums, origin, level) | _sku_trend(told, sums, origin)
    series["level"] = np.log(level)
    series |= {name: getattr(told, name).astype(np.float32) for name in ("category", "channel")}
    days = _weekdays(told, pools, origin, horizon, level) | _prices(told, origin, horizon)
    days |= _last_year(told, sums, origin, horizon) | _calendar(told.drivers.events, origin, horizon)
    signals = told.drivers.signals
    days |= dict(zip(signals.names, signals.at(origin, horizon), strict=True))
    days["discount"] = told.drivers.discount[:, day]
    return Outlook(base * told.lifts[:, day], series, days)


def part_of(known: Outlook, series: slice) -> Outlook:
    """The same for some series."""
    return Outlook(
        known.base[series],
        {name: values[series] for name, values in known.series.items()},
        {name: values[series] for name, values in known.days.items()},
    )


def rows(known: Outlook, series: Counts, day: Counts) -> Units:
    """The features of some pairs of series and day ahead (pairs, features), float32."""
    columns = [values[series] for values in known.series.values()]
    columns += [values[series, day] for values in known.days.values()]
    return np.column_stack([np.asarray(column, dtype=np.float32) for column in columns])


def _share(told: Told, pools: Effects, origin: int) -> Units:
    """What a series sold of late against its pool, while it lived (series,)."""
    first = max(origin - LEVEL_DAYS, 0)
    weight = fading(origin - first, HALF_LIFE)
    sold = told.units[:, first:origin] @ weight
    exposure = (pools[:, first:origin] * weight).astype(np.float32)[told.pool]
    exposure *= told.alive[:, first:origin]
    return np.asarray(sold / np.maximum(exposure.sum(axis=1), 1e-6), dtype=np.float32)


def _mean(sums: Units, origin: int, window: int) -> Units:
    return np.asarray(sums[:, origin] - sums[:, max(origin - window, 0)])


def _levels(told: Told, sums: Running, origin: int, level: Units) -> dict[str, Units]:
    """Levels of several windows against the base's, and how a series sells."""
    found = {}
    for window in WINDOWS:
        lived = np.maximum(_mean(sums.living, origin, window), 1)
        mean = _mean(sums.units, origin, window) / lived
        found[f"level_{window}"] = np.log((mean + SMALL) / (level + SMALL))
        if window in SELLING:
            found[f"selling_{window}"] = _mean(sums.selling, origin, window) / lived
    recent = told.units[:, max(origin - 28, 0) : origin]
    found["deviation"] = recent.std(axis=1) / (level + SMALL)
    found["largest"] = recent.max(axis=1) / (level + SMALL)
    past = told.units[:, max(origin - YEAR, 0) : origin][:, ::-1] > 0
    found["since_sale"] = np.where(past.any(axis=1), past.argmax(axis=1), YEAR)
    found["age"] = sums.living[:, origin]
    return found


def _sku_trend(told: Told, sums: Running, origin: int) -> dict[str, Units]:
    """How the SKU goes everywhere: week against month, month against quarter, quarter against year."""
    mean = {window: _mean(sums.sku, origin, window) / window for window in WINDOWS}
    pairs = ((7, 28), (28, 112), (112, 364))
    return {
        f"sku_{near}_{far}": np.log((mean[near] + SMALL) / (mean[far] + SMALL))[told.sku]
        for near, far in pairs
    }


def _weekdays(told: Told, pools: Effects, origin: int, horizon: int, level: Units) -> dict[str, Units]:
    """The series' own weekdays against its pool's, over several spans of weeks."""
    found = {}
    turn = np.arange(horizon) % 7
    for weeks in WEEKS:
        first = origin - 7 * weeks
        if first < 0:
            found[f"weekday_{weeks}"] = np.broadcast_to(np.float32(np.nan), (len(level), horizon))
            continue
        own = told.units[:, first:origin].reshape(-1, weeks, 7).mean(axis=1)
        pool = pools[:, first:origin].reshape(-1, weeks, 7).mean(axis=1)
        share = (pool / np.maximum(pool.mean(axis=1, keepdims=True), 1e-9)).astype(np.float32)[told.pool]
        expected = own.mean(axis=1, keepdims=True) * share
        found[f"weekday_{weeks}"] = np.log((own + SMALL) / (expected + SMALL))[:, turn]
    last = told.units[:, origin - 7 : origin]
    found["last_weekday"] = np.log((last + 0.5) / (level[:, None] + 0.5))[:, turn]
    return found


def _prices(told: Told, origin: int, horizon: int) -> dict[str, Units]:
    """The price of the day, against the usual one, the last one and the week's before."""
    price = told.drivers.price[:, origin : origin + horizon]
    known = told.drivers.price[:, max(origin - PRICE_DAYS, 0) : origin : 7]
    count = (~np.isnan(known)).sum(axis=1)
    usual = np.where(count > 0, np.nan_to_num(known).sum(axis=1) / np.maximum(count, 1), np.nan)
    last = told.drivers.price[:, origin - 1]
    before = told.drivers.price[:, origin - 7 : origin - 7 + horizon]
    with np.errstate(divide="ignore", invalid="ignore"):
        return {
            "price": np.log(price),
            "price_usual": price / usual[:, None],
            "price_last": price / last[:, None],
            "price_week": price / before,
        }


def _last_year(told: Told, sums: Running, origin: int, horizon: int) -> dict[str, Units]:
    """What the SKU's two weeks around the day did last year, against its month before the origin then."""
    then = origin - YEAR
    if then < 28:
        return {"last_year": np.broadcast_to(np.float32(np.nan), (len(told.sku), horizon))}
    day = then + np.arange(horizon)
    around = (sums.sku[:, day + 7] - sums.sku[:, day - 6]) / 13
    month = (_mean(sums.sku, then, 28) / 28)[:, None]
    return {"last_year": np.log((around + SMALL) / (month + SMALL))[told.sku]}


def _calendar(events: Events, origin: int, horizon: int) -> dict[str, Units]:
    day = slice(origin, origin + horizon)
    shape = (len(events.region), horizon)
    found = {f"event_{shift:+d}": events.occasion(shift)[:, day][events.region] for shift in (-1, 0, 1, 2)}
    found |= {
        f"regular_{number}": on[:, day][events.region].astype(np.float32)
        for number, on in enumerate(events.regulars)
    }
    dates = events.days[day]
    plain = {
        "weekday": events.weekday[day],
        "month_day": dates.day,
        "year_day": dates.day_of_year,
        "ahead": np.arange(horizon),
    }
    return found | {name: np.broadcast_to(np.asarray(values), shape) for name, values in plain.items()}
