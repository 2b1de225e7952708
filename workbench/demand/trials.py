"""Every model's forecast from today and from each backtest's origin."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.demand.backtest import Forecasts, Window, origins, window
from workbench.demand.history import History
from workbench.demand.models import FAST, Past, least, look_back
from workbench.demand.promotions import discounts
from workbench.demand.shapes import Shape, by_prophet, shapes, with_shape
from workbench.policy import Policy


class Trials(NamedTuple):
    """Forecasts by model, (series, days) each.

    `ahead` from today; `full` from the newest origins, every model; `fast` from the origins before these,
    the fast models alone. `windows` says what came true, newest first, full ones before fast ones.
    """

    ahead: Forecasts
    full: list[Forecasts]
    fast: list[Forecasts]
    windows: list[Window]


def try_models(history: History, promotions: pd.DataFrame, calendar: pd.DataFrame, policy: Policy) -> Trials:
    """Every model's forecasts from today and from each backtest's origin, on the past before it alone."""
    rules = policy.demand
    discount = discounts(history, promotions, rules.horizon_days)
    starts = origins(len(history.days), rules, max(rules.backtest_windows, rules.calibration_windows))
    tried, older = starts[: rules.backtest_windows], starts[rules.backtest_windows :]

    def past(origin: int, horizon: int) -> Past:
        return look_back(history, discount, origin, horizon, rules.one_off_factor)

    pasts = [
        past(len(history.days), rules.horizon_days),
        *(past(origin, rules.backtest_days) for origin in tried),
    ]
    found = shapes(history, pasts, calendar, rules, policy.run.processes)
    usable = all(found)  # a model that cannot be tried on the past does not serve
    ahead, *full = (
        _forecasts(known, shape if usable else None) for known, shape in zip(pasts, found, strict=True)
    )
    fast = [_forecasts(past(origin, rules.backtest_days), None) for origin in older]
    return Trials(ahead, full, fast, [window(history, origin, rules) for origin in starts])


def _forecasts(past: Past, shape: Shape | None) -> Forecasts:
    forecasts = {name: model(past) for name, model in FAST.items()}
    if shape is not None:
        forecasts |= {"category_shape": with_shape(past, shape), "prophet": by_prophet(past, shape)}
    floor = least(past)
    return {name: np.maximum(ahead, floor) for name, ahead in forecasts.items()}
