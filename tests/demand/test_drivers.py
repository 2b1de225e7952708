"""Drivers by day: which price holds when, and that everything covers history and horizon."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.demand.conftest import table
from workbench.demand.drivers import daily_prices, read_drivers
from workbench.demand.history import History
from workbench.tables import TABLES

FIRST = pd.Timestamp("2026-03-02")
NONE = np.nan


def history_of(keys=(("S0", "shop", "north"),), days=6):
    series = pd.DataFrame(keys, columns=["sku", "channel", "region"]).assign(category="A")
    units = np.ones((len(series), days), dtype=np.float32)
    lived = units > 0
    return History(
        series,
        pd.date_range(FIRST, periods=days, unit="us"),
        units,
        lived,
        ~lived,
        np.zeros(len(series), dtype=np.int64),
    )


def prices_of(*rows, sku="S0", channel="shop"):
    """The table `prices` of rows (first day, last day or None, price), days counted from FIRST."""
    return table(
        "prices",
        [
            {
                "sku": sku,
                "channel": channel,
                "valid_from": FIRST + pd.Timedelta(days=begin),
                "valid_to": None if end is None else FIRST + pd.Timedelta(days=end),
                "price": float(price),
            }
            for begin, end, price in rows
        ],
    )


def daily(*rows, days=8):
    return daily_prices(history_of(), prices_of(*rows), days)[0]


def same(found, expected):
    return np.array_equal(found, np.array(expected, dtype=np.float32), equal_nan=True)


def test_one_price_follows_another():
    assert same(daily((0, 2, 10), (3, None, 12)), [10, 10, 10, 12, 12, 12, 12, 12])


def test_a_price_holds_through_its_last_day_and_a_gap_has_none():
    assert same(daily((0, 1, 10), (4, 5, 12)), [10, 10, NONE, NONE, 12, 12, NONE, NONE])


def test_where_two_hold_the_one_that_began_last_counts_and_then_the_first_again():
    assert same(daily((2, 3, 7), (0, None, 10)), [10, 10, 7, 7, 10, 10, 10, 10])


def test_a_repeated_row_changes_nothing_and_of_two_prices_of_a_day_the_last_row_holds():
    assert same(daily((0, None, 10), (0, None, 10)), [10] * 8)
    assert same(daily((0, None, 10), (0, None, 9)), [9] * 8)


def test_prices_from_before_the_records_hold_and_ended_or_later_ones_do_not():
    assert same(daily((-30, 0, 10), (-90, -31, 5), (9, None, 4)), [10] + [NONE] * 7)


def test_a_price_is_for_its_sku_and_channel_in_every_region():
    keys = [(s, c, r) for s in ("S0", "S1") for c in ("shop", "web") for r in ("north", "south")]
    found = daily_prices(history_of(keys), prices_of((0, None, 10), sku="S1", channel="web"), 8)
    assert (~np.isnan(found)).all(axis=1).tolist() == [False] * 6 + [True] * 2
    assert np.isnan(found[:6]).all()


def test_without_prices_there_is_none_on_any_day():
    found = daily_prices(history_of(), TABLES["prices"].empty(), 8)
    assert found.shape == (1, 8)
    assert np.isnan(found).all()


spans = st.tuples(st.integers(-5, 12), st.none() | st.integers(0, 6), st.integers(1, 99))


@given(st.lists(spans, max_size=5, unique_by=lambda span: span[0]))
@settings(max_examples=25, deadline=None)
def test_every_day_has_the_price_that_a_look_into_the_table_gives(found):
    rows = [(begin, None if length is None else begin + length, price) for begin, length, price in found]
    expected = [
        max(
            ((begin, price) for begin, end, price in rows if begin <= day and (end is None or day <= end)),
            default=(None, NONE),
        )[1]
        for day in range(8)
    ]
    assert same(daily(*rows), expected)


def test_drivers_cover_history_and_horizon():
    rows = [{"date": FIRST + pd.Timedelta(days=7), "region": "north", "event": "fair"}]
    promotions = [
        {"sku": "S0", "channel": "shop", "valid_from": FIRST + pd.Timedelta(days=5), "valid_to": None}
        | {"discount": 0.25}
    ]
    found = read_drivers(
        history_of(),
        prices_of((1, None, 10)),
        table("promotions", promotions),
        table("calendar", rows),
        TABLES["signals"].empty(),
        horizon=3,
        zone="UTC",
    )
    assert same(found.price[0], [NONE] + [10] * 8)
    assert found.discount[0].tolist() == pytest.approx([0] * 5 + [0.25] * 4)
    assert found.events.occasion(0).tolist() == [[0] * 7 + [1, 0]]
    assert found.events.days[0] == FIRST
    assert found.signals.names == []
