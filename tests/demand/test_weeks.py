import numpy as np
import pandas as pd
import pytest

from workbench.demand.history import History
from workbench.demand.weeks import WeeklyPast, on_days, open_weekday, weekly_past

SATURDAY = "2026-01-03"


def history(units, start=SATURDAY, seen=None):
    units = np.atleast_2d(np.asarray(units, dtype=np.float32))
    seen = np.ones(units.shape, dtype=bool) if seen is None else seen
    series = pd.DataFrame({"sku": "A", "channel": "shop", "region": "east", "category": "x"}, index=[0])
    days = pd.date_range(start, periods=units.shape[1], unit="us")
    return History(series, days, units, seen, ~seen, np.zeros(1, dtype=np.int64))


def sundays(weeks):
    """A Saturday, and then weeks that sell their number, from 1 on, on Sunday."""
    units = np.zeros(1 + 7 * weeks)
    units[1::7] = np.arange(1, weeks + 1)
    return units


def test_records_of_one_weekday_are_weekly_once_there_are_enough():
    assert open_weekday(history(sundays(30))) == 6
    assert open_weekday(history(sundays(10))) is None


def test_a_single_sale_on_another_day_makes_them_daily():
    units = sundays(30)
    units[9] = 1
    assert open_weekday(history(units)) is None


def test_a_week_ends_before_the_origin_and_the_next_ones_follow():
    past = weekly_past(history(sundays(4)), 6, 15, 14)
    assert past.units.tolist() == [[1, 2]]
    assert (past.weeks, past.ahead) == (2, 2)
    assert past.calendar.tolist() == [1, 2, 3, 4]  # the first Sunday ends the first week of 2026


def test_a_week_that_was_not_seen_counts_nothing():
    seen = np.ones((1, 29), dtype=bool)
    seen[0, 8] = False
    past = weekly_past(history(sundays(4), seen=seen), 6, 29, 0)
    assert past.units.tolist() == [[1, 0, 3, 4]]
    assert past.seen.tolist() == [[True, False, True, True]]


@pytest.mark.parametrize(("first", "columns"), [(6, [0, 7]), (0, [6, 13]), (3, [3, 10])])
def test_a_week_is_placed_on_its_day(first, columns):
    placed = on_days(np.array([[5.0, 6.0]], dtype=np.float32), 6, first, 14)
    assert np.flatnonzero(placed).tolist() == columns


def test_an_earlier_origin_knows_the_weeks_before_it_alone():
    past = weekly_past(history(sundays(6)), 6, 43, 14).until(4, 1)
    assert isinstance(past, WeeklyPast)
    assert past.units.tolist() == [[1, 2, 3, 4]]
    assert past.ahead == 1
