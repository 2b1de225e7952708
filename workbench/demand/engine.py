"""The forecast: sales in, sample paths of what could be wanted out."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.demand import notes
from workbench.demand.backtest import (
    UNTRIED,
    Choice,
    Window,
    choose,
    errors_table,
    rates,
    served,
    served_untold,
    speeds,
    unscored,
)
from workbench.demand.boosting import Learned
from workbench.demand.coverage import coverage_table
from workbench.demand.curves import Effects
from workbench.demand.drivers import Drivers, read_drivers
from workbench.demand.history import SERIES, History, Mask, Units, assumed, read_history
from workbench.demand.levels import kinds_of
from workbench.demand.models import FAST
from workbench.demand.newcomers import from_category, newcomers, price_of, young
from workbench.demand.novelty import outside_band, sum_chance
from workbench.demand.paths import quantiles, with_paths
from workbench.demand.reconcile import blend, errors, reconciled, weights
from workbench.demand.sampling import draw
from workbench.demand.signal_worth import worth
from workbench.demand.slow_sellers import Curve, corrected, learn
from workbench.demand.spread import Spread, calibrate, guess
from workbench.demand.trials import Trials, today, try_models, views
from workbench.demand.value_added import value_added
from workbench.demand.weekly import try_weeks, weekly_alone, weekly_view
from workbench.demand.weeks import open_weekday
from workbench.policy import DemandPolicy, Policy
from workbench.tables import DAY, TABLES

COVERAGE_PATHS = 100  # that the newest window is compared with: enough for a table of percents
MADE = (
    "demand_paths",
    "demand",
    "demand_models",
    "blend",
    "backtest",
    "value_added",
    "coverage",
    "signal_worth",
    "assumed_demand",
)
FROM_CATEGORY = "category"  # serves series too young for a model of their own


class Forecast(NamedTuple):
    """What `forecast` found: the tables `demand_paths`, `demand`, `demand_models`, `blend`, `backtest`,
    `value_added`, `coverage`, `signal_worth` and `assumed_demand`.

    `notes` are sentences on the input: what was missing, and what was done about it.
    """

    paths: pd.DataFrame
    demand: pd.DataFrame
    models: pd.DataFrame
    blend: pd.DataFrame
    backtest: pd.DataFrame
    value_added: pd.DataFrame
    coverage: pd.DataFrame
    signal_worth: pd.DataFrame
    assumed: pd.DataFrame
    notes: list[str]


class Fitted(NamedTuple):
    """What is found on the past, and stands while forecasts are made from day to day.

    The global model; which model serves each series; what slow sellers sell of their forecasts and how
    wrong each source of the aggregates was, both None where nothing could be tried; the spread; what served
    in the trials' windows.
    """

    learned: Learned | None
    choice: Choice
    slow: Curve | None
    error: Effects | None
    spread: Spread
    trials: Trials
    expected: list[Units]


def forecast(
    sales: pd.DataFrame,
    products: pd.DataFrame,
    prices: pd.DataFrame,
    promotions: pd.DataFrame,
    calendar: pd.DataFrame,
    signals: pd.DataFrame,
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
    said = notes.on_inputs(history, sales, products, calendar, day, rules, prices, signals)
    if history.series.empty:
        return _nothing(said)
    drivers = read_drivers(
        history,
        prices,
        promotions,
        calendar,
        signals,
        horizon=rules.horizon_days,
        zone=policy.business.time_zone,
    )
    fitted, mean = fit(history, drivers, calendar, policy, seed)
    rate = rates(history)
    speed = speeds(rate, rules)
    trials, choice, spread = fitted.trials, fitted.choice, fitted.spread
    unlike, covered = _newest(history, fitted, rate, policy, seed)
    is_young = young(history, rules)
    cost = price_of(history, prices, day)
    mean[is_young], variance = from_category(history, mean, rate, spread.noise, is_young, cost)
    spread = replace(spread, kind=kinds_of(mean, history.idle())).widened(is_young, variance)
    drawn = draw(history, mean, spread, paths=rules.paths, seed=seed, threads=policy.run.processes)
    rows = _rows_ahead(history, day, rules.horizon_days)
    drawn[_off_sale(rows, products)] = 0
    paths = with_paths(rows, drawn)
    models = _models(history, choice, is_young, unlike, rules)
    told = [view.forecasts for view in trials.full]
    jobs, windows = policy.run.processes, trials.windows[: len(told)]
    return Forecast(
        paths,
        quantiles(paths),
        models,
        TABLES["blend"].empty() if fitted.error is None else blend(fitted.error),
        errors_table(told, fitted.expected, windows, speed, choice),
        value_added(told, fitted.expected, windows, speed),
        covered,
        worth(trials.tolds, windows, rules.horizon_days, seed=seed, jobs=jobs),
        assumed(history),
        said,
    )


def fit(
    history: History, drivers: Drivers, calendar: pd.DataFrame, policy: Policy, seed: int
) -> tuple[Fitted, Units]:
    """Fit every model and choose between them on the past; with the forecasts from today."""
    weekday = open_weekday(history)
    if weekday is not None:
        return _fit_weekly(history, drivers, weekday, policy, seed)
    rate = rates(history)
    speed = speeds(rate, policy.demand)
    trials = try_models(history, drivers, calendar, policy, seed)
    view, learned = trials.today, trials.learned
    if not trials.windows:
        choice = unscored(rate, UNTRIED)
        mean = served(view.forecasts, choice)
        return Fitted(learned, choice, None, None, guess(len(rate)), trials, []), mean
    pool = history.codes("channel", "category")
    told = [past.forecasts for past in trials.full]
    choice = choose(told, view.forecasts, trials.windows, rate, speed)
    plain = served_untold(told, trials.windows, [speed] * len(told))
    tried, before = trials.windows[: len(told)], trials.windows[len(told) :]
    slow = learn(plain, tried, below=policy.demand.slow_below)
    plain = [corrected(days, slow) for days in plain]
    error = errors(plain, [past.aggregates for past in trials.full], trials.windows, pool)
    weight = weights(error)
    expected = [
        reconciled(days, past.aggregates, pool, weight) for days, past in zip(plain, trials.full, strict=True)
    ]
    # windows that only the fast models were tried on stand in with the best of those for each series
    fast_only = [{name: forecasts[name] for name in FAST} for forecasts in told]
    fastest = choose(fast_only, view.forecasts, trials.windows, rate, speed)
    fast = [served(forecasts, fastest) for forecasts in trials.fast]
    slow_fast = learn(fast, before, below=policy.demand.slow_below)
    expected += [corrected(days, slow_fast) for days in fast]
    mean = reconciled(corrected(served(view.forecasts, choice), slow), view.aggregates, pool, weight)
    spread = calibrate(history, expected, trials.windows, mean, like=len(plain))
    return Fitted(learned, choice, slow, error, spread, trials, expected), mean


def _fit_weekly(
    history: History, drivers: Drivers, weekday: int, policy: Policy, seed: int
) -> tuple[Fitted, Units]:
    """The same for weekly records, whose models know the season of the categories by themselves."""
    rate = rates(history)
    speed = speeds(rate, policy.demand)
    trials = try_weeks(history, drivers, weekday, policy, seed)
    view, windows = trials.today, trials.windows
    if not windows:
        choice = unscored(rate, UNTRIED)
        fitted = Fitted(trials.learned, choice, None, None, guess(len(rate)), trials, [])
        return fitted, served(view.forecasts, choice)
    told = [weekly_alone(past.forecasts) for past in trials.full]
    choice = choose(told, view.forecasts, windows, rate, speed)
    expected, mean = served_untold(told, windows, [speed] * len(told)), served(view.forecasts, choice)
    spread = calibrate(history, expected, windows, mean, like=len(expected))
    return Fitted(trials.learned, choice, None, None, spread, trials, expected), mean


def again(
    fitted: Fitted, history: History, drivers: Drivers, calendar: pd.DataFrame, policy: Policy
) -> tuple[Units, Spread]:
    """Forecasts (series, horizon) of the same series some days later, and their spread, without refitting."""
    weekday = open_weekday(history)
    if weekday is not None:
        rules = policy.demand
        args = (fitted.learned, len(history.days), rules.horizon_days, rules)
        mean = served(weekly_view(history, drivers, weekday, *args).forecasts, fitted.choice)
        return mean, replace(fitted.spread, kind=kinds_of(mean, history.idle()))
    past, told = today(history, drivers, policy)
    (view,) = views(history, [past], [told], [fitted.learned], calendar, policy)
    mean = served(view.forecasts, fitted.choice)
    if fitted.slow is not None and fitted.error is not None:
        mean = corrected(mean, fitted.slow)
        mean = reconciled(mean, view.aggregates, history.codes("channel", "category"), weights(fitted.error))
    return mean, replace(fitted.spread, kind=kinds_of(mean, history.idle()))


def _nothing(said: list[str]) -> Forecast:
    return Forecast._make([*(TABLES[name].empty() for name in MADE), said])


def _newest(
    history: History, fitted: Fitted, rate: Units, policy: Policy, seed: int
) -> tuple[Mask, pd.DataFrame]:
    """What the newest window shows: the series outside their band (series,), and the table `coverage`.

    The spread comes from the windows before it: a series that runs away must not widen its own band.
    """
    rules, windows, expected = policy.demand, fitted.trials.windows, fitted.expected
    table = TABLES["coverage"]
    if not windows:
        return np.zeros(len(rate), dtype=bool), table.empty()
    before = calibrate(history, expected[1:], windows[1:], expected[0]) if windows[1:] else guess(len(rate))
    units, calm, scored, idle = windows[0]
    recent = slice(-rules.recent_days, None)
    newest = Window(units[:, recent], calm[:, recent], scored[:, recent], idle)
    past = [sum_chance(window, mean, before) for window, mean in zip(windows[1:], expected[1:], strict=True)]
    unlike = outside_band(sum_chance(newest, expected[0][:, recent], before), past, rules.never_seen_band)
    jobs = policy.run.processes
    drawn = draw(history, expected[0], before, paths=COVERAGE_PATHS, seed=seed, threads=jobs)
    speed = speeds(expected[0].mean(axis=1), rules)
    covered = coverage_table(windows[:1], [drawn], [speed], seed=seed)
    return unlike, covered.astype({column.name: column.dtype for column in table.columns})


def _rows_ahead(history: History, day: pd.Timestamp, horizon: int) -> pd.DataFrame:
    """Keys of the paths: series after series, day after day."""
    rows = history.series[SERIES].loc[history.series.index.repeat(horizon)].reset_index(drop=True)
    dates = pd.date_range(day, periods=horizon, unit="us")
    return rows.assign(date=np.tile(dates.to_numpy(dtype=DAY), len(history.series)))


def _off_sale(rows: pd.DataFrame, products: pd.DataFrame) -> Mask:
    """Rows of the paths after the last day on sale of their SKU (rows,)."""
    last = products.set_index("sku")["discontinued_on"].reindex(rows["sku"])
    return np.asarray(rows["date"].to_numpy(DAY) > last.to_numpy(DAY))


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
