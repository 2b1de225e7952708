import json

import pytest

from workbench.runs.business import Business
from workbench.views.approval_records import MOST_LINES, in_sight, item, row, sum_of


@pytest.fixture(scope="module")
def queue(made_once):
    return Business(made_once).desk.queue()


def one(queue, start):
    return next(p for p in queue.to_dict("records") if p["proposal_id"].startswith(start))


def test_what_agents_did_by_themselves_is_not_in_sight(queue):
    assert in_sight(queue)["decision"].tolist() == ["escalated"] * 4


def test_what_people_decided_is_in_sight_until_it_is_released(queue):
    decided = queue.assign(decision="approved")

    assert len(in_sight(decided)) == len(queue)
    assert in_sight(decided.assign(released=True)).empty


def test_the_sum_says_how_much_waits(queue):
    assert sum_of(queue, "USD") == "4\xa0decisions wait, 54\u202f921\xa0USD at risk"
    assert sum_of(queue.iloc[:0], "USD") == "Nothing waits for a person"


def test_a_row_says_why_it_waits(queue):
    record = row(one(queue, "PO-S01"), "USD")

    assert record["risk"] == "41\u202f300\xa0USD"
    assert "purchase_order_limit" in record["why"]
    assert record["waits"]


def test_an_item_has_all_that_a_decision_needs(queue):
    record = item(one(queue, "PO-S01"), "USD", "UTC", {"SKU-001": "Desk lamp"})

    assert dict(record["facts"])["Confidence"] == "86\xa0%"
    assert record["alternatives"][0] == ["do nothing", "5\u202f200\xa0USD"]
    assert record["lines"][0]["cells"][0] == "SKU-001 · Desk lamp"
    assert record["lines"][0]["quantity"] == 1200
    assert record["editable"]
    assert record["may"] == ["approve", "reject"]
    json.dumps(record)


def test_what_was_decided_can_be_undone_and_says_by_whom(queue):
    proposal = one(queue, "PO-S01") | {
        "decision": "rejected",
        "decided_by": "Ana",
        "decision_reason": "too much",
    }
    record = item(proposal, "USD", "UTC", {})

    assert record["may"] == ["undo"]
    assert record["stands"].startswith("Rejected, by Ana at ")
    assert record["why"] == "too much"
    assert not record["editable"]


def test_what_was_released_can_only_be_looked_at(queue):
    assert (
        item(one(queue, "PO-S01") | {"decision": "approved", "released": True}, "USD", "UTC", {})["may"] == []
    )


def test_held_orders_have_no_quantity_to_change(queue):
    assert not item(one(queue, "HO-") | {"decision": "escalated"}, "USD", "UTC", {})["editable"]


def test_a_very_long_item_says_how_much_it_shows(queue):
    proposal = one(queue, "PO-S01")
    record = item(proposal | {"lines": proposal["lines"] * 200}, "USD", "UTC", {})

    assert len(record["lines"]) == MOST_LINES
    assert f"the first {MOST_LINES}" in record["lines_title"]
