from datetime import date

import pandas as pd
import pytest

from workbench.errors import TableError
from workbench.formulas.order_days import order_days

MONDAY = date(2026, 11, 16)


def days(text, day=MONDAY, review=7, closed=""):
    suppliers = pd.DataFrame({"supplier": ["S"], "order_weekdays": [text], "closed_days": [closed]})
    return order_days(suppliers, day=day, review_days=review).iloc[0]


def test_a_supplier_takes_orders_on_its_weekdays_only():
    assert days("0 2")["takes_orders"]
    assert not days("2 4")["takes_orders"]


def test_the_next_order_waits_for_the_review_and_then_for_a_weekday():
    assert days("0")["review"] == 7
    assert days("3")["review"] == 10
    assert days("0 1 2 3 4", review=5)["review"] == 7  # a Saturday, so Monday
    assert days("0 1 2 3 4", review=1)["review"] == 1


@pytest.mark.parametrize("text", ["", "7", "Mon", "0,3", "03"])
def test_weekdays_that_are_none_are_named(text):
    with pytest.raises(TableError, match="suppliers, supplier S, order_weekdays"):
        days(text)


def test_a_holiday_is_no_order_day():
    assert not days("0", closed="2026-11-16")["takes_orders"]
    assert not days("3", day=date(2026, 11, 26), closed="US")["takes_orders"]  # Thanksgiving
    assert days("3", day=date(2026, 11, 26), closed="CN")["takes_orders"]


def test_the_next_order_waits_for_the_end_of_a_closure():
    assert days("0", closed="2026-11-20/2026-11-30")["review"] == 21
    assert days("0 1 2 3 4", closed="2026-11-20/2026-11-30 2026-12-01")["review"] == 16


@pytest.mark.parametrize("text", ["christmas", "2026-13-01", "2026-12-24-26", "XX"])
def test_closed_days_that_are_none_are_named(text):
    with pytest.raises(TableError, match="suppliers, supplier S, closed_days"):
        days("0", closed=text)


def test_an_order_can_be_placed_on_the_first_day_that_is_open():
    assert days("0")["opens"] == 0
    assert days("3")["opens"] == 3
    assert days("0", closed="2026-11-16/2026-11-23")["opens"] == 14


def test_a_supplier_that_never_opens_is_named():
    with pytest.raises(TableError, match="on which it takes orders"):
        days("0", closed="2026-01-01/2030-01-01")
