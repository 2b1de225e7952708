"""Sales as arrays: life, stock-outs, holes and record days."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from tests.demand.conftest import DAY, keys_of, products_of, sales_of
from workbench.demand.history import assumed, completed, read_history, tamed
from workbench.policy import DemandPolicy

NOBODY = pd.DataFrame(columns=["sku", "channel", "region"], dtype="str")


def history_of(units, keys=None, products=None, in_stock=None, **rules):
    keys = keys or keys_of(len(units))
    products = products_of(keys) if products is None else products
    sales = sales_of(units, keys, in_stock=in_stock)
    return read_history(sales, products, NOBODY, pd.Timestamp(DAY), DemandPolicy(**rules))


def test_a_day_without_a_row_sold_nothing_once_the_series_lives():
    history = history_of(np.array([[1, 0, 2], [0, 3, 1]]))
    assert history.units.tolist() == [[1, 0, 2], [0, 3, 1]]
    assert history.seen.tolist() == [[True, True, True], [False, True, True]]
    assert history.first.tolist() == [0, 1]


def test_a_series_lives_from_its_launch():
    keys = keys_of(2)
    products = products_of(keys).assign(launched_on=pd.to_datetime([None, "2026-02-28"]).as_unit("us"))
    history = history_of(np.array([[1, 1, 1, 1], [0, 0, 0, 1]]), keys, products)
    assert history.days[0] == pd.Timestamp("2026-02-26")
    assert history.first.tolist() == [0, 2]


def test_days_out_of_stock_are_not_seen():
    in_stock = np.array([[True, False, True]])
    history = history_of(np.array([[4, 0, 4]]), in_stock=in_stock)
    assert history.seen.tolist() == [[True, False, True]]
    assert history.censored.sum() == 1


def test_days_after_the_records_end_are_not_zero():
    history = history_of(np.array([[2, 2, 0, 0]]))
    assert history.seen.tolist() == [[True, True, False, False]]


def test_a_hole_of_the_whole_business_is_not_zero_but_a_short_closure_is():
    units = np.array([[1] * 5 + [0] * 30 + [1] * 5 + [0] * 10 + [1]])
    seen = history_of(units).seen[0]
    assert not seen[5:35].any()
    assert seen[40:50].all()


def test_the_order_of_rows_does_not_matter():
    keys = keys_of(4, ("a", "b"))
    sales = sales_of(np.arange(12).reshape(4, 3), keys)
    rules = DemandPolicy()
    once = read_history(sales, products_of(keys), NOBODY, pd.Timestamp(DAY), rules)
    twice = read_history(sales[::-1], products_of(keys)[::-1], NOBODY, pd.Timestamp(DAY), rules)
    assert once.series.equals(twice.series)
    assert (once.units == twice.units).all()


def test_sales_older_than_the_policy_wants_are_left_out():
    assert len(history_of(np.ones((1, 100), dtype=int), history_days=60).days) == 60


def test_a_stock_out_is_filled_with_the_level_and_weekday_around_it():
    week = np.array([10, 10, 10, 10, 10, 40, 50], dtype=np.float32)
    units = np.tile(week, 20)[None]
    seen = np.ones_like(units, dtype=bool)
    seen[0, 68:82] = False
    empty = np.where(seen, units, 0).astype(np.float32)
    weekday = np.arange(140) % 7
    filled = completed(empty, seen, np.ones_like(seen), weekday)
    assert filled[0, 68:82].sum() == pytest.approx(units[0, 68:82].sum(), rel=0.03)
    assert filled[0, 75] == pytest.approx(40, rel=0.05)
    assert (filled[seen] == units[seen]).all()


def test_what_was_sold_before_stock_ran_out_counts_at_least():
    units = np.array([[1, 1, 30, 1, 1]], dtype=np.float32)
    seen = np.array([[True, True, False, True, True]])
    assert completed(units, seen, np.ones_like(seen), np.zeros(5, dtype=np.int64))[0, 2] == 30


def test_a_series_never_in_stock_stays_empty_rather_than_invented():
    nothing = np.zeros((1, 20), dtype=bool)
    zero = np.zeros((1, 20), dtype=np.float32)
    assert completed(zero, nothing, ~nothing, np.arange(20) % 7).sum() == 0


def test_months_out_of_stock_are_filled_from_the_quarter_around_then_from_the_whole_life():
    units = np.full((1, 700), 2, dtype=np.float32)
    units[0, 400:] = 6
    seen = np.ones_like(units, dtype=bool)
    seen[0, 500:] = False
    filled = completed(np.where(seen, units, 0), seen, np.ones_like(seen), np.arange(700) % 7)
    assert filled[0, 500] == pytest.approx(6, rel=0.1)
    assert filled[0, 570] == pytest.approx(6, rel=0.3)  # 21 days of its quarter were seen
    assert filled[0, 690] == pytest.approx(2.8, rel=0.05)  # 400 days of 2 and 100 of 6


def test_a_few_days_without_a_sale_nearby_do_not_make_a_stock_out_zero():
    units = np.zeros((1, 200), dtype=np.float32)
    units[0, :100] = 1
    seen = np.ones_like(units, dtype=bool)
    seen[0, 100:190] = False
    filled = completed(units, seen, np.ones_like(seen), np.arange(200) % 7)
    assert (filled[0, 100:190] > 0.05).all()


def test_what_was_assumed_is_shown_day_by_day():
    in_stock = np.ones((2, 28), dtype=bool)
    in_stock[0, [10, 12]] = False
    units = np.full((2, 28), 4)
    units[0, 10], units[0, 12] = 0, 9
    shown = assumed(history_of(units, in_stock=in_stock))
    assert shown.columns.tolist() == ["sku", "channel", "region", "date", "sold", "wanted"]
    assert shown["sku"].tolist() == ["S000", "S000"]
    assert shown["date"].dt.strftime("%m-%d").tolist() == ["02-12", "02-14"]
    assert shown["sold"].tolist() == [0, 9]
    assert shown["wanted"].tolist() == pytest.approx([4, 9], rel=0.02)


def test_nothing_is_assumed_where_every_day_was_seen():
    assert assumed(history_of(np.ones((2, 10), dtype=int))).empty


def test_rows_that_say_the_same_count_once_and_parts_of_a_day_are_added_up():
    keys = keys_of(1)
    sales = sales_of(np.array([[4, 4, 4]]), keys)
    part = sales.iloc[[2]].assign(units=3)
    history = read_history(
        pd.concat([sales, sales.iloc[[1]], part]),
        products_of(keys),
        NOBODY,
        pd.Timestamp(DAY),
        DemandPolicy(),
    )
    assert history.units.tolist() == [[4, 4, 7]]
    assert {fault: len(rows) for fault, rows in history.faults.items() if len(rows)} == {
        "same": 1,
        "parts": 2,
    }


def test_order_lines_of_an_hour_add_up_to_their_day():
    keys = keys_of(1)
    day = sales_of(np.array([[2, 0]]), keys)
    hours = pd.concat([day.assign(date=day["date"] + pd.Timedelta(hours=hour)) for hour in (3, 9, 20)])
    history = read_history(hours, products_of(keys), NOBODY, pd.Timestamp(DAY), DemandPolicy())
    assert history.units.tolist() == [[6, 0]]
    assert history.days[0] == pd.Timestamp("2026-02-28")


def test_returns_are_left_out_and_a_day_without_units_is_not_seen():
    keys = keys_of(1)
    sales = sales_of(np.array([[4, 4, 4, 4]]), keys)
    sales["units"] = pd.array([4, -2, None, 4], dtype="Int64")
    history = read_history(sales, products_of(keys), NOBODY, pd.Timestamp(DAY), DemandPolicy())
    assert history.units.tolist() == [[4, 0, 0, 4]]
    assert history.seen.tolist() == [[True, True, False, True]]
    assert not history.censored.any()


@given(
    hnp.arrays(np.float32, (2, 40), elements=st.integers(0, 50)),
    hnp.arrays(bool, (2, 40)),
)
def test_filling_never_lowers_a_day_and_never_touches_a_seen_one(units, seen):
    filled = completed(units, seen, np.ones_like(seen), np.arange(40) % 7)
    assert (filled >= units).all()
    assert np.isfinite(filled).all()
    assert (filled[seen] == units[seen]).all()


def test_a_second_record_day_counts_in_full():
    units = np.ones((1, 60), dtype=np.float32)
    units[0, [40, 45]] = 100
    calm = tamed(units, np.ones_like(units, dtype=bool), 3.0)
    assert calm[0, 40] == 3
    assert calm[0, 45] == 100


def test_idle_days_are_those_in_stock_since_the_last_sale():
    history = history_of(
        np.array([[1, 0, 0, 0], [0, 2, 0, 5]]),
        in_stock=np.array([[True, True, False, True], [True, True, True, True]]),
    )
    assert history.idle().tolist() == [2, 0]
    assert history.idle(3).tolist() == [1, 1]
