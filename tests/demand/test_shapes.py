"""Prophet on aggregates: what it tells single series, and when it is not asked."""

import logging

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import DAY, keys_of, products_of, sales_of, small_policy, table
from workbench.demand.history import read_history
from workbench.demand.models import look_back
from workbench.demand.partitions import each
from workbench.demand.promotions import discounts
from workbench.demand.prophet_fit import Curve, fit_all
from workbench.demand.shapes import by_prophet, shapes, with_shape
from workbench.tables import TABLES

NOBODY = pd.DataFrame(columns=["sku", "channel", "region"], dtype="str")
NO_EVENTS = pd.DataFrame({"ds": pd.Series(dtype="datetime64[us]"), "holiday": pd.Series(dtype="str")})
HOLIDAYS = ("2024-12-20", "2025-12-20", "2026-03-12")


def wave(days):
    """Twenty units a day, by season and weekday; a holiday triples them."""
    dates = pd.date_range(end=pd.Timestamp(DAY) - pd.Timedelta(days=1), periods=days)
    season = 1 + 0.4 * np.sin(2 * np.pi * dates.day_of_year / 365)
    weekday = np.where(dates.day_of_week >= 5, 1.5, 0.8)
    holiday = np.where(dates.strftime("%Y-%m-%d").isin(HOLIDAYS), 3, 1)
    return np.asarray(20 * season * weekday * holiday)


def setting(days=730, series=6, calendar=None, promotions=None, scale=1.0, processes=1, **rules):
    keys = keys_of(series, ("shop", "web"))
    demand = np.tile(wave(days), (series, 1)) * scale
    units = np.random.default_rng(0).poisson(demand)
    policy = small_policy(**rules)
    history = read_history(sales_of(units, keys), products_of(keys), NOBODY, pd.Timestamp(DAY), policy.demand)
    promotions = TABLES["promotions"].empty() if promotions is None else promotions
    past = look_back(history, discounts(history, promotions, 28), len(history.days), 28, 3.0)
    calendar = TABLES["calendar"].empty() if calendar is None else calendar
    return past, shapes(history, [past], calendar, policy.demand, processes)[0]


def test_season_and_weekday_of_the_aggregate_reach_every_series():
    past, shape = setting()
    ahead = with_shape(past, shape)
    truth = np.tile(wave(758 - 28 + 28)[-28:], (6, 1))  # a year of 365 days: the wave repeats
    assert ahead[:, 5:7].mean() / ahead[:, :5].mean() == pytest.approx(1.5 / 0.8, rel=0.1)
    assert ahead.mean() == pytest.approx(truth.mean(), rel=0.25)
    assert ahead.shape == (6, 28)


def test_a_holiday_of_the_calendar_lifts_its_day():
    rows = [{"date": day, "region": "north", "event": "fair"} for day in HOLIDAYS]
    past, shape = setting(calendar=table("calendar", rows))
    ahead = with_shape(past, shape)[0]
    assert ahead[10] > 1.6 * ahead[3]  # both Thursdays


def test_a_best_seller_gets_a_fit_of_its_own_and_others_none():
    past, shape = setting(series=3, prophet_series=1)
    own = by_prophet(past, shape)
    assert (~np.isnan(own)).all(axis=1).sum() == 1
    assert np.nanmean(own) == pytest.approx(with_shape(past, shape).mean(), rel=0.2)


def test_short_or_tiny_histories_are_not_fitted():
    assert setting(days=100)[1] is None
    assert setting(scale=0.005)[1] is None


def test_a_fit_is_the_same_whatever_was_drawn_before_and_whoever_fits_beside_it():
    curve = Curve(pd.Timestamp("2025-09-01"), wave(182), np.zeros(210), NO_EVENTS, 182)
    first = fit_all([curve])[0]
    np.random.seed(7)  # of the whole process; Stan and Prophet must not care
    again = each(fit_all, [[curve], [curve]], jobs=2, threads=True)
    assert {fit.promoted.tobytes() for (fit,) in again} == {first.promoted.tobytes()}


def test_prophet_is_silent_and_leaves_the_global_random_state_alone(capfd, caplog):
    before = np.random.get_state()[1].copy()
    with caplog.at_level(logging.INFO):
        setting(days=200, series=2, prophet_series=2, prophet_aggregates=2, processes=2)
    assert (np.random.get_state()[1] == before).all()
    assert capfd.readouterr() == ("", "")
    assert not caplog.records
