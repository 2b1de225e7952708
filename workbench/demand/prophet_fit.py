"""One Prophet fit, silent and self-contained, so that it runs in any process."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.demand.history import Units

SEASON_DAYS = 540  # less than a year and a half cannot tell a season from a trend
CHANGEPOINTS = 12  # enough for two years; the default of 25 takes half as long again and forecasts no better
YEARLY_ORDER = 6  # waves of two months or longer; shorter ones are holidays'
HOLIDAY_SCALE = 0.3  # an event seen twice should not be believed to the last unit
FLOOR = 0.02  # of the mean: a curve that is divided by stays above it


class Curve(NamedTuple):
    """A series for Prophet: demand before the origin, promotions before and after, holidays.

    `units` (days,), NaN on days that count for nothing; `promotion` (days + horizon,), expected lift of the
    day as a share; `holidays`, a frame of `ds` and `holiday`; `shown`, the number of days before the origin
    that are wanted beside the horizon.
    """

    start: pd.Timestamp
    units: Units
    promotion: Units
    holidays: pd.DataFrame
    shown: int


class Fitted(NamedTuple):
    """Prophet's curve over the shown days and the horizon, without and with promotions, units a day."""

    plain: Units
    promoted: Units


def fit_all(curves: Sequence[Curve]) -> list[Fitted | None]:
    """Fit each curve; None where Stan found no answer."""
    import prophet  # noqa: F401, PLC0415 - two seconds that only the process that fits should pay

    logging.getLogger("prophet").setLevel(logging.CRITICAL)  # after the import, which sets it too
    logging.getLogger("cmdstanpy").disabled = True  # its level would be set back when it is first used
    return [_fit(curve) for curve in curves]


def _fit(curve: Curve) -> Fitted | None:
    from prophet import Prophet  # noqa: PLC0415

    days = len(curve.units)
    frame = pd.DataFrame(
        {"ds": pd.date_range(curve.start, periods=len(curve.promotion)), "promotion": curve.promotion}
    )
    past = frame[:days].assign(y=curve.units.astype(np.float64))
    model = Prophet(
        growth="linear",
        n_changepoints=CHANGEPOINTS,
        yearly_seasonality=YEARLY_ORDER if days >= SEASON_DAYS else False,
        weekly_seasonality=True,
        daily_seasonality=False,
        seasonality_mode="multiplicative",
        holidays=_known(curve.holidays, frame["ds"].iloc[days - 1]),
        holidays_prior_scale=HOLIDAY_SCALE,
        uncertainty_samples=0,  # and with none, nothing is drawn: a fit is the same in every process
    )
    if past["promotion"].any():
        model.add_regressor("promotion", standardize=False, mode="multiplicative")
    try:
        fitted = model.fit(past).predict(frame[days - curve.shown :])
    except RuntimeError:  # Stan's optimiser failed twice
        return None
    promotion = fitted.get("extra_regressors_multiplicative", 0.0)
    plain = fitted["trend"] * (1 + fitted["multiplicative_terms"] - promotion)
    low = FLOOR * float(np.nanmean(curve.units))
    return Fitted(*(np.maximum(part.to_numpy(dtype=np.float32), low) for part in (plain, fitted["yhat"])))


def _known(holidays: pd.DataFrame, last: pd.Timestamp) -> pd.DataFrame | None:
    """Holidays that the past has seen; Prophet learns nothing from the others."""
    seen = holidays.loc[holidays["ds"] <= last, "holiday"].unique()
    return holidays[holidays["holiday"].isin(seen)] if len(seen) else None
