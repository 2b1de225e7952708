"""The calendar as arrays: regulars, occasions, regions, and the days around an event."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.demand.conftest import table
from workbench.demand.events import Events, events
from workbench.tables import TABLES


def read(rows, *, regions=("north",), start="2026-01-01", days=365):
    """Events of rows (date, region, event) over so many days, a series a region."""
    calendar = table("calendar", pd.DataFrame(rows, columns=["date", "region", "event"]))
    dates = pd.date_range(start, periods=days, unit="us")
    return events(calendar, pd.DataFrame({"region": list(regions)}), dates)


def days_of(event, number, *, region="north", start="2026-01-01", step=7):
    return [
        (day, region, event) for day in pd.date_range(start, periods=number, freq=f"{step}D").as_unit("us")
    ]


@pytest.mark.parametrize(("times", "regulars"), [(11, 0), (12, 1)])
def test_an_event_of_every_month_is_a_regular_a_rarer_one_an_occasion(times, regulars):
    found = read(days_of("payday", times))
    assert len(found.regulars) == regulars
    assert len(found.occasions) == 1 - regulars


def test_a_few_weeks_of_calendar_do_not_make_a_regular():
    assert len(read(days_of("market", 6), days=40).regulars) == 0


def test_days_of_an_event_count_once_however_many_regions_have_it():
    rows = [*days_of("fair", 11), *days_of("fair", 11, region="south")]
    assert len(read(rows, regions=("north", "south")).occasions) == 1


def test_each_region_has_its_own_days():
    rows = [("2026-01-03", "north", "fair"), ("2026-01-05", "south", "fair")]
    found = read(rows, regions=("south", "north", "south"), days=6)
    assert found.region.tolist() == [1, 0, 1]  # regions in sorted order
    assert found.occasion(0).tolist() == [[0, 0, 1, 0, 0, 0], [0, 0, 0, 0, 1, 0]]


def test_a_region_without_a_series_does_not_count_and_a_day_outside_only_keeps_its_number():
    rows = [
        ("2026-01-03", "east", "fair"),
        ("2025-12-31", "north", "eve"),
        ("2026-01-07", "north", "epiphany"),
    ]
    found = read(rows, days=6)
    assert found.occasions.shape == (2, 1, 6)
    assert not found.occasion(0).any()


def test_an_empty_calendar_is_a_year_without_events():
    days = pd.date_range("2026-01-01", periods=10)
    found = events(TABLES["calendar"].empty(), pd.DataFrame({"region": ["north"]}), days)
    assert found.occasions.shape == found.regulars.shape == (0, 1, 10)
    assert found.occasion(1).tolist() == [[0] * 10]


def test_of_two_events_on_a_day_the_rarer_counts():
    rows = [*days_of("sale", 5), ("2026-01-08", "north", "anniversary")]  # a sale falls on the 8th too
    found = read(rows, days=40).occasion(0)[0]
    assert found[0] == found[14]
    assert found[7] not in (0, found[0])


def test_days_carry_their_weekday():
    assert read([], start="2026-03-02", days=8).weekday.tolist() == [0, 1, 2, 3, 4, 5, 6, 0]


@given(
    on=st.lists(st.lists(st.booleans(), min_size=9, max_size=9), min_size=2, max_size=2),
    shift=st.integers(-4, 4),
)
def test_an_occasion_is_told_as_many_days_before_or_after_as_asked(on, shift):
    days = pd.date_range("2026-01-01", periods=9)
    occasions = np.array([on])
    found = Events(occasions, occasions[:0], np.arange(2), days).occasion(shift)
    for region in range(2):
        for day in range(9):
            then = day + shift
            assert found[region, day] == (0 <= then < 9 and on[region][then])
