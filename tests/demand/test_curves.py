"""Curves of pools: effects that were planted are found again, and nothing after the origin matters."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demand.conftest import keys_of, products_of, sales_of
from workbench.demand.curves import ahead, fit_curves, totals
from workbench.demand.events import Events
from workbench.demand.history import read_history
from workbench.demand.models import Past, look_back
from workbench.policy import DemandPolicy

START = pd.Timestamp("2023-12-04")  # a Monday
HORIZON = 28


def days_of(days):
    return pd.date_range(START, periods=days)


def calendar(days, occasions=(), regulars=(), region=(0,), regions=1):
    """Events of masks (days,) in every region, or (regions, days)."""

    def stack(masks):
        return np.array([np.broadcast_to(mask, (regions, days)) for mask in masks], dtype=bool).reshape(
            -1, regions, days
        )

    return Events(stack(occasions), stack(regulars), np.array(region), days_of(days))


def forecast(units, events, pool=None):
    """Forecasts of the pools (pools, HORIZON) after the days of `units` (series, days)."""
    units = np.asarray(units, dtype=np.float32)
    series, days = units.shape
    pool = np.arange(series) if pool is None else np.asarray(pool)
    lived = np.ones_like(units, dtype=bool)
    lifts = np.ones((series, days + HORIZON), dtype=np.float32)
    past = Past(units, units, lived, ~lived, events.weekday, lifts, pool, HORIZON)
    return ahead(fit_curves(past, events, pool, jobs=1), totals(units, pool), days, HORIZON)


def test_pools_add_up_their_series():
    assert totals(np.array([[1, 2], [3, 4], [5, 6]], dtype=np.float32), np.array([1, 0, 1])).tolist() == [
        [3, 4],
        [6, 8],
    ]


def test_a_planted_weekday_is_found_in_counts():
    days = 364
    share = np.array([0.7, 0.8, 0.9, 1.0, 1.1, 1.7, 0.8])
    events = calendar(days + HORIZON)
    sold = np.random.default_rng(0).poisson(100 * share[events.weekday[:days]])
    assert forecast([sold], events)[0] == pytest.approx(100 * share[events.weekday[days:]], rel=0.1)


@pytest.mark.parametrize("kind", ["occasions", "regulars"])
def test_a_planted_event_is_found_and_expected_when_it_comes_again(kind):
    days = 300
    on = np.arange(days + HORIZON) % 31 == 10  # the next one on day 320: 20 days ahead
    sold = np.random.default_rng(1).poisson(100 * np.where(on, 2.0, 1.0)[:days])
    found = forecast([sold], calendar(days + HORIZON, **{kind: [on]}))[0]
    assert found[20] == pytest.approx(200, rel=0.12)
    assert found[[6, 13, 27]] == pytest.approx(np.full(3, 100), rel=0.12)  # the same weekday


def test_a_day_before_an_event_is_learnt_too():
    days = 300
    on = np.arange(days + HORIZON) % 31 == 10
    sold = 100 * np.where(np.roll(on, -1), 1.5, 1.0)[:days]
    found = forecast([sold], calendar(days + HORIZON, occasions=[on]))[0]
    assert found[19] == pytest.approx(150, rel=0.12)
    assert found[18] == pytest.approx(100, rel=0.05)


def test_an_event_moves_the_regions_that_have_it():
    days = 300
    on = np.zeros((2, days + HORIZON), dtype=bool)
    on[0] = np.arange(days + HORIZON) % 31 == 10
    sold = 100 * np.where(on, 3.0, 1.0)[:, :days]
    found = forecast(sold, calendar(days + HORIZON, [on], region=(0, 1), regions=2))
    assert found[0, 20] == pytest.approx(300, rel=0.15)
    assert found[1, 20] == pytest.approx(100, rel=0.01)


def test_a_closed_day_of_the_year_is_learnt():
    days = 740  # to the 12th of December, after two Christmases
    dates = days_of(days + HORIZON)
    closed = np.asarray((dates.month == 12) & (dates.day == 25))
    sold = np.random.default_rng(2).poisson(np.where(closed, 0, 300)[:days])
    found = forecast([sold], calendar(days + HORIZON, occasions=[closed]))[0]
    christmas = int(np.flatnonzero(closed[days:])[0])
    assert found[christmas] < 60
    assert np.delete(found, christmas).min() > 240


def test_the_level_follows_a_jump_sooner_in_a_busy_pool_than_in_a_quiet_one():
    days = 280
    jump = np.where(np.arange(days) < days - 14, 1.0, 1.5)
    busy, quiet = forecast([500 * jump, jump], calendar(days + HORIZON)).mean(axis=1) / [500, 1]
    assert busy > 1.25
    assert 1 < quiet < busy - 0.1


def test_a_pool_of_twenty_units_a_day_is_half_way_after_twelve_days():
    sold = np.where(np.arange(364) < 364 - 12, 20.0, 24.0)[None]
    found = ahead(np.zeros((1, 364 + 7)), sold, 364, 7)
    assert found == pytest.approx(np.full((1, 7), 22.0), abs=0.15)


def test_a_pool_that_sells_nothing_is_expected_to_sell_about_nothing():
    found = forecast(np.stack([np.zeros(200), np.full(200, 50.0)]), calendar(200 + HORIZON, region=(0, 0)))
    assert (found[0] >= 0).all()
    assert (found[0] < 0.05).all()
    assert found[1] == pytest.approx(np.full(HORIZON, 50), rel=0.02)


@pytest.mark.parametrize("days", [1, 6, 60])
def test_a_few_days_are_enough(days):
    found = forecast(np.full((1, days), 8.0), calendar(days + HORIZON))
    assert found == pytest.approx(np.full((1, HORIZON), 8.0), rel=0.1)


@given(seed=st.integers(0, 1000), factor=st.sampled_from([0, 1, 5, 100]))
@settings(max_examples=10, deadline=None)
def test_days_after_the_origin_change_nothing(seed, factor):
    origin, horizon = 70, 7
    keys = keys_of(3)
    units = np.random.default_rng(seed).poisson(4, (3, origin + horizon)) + 1
    changed = units.copy()
    changed[:, origin:] = changed[:, origin:] * factor + 1
    answers = []
    for sold in (units, changed):
        sales = sales_of(sold, keys, end=START + pd.Timedelta(days=origin + horizon))
        history = read_history(
            sales, products_of(keys), sales[["sku", "channel", "region"]][:0],
            START + pd.Timedelta(days=origin + horizon), DemandPolicy(),
        )  # fmt: skip
        past = look_back(history, np.zeros(units.shape, dtype=np.float32), origin, horizon, 3.0)
        events = calendar(origin + horizon, region=(0, 0, 0))
        curves = fit_curves(past, events, past.pool, jobs=1)
        answers.append(ahead(curves, totals(history.units, past.pool), origin, horizon))
    assert answers[0].tobytes() == answers[1].tobytes()
