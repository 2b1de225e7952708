"""What aggregates know and single series do not: season, trend, holidays and promotions, by Prophet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.demand.history import Counts, History, Units
from workbench.demand.models import Past, fading
from workbench.demand.partitions import each
from workbench.demand.prophet_fit import Curve, Fitted, fit_all
from workbench.policy import DemandPolicy

LEVEL_DAYS = 182  # days over which a series is compared with the aggregate's curve
HALF_LIFE = 42.0  # days; the curve carries season and trend, so a level may look further back
LEVEL_HALF_LIFE = 10.0  # days of an aggregate's own level
MIN_DAYS = 112  # Prophet needs two windows' worth of weeks to be worth its while
MIN_UNITS = 3.0  # units a day: what sells less is noise itself
RECENT = 56  # days that say what sells
BATCH = 4  # fits in one part of the work
MOST_LONE = 0.1  # of a day's units from lone record days; beyond, the day says nothing about the aggregate

Name = tuple[str, int]  # kind and number of a curve: the total, a region, a pool, a best seller
TOTAL: Name = ("total", 0)


class Shape(NamedTuple):
    """Prophet's answers at one origin.

    `curve` (series, shown days + horizon): the aggregates' course as it applies to each series, without
    promotions; `own` (best sellers, horizon): their own forecasts, of the series `sellers`; `pools` the
    forecasts (horizon,) of pools, by number, and `total` of the whole business.
    """

    curve: Units
    pools: Mapping[int, Units]
    total: Units
    sellers: Counts
    own: Units


def shapes(
    history: History, pasts: Sequence[Past], calendar: pd.DataFrame, rules: DemandPolicy, processes: int
) -> list[Shape | None]:
    """Prophet at every origin of `pasts`, all fits in one go; None where history is too short.

    Aggregates are the total, the regions and channel × category, as far as they sell enough and among the
    `prophet_aggregates` largest; a series' curve is that of its channel × category (else the total's), times
    its region's against the total's.
    """
    plans = [_plan(history, past, rules) for past in pasts]
    curves = [
        _curve(history, past, rows, calendar)
        for past, plan in zip(pasts, plans, strict=True)
        for rows in plan.values()
    ]
    answers = iter(_fit(curves, processes))
    found = [{name: next(answers) for name in plan} for plan in plans]
    return [
        _assemble(history, past, plan, fits) if fits.get(TOTAL) else None
        for past, plan, fits in zip(pasts, plans, found, strict=True)
    ]


def _plan(history: History, past: Past, rules: DemandPolicy) -> dict[Name, Counts]:
    """The curves to fit by name, each with its series; none at all where the total is not worth one."""
    recent = past.units[:, -RECENT:].sum(axis=1)
    everything = np.arange(len(recent))
    if not _worth_a_fit(past, everything):
        return {}
    groups = {"region": history.codes("region"), "pool": past.pool}
    parts = {
        (kind, code): np.flatnonzero(codes == code)
        for kind, codes in groups.items()
        for code in range(int(codes.max()) + 1 if codes.max() > 0 else 0)
    }
    largest = sorted(parts, key=lambda name: (-float(recent[parts[name]].sum()), name))
    sellers = np.argsort(-recent, kind="stable")[: rules.prophet_series]
    wanted = {name: parts[name] for name in largest[: rules.prophet_aggregates]}
    wanted |= {("seller", int(row)): np.array([row]) for row in sellers}
    return {TOTAL: everything} | {name: rows for name, rows in wanted.items() if _worth_a_fit(past, rows)}


def _worth_a_fit(past: Past, rows: Counts) -> bool:
    """Whether the rows have lived long enough together, and sell enough, on most days of late."""
    lived = past.alive[rows].any(axis=0).sum()
    daily = past.units[rows, -RECENT:].sum(axis=0)
    return bool(lived >= MIN_DAYS and daily.mean() >= MIN_UNITS and (daily > 0).mean() > 0.5)


def _curve(history: History, past: Past, rows: Counts, calendar: pd.DataFrame) -> Curve:
    """Demand of a group of series with the lift of its promotions and its regions' holidays."""
    born = int(np.argmax(past.alive[rows].any(axis=0)))
    units = past.units[rows, born:].sum(axis=0)
    lone = (past.units[rows, born:] * past.cut[rows, born:]).sum(axis=0) > MOST_LONE * units
    weight = past.base[rows, -LEVEL_DAYS:].mean(axis=1)
    weight = weight / max(float(weight.sum()), 1e-9)
    regions = history.series["region"].iloc[rows].unique()
    events = calendar.loc[calendar["region"].isin(regions), ["date", "event"]].drop_duplicates()
    holidays = events.rename(columns={"date": "ds", "event": "holiday"})
    return Curve(
        start=history.days[born],
        units=np.where(lone, np.nan, units),
        promotion=weight @ (past.lifts[rows, born:] - 1),
        holidays=holidays.sort_values(["ds", "holiday"], ignore_index=True),
        shown=min(LEVEL_DAYS, past.days - born),
    )


def _fit(curves: Sequence[Curve], processes: int) -> list[Fitted | None]:
    """All in threads: Stan runs outside Python, and a new process would import for as long as it fits."""
    batches = [curves[start : start + BATCH] for start in range(0, len(curves), BATCH)]
    return list(chain.from_iterable(each(fit_all, batches, jobs=processes, threads=True)))


def _assemble(
    history: History, past: Past, plan: Mapping[Name, Counts], fits: Mapping[Name, Fitted | None]
) -> Shape:
    width = min(LEVEL_DAYS, past.days) + past.horizon
    curves = {name: _relative(fit.plain, width, past.horizon) for name, fit in fits.items() if fit}
    total = curves[TOTAL]
    regions = history.codes("region")
    region = np.stack([curves.get(("region", code), total) / total for code in range(int(regions.max()) + 1)])
    pool = np.stack([curves.get(("pool", code), total) for code in range(int(past.pool.max()) + 1)])
    ahead = {name: _caught_up(past, plan[name], fit.promoted) for name, fit in fits.items() if fit}
    own = {code: days for (kind, code), days in ahead.items() if kind == "seller"}
    pools = {code: days for (kind, code), days in ahead.items() if kind == "pool"}
    sellers = np.array(sorted(own), dtype=np.int64)
    forecasts = np.array([own[int(row)] for row in sellers], dtype=np.float32).reshape(-1, past.horizon)
    return Shape(pool[past.pool] * region[regions], pools, ahead[TOTAL], sellers, forecasts)


def _caught_up(past: Past, rows: Counts, fitted: Units) -> Units:
    """Prophet's forecast (horizon,) at the level of the last weeks, which its trend is slow to follow."""
    shown = len(fitted) - past.horizon
    weights = fading(shown, LEVEL_HALF_LIFE)
    sold = past.units[rows, past.days - shown :].sum(axis=0) @ weights
    level = sold / max(float(fitted[:shown] @ weights), 1e-9)
    return np.asarray(fitted[shown:] * level, dtype=np.float32)


def _relative(curve: Units, width: int, horizon: int) -> Units:
    """The curve against its mean before the origin, led in by its first value where it is shorter."""
    led = np.concatenate([np.full(width - len(curve), curve[0], dtype=np.float32), curve])
    return np.asarray(led / led[:-horizon].mean(), dtype=np.float32)


def with_shape(past: Past, shape: Shape) -> Units:
    """Each series' own level on its aggregates' course, with planned promotions (series, horizon)."""
    shown = shape.curve.shape[1] - past.horizon
    weights = fading(shown, HALF_LIFE)
    lived = past.alive[:, past.days - shown :]
    exposure = (shape.curve[:, :shown] * lived) @ weights
    levels = past.base[:, past.days - shown :] @ weights / np.maximum(exposure, 1e-9)
    ahead = shape.curve[:, shown:] * np.where(exposure > 0, levels, 0)[:, None]
    return np.asarray(ahead * past.lifts[:, past.days :], dtype=np.float32)


def by_prophet(past: Past, shape: Shape) -> Units:
    """Prophet on the best sellers themselves (series, horizon); NaN for all others."""
    ahead = np.full((len(past.units), past.horizon), np.nan, dtype=np.float32)
    ahead[shape.sellers] = shape.own
    return ahead
