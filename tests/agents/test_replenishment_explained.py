"""What every line of an order says of itself, worked by hand on the business of `test_replenishment`."""

import numpy as np
import pytest

from tests.agents.test_replenishment import MONDAY, PATHS, demand, offer, only, plan, stock, supplier, wanted


def line_of(proposals):
    return only(proposals)["lines"][0]


def test_it_tells_the_quantile_it_covers_and_what_stays_short():
    # arrival in 14 days, 7 days to last: 5, 10 or 20 a day in shares of 10, 7 and 3 of 20 worlds
    worlds = np.repeat([5.0, 10.0, 20.0], [10, 7, 3])
    rules = {"holding_rate": 20.0, "stockout_penalty": 0.0, "forward_buy_days": 0}
    line = line_of(plan(rules, stock=[stock(0)], demand_paths=wanted(demand(worlds))))
    assert line["quantity"] == 70
    assert line["demand_quantile"] == pytest.approx(17 / 20)
    assert line["uncovered"] == pytest.approx(3 / 20 * 70)


def test_without_it_the_day_units_and_money_are_told_at_three_quantiles():
    worlds = np.repeat([5.0, 10.0, 20.0], [8, 8, 4])
    line = line_of(plan({"review_days": 14}, stock=[stock(140)], demand_paths=wanted(demand(worlds))))
    # at 20 a day 140 last 7 days, at 10 they last 14, at 5 for all 28 of the horizon
    assert line["out_on_q0100"] == "2026-11-23"
    assert line["out_on_q0500"] == "2026-11-30"
    assert line["out_on_q0900"] is None
    # from the arrival on day 14 to day 28: nothing at 5 a day, 14 x 10, 14 x 20
    assert [line[f"missed_{q}"] for q in ("q0100", "q0500", "q0900")] == [0, 140, 280]
    # margin 10 and penalty of half of it
    assert [line[f"lost_{q}"] for q in ("q0100", "q0500", "q0900")] == [0, 2100, 4200]


def test_the_other_supplier_and_its_landed_cost_are_named():
    line = line_of(
        plan(
            suppliers=[supplier(), supplier(supplier="T")],
            offers=[offer(), offer(supplier="T", unit_cost=4.9, freight_per_unit=0.05)],
        )
    )
    assert (line["supplier"], line["fallback"], line["fallback_landed_cost"]) == ("T", "S", 5.0)


def test_without_another_supplier_the_fallback_is_blank():
    line = line_of(plan())
    assert (line["fallback"], line["fallback_landed_cost"]) == (None, None)


def test_a_line_that_is_pulled_forward_tells_what_that_costs():
    rules = {"holding_rate": 0.365, "stockout_penalty": 0.0}  # 0.005 a unit and day
    line = line_of(plan(rules, suppliers=[supplier(minimum_order_value=700.0)]))
    assert (line["bound_by"], line["quantity_alone"], line["quantity"]) == ("supplier minimum", 70, 140)
    # 70 units are bought a review of 7 days sooner than they would have been
    assert line["pull_cost"] == pytest.approx(70 * 7 * 0.005, abs=0.01)


def test_a_line_that_is_not_pulled_costs_nothing_more():
    line = line_of(plan())
    assert (line["quantity_alone"], line["pull_cost"]) == (70, 0)


def test_the_largest_lines_are_told_in_sentences():
    told = only(
        plan(
            suppliers=[supplier(), supplier(supplier="T")],
            offers=[offer(), offer(supplier="T", unit_cost=6.0)],
        )
    )["evidence"]
    assert (
        "A at W: enough with a chance of 100%, still short by 0.0 units on average; its last pack is worth "
        "15 USD; T would ask 6.00 a unit, landed, against 5.00."
    ) in told
    assert (
        "A at W without an order runs out on 2026-11-30 (2026-11-30 to 2026-11-30) and misses 140 units "
        "(140 to 140), 2,100 USD (2,100 to 2,100)."
    ) in told


def test_beside_a_line_that_surely_runs_out_one_that_may_last_says_after_which_day():
    worlds = np.repeat([5.0, 10.0, 20.0], [8, 8, 4])
    order = only(
        plan(
            {"review_days": 14},
            stock=[stock(140), stock(0, sku="B")],
            offers=[offer(), offer(sku="B")],
            demand_paths=wanted(demand(worlds), demand(sku="B")),
        )
    )
    said = "A at W without an order runs out on 2026-11-30 (2026-11-23 to after"
    assert any(said in sentence for sentence in order["evidence"])
    assert [line["out_on_q0900"] for line in order["lines"]] == [None, "2026-11-16"]


def test_stock_that_will_rather_last_is_told_so():
    worlds = np.repeat([1.0, 30.0], [PATHS - 4, 4])
    told = only(plan(stock=[stock(140)], demand_paths=wanted(demand(worlds))))["evidence"]
    end = MONDAY.date().replace(month=12, day=14)
    assert any(f"is more likely than not to last until {end}" in sentence for sentence in told)
