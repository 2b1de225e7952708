"""Every model's forecast from today and from each backtest's origin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.demand.backtest import Forecasts, Window, origins, window
from workbench.demand.boosting import Learned, foresee, learn
from workbench.demand.curves import ahead, totals
from workbench.demand.drivers import Drivers
from workbench.demand.features import Told, tell
from workbench.demand.history import History, Units
from workbench.demand.models import FAST, Past, least, look_back
from workbench.demand.partitions import each
from workbench.demand.reconcile import TOTAL, Aggregates
from workbench.demand.shapes import by_prophet, shapes, with_shape
from workbench.policy import DemandPolicy, Policy

RECENT = 56  # days that say how much of a pool's sales a promotion is for


class View(NamedTuple):
    """What every model says at one origin: `forecasts` by name (series, days each), and of the pools."""

    forecasts: Forecasts
    aggregates: Aggregates


class Trials(NamedTuple):
    """Views from past origins, newest first: `full` of every model, `fast` of the fast models alone.

    `today` is the view ahead; `windows` says what came true after each past origin, full ones before fast
    ones; `tolds` is what the global model was told at each full origin; `learned` is that model as of today,
    None where there is too little to learn from or nothing to try it on.
    """

    today: View
    full: list[View]
    fast: list[Forecasts]
    windows: list[Window]
    tolds: list[Told]
    learned: Learned | None


def try_models(
    history: History, drivers: Drivers, calendar: pd.DataFrame, policy: Policy, seed: int
) -> Trials:
    """Every model's forecasts from today and from each backtest's origin, on the past before it alone.

    The global model is tried as it was learnt before the oldest full origin: as it will be used, for weeks
    after it was learnt. It serves as learnt today.
    """
    rules = policy.demand
    starts = origins(len(history.days), rules, max(rules.backtest_windows, rules.calibration_windows))
    tried, older = starts[: rules.backtest_windows], starts[rules.backtest_windows :]
    past, told = today(history, drivers, policy)
    pasts = [_past(history, drivers, origin, rules.backtest_days, rules) for origin in tried]
    jobs = policy.run.processes
    tolds = [tell(history, earlier, drivers, jobs=jobs) for earlier in pasts]
    work = partial(learnt, horizon=rules.horizon_days, seed=seed)
    then, now = each(work, [tolds[-1], told], jobs=jobs, threads=True) if tolds else (None, None)
    learned = [now if then else None, *(then for _ in tolds)]
    view, *full = views(history, [past, *pasts], [told, *tolds], learned, calendar, policy)
    fast = [fast_forecasts(_past(history, drivers, origin, rules.backtest_days, rules)) for origin in older]
    windows = [window(history, origin, rules) for origin in starts]
    return Trials(view, full, fast, windows, tolds, learned[0])


def learnt(told: Told, horizon: int, seed: int) -> Learned | None:
    """The global model of all that is told."""
    return learn(told, told.days, horizon, seed=seed)


def today(history: History, drivers: Drivers, policy: Policy) -> tuple[Past, Told]:
    """What is known today, for forecasts over the policy's horizon."""
    past = _past(history, drivers, len(history.days), policy.demand.horizon_days, policy.demand)
    return past, tell(history, past, drivers, jobs=policy.run.processes)


def views(
    history: History,
    pasts: Sequence[Past],
    tolds: Sequence[Told],
    learned: Sequence[Learned | None],
    calendar: pd.DataFrame,
    policy: Policy,
) -> list[View]:
    """What every model says at the origin of each past; Prophet's fits of all of them run side by side.

    A model that one of the pasts is too short for is left out of all.
    """
    jobs = policy.run.processes
    found = shapes(history, pasts, calendar, policy.demand, jobs)
    usable = all(found)
    answers = []
    for past, told, model, shape in zip(pasts, tolds, learned, found, strict=True):
        slower: dict[str, Units] = {}
        if usable and shape is not None:
            slower |= {"category_shape": with_shape(past, shape), "prophet": by_prophet(past, shape)}
        if model is not None:
            slower["global"] = foresee(model, told, past.days, past.horizon, jobs=jobs)
        floor = least(past)
        forecasts = dict(fast_forecasts(past)) | {name: np.maximum(d, floor) for name, d in slower.items()}
        prophet = {**shape.pools, TOTAL: shape.total} if usable and shape is not None else {}
        curve = ahead(told.curves, totals(told.units, told.pool), past.days, past.horizon)
        recent = past.base[:, -RECENT:].mean(axis=1, keepdims=True)
        lift = totals(recent * past.lifts[:, past.days :], past.pool)
        plain = totals(recent, past.pool)
        answers.append(View(forecasts, Aggregates(curve * lift / np.maximum(plain, 1e-9), prophet)))
    return answers


def fast_forecasts(past: Past) -> Forecasts:
    """What the fast models say (series, horizon) each, nowhere below the least demand."""
    floor = least(past)
    return {name: np.maximum(model(past), floor) for name, model in FAST.items()}


def _past(history: History, drivers: Drivers, origin: int, horizon: int, rules: DemandPolicy) -> Past:
    return look_back(history, drivers.discount, origin, horizon, rules.one_off_factor)
