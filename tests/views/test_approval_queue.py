import json
from dataclasses import replace

import pandas as pd
import pytest

from tests.views.small_plan import one
from workbench.policy import Policy
from workbench.runs.business import Business
from workbench.views.approval_queue import alone, in_sight, row, stands


@pytest.fixture(scope="module")
def business(made_for_two):
    return Business(made_for_two)


def test_what_agents_did_by_themselves_is_not_in_sight(queue):
    assert in_sight(queue)["decision"].tolist() == ["escalated"] * 4


def test_what_people_decided_is_in_sight_until_it_is_released(queue):
    decided = queue.assign(decision="approved")

    assert len(in_sight(decided)) == len(queue)
    assert in_sight(decided.assign(released=True)).empty


def test_a_row_says_why_it_waits_and_all_it_can_be_found_by(queue, setting):
    record = row(one(queue, "PO-S01"), setting)

    assert record["risk"] == 41_300.0
    assert record["value"] == pytest.approx(4 * 1200 * 14.08)
    assert "purchase order limit" in record["why"]
    assert (record["agent"], record["supplier"], record["rule"]) == (
        "Replenishment",
        "S01",
        "Purchase order limit",
    )
    assert record["skus"] == ["SKU-001", "SKU-002"]
    assert record["waits"]
    json.dumps(record)


def test_a_row_that_waits_again_says_who_took_the_decision_back(queue, setting):
    undone = one(queue, "PO-S01") | {
        "decision": "undone",
        "decided_by": "Ana",
        "decision_reason": "the wrong one",
    }

    assert row(undone, setting)["why"].startswith("Waits again, by Ana at ")
    assert row(undone, setting)["why"].endswith(" · the wrong one")


def test_a_change_that_waits_says_so(queue):
    amended = one(queue, "PO-S01") | {"decision": "amended", "decided_by": "Ana"}

    assert stands(amended, "UTC").startswith("Changed, waits for another person, by Ana at ")


def test_what_is_worth_more_than_the_four_eyes_amount_is_not_settled_together(queue, setting):
    assert "25\u202f000\xa0USD" in alone(one(queue, "PO-S01"), setting)
    assert alone(one(queue, "TR-MDT-RNO"), setting) == ""


def test_what_somebody_has_changed_is_not_settled_together(queue, setting):
    amended = one(queue, "TR-MDT-RNO") | {"decision": "amended"}

    assert "changed" in alone(amended, setting)


def test_what_the_person_may_not_decide_is_not_settled_together(queue, setting):
    stranger = replace(setting, person="")

    assert "may not" in alone(one(queue, "TR-MDT-RNO"), stranger)


def test_amounts_and_instants_are_numbers_for_the_page_to_write(queue, setting):
    until = pd.Timestamp("2026-11-16T12:00Z")
    record = row(one(queue, "PO-S01") | {"snoozed_until": until}, setting)

    assert record["snoozed"] == until.timestamp() * 1000
    assert isinstance(record["expires"], int)
    assert Policy().business.base_currency not in str(record["risk"])
