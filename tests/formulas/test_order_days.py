from datetime import date

import pandas as pd
import pytest

from workbench.errors import TableError
from workbench.formulas.order_days import order_days

MONDAY = date(2026, 11, 16)


def days(text, day=MONDAY, review=7):
    suppliers = pd.DataFrame({"supplier": ["S"], "order_weekdays": [text]})
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
