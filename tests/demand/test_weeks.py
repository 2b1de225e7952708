import numpy as np
import pandas as pd
import pytest

from workbench.demand.history import History
from workbench.demand.weeks import WeeklyPast, calendar_of, on_days, open_weekday, weekly_past

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


SUNDAYS = pd.date_range("2021-01-10", periods=160, freq="7D", unit="us")


def sold_where(peak):
    """100 units a week, and 300 in the weeks of the peak."""
    return np.where(peak, 300.0, 100.0)


def test_a_promotion_that_keeps_to_a_week_of_the_month_is_found_to():
    monday = SUNDAYS - pd.Timedelta(days=6)
    # begins on 2021-11-08, 2022-11-14 and 2023-11-13: weeks 45, 46 and 46 of their years
    peak = (monday.month == 11) & (monday.day > 7) & (monday.day <= 14)
    calendar = calendar_of(SUNDAYS, sold_where(peak)[:130])
    assert len(set(calendar[peak])) == 1
    assert peak.sum() == 3


def test_a_promotion_that_keeps_to_a_week_of_the_year_is_found_to():
    number = SUNDAYS.isocalendar().week.to_numpy()
    calendar = calendar_of(SUNDAYS, sold_where(number == 45)[:130])
    assert calendar.tolist() == number.tolist()


def test_under_a_year_of_records_tells_nothing_of_calendars():
    assert calendar_of(SUNDAYS, np.full(40, 100.0)).tolist() == SUNDAYS.isocalendar().week.to_list()


def numbered(calendar):
    known = np.zeros((1, len(calendar) - 1), dtype=np.float32)
    return WeeklyPast(known, known == 0, np.asarray(calendar), {})


@pytest.mark.parametrize("weeks", [51, 52, 53])
def test_a_week_repeats_the_week_of_its_number_about_a_year_before(weeks):
    calendar = np.arange(110) % weeks
    assert numbered(calendar).year_before[-1] == 109 - weeks


def test_a_week_whose_number_is_new_repeats_the_one_52_weeks_before():
    assert numbered(np.arange(60)).year_before[[0, 59]].tolist() == [-52, 7]
