import json

import pytest

from tests.views.small_plan import one
from workbench.runs.business import Business
from workbench.views.approval_item import item, value_of
from workbench.views.approval_lines import MOST_LINES


@pytest.fixture(scope="module")
def business(made_once):
    return Business(made_once)


def facts(record):
    return {name: (value, note) for name, value, note in record["facts"]}


def test_an_item_has_all_that_a_decision_needs(queue, setting):
    record = item(one(queue, "PO-S01"), setting)

    assert facts(record)["Confidence"] == ("86\xa0%", "no matured decision yet")
    assert facts(record)["Expires"][1] == "when the next plan replaces it"
    assert record["as_of"] == "Mon 16 Nov 2026, 04:00"
    assert record["lines"][0]["cells"][0] == "SKU-001 · Desk lamp"
    assert record["lines"][0]["quantity"] == 1200
    assert record["lines"][0]["step"] == 12
    assert record["editable"]
    assert record["may"] == ["approve", "reject", "snooze"]
    json.dumps(record)


def test_a_line_stands_beside_what_is_there_today(queue, setting):
    order, share = item(one(queue, "PO-S01"), setting), item(one(queue, "CS-"), setting)
    stock = setting.tables.stock.set_index(["sku", "warehouse"])["inventory_position"]

    assert order["today"] == {"name": "There and to come", "adds": True}
    assert order["lines"][1]["today"] == stock["SKU-001", "MDT"]
    assert share["today"]["adds"] is False
    assert [line["today"] for line in share["lines"][:2]] == [150, 30]


def test_who_may_not_decide_sees_why_and_no_button(queue, setting):
    record = item(one(queue, "PO-S01"), setting, "It is above your limit.")

    assert record["may_not"] == "It is above your limit."
    assert record["may"] == []
    assert not record["editable"]


def test_alternatives_are_beside_the_proposal_with_what_they_cost_more(queue, setting):
    proposal = one(queue, "PO-S01") | {"expected_cost": 2_100.0}

    assert item(proposal, setting)["alternatives"] == [
        ["As proposed", "2\u202f100\xa0USD", "–"],
        ["Half of it", "3\u202f100\xa0USD", "+1\u202f000\xa0USD"],
        ["Do nothing", "5\u202f200\xa0USD", "+3\u202f100\xa0USD"],
    ]


def test_what_the_proposal_costs_follows_from_doing_nothing(queue, setting):
    """5,200 for doing nothing, of which 1,000 are what the proposal saves."""
    proposal = one(queue, "PO-S01") | {"money_at_risk": 1_000.0}

    assert item(proposal, setting)["alternatives"][0] == ["As proposed", "4\u202f200\xa0USD", "–"]


def test_to_do_nothing_is_always_an_alternative(queue, setting):
    """Not named by the agent it costs the money at risk on top of the proposal: 100 + 41,300."""
    proposal = one(queue, "PO-S01") | {
        "alternatives": [{"action": "half of it", "cost": 90.0}],
        "expected_cost": 100.0,
    }

    assert item(proposal, setting)["alternatives"][1:] == [
        ["Half of it", "90\xa0USD", "−10\xa0USD"],
        ["Do nothing", "41\u202f400\xa0USD", "+41\u202f300\xa0USD"],
    ]


def test_what_was_decided_can_be_undone_and_says_by_whom(queue, setting):
    proposal = one(queue, "PO-S01") | {
        "decision": "rejected",
        "decided_by": "Ana",
        "decision_reason": "too much",
    }
    record = item(proposal, setting)

    assert record["may"] == ["undo"]
    assert record["stands"].startswith("Rejected, by Ana at ")
    assert record["why"] == "too much"
    assert not record["editable"]


def test_what_was_released_can_only_be_looked_at(queue, setting):
    released = one(queue, "PO-S01") | {"decision": "approved", "released": True}

    assert item(released, setting)["may"] == []


def test_held_orders_have_no_quantity_to_change(queue, setting):
    assert not item(one(queue, "HO-") | {"decision": "escalated"}, setting)["editable"]


def test_a_very_long_item_says_how_much_it_shows(queue, setting):
    proposal = one(queue, "PO-S01")
    record = item(proposal | {"lines": proposal["lines"] * 200}, setting)

    assert len(record["lines"]) == MOST_LINES
    assert f"the first {MOST_LINES}" in record["lines_title"]


def test_a_changed_order_is_worth_what_its_lines_are(queue):
    proposal = one(queue, "PO-S01")
    halved = [line | {"value": line["value"] / 2} for line in proposal["lines"]]

    assert value_of(proposal | {"decided_lines": halved}) == pytest.approx(proposal["value"] / 2)
