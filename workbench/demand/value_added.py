"""Forecast value added: what every step from the naive rule to the engine changes in the error."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.backtest import SPEEDS, Forecasts, Window, served_untold
from workbench.demand.history import Counts, Mask, Units
from workbench.demand.models import FAST
from workbench.formulas.accuracy import bias, wape
from workbench.tables import TABLES

NAIVE = "seasonal_naive"
BEFORE = {"naive": "naive", "statistical": "naive", "engine": "statistical"}  # what each step starts from

Values = NDArray[Any]


def value_added(
    trials: Sequence[Forecasts], expected: Sequence[Units], windows: Sequence[Window], speed: Counts
) -> pd.DataFrame:
    """The table `value_added` of the steps naive, statistical and engine, by class and over all series.

    Naive repeats last week; statistical is the fast model that the other windows choose for each series;
    engine is what was `expected` in the end, one (series, days) a window. `trials` come first in both
    `expected` and `windows`; without any the table is empty. Both choices have not seen the window that they
    are compared on, so that neither is flattered against the other.

    Gilliland (2010), The Business Forecasting Deal, chapter 4.
    """
    if not trials:
        return as_table([])
    fast = [{name: trial[name] for name in FAST} for trial in trials]
    best = served_untold(fast, windows, [speed] * len(fast))
    steps = [
        {"naive": own[NAIVE], "statistical": chosen, "engine": days}
        for own, chosen, days in zip(fast, best, expected, strict=False)
    ]
    classes = [*((name, speed == code) for code, name in enumerate(SPEEDS)), ("all", speed >= 0)]
    rows = [
        compared(
            name,
            step,
            _of(members, windows, [trial[step] for trial in steps]),
            _of(members, windows, [trial[before] for trial in steps]),
            _of(members, windows, [window.units for window in windows[: len(steps)]]),
        )
        for name, members in classes
        for step, before in BEFORE.items()
    ]
    return as_table(rows)


def compared(speed: str, step: str, forecast: Values, before: Values, actual: Values) -> dict[str, Any]:
    """A row of the table: `forecast` of a step and of the step `before` against `actual`, units (cases,).

    The naive step has nothing before it.

    >>> row = compared("all", "engine", np.array([11.0, 9.0]), np.array([14.0, 6.0]), np.array([10.0, 10.0]))
    >>> row["wape"], row["wape_before"], row["change"]  # 2 / 20 and 8 / 20
    (0.1, 0.4, -0.75)
    """
    known = ~(np.isnan(forecast) | np.isnan(before))
    error = wape(forecast[known], actual[known])
    error_before = float("nan") if step == "naive" else wape(before[known], actual[known])
    return {
        "speed": speed,
        "step": step,
        "wape": error,
        "bias": bias(forecast[known], actual[known]),
        "wape_before": error_before,
        "change": error / error_before - 1 if error_before else float("nan"),
        "series_days": int(known.sum()),
    }


def as_table(rows: Sequence[dict[str, Any]]) -> pd.DataFrame:
    """Rows as the table `value_added`."""
    table = TABLES["value_added"]
    return pd.DataFrame(rows, columns=table.names).astype({c.name: c.dtype for c in table.columns})


def _of(members: Mask, windows: Sequence[Window], values: Sequence[Values]) -> Values:
    """Values (series, days) of each window on the scored days of these series, one after the other."""
    pairs = zip(values, windows, strict=False)  # windows of the fast models alone come after
    return np.concatenate([value[window.scored & members[:, None]] for value, window in pairs])
