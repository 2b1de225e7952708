"""The sentences that a planner reads about the input."""

import numpy as np
import pandas as pd

from tests.demand.conftest import DAY, keys_of, products_of, sales_of, table
from workbench.demand.history import read_history
from workbench.demand.notes import on_inputs
from workbench.policy import DemandPolicy
from workbench.tables import TABLES

NOBODY = pd.DataFrame(columns=["sku", "channel", "region"], dtype="str")
FULL = np.full((2, 100), 3)


def notes(units=FULL, keys=None, products=None, calendar=None, in_stock=None, end=DAY):
    keys = keys or keys_of(len(units))
    sales = sales_of(units, keys, in_stock=in_stock, end=end)
    products = products_of(keys) if products is None else products
    calendar = TABLES["calendar"].empty() if calendar is None else calendar
    rules = DemandPolicy()
    history = read_history(sales, products, NOBODY, pd.Timestamp(DAY), rules)
    return " ".join(on_inputs(history, sales, products, calendar, pd.Timestamp(DAY), rules))


def test_good_input_needs_no_sentence():
    assert notes() == ""


def test_no_sales_at_all():
    assert "nothing is forecast; give past sales" in notes(np.zeros((1, 5), dtype=int))


def test_fewer_than_eight_weeks():
    assert "sales holds 40 days, fewer than the 56" in notes(FULL[:, :40])


def test_a_hole_of_weeks_is_named_with_its_days():
    units = FULL.copy()
    units[:, 20:60] = 0
    assert "no unit on any of the 40 days from 2025-12-12 to 2026-01-20" in notes(units)


def test_sales_of_the_day_itself_are_not_used():
    assert "2 rows of sales are dated 2026-03-02 or later" in notes(
        end=pd.Timestamp(DAY) + pd.Timedelta(days=1)
    )


def test_a_series_all_zero_is_named():
    units = FULL.copy()
    units[1] = 0
    in_stock = np.ones_like(units, dtype=bool)
    in_stock[1, 0] = False
    assert "1 series have not sold a unit since they began (S001 in shop, north)" in notes(
        units, in_stock=in_stock
    )


def test_a_series_never_in_stock_is_named():
    units = FULL.copy()
    units[1] = 0
    in_stock = np.ones_like(units, dtype=bool)
    in_stock[1] = False
    assert "1 series were out of stock on every day of their life (S001)" in notes(units, in_stock=in_stock)


def test_unknown_and_unsold_products_are_named():
    products = products_of([("S000", "", ""), ("OTHER", "", "")])
    said = notes(products=products)
    assert "1 SKUs of sales are not in products (S001)" in said
    assert "1 products have no sales and no launch near the day of the plan (OTHER)" in said


def test_a_calendar_that_ends_before_the_forecast():
    calendar = table("calendar", [{"date": "2026-03-08", "region": "north", "event": "fair"}])
    assert "calendar ends on 2026-03-08 in north, the forecast on 2026-03-29" in notes(calendar=calendar)


def test_a_calendar_that_ends_in_one_region_alone_is_named():
    rows = [("2026-01-08", "north"), ("2026-05-08", "south")]
    calendar = table("calendar", [{"date": day, "region": region, "event": "fair"} for day, region in rows])
    assert "calendar ends on 2026-01-08 in north, the forecast" in notes(calendar=calendar)
