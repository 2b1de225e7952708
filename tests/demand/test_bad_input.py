"""What a stranger hands to `forecast` as it comes: each fault has its sentence, none is a silent zero."""

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import AS_OF, DAY, inputs, keys_of, products_of, sales_of, small_policy, table
from workbench.demand.engine import forecast

TODAY = pd.Timestamp(DAY)
KEYS = keys_of(8)
SOLD = np.random.default_rng(0).poisson(6, (8, 140))


def ask(sales, products=None, **others):
    """The forecast, its notes as one text, and the mean demand a day of every SKU."""
    products = products_of(KEYS) if products is None else products
    found = forecast(*inputs(sales, products, **others), policy=small_policy(paths=50), as_of=AS_OF)
    return found, " ".join(found.notes), found.demand.groupby("sku")["mean"].mean()


def test_good_input_needs_no_sentence():
    found, _, mean = ask(sales_of(SOLD, KEYS))
    assert found.notes == []
    assert mean.to_numpy() == pytest.approx(np.full(8, 6), rel=0.15)


@pytest.mark.parametrize("days", [1, 6, 20, 55])
def test_fewer_than_eight_weeks_are_carried_on_wide_and_flagged(days):
    found, said, mean = ask(sales_of(SOLD[:, :days], KEYS))
    assert f"sales holds {days} days, fewer than the 56 that the policy asks for" in said
    assert found.models["never_seen"].all()
    assert mean.sum() == pytest.approx(SOLD[:, :days].mean(axis=1).sum(), rel=0.4)
    assert (mean > 0).all()


def test_a_series_all_zero_rests_on_its_peers():
    sales = sales_of(SOLD, KEYS)
    sales.loc[sales["sku"] == "S003", "units"] = 0
    found, said, mean = ask(sales)
    assert "1 series have not sold a unit since they began (S003 in shop, north)" in said
    assert "rests on other series" in said
    assert 0 < mean["S003"] < 6
    assert found.models.set_index("sku").loc["S003", "model"] == "category"


def test_a_business_that_never_sold_a_unit_is_said_to_be_one():
    found, said, _ = ask(sales_of(SOLD, KEYS).assign(units=0))
    assert "8 series have not sold a unit since they began" in said
    assert (found.demand["mean"] > 0).all()


def test_the_same_row_twice_counts_once():
    sales = sales_of(SOLD, KEYS)
    _, said, mean = ask(pd.concat([sales, sales]))
    assert f"{len(sales)} rows of sales say the same as another row (S000 on 2025-10-13" in said
    assert "such rows count once; take the repeats out" in said
    assert mean.to_numpy() == pytest.approx(ask(sales)[2].to_numpy())


def test_rows_of_one_day_that_differ_are_added_up():
    sales = sales_of(SOLD, KEYS)
    more = sales[sales["sku"] == "S001"].assign(units=sales["units"] + 1)
    _, said, mean = ask(pd.concat([sales, more]))
    assert "rows of sales share their sku, channel, region and day with others (S001 on " in said
    assert "as parts of one day they are added up; give one row a day" in said
    assert mean["S001"] == pytest.approx(13, rel=0.15)


def test_sales_by_the_hour_are_added_up_to_days():
    sales = sales_of(SOLD, KEYS)
    hours = pd.concat([sales.assign(date=sales["date"] + pd.Timedelta(hours=hour)) for hour in (9, 17)])
    _, said, mean = ask(hours)
    assert "as parts of one day they are added up" in said
    assert mean.mean() == pytest.approx(12, rel=0.1)


def test_months_without_records_are_filled_and_not_taken_for_zero():
    units = SOLD.copy()
    units[:, 60:130] = 0
    _, said, mean = ask(sales_of(units, KEYS))
    assert "sales has no unit on any of the 70 days from 2025-12-12 to 2026-02-19" in said
    assert "not as zero demand, and filled from each series' own level" in said
    assert mean.mean() == pytest.approx(6, rel=0.1)


def test_one_series_silent_for_months_is_named_and_told_how_it_counts():
    units = SOLD.copy()
    units[2, 40:100] = 0
    _, said, mean = ask(sales_of(units, KEYS))
    assert "1 series that sell often sold nothing for up to 60 days in between (S002 in shop, north)" in said
    assert "the days count as zero demand; mark them in_stock = false in sales" in said
    assert mean["S002"] > 2


def test_marked_months_out_of_stock_need_no_sentence():
    in_stock = np.ones_like(SOLD, dtype=bool)
    in_stock[2, 40:100] = False
    found, _, mean = ask(sales_of(SOLD * in_stock, KEYS, in_stock=in_stock))
    assert found.notes == []
    assert mean["S002"] == pytest.approx(6, rel=0.15)


def test_returns_are_left_out():
    sales = sales_of(SOLD, KEYS)
    back = sales[sales["sku"] == "S004"].assign(units=-50)
    _, said, mean = ask(pd.concat([sales, back]))
    assert f"{len(back)} rows of sales have negative units (S004 on 2025-10-13" in said
    assert "they are left out, as what comes back is no less demand; give it in the table returns" in said
    assert mean["S004"] == pytest.approx(6, rel=0.15)


def test_rows_without_units_are_not_zero():
    sales = sales_of(SOLD, KEYS).astype({"units": "float64"})
    sales.loc[(sales["sku"] == "S005") & (sales["date"] >= TODAY - pd.Timedelta(days=20)), "units"] = np.nan
    _, said, mean = ask(sales)
    assert "20 rows of sales have no units (S005 on 2026-02-10" in said
    assert "taken as not recorded, not as zero demand" in said
    assert mean["S005"] == pytest.approx(6, rel=0.2)


@pytest.mark.parametrize("column", ["sku", "channel", "region", "date"])
def test_rows_without_a_key_are_left_out(column):
    sales = sales_of(SOLD, KEYS)
    sales.loc[sales.index[:3], column] = None
    found, said, mean = ask(sales)
    assert "3 rows of sales have no sku, channel, region or date (" in said
    assert "they are left out; fill them in" in said
    assert len(found.models) == 8
    assert mean.mean() == pytest.approx(6, rel=0.1)


def test_sales_of_the_future_are_not_used():
    sales = sales_of(
        np.concatenate([SOLD, SOLD[:, :10] * 100], axis=1), KEYS, end=TODAY + pd.Timedelta(days=10)
    )
    _, said, mean = ask(sales)
    assert "rows of sales are dated 2026-03-02 or later: not used, that is what is forecast" in said
    assert mean.mean() == pytest.approx(6, rel=0.1)


def test_a_calendar_that_ends_before_the_horizon():
    calendar = table("calendar", [{"date": "2026-03-08", "region": "north", "event": "fair"}])
    _, said, mean = ask(sales_of(SOLD, KEYS), calendar=calendar)
    assert (
        "calendar ends on 2026-03-08 in north, the forecast on 2026-03-29: no holiday is known in between"
        in said
    )
    assert mean.mean() == pytest.approx(6, rel=0.1)


def test_a_sku_without_a_price_is_forecast_and_named():
    rows = [
        {"sku": sku, "channel": "shop", "valid_from": "2025-01-01", "price": 9.0} for sku, _, _ in KEYS[1:]
    ]
    _, said, mean = ask(sales_of(SOLD, KEYS), prices=table("prices", rows))
    assert "1 SKUs have no price (S000): they are forecast without it" in said
    assert mean["S000"] == pytest.approx(6, rel=0.15)


def signals(dates, kind="weather"):
    frame = pd.DataFrame({"date": dates, "value": np.arange(len(dates), dtype=float)})
    known = frame["date"].dt.tz_localize("UTC").astype("datetime64[us, UTC]")
    return table("signals", frame.assign(kind=kind, sku="*", channel="*", region="north", known_at=known))


@pytest.mark.parametrize(("frequency", "days"), [("7D", 7), ("MS", 31)])
def test_a_signal_by_the_week_or_month_is_held_until_its_next_value(frequency, days):
    coarse = signals(pd.date_range("2025-07-01", TODAY, freq=frequency, unit="us"))
    _, said, mean = ask(sales_of(SOLD, KEYS), signals=coarse)
    assert f"signals of kind weather have a value every {days} days where one a day is wanted" in said
    assert "each is held until the next; give daily values" in said
    assert mean.mean() == pytest.approx(6, rel=0.1)


def test_a_signal_by_the_hour_is_averaged_over_its_day():
    fine = signals(pd.date_range(TODAY - pd.Timedelta(days=60), TODAY, freq="h", unit="us"))
    _, said, mean = ask(sales_of(SOLD, KEYS), signals=fine)
    assert "signals of kind weather have several values a day, first on 2026-01-01" in said
    assert "the mean of each day is used; give one value a day" in said
    assert mean.mean() == pytest.approx(6, rel=0.1)


def test_single_events_are_no_signal_of_the_wrong_frequency():
    days = [TODAY - pd.Timedelta(days=day) for day in (100, 99, 80, 50, 49, 9)]
    found, _, _ = ask(
        sales_of(SOLD, KEYS), signals=signals(pd.DatetimeIndex(days).as_unit("us"), "marketing")
    )
    assert found.notes == []


def test_nothing_of_it_changes_what_was_handed_in():
    sales = pd.concat([sales_of(SOLD, KEYS)] * 2).astype({"units": "float64"})
    sales.iloc[3, sales.columns.get_loc("units")] = -1
    copy = sales.copy(deep=True)
    ask(sales)
    pd.testing.assert_frame_equal(sales, copy)
