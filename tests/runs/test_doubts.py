from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest

from tests.rows import table
from workbench.runs.doubts import doubts_of_no_sku

DAY = date(2026, 11, 16)
TODAY = pd.Timestamp(DAY)
FAULT = {"column": "x", "found": "", "problem": "overlap", "remedy": "mend it"}


def rows(*places):
    """Quarantined rows of a table, on a day."""
    found = [
        {"table": name, "file": f"{name}.csv", "row": number, "date": day} | FAULT
        for number, (name, day) in enumerate(places, start=2)
    ]
    return table("quarantine", *found)


def tables(*budgets):
    """A is bought abroad, B at home, C is not bought."""
    supplier = {"name": "S", "currency": "USD", "lead_time_days": 9.0}
    offer = {"valid_from": TODAY, "unit_cost": 1.0, "currency": "USD"}
    return SimpleNamespace(
        products=table("products", *({"sku": sku, "name": sku} for sku in "ABC")),
        warehouses=table("warehouses", {"warehouse": "W", "name": "W", "country": "US"}),
        suppliers=table(
            "suppliers",
            supplier | {"supplier": "S", "country": "CN"},
            supplier | {"supplier": "T", "country": "US"},
        ),
        offers=table("offers", offer | {"supplier": "S", "sku": "A"}, offer | {"supplier": "T", "sku": "B"}),
        cash=table("cash", *({"date": day, "budget": 5.0} for day in budgets)),
    )


def test_a_tariff_at_fault_puts_what_crosses_a_border_in_doubt():
    found = doubts_of_no_sku(rows(("tariffs", None), ("tariffs", None)), tables(), DAY)
    assert found == {"A": "tariffs.csv row 2: overlap"}


def imports():
    """A and B come from CN as 61 and 95, C from VN as 61.09; all are sold in the US."""
    found = tables()
    products = (
        {"sku": sku, "name": sku, "hs_code": code}
        for sku, code in zip("ABC", ("6110", "95.03", "61.09"), strict=True)
    )
    supplier = {"name": "S", "currency": "USD", "lead_time_days": 9.0}
    offer = {"valid_from": TODAY, "unit_cost": 1.0, "currency": "USD"}
    found.products = table("products", *products)
    found.suppliers = table(
        "suppliers",
        *(supplier | {"supplier": name, "country": country} for name, country in (("S", "CN"), ("V", "VN"))),
    )
    found.offers = table("offers", *(offer | {"supplier": s, "sku": sku} for s, sku in ("SA", "SB", "VC")))
    return found


@pytest.mark.parametrize(
    ("key", "skus"),
    [
        ("CN, US, 61, 2026-01-01", "A"),
        ("CN, US, 61.09, 2026-01-01", ""),
        ("VN, US, 6.1, 2026-01-01", "C"),
        (", US, 61, 2026-01-01", "AC"),
        ("CN, DE, 61, 2026-01-01", ""),
        ("CN, US, , 2026-01-01", "AB"),
        (None, "ABC"),
    ],
)
def test_a_tariff_at_fault_touches_what_it_is_about(key, skus):
    faulty = rows(("tariffs", None)).assign(key=pd.Series([key], dtype="str"))
    assert set(doubts_of_no_sku(faulty, imports(), DAY)) == set(skus)


def test_the_first_tariff_at_fault_is_named():
    faulty = rows(("tariffs", None), ("tariffs", None)).assign(key=["VN, US, 61, x", None])
    found = doubts_of_no_sku(faulty, imports(), DAY)
    assert found["A"] == "tariffs.csv row 3: overlap"
    assert found["C"] == "tariffs.csv row 2: overlap"


def test_a_budget_at_fault_puts_everything_in_doubt_from_its_day_on():
    faulty = rows(("cash", TODAY))
    assert set(doubts_of_no_sku(faulty, tables(), DAY)) == {"A", "B", "C"}
    assert set(doubts_of_no_sku(faulty, tables(TODAY - pd.Timedelta(days=1)), DAY)) == {"A", "B", "C"}


def test_a_budget_at_fault_that_another_has_replaced_or_that_lies_ahead_does_not():
    before, ahead = TODAY - pd.Timedelta(days=1), TODAY + pd.Timedelta(days=1)
    assert doubts_of_no_sku(rows(("cash", before)), tables(TODAY), DAY) == {}
    assert doubts_of_no_sku(rows(("cash", ahead)), tables(), DAY) == {}


def test_a_budget_at_fault_without_a_day_may_hold_today():
    assert set(doubts_of_no_sku(rows(("cash", None)), tables(), DAY)) == {"A", "B", "C"}


def test_other_tables_without_a_sku_put_nothing_in_doubt():
    assert doubts_of_no_sku(rows(("zones", None)), tables(), DAY) == {}
