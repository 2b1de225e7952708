"""Rolling-origin backtests: what each model would have said, how wrong it was, and which one serves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.history import Counts, History, Mask, Units, tamed
from workbench.formulas.accuracy import bias, wape
from workbench.policy import DemandPolicy
from workbench.tables import TABLES

CLASS_WEEKS = 16.0  # a series' own weeks with a sale count as much as its class once it has this many
SPEEDS = ("slow", "medium", "fast")
SERVED = "served"
UNTRIED = "smoothing"  # serves where nothing could be tried on the past

Forecasts = Mapping[str, Units]


class Window(NamedTuple):
    """What came true after an origin (series, days).

    `units` as sold; `calm` the same with lone record days cut, which no forecast could know; an unseen day is
    not `scored`. `idle` (series,) are the days since each series' last sale, as known at the origin.
    """

    units: Units
    calm: Units
    scored: Mask
    idle: Counts


class Choice(NamedTuple):
    """Which model serves each series, by its place in `names`; -1 where there is none (runner-up).

    `error` and `runner_up_error` (series,): root mean squared error of weekly sums, as a fraction of mean
    sales, pooled with the series' class; NaN where nothing could be scored.
    """

    names: list[str]
    served: Counts
    runner_up: Counts
    error: NDArray[np.float64]
    runner_up_error: NDArray[np.float64]


def origins(days: int, rules: DemandPolicy, windows: int) -> list[int]:
    """Columns at which backtests start, the newest first; each leaves the least history before it.

    >>> origins(140, DemandPolicy(), 5)
    [112, 84, 56]
    """
    starts = (days - rules.backtest_days * (window + 1) for window in range(windows))
    return [start for start in starts if start >= rules.min_history_days]


def window(history: History, origin: int, rules: DemandPolicy) -> Window:
    """The days after an origin; a series too young at the origin is not scored."""
    end = origin + rules.backtest_days
    calm = tamed(history.units[:, :end], history.alive[:, :end], rules.one_off_factor)[:, origin:]
    old_enough = history.first <= origin - rules.min_history_days
    scored = history.seen[:, origin:end] & old_enough[:, None]
    return Window(history.units[:, origin:end], calm, scored, history.idle(origin))


def rates(history: History) -> Units:
    """Mean sales a seen day of the last half year (series,), units."""
    sold = (history.units * history.seen)[:, -182:].sum(axis=1)
    return np.asarray(sold / np.maximum(history.seen[:, -182:].sum(axis=1), 1), dtype=np.float32)


def speeds(rate: Units, rules: DemandPolicy) -> Counts:
    """Class of every series by its mean sales a day: 0 slow, 1 medium, 2 fast."""
    return np.digitize(rate, [rules.slow_below, rules.fast_from]).astype(np.int64)


def choose(
    trials: Sequence[Forecasts], ahead: Forecasts, windows: Sequence[Window], rate: Units, speed: Counts
) -> Choice:
    """The model with the least squared error of weekly sums over all windows, for every series.

    A model takes part where it forecast in the windows and `ahead`; `rate` is mean sales a day (series,).

    Squared, because stock rests on means and an absolute error would call zero the best forecast of a slow
    seller; of weekly sums, because stock covers days together. Few weeks say little about one series, and
    weeks without a sale nothing (they only praise the lowest forecast), so its errors, each against the mean
    of the models, are pooled with those of its class.
    """
    names = [name for name in trials[0] if name in ahead]
    squares, weeks, telling = _squares(trials, windows, names)
    own = squares / np.maximum(weeks, 1)[:, None]
    whole = ~np.isnan(own).any(axis=0)
    usual = own[:, whole].mean(axis=1)
    ratio = np.where(usual[:, None] > 0, own / np.where(usual > 0, usual, 1)[:, None], 1.0)
    ratio[np.isnan(own)] = np.nan
    told = [(speed == code) & (telling > 0) for code in range(len(SPEEDS))]
    classes = np.stack([_mean_by_class(ratio, members) for members in told])
    pooled = (telling[:, None] * ratio + CLASS_WEEKS * classes[speed]) / (telling[:, None] + CLASS_WEEKS)
    missing = np.stack([np.isnan(ahead[name]).any(axis=1) for name in names], axis=1)
    order = np.argsort(np.where(np.isnan(pooled) | missing, np.inf, pooled), axis=1, kind="stable")
    scored = (weeks > 0) & (rate > 0)
    row = np.arange(len(rate))
    errors = np.sqrt(pooled * usual[:, None]) / np.where(scored, 7 * rate, np.nan)[:, None]
    nobody = np.full((len(rate), 1), -1)  # the runner-up of a lone model, which has no error
    order, errors = np.hstack([order, nobody]), np.hstack([errors, nobody * np.nan])
    return Choice(names, order[:, 0], order[:, 1], errors[row, order[:, 0]], errors[row, order[:, 1]])


def unscored(rate: Units, model: str) -> Choice:
    """The choice where history is too short for a backtest: one model for all, with no error to show."""
    unknown = np.full(len(rate), np.nan)
    return Choice([model], np.zeros(len(rate), np.int64), np.full(len(rate), -1), unknown, unknown)


def served(forecasts: Forecasts, choice: Choice) -> Units:
    """The forecast of each series' own model, where that has none the runner-up's (series, horizon).

    Where that has none either, the plain one's, which can always be made.
    """
    found = np.full_like(next(iter(forecasts.values())), np.nan)
    for wanted in (choice.served, choice.runner_up):
        for code in np.unique(wanted[wanted >= 0]):
            rows = (wanted == code) & np.isnan(found).any(axis=1)
            found[rows] = forecasts.get(choice.names[code], found)[rows]
    unserved = np.isnan(found).any(axis=1)
    if unserved.any():
        found[unserved] = forecasts[UNTRIED][unserved]
    return found


def served_untold(
    trials: Sequence[Forecasts], windows: Sequence[Window], speeds: Sequence[Counts]
) -> list[Units]:
    """Forecasts of each window by the models that the other windows would choose (series, days) each.

    A choice that has seen a window's sales makes its errors look smaller than those ahead. A single window
    has no others. `speeds` are the classes of the series as each window knows them (series,) each.
    """
    found = []
    for number, (forecasts, speed) in enumerate(zip(trials, speeds, strict=True)):
        others = [other for other in range(len(trials)) if other != number] or [number]
        told = [trials[other] for other in others]
        unused = np.ones(len(speed), dtype=np.float32)  # rates scale the errors shown, not the choice
        choice = choose(told, forecasts, [windows[other] for other in others], unused, speed)
        found.append(served(forecasts, choice))
    return found


def errors_table(
    trials: Sequence[Forecasts],
    expected: Sequence[Units],
    windows: Sequence[Window],
    speed: Counts,
    choice: Choice,
) -> pd.DataFrame:
    """The table `backtest`: every model's daily error on every class of series that it can forecast.

    Beside the models stands `served`: what was `expected` in the end, one (series, days) a window.
    """
    table = TABLES["backtest"]
    chosen = [{**trial, SERVED: days} for trial, days in zip(trials, expected, strict=False)]
    rows = [
        _errors(chosen, windows, members, choice, {"speed": name, "model": model})
        for name, members in [
            *((name, speed == code) for code, name in enumerate(SPEEDS)),
            ("all", speed >= 0),
        ]
        for model in (chosen[0] if chosen else ())
    ]
    return pd.DataFrame(rows, columns=table.names).astype({c.name: c.dtype for c in table.columns})


def _errors(
    trials: Sequence[Forecasts], windows: Sequence[Window], members: Mask, choice: Choice, key: dict[str, str]
) -> dict[str, object]:
    model = key["model"]
    serves = np.ones_like(members) if model == SERVED else np.array(choice.names)[choice.served] == model
    expected, sold = [], []
    for trial, truth in zip(trials, windows, strict=False):  # windows of the fast models alone come after
        scored = truth.scored & members[:, None]
        expected.append(trial[model][scored])
        sold.append(truth.units[scored])
    forecasts, actual = np.concatenate(expected), np.concatenate(sold)
    return key | {
        "serves": int((serves & members).sum()),
        "wape": wape(forecasts, actual),
        "bias": bias(forecasts, actual),
        "series_days": int(np.isfinite(forecasts).sum()),
    }


def _squares(
    trials: Sequence[Forecasts], windows: Sequence[Window], names: Sequence[str]
) -> tuple[NDArray[np.float64], Counts, Counts]:
    """Sum of squared errors of weekly sums (series, models), the weeks, and those with a sale (series,)."""
    squares = np.zeros((len(windows[0].units), len(names)))
    weeks, telling = np.zeros(len(squares), dtype=np.int64), np.zeros(len(squares), dtype=np.int64)
    for trial, truth in zip(trials, windows, strict=False):  # windows of the fast models alone come after
        weeks += weekly(truth.scored).astype(bool).sum(axis=1)
        telling += (weekly(np.where(truth.scored, truth.calm, 0)) > 0).sum(axis=1)
        for column, name in enumerate(names):
            error = np.where(truth.scored, trial[name] - truth.calm, 0)
            squares[:, column] += (weekly(error) ** 2).sum(axis=1)
    return squares, weeks, telling


def weekly(values: NDArray[Any]) -> NDArray[Any]:
    """Sums of the weeks of daily values (…, days), the last one as long as it is."""
    return np.asarray(np.add.reduceat(values, np.arange(0, values.shape[-1], 7), axis=-1))


def _mean_by_class(ratio: NDArray[np.float64], members: Mask) -> NDArray[np.float64]:
    """Mean ratio of each model (models,) over a class; 1 where it has no series to tell."""
    told = members[:, None] & ~np.isnan(ratio)
    count = told.sum(axis=0)
    return np.where(count > 0, np.where(told, ratio, 0).sum(axis=0) / np.maximum(count, 1), 1.0)
