"""Calendars, contracts that end, terms of payment, and two suppliers for one SKU, worked by hand."""

import pandas as pd
import pytest

from tests.agents.test_replenishment import (
    MONDAY,
    demand,
    lines,
    offer,
    only,
    plan,
    stock,
    supplier,
    wanted,
)

IN_A_WEEK = MONDAY + pd.Timedelta(days=7)
RULES = {"forward_buy_days": 28, "holding_rate": 0.0}


def test_a_suppliers_holiday_is_no_order_day():
    assert plan(suppliers=[supplier(closed_days="2026-11-16")]).empty


def test_a_closure_makes_today_last_longer():
    # the next order day is the Monday two weeks away, not the one in a week
    order = only(plan(suppliers=[supplier(order_weekdays="0", closed_days="2026-11-20/2026-11-29")]))
    assert order["quantity"] == 140


def test_a_price_that_rises_before_the_next_order_day_buys_ahead():
    order = only(plan(RULES, offers=[offer(), offer(valid_from=IN_A_WEEK, unit_cost=6.0)]))
    assert order["quantity"] == 70 + 280
    assert order["reason"] == "price_ahead"
    assert (
        "The offer of S for A at W goes from 5.00 to 6.00 landed on 2026-11-23, before its next order; 280 "
        "of 350 units are more than is needed until then."
    ) in order["evidence"]


def test_a_price_that_rises_after_it_does_not():
    later = IN_A_WEEK + pd.Timedelta(days=1)
    assert only(plan(RULES, offers=[offer(), offer(valid_from=later, unit_cost=6.0)]))["quantity"] == 70


def test_an_offer_that_lapses_and_that_nobody_else_makes_is_bought_ahead():
    order = only(plan(RULES, offers=[offer(valid_to=MONDAY + pd.Timedelta(days=3))]))
    assert order["quantity"] == 70 + 280
    assert "lapses on 2026-11-20, before its next order" in str(order["evidence"])


def test_an_offer_that_lapses_costs_no_more_than_the_next_supplier():
    both = [supplier(), supplier(supplier="T")]
    ends = offer(valid_to=MONDAY + pd.Timedelta(days=3))
    # a unit ahead saves 0.01 and waits a week and more at 5 x 0.5 a year: a day costs 0.0068
    orders = plan({"holding_rate": 0.5}, suppliers=both, offers=[ends, offer(supplier="T", unit_cost=5.01)])
    assert lines(orders) == {("S", "A", "W"): 70}
    orders = plan(RULES, suppliers=both, offers=[ends, offer(supplier="T", unit_cost=6.0)])
    assert lines(orders) == {("S", "A", "W"): 350}


def test_an_urgent_part_comes_from_the_faster_supplier_the_rest_from_the_cheaper():
    orders = plan(
        stock=[stock(90)],
        suppliers=[supplier(), supplier(supplier="T", lead_time_days=9.0)],
        offers=[offer(), offer(supplier="T", unit_cost=7.0)],
    )
    assert lines(orders) == {("S", "A", "W"): 70, ("T", "A", "W"): 50}
    fallbacks = {line["supplier"]: line["fallback"] for rows in orders["lines"] for line in rows}
    assert fallbacks == {"S": "T", "T": "S"}


def test_what_is_not_urgent_is_not_split():
    orders = plan(
        stock=[stock(500)],
        demand_paths=wanted(demand(30.0)),
        suppliers=[supplier(), supplier(supplier="T", lead_time_days=9.0)],
        offers=[offer(), offer(supplier="T", unit_cost=7.0)],
    )
    assert set(lines(orders)) == {("S", "A", "W")}


def test_a_lead_time_that_varies_costs_what_stock_for_it_costs():
    # 0.05 a unit cheaper, but late by 20 days in one delivery of four: 15 x 4.95 x 0.25 / 365 = 0.051
    rows = [
        {"purchase_order_id": f"R{number}", "supplier": "T", "sku": "A", "warehouse": "W"}
        | {"ordered_on": day, "promised_on": day + pd.Timedelta(days=14)}
        | {"received_on": day + pd.Timedelta(days=14 + 20 * (number % 4 == 0))}
        | {"quantity_ordered": 1, "quantity_received": 1}
        for number in range(40)
        for day in [pd.Timestamp("2026-06-01") + pd.Timedelta(days=number)]
    ]
    both = {
        "suppliers": [supplier(), supplier(supplier="T", country="VN")],
        "offers": [offer(), offer(supplier="T", unit_cost=4.95)],
    }
    assert only(plan({"lead_time_weight": 0.0}, **both))["supplier"] == "T"
    assert only(plan({"lead_time_weight": 0.0}, **both, receipts=rows))["supplier"] == "S"


def test_a_supplier_without_receipts_says_whose_it_borrows():
    day = pd.Timestamp("2026-06-01")
    row = {"purchase_order_id": "R", "supplier": "T", "sku": "B", "warehouse": "W", "ordered_on": day}
    late = row | {"received_on": day + pd.Timedelta(days=28), "quantity_ordered": 1, "quantity_received": 1}
    rules = {"lead_time_country_weight": 1.0}
    order = only(plan(rules, suppliers=[supplier(), supplier(supplier="T")], receipts=[late]))
    assert order["evidence"][0] == (
        "Lead time of S: 21 days, 14 to 28 in four of five cases (assumed around the promise, because there "
        "is no receipt, with 1 delivery of other suppliers in CN); promised are 14."
    )


def test_a_supplier_of_another_country_lends_nothing():
    order = only(plan(suppliers=[supplier(), supplier(supplier="T", country="VN")]))
    assert "of other suppliers" not in order["evidence"][0]
    assert order["value"] == pytest.approx(350)


def test_a_line_carries_its_price_tiers_for_whoever_changes_it():
    tiers = [offer(), offer(tier_from=1000, unit_cost=4.5)]
    assert only(plan(offers=tiers))["lines"][0]["tiers"] == [[1, 5.0, 5.0], [1000, 4.5, 4.5]]
