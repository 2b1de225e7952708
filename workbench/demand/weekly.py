"""The models of weekly records from today and from each backtest's origin; `trials` has those of daily ones.

Beside the fast models stands a mean of the plain weekly forecast and of the trees over all weeks: they err
apart, the one knowing a series' own last weeks and no other's, the other what followed such weeks elsewhere.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from workbench.demand.backtest import Forecasts, Window, origins, window
from workbench.demand.boosting import Learned
from workbench.demand.drivers import Drivers
from workbench.demand.history import History, Units
from workbench.demand.models import least, look_back
from workbench.demand.partitions import each
from workbench.demand.reconcile import Aggregates
from workbench.demand.trials import Trials, View, fast_forecasts
from workbench.demand.weekly_season import season_level
from workbench.demand.weekly_trees import foresee_weeks, learn_weeks
from workbench.demand.weeks import WeeklyPast, on_days, weekly_past
from workbench.policy import DemandPolicy, Policy

SERVING = "weekly"
OF_TREES = 0.65  # of the forecast that serves, the rest of the plain one
NO_AGGREGATES = Aggregates(np.zeros((0, 0)), {})  # the season of the categories is in the models


def try_weeks(history: History, drivers: Drivers, weekday: int, policy: Policy, seed: int) -> Trials:
    """Every model's forecasts from today and from each backtest's origin; sales fall on `weekday` alone.

    The trees are tried as they were learnt before the oldest origin, and serve as learnt today.
    """
    rules = policy.demand
    starts = origins(len(history.days), rules, rules.backtest_windows)
    known = [weekly_past(history, weekday, day, 0) for day in (*starts[-1:], len(history.days))]
    work = partial(learn_weeks, ahead=-(-rules.horizon_days // 7), seed=seed)
    *then, now = each(work, known, jobs=policy.run.processes, threads=True)
    learned = now if then and then[0] else None
    ahead = weekly_view(history, drivers, weekday, learned, len(history.days), rules.horizon_days, rules)
    full = [
        weekly_view(history, drivers, weekday, then[0], origin, rules.backtest_days, rules)
        for origin in starts
    ]
    return Trials(
        ahead, full, [], [_open_days(history, start, weekday, rules) for start in starts], [], learned
    )


def weekly_view(
    history: History,
    drivers: Drivers,
    weekday: int,
    learned: Learned | None,
    day: int,
    horizon: int,
    rules: DemandPolicy,
) -> View:
    """What every model says at column `day`: nothing on closed days."""
    first_weekday = int(history.days[0].day_of_week + day) % 7
    past = weekly_past(history, weekday, day, horizon)
    daily = look_back(history, drivers.discount, day, horizon, rules.one_off_factor)
    opened = on_days(np.ones((1, past.ahead), dtype=np.float32), weekday, first_weekday, horizon)
    forecasts: Forecasts = {name: days * opened for name, days in fast_forecasts(daily).items()}
    floor = 7 * least(daily)
    found = {name: np.maximum(weeks, floor) for name, weeks in _weekly(past, learned).items()}
    placed = {name: on_days(weeks, weekday, first_weekday, horizon) for name, weeks in found.items()}
    return View({**forecasts, **placed}, NO_AGGREGATES)


def weekly_alone(forecasts: Forecasts) -> Forecasts:
    """The forecast that serves: a series' few weeks tell too little to prefer another for it."""
    return {SERVING: forecasts[SERVING]}


def _weekly(past: WeeklyPast, learned: Learned | None) -> dict[str, Units]:
    plain = season_level(past)
    if learned is None:
        return {"season_level": plain, SERVING: plain}
    trees = foresee_weeks(learned, past)
    return {
        "season_level": plain,
        "weekly_trees": trees,
        SERVING: np.asarray(OF_TREES * trees + (1 - OF_TREES) * plain, dtype=np.float32),
    }


def _open_days(history: History, origin: int, weekday: int, rules: DemandPolicy) -> Window:
    """What came true after an origin, on open days."""
    after = window(history, origin, rules)
    first_weekday = int(history.days[0].day_of_week + origin) % 7
    opened = (first_weekday + np.arange(rules.backtest_days)) % 7 == weekday
    return after._replace(scored=after.scored & opened)
