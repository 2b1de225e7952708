"""Orders expected up to a minute: levels by day, shares by hour."""

import numpy as np
import pandas as pd
import pytest

from workbench.demand.hour_profile import Calendar, Expected, hour_shares, past_levels, units_per_order
from workbench.demand.order_stream import Orders

END = pd.Timestamp("2026-03-30 04:00", tz="UTC")  # a Monday, the day after summer time began in Berlin
CALENDAR = Calendar.of(END - pd.Timedelta(days=28), END, "UTC")


def orders_at(minutes, series=0, units=1.0):
    minutes = np.sort(np.asarray(minutes, dtype=np.float64))
    return Orders(np.full(len(minutes), series), minutes, np.full(len(minutes), units))


def test_days_begin_at_local_midnight():
    berlin = Calendar.of(END - pd.Timedelta(days=7), END, "Europe/Berlin")
    assert berlin.weekday.tolist() == [0, 1, 2, 3, 4, 5, 6, 0]
    assert berlin.start == pd.Timestamp("2026-03-22 22:00", tz="UTC")


def test_expected_orders_add_up_by_hand():
    """10 a day, then 20; all of a day in its last twelve hours: at 18:00 half of it has come."""
    share = np.tile(np.r_[np.zeros(12), np.full(12, 1 / 12)], (7, 1))
    calendar = Calendar(CALENDAR.start, np.array([0, 1]))
    expected = Expected.of(np.array([[10.0, 20.0]]), share, calendar)
    minutes = np.array([0.0, 720, 1080, 1440, 2520, 2880])
    assert expected.until(np.zeros(6, dtype=np.int64), minutes) == pytest.approx([0, 0, 5, 10, 20, 30])


def test_hours_that_sell_are_busy_and_no_hour_is_closed():
    nine = orders_at(np.arange(28) * 1440 + 9 * 60)
    share = hour_shares(nine, CALENDAR)
    assert share.sum(axis=1) == pytest.approx(np.ones(7))
    assert (share[:, 9] > 2 * share[:, 8]).all()
    assert share.min() > 0.1 / 24


def test_a_spike_does_not_make_its_own_hour_busy():
    nine, often = orders_at([540.0]), orders_at(540 + np.arange(50))
    assert (hour_shares(nine, CALENDAR) == hour_shares(often, CALENDAR)).all()


def test_a_past_level_knows_only_what_came_before():
    levels = past_levels(orders_at(np.repeat(np.arange(14, 28), 5) * 1440.0), 1, CALENDAR)[0]
    assert levels[:15] == pytest.approx(np.full(15, 0.1), rel=0.25)  # Mondays are there once more
    assert levels[27] == pytest.approx((13 * 5 + 0.1) / 28, rel=0.1)


def test_units_an_order_are_drawn_towards_those_of_all():
    """One order of 21 units beside ten of 1: mean of all 31 / 11."""
    past = Orders(np.r_[np.zeros(10), 1].astype(np.int64), np.arange(11.0), np.r_[np.ones(10), 21.0])
    found = units_per_order(past, 3)
    assert found[1] == pytest.approx((21 + 10 * 31 / 11) / 11)
    assert found[2] == pytest.approx(31 / 11)
