"""Times are read as shops write them, and never guessed."""

from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from workbench.lake.timestamps import day_first, local_times

BERLIN = ZoneInfo("Europe/Berlin")


def read(*texts):
    return local_times(pd.Series(texts, dtype="object"), BERLIN)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("2010-12-01 08:26:00", "2010-12-01 08:26"),
        ("2010-12-01", "2010-12-01"),
        ("20101201", "2010-12-01"),
        ("2010/12/01 8:26", "2010-12-01 08:26"),
        ("1.12.2010 8:26", "2010-12-01 08:26"),
        ("01-Dec-2010", "2010-12-01"),
        ("Dec 1, 2010 8:26 PM", "2010-12-01 20:26"),
        ("2024-01-05 23:30:00 -0500", "2024-01-06 05:30"),  # Shopify
        ("2024-07-05T10:00:00+00:00", "2024-07-05 12:00"),  # Amazon
        ("2024-07-05T10:00:00Z", "2024-07-05 12:00"),
    ],
)
def test_a_time_is_read_on_the_business_clock(text, meant):
    assert read(text)[0] == pd.Timestamp(meant)


@pytest.mark.parametrize("text", ["soon", "10", "2010", "2010-12", "Dec 2010", "31.2.2010", "", None, "nan"])
def test_what_is_no_whole_date_is_blank(text):
    assert read(text).isna().all()


def test_the_whole_column_tells_day_from_month():
    assert read("1/12/2010", "1/13/2010")[0] == pd.Timestamp("2010-01-12")
    assert read("1/12/2010", "13/1/2010")[0] == pd.Timestamp("2010-12-01")
    assert read("12/1/10 8:26", "12/31/10 9:00")[0] == pd.Timestamp("2010-12-01 08:26")


def test_a_date_that_could_be_two_is_blank():
    assert day_first(pd.Series(["1/12/2010"])) is None
    assert read("1/12/2010").isna().all()


def test_one_wrong_date_does_not_turn_the_others():
    times = read("12/13/2010", "12/14/2010", "13/12/2010")
    assert times.isna().tolist() == [False, False, True]


def test_iso_dates_beside_days_in_front_are_not_swapped():
    assert read("2010-01-12 08:26:00", "13/01/2010")[0] == pd.Timestamp("2010-01-12 08:26")


def test_typed_columns_keep_their_time():
    naive = pd.Series(pd.to_datetime(["2010-12-01 08:26"]))
    assert local_times(naive, BERLIN)[0] == pd.Timestamp("2010-12-01 08:26")
    assert local_times(naive.dt.tz_localize("UTC"), BERLIN)[0] == pd.Timestamp("2010-12-01 09:26")
    assert local_times(pd.Series([], dtype="object"), BERLIN).dtype == "datetime64[us]"
