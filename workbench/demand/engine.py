"""The forecast: sales in, sample paths of what could be wanted out."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.demand import notes
from workbench.demand.backtest import Choice, Window, choose, errors_table, rates, served, speeds, unscored
from workbench.demand.history import SERIES, Counts, History, Mask, Units, read_history
from workbench.demand.models import FAST
from workbench.demand.newcomers import from_category, newcomers, young
from workbench.demand.novelty import outside_band, sum_chance
from workbench.demand.paths import quantiles, with_paths
from workbench.demand.sampling import draw
from workbench.demand.spread import Spread, calibrate, guess
from workbench.demand.trials import Trials, try_models
from workbench.policy import DemandPolicy, Policy
from workbench.tables import DAY, TABLES

UNTRIED = "smoothing"  # serves where nothing could be tried on the past
FROM_CATEGORY = "category"  # serves series too young for a model of their own


class Forecast(NamedTuple):
    """What `forecast` found: the tables `demand_paths`, `demand`, `demand_models` and `backtest`.

    `notes` are sentences on the input: what was missing, and what was done about it.
    """

    paths: pd.DataFrame
    demand: pd.DataFrame
    models: pd.DataFrame
    backtest: pd.DataFrame
    notes: list[str]


def forecast(
    sales: pd.DataFrame,
    products: pd.DataFrame,
    prices: pd.DataFrame,
    promotions: pd.DataFrame,
    calendar: pd.DataFrame,
    signals: pd.DataFrame,  # noqa: ARG001 - part of the way in, though no model reads it
    *,
    policy: Policy,
    as_of: datetime,
    seed: int = 0,
) -> Forecast:
    """Demand of every sku × channel × region over the policy's horizon, from the business day of `as_of` on.

    Rests on sales before that day alone. Every series is served by the model that did best on backtests; the
    paths are as wide as the errors there, and hang together as they did. The same seed gives the same bytes.
    """
    rules = policy.demand
    day = pd.Timestamp(policy.business.day(as_of)).as_unit("us")
    new = newcomers(sales[sales["date"] < day], products, prices, day, rules)
    history = read_history(sales, products, new, day, rules)
    said = notes.on_inputs(history, sales, products, calendar, day, rules)
    if history.series.empty:
        return _nothing(said)
    trials = try_models(history, promotions, calendar, policy)
    rate = rates(history)
    speed = speeds(rate, rules)
    choice = (
        choose(trials.full, trials.ahead, trials.windows, rate, speed)
        if trials.full
        else unscored(rate, UNTRIED)
    )
    mean = served(trials.ahead, choice)
    spread, unlike = _spread(history, trials, choice, rate, speed, rules)
    is_young = young(history, rules)
    mean[is_young], variance = from_category(history, mean, rate, spread.noise, is_young)
    spread = spread.widened(is_young, variance)
    drawn = draw(history, mean, spread, paths=rules.paths, seed=seed, threads=policy.run.processes)
    paths = with_paths(_rows_ahead(history, day, rules.horizon_days), drawn)
    models = _models(history, choice, is_young, unlike, rules)
    return Forecast(
        paths, quantiles(paths), models, errors_table(trials.full, trials.windows, speed, choice), said
    )


def _nothing(said: list[str]) -> Forecast:
    tables = [TABLES[name].empty() for name in ("demand_paths", "demand", "demand_models", "backtest")]
    return Forecast(tables[0], tables[1], tables[2], tables[3], said)


def _spread(
    history: History, trials: Trials, choice: Choice, rate: Units, speed: Counts, rules: DemandPolicy
) -> tuple[Spread, Mask]:
    """The spread around the served forecasts, and the series that the newest window shows outside their band.

    Windows that only the fast models were tried on stand in with the best of those for each series. The band
    comes from the windows before the newest: a series that runs away must not widen its own.
    """
    windows = trials.windows
    if not windows:
        return guess(len(rate)), np.zeros(len(rate), dtype=bool)
    fast_only = [{name: trial[name] for name in FAST} for trial in trials.full]
    fastest = choose(fast_only, trials.ahead, windows, rate, speed)
    expected = [served(trial, choice) for trial in trials.full]
    expected += [served(trial, fastest) for trial in trials.fast]
    before = calibrate(history, expected[1:], windows[1:], speed) if len(windows) > 1 else guess(len(rate))
    recent = slice(-rules.recent_days, None)
    units, calm, scored = windows[0]
    newest = Window(units[:, recent], calm[:, recent], scored[:, recent])
    past = [sum_chance(window, mean, before) for window, mean in zip(windows[1:], expected[1:], strict=True)]
    unlike = outside_band(sum_chance(newest, expected[0][:, recent], before), past, rules.never_seen_band)
    return calibrate(history, expected, windows, speed), unlike


def _rows_ahead(history: History, day: pd.Timestamp, horizon: int) -> pd.DataFrame:
    """Keys of the paths: series after series, day after day."""
    rows = history.series[SERIES].loc[history.series.index.repeat(horizon)].reset_index(drop=True)
    dates = pd.date_range(day, periods=horizon, unit="us")
    return rows.assign(date=np.tile(dates.to_numpy(dtype=DAY), len(history.series)))


def _models(
    history: History, choice: Choice, is_young: Mask, unlike: Mask, rules: DemandPolicy
) -> pd.DataFrame:
    """The table `demand_models`.

    A known product that a region orders for the first time is no new product: history is counted from the
    first day of the SKU in the channel.
    """
    table = TABLES["demand_models"]
    names = np.array([*choice.names, None], dtype=object)
    nobody = np.full(len(is_young), None, dtype=object)
    recent = slice(-rules.recent_days, None)
    sold = (history.units * history.seen)[:, recent].sum(axis=1)
    born = pd.Series(history.first).groupby(history.codes("sku", "channel")).transform("min")
    is_new = len(history.days) - born.to_numpy() < rules.min_history_days
    models = history.series[SERIES].assign(
        model=np.where(is_young, FROM_CATEGORY, names[choice.served]),
        error=np.where(is_young, np.nan, choice.error),
        runner_up=np.where(is_young, nobody, names[choice.runner_up]),
        runner_up_error=np.where(is_young, np.nan, choice.runner_up_error),
        history_days=np.maximum(len(history.days) - history.first, 0),
        censored_days=history.censored.sum(axis=1),
        recent=sold.astype(np.float64) / np.maximum(history.seen[:, recent].sum(axis=1), 1),
        never_seen=is_new | (unlike & ~is_young),
    )
    return models.astype({c.name: c.dtype for c in table.columns})[table.names]
