"""Input that cannot be right: named with its row and what to change; its lines wait, the rest goes on."""

import numpy as np
import pandas as pd
import pytest

from tests.agents.test_replenishment import (
    AS_OF,
    CERTAIN,
    MONDAY,
    START,
    TWO,
    inputs,
    lines,
    offer,
    on_order,
    only,
    plan,
    stock,
    supplier,
)
from workbench.agents.replenishment import replenish, situation_of
from workbench.authority import judge
from workbench.errors import TableError
from workbench.policy import Policy
from workbench.tables import PROPOSALS

POLICY = Policy.model_validate({"replenishment": CERTAIN})


def spoilt(column, value, sku="B", **changes):
    """The plan of two SKUs after a cell of one's offer was spoilt on its way, by subject."""
    given = inputs(**(TWO | changes))
    offers = given[7].copy()
    offers.loc[offers["sku"] == sku, column] = value
    given[7] = offers
    return replenish(situation_of(*given, policy=POLICY, as_of=AS_OF), policy=POLICY).set_index("subject")


def judged(proposals):
    every = judge(
        proposals.reset_index(),
        POLICY,
        doubtful={},
        assumed=[],
        earlier=PROPOSALS.empty().assign(decision=""),
    )
    return every.set_index("subject")[["decision", "rule"]].apply(tuple, axis=1).to_dict()


def test_an_offer_without_a_cost_waits_and_the_rest_is_bought():
    proposals = spoilt(["unit_cost", "unit_cost_base", "landed_cost"], np.nan)
    assert proposals.loc["PO-S", "skus"] == ["A"]
    assert proposals.loc["PO-nobody", "evidence"] == [
        "B at W will miss 56 units and has no valid offer; add one to offers.",
        "Offers, supplier S, SKU B, tier_from 1, unit_cost: found 'nothing'; give what it asks; until then "
        "nothing is bought there.",
    ]
    assert judged(proposals)["PO-nobody"] == ("escalated", "bad_input")
    assert judged(proposals)["PO-S"][0] == "executed"


def test_an_offer_without_a_cost_leaves_the_other_suppliers():
    both = {"suppliers": [supplier(), supplier(supplier="T")], "offers": [offer(), offer(supplier="T")]}
    given = inputs(**both)
    given[7] = given[7].assign(landed_cost=given[7]["landed_cost"].mask(given[7]["supplier"] == "S"))
    order = only(replenish(situation_of(*given, policy=POLICY, as_of=AS_OF), policy=POLICY))
    assert order["subject"] == "PO-T-check"
    assert "Offers, supplier S, SKU A, tier_from 1, unit_cost" in order["bad_input"]


@pytest.mark.parametrize("column", ["minimum_order_quantity", "order_multiple"])
def test_a_minimum_or_multiple_of_0_counts_as_1_and_waits(column):
    proposals = spoilt(column, 0)
    assert lines(proposals) == {("S", "A", "W"): 70, ("S", "B", "W"): 28}
    assert proposals.loc["PO-S-check", "bad_input"] == (
        f"Offers, supplier S, SKU B, tier_from 1, {column}: found 0; give 1 or more."
    )
    assert judged(proposals) == {"PO-S": ("executed", ""), "PO-S-check": ("escalated", "bad_input")}


def test_a_price_that_rises_with_the_quantity_waits():
    rising = [offer(), offer(sku="B"), offer(sku="B", tier_from=20, unit_cost=6.0)]
    proposals = plan(**(TWO | {"offers": rising})).set_index("subject")
    assert proposals.loc["PO-S", "skus"] == ["A"]
    assert proposals.loc["PO-S-check", "bad_input"] == (
        "Offers, supplier S, SKU B, tier_from 20, unit_cost: found 6.0; ask what holds: from this quantity "
        "on a unit costs more than below it."
    )
    assert judged(proposals)["PO-S-check"] == ("escalated", "bad_input")


def test_with_a_negative_budget_every_order_waits():
    proposals = plan(**TWO, cash=[{"date": MONDAY, "budget": -1.0}]).set_index("subject")
    assert proposals.loc["PO-S", "value"] == 490
    assert proposals.loc["PO-S", "bad_input"] == (
        "Cash, date 2026-11-16, budget: found -1.0; give 0 or more, or take the row out."
    )
    assert judged(proposals) == {"PO-S": ("escalated", "bad_input")}


def test_a_negative_budget_leaves_the_one_before_it_as_the_limit():
    cash = [{"date": START, "budget": 300.0}, {"date": MONDAY, "budget": -1.0}]
    assert only(plan(**TWO, cash=cash))["value"] <= 300


def test_a_negative_budget_of_a_day_that_is_over_is_no_fault():
    cash = [{"date": START, "budget": -1.0}, {"date": MONDAY, "budget": 300.0}]
    assert only(plan(**TWO, cash=cash))["bad_input"] == ""


@pytest.mark.parametrize("days", [0.0, 400.0])
def test_a_lead_time_of_0_or_400_days_is_planned(days):
    order = only(plan(stock=[stock(0)], suppliers=[supplier(lead_time_days=days)]))
    assert f"Lead time of S: {days:.0f} days" in order["evidence"][0]
    assert order["bad_input"] == ""


def test_a_supplier_without_a_receipt_is_planned_and_says_so():
    assert "because there is no receipt" in only(plan(receipts=[]))["evidence"][0]


def test_stock_on_order_without_a_date_waits():
    proposals = plan(**TWO, inbound=[on_order(60)]).set_index("subject")
    assert "P1 with 60 units of A for W has no promised day; give promised_on" in str(
        proposals.loc["PO-S", "evidence"]
    )
    assert judged(proposals)["PO-S"] == ("escalated", "unconfirmed")


def test_tariffs_that_overlap_are_named():
    duty = {"origin": "CN", "destination": "US", "hs_prefix": "61", "valid_to": MONDAY}
    both = [
        duty | {"valid_from": START, "duty_rate": 0.1},
        duty | {"valid_from": START + pd.Timedelta(days=9), "duty_rate": 0.2},
    ]
    with pytest.raises(TableError, match="tariffs, origin CN, destination US, hs_prefix 61, valid_from"):
        plan(tariffs=both)
