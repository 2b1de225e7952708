import datetime as dt

import pandas as pd
import pytest

from tests.rows import table
from workbench.demand.came_true import came_true
from workbench.demand.paths import matrix

DAY = dt.date(2026, 11, 16)
SERIES = pd.DataFrame({"sku": ["A", "B"], "channel": "shop", "region": "east"})


def sale(date, units, sku="A", in_stock=None):
    return {"date": date, "sku": sku, "channel": "shop", "region": "east", "units": units} | {
        "in_stock": in_stock
    }


def wanted(date, units, sold=0):
    about = {"sku": "A", "channel": "shop", "region": "east", "sold": sold}
    return table("assumed_demand", about | {"date": date, "wanted": units})


NOTHING = table("assumed_demand")


def test_a_day_without_a_row_sold_nothing():
    sales = table("sales", sale("2026-11-15", 9), sale("2026-11-16", 2), sale("2026-11-18", 5))
    found, unknown = came_true(SERIES, sales, NOTHING, day=DAY, days=2)
    assert matrix(found).ravel().tolist() == [2, 0, 0, 0]
    assert found["sku"].tolist() == ["A", "A", "B", "B"]
    assert not unknown


def test_out_of_stock_counts_what_was_wanted_and_not_what_was_sold():
    sales = table("sales", sale("2026-11-16", 1, in_stock=False))
    found, unknown = came_true(SERIES, sales, wanted("2026-11-16", 6.5, sold=1), day=DAY, days=1)
    assert matrix(found).ravel().tolist() == [6.5, 0]
    assert not unknown


def test_a_day_that_is_not_on_record_counts_what_is_taken_to_have_been_wanted():
    found, _ = came_true(SERIES, table("sales"), wanted("2026-11-17", 3.0), day=DAY, days=2)
    assert matrix(found).ravel().tolist() == [0, 3, 0, 0]


def test_out_of_stock_without_an_assumption_is_told():
    sales = table("sales", sale("2026-11-16", 1, in_stock=False), sale("2026-11-16", 2, sku="B"))
    _, unknown = came_true(SERIES, sales, NOTHING, day=DAY, days=1)
    assert unknown == {"A"}
    _, unknown = came_true(SERIES, sales, NOTHING, day=DAY + dt.timedelta(days=1), days=1)
    assert not unknown


@pytest.mark.parametrize("turned", [False, True])
def test_the_order_of_rows_does_not_matter(turned):
    sales = table("sales", sale("2026-11-16", 2), sale("2026-11-16", 3, sku="B"))
    found, _ = came_true(SERIES[::-1] if turned else SERIES, sales, NOTHING, day=DAY, days=1)
    assert matrix(found).ravel().tolist() == [2, 3]
