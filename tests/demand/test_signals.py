import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rows import table
from workbench.demand.history import History
from workbench.demand.signals import FEATURES, known_signals

FIRST = pd.Timestamp("2026-01-05")  # a Monday; Berlin is an hour ahead of UTC
DAYS, HORIZON = 120, 7
PLACES = [("A", "shop", "north"), ("A", "web", "south"), ("B", "shop", "north")]


def history(places=PLACES):
    series = pd.DataFrame(places, columns=["sku", "channel", "region"]).assign(category="c")
    units = np.zeros((len(places), DAYS), dtype=np.float32)
    days = pd.date_range(FIRST, periods=DAYS, unit="us")
    return History(series, days, units, units == 0, units > 0, np.zeros(len(places), dtype=np.int64))


def row(day, value, known, kind="marketing", hour=0.0, **about):
    """A row about column `day`, known at this column's midnight in Berlin (a fraction: later that day)."""
    there = (FIRST + pd.Timedelta(days=known)).tz_localize("Europe/Berlin", nonexistent="shift_forward")
    date = FIRST + pd.Timedelta(days=day, hours=hour)
    return {"date": date, "kind": kind, "value": float(value), "known_at": there.tz_convert("UTC"), **about}


def known(rows, price=None):
    return known_signals(table("signals", *rows), history(), price, zone="Europe/Berlin")


def told(signals, name, origin, horizon=HORIZON):
    """A feature at an origin (series, horizon)."""
    return signals.at(origin, horizon)[signals.names.index(name)]


def measured(days, value, kind="social", **about):
    """One value a day, known six hours into the next."""
    return [row(day, value, day + 1.25, kind, **about) for day in days]


def test_no_signals_give_no_names_and_an_array_without_features():
    signals = known([])
    assert signals.names == []
    assert signals.at(50, HORIZON).shape == (0, 3, HORIZON)


def test_a_kind_without_a_row_has_no_features():
    signals = known([row(60, 1, 10), row(60, 1, 10, "weather")])
    assert signals.names == [f"{kind}_{name}" for kind in ("marketing", "weather") for name in FEATURES]
    assert signals.at(58, HORIZON).dtype == np.float32


def test_a_plan_enters_on_its_day_from_the_day_after_it_was_made():
    signals = known([row(60, 900, known=57.6)])
    assert np.isnan(told(signals, "marketing_planned", 57)).all()
    nan = np.nan
    np.testing.assert_array_equal(
        told(signals, "marketing_planned", 58)[0], [nan, nan, 900, nan, nan, nan, nan]
    )


def test_the_business_days_own_midnight_decides_what_was_known():
    # Wednesday, column 58, begins at 23:00 UTC; what is known right then came too late
    assert FIRST + pd.Timedelta(days=58) == pd.Timestamp("2026-03-04")
    for instant, value in (("22:59:59", 900), ("23:00", np.nan), ("23:30", np.nan)):
        plan = row(60, 900, known=0) | {"known_at": pd.Timestamp(f"2026-03-03T{instant}Z")}
        signals = known([row(50, 100, known=0), plan])
        np.testing.assert_array_equal(told(signals, "marketing_planned", 58)[0, 2], value)


@pytest.mark.parametrize("kind", ["marketing", "social", "weather", "competitor_price"])
def test_a_measured_value_of_a_day_reaches_no_forecast_for_that_day(kind):
    before = measured(range(60), 10, kind)
    signals = known([*before, row(60, 1e6, 60.75, kind), row(61, 1e6, 61.75, kind)])
    plain = known(before)
    for origin in range(50, 61):
        np.testing.assert_array_equal(signals.at(origin, HORIZON), plain.at(origin, HORIZON))
    assert np.isnan(told(signals, f"{kind}_planned", 61)).all()  # known by then, yet no plan of any day
    assert not np.array_equal(told(signals, f"{kind}_last", 61), told(plain, f"{kind}_last", 61))


def test_what_was_measured_is_held_as_a_level_against_the_month_before_it():
    # columns 0-41 at 20, 42-48 at 60: known up to column 48 at origin 50, up to 47 at origin 49
    signals = known(measured(range(42), 20) + measured(range(42, 49), 60))
    np.testing.assert_allclose(told(signals, "social_recent", 50), np.full((3, HORIZON), 40 / 80))
    recent = (20 + 6 * 60) / 7
    np.testing.assert_allclose(told(signals, "social_recent", 49)[0, 0], (recent - 20) / (recent + 20))
    np.testing.assert_allclose(told(signals, "social_last", 49)[0, 0], 0.5)


def test_degrees_are_compared_by_their_difference():
    signals = known(measured(range(42), -2, "weather") + measured(range(42, 49), 3, "weather"))
    assert (told(signals, "weather_recent", 50) == 5).all()


def test_a_plan_is_compared_with_what_was_usual():
    rows = [row(day, 100, 0) for day in range(60)] + [row(day, 300, 0) for day in range(60, 67)]
    assert (told(known(rows), "marketing_planned_change", 60) == 0.5).all()


def test_what_was_last_measured_over_a_month_ago_is_no_news():
    signals = known(measured(range(10, 50), 20))
    assert (told(signals, "social_last", 49 + 35) == 0).all()
    for name in ("last", "recent"):
        assert np.isnan(told(signals, f"social_{name}", 49 + 36)).all()


@pytest.mark.parametrize("turned", [1, -1])
def test_of_revised_forecasts_the_latest_known_counts_whatever_their_order(turned):
    days = [row(60, 18, 52.5, "weather"), row(60, 9, 58.5, "weather"), row(60, 12, 60.3, "weather")]
    signals = known(days[::turned])
    assert told(signals, "weather_planned", 58)[0, 2] == 18
    assert told(signals, "weather_planned", 59)[0, 1] == 9
    assert told(signals, "weather_planned", 60)[0, 0] == 9


def test_the_most_specific_row_counts():
    signals = known(
        [
            row(60, 1, 0),
            row(60, 2, 0, region="south"),
            row(60, 3, 0, sku="A"),
            row(60, 4, 0, sku="A", channel="shop", region="north"),
            row(61, 5, 0, region="north"),
        ]
    )
    assert told(signals, "marketing_planned", 60)[:, 0].tolist() == [4, 3, 1]
    np.testing.assert_array_equal(told(signals, "marketing_planned", 60)[:, 1], [5, np.nan, 5])


def test_what_is_about_nobody_here_is_unknown():
    signals = known([row(60, 1, 0, sku="C")])
    assert np.isnan(signals.at(60, HORIZON)).all()
    assert not signals.about("marketing").any()
    assert known([row(60, 1, 0, sku="A")]).about("marketing").tolist() == [True, True, False]


def test_weekly_plans_hold_until_the_next_and_lone_events_do_not():
    weekly = known([row(day, day, 0) for day in (49, 56, 63, 70)])
    assert told(weekly, "marketing_planned", 65)[0].tolist() == [63, 63, 63, 63, 63, 70, 70]
    events = known([row(day, day, 0) for day in (20, 49, 60, 63)])
    np.testing.assert_array_equal(told(events, "marketing_planned", 63)[0], [63] + [np.nan] * 6)


def test_a_value_never_holds_past_the_next():
    early = known([row(day, day, 0) for day in (43, 50, 57, 63)])
    assert told(early, "marketing_planned", 62)[0, :2].tolist() == [57, 63]


def test_a_weekly_plan_holds_no_longer_than_a_week():
    weekly = known([row(day, day, 0) for day in (49, 56, 63)])
    np.testing.assert_array_equal(told(weekly, "marketing_planned", 68)[0, :3], [63, 63, np.nan])


def test_a_weekly_measure_is_a_level_and_never_a_plan():
    rows = [row(day, 10 if day < 77 else 30, day + 0.75, "social") for day in range(0, 91, 7)]
    signals = known(rows)
    assert (told(signals, "social_last", 79) == 0.5).all()
    assert np.isnan(told(signals, "social_planned", 79)).all()


def test_monthly_values_hold_through_long_months_but_never_beyond_35_days():
    january, february, march, april = ((pd.Timestamp(2026, month, 1) - FIRST).days for month in range(1, 5))
    monthly = known([row(day, day, -10) for day in (january, february, march, april)])
    assert told(monthly, "marketing_planned", april - 3)[0, :4].tolist() == [march, march, march, april]
    seldom = known([row(day, day, -40) for day in (-30, 20, 70)])
    np.testing.assert_array_equal(told(seldom, "marketing_planned", 70 + 33)[0, :3], [70, 70, np.nan])


def test_several_values_a_day_count_as_their_mean():
    rows = [row(60, value, 50, "weather", hour=hour) for hour, value in ((0, 4), (6, 8), (12, 12))]
    assert told(known(rows), "weather_planned", 60)[0, 0] == 8


def test_a_competitors_price_is_told_against_our_own_of_the_day():
    price = np.full((3, DAYS + HORIZON), 20, dtype=np.float32)
    price[:, 62:] = 10
    price[2] = np.nan
    rows = measured(range(60), 15, "competitor_price")
    signals = known(rows, price)
    assert told(signals, "competitor_price_recent", 60)[0].tolist() == [0.75, 0.75, *[1.5] * 5]
    assert np.isnan(told(signals, "competitor_price_recent", 60)[2]).all()
    assert (told(signals, "competitor_price_last", 60) == 0).all()
    announced = known([row(61, 15, 50, "competitor_price")], price)
    assert told(announced, "competitor_price_planned", 60)[0, 1] == 0.75
    assert (told(known(rows), "competitor_price_recent", 60) == 0).all()  # without prices against its usual


def test_rows_without_a_value_or_an_instant_are_left_out():
    assert known([row(60, 1, 0) | {"known_at": pd.NaT}, row(60, np.nan, 0, "social")]).names == []


def test_how_far_ahead_a_kind_is_known_is_told_in_days():
    signals = known([*measured(range(3), 1), *(row(day, 1, day - 14.0) for day in range(20, 25))])
    assert signals.days_ahead("social") == -1.25
    assert signals.days_ahead("marketing") == 14
    assert signals.days_ahead("marketing", "social") == 14


rows_of_any_kind = st.lists(
    st.builds(
        row,
        day=st.integers(20, 90),
        value=st.floats(-50, 50),
        known=st.floats(0, 110).map(lambda day: round(day, 3)),
        kind=st.sampled_from(["marketing", "weather", "competitor_price"]),
        sku=st.sampled_from(["*", "A", "B"]),
        region=st.sampled_from(["*", "north"]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(rows=rows_of_any_kind, origin=st.integers(30, 100), changed=st.floats(-1e5, 1e5))
def test_what_is_known_later_changes_nothing(rows, origin, changed):
    cut = (FIRST + pd.Timedelta(days=origin)).tz_localize("Europe/Berlin")
    later = [each for each in rows if each["known_at"] >= cut]
    others = [each | {"value": changed} for each in later]
    # one row of every kind, about nothing near, so that the names of the features stay
    kinds = [row(-500, 0, 0, kind) for kind in ("marketing", "weather", "competitor_price")]
    before = [*kinds, *(each for each in rows if each["known_at"] < cut)]
    expected = known(before).at(origin, HORIZON)
    np.testing.assert_array_equal(known([*before, *later]).at(origin, HORIZON), expected)
    np.testing.assert_array_equal(known([*others, *before]).at(origin, HORIZON), expected)
