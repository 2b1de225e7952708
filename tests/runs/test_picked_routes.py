"""What a person picked for the day is routed by in every plan of the day, recorded, and replayed alike."""

import json
from types import SimpleNamespace

import pytest

from tests.lake.tiny_business import DAY
from tests.runs.toy_plan import FINISH, START, toy_business, write_notebook
from workbench.errors import ParameterError
from workbench.runs import daily_plan
from workbench.runs.explanation import explain
from workbench.runs.picked_routes import routing_policy
from workbench.runs.plan_again import plan_again
from workbench.runs.replay import replay

GREEN = {"lateness_cost_per_day": 4.0, "co2e_price": 1.1}
TEXTS = {"lateness_cost_per_day": "4.0", "co2e_price": "1.1"}
SHIPS = """
from workbench.runs.picked_routes import routing_policy
rules = routing_policy(step, lateness_cost_per_day, co2e_price).routing
step.decide(proposals_table([{
    "agent": "routing", "kind": "hold_orders", "subject": "HO-x",
    "title": f"A kg of CO2e counts {rules.co2e_price}, a day late {rules.lateness_cost_per_day}.",
    "skus": ["A"], "quantity": 1, "value": 1.0, "confidence": 0.9, "reason": "no_stock",
    "if_nothing": "Nothing.", "money_at_risk": 0.0, "evidence": ["counted"], "lines": [],
    "alternatives": [{"action": "do nothing", "cost": 1.0}],
}]))
"""


@pytest.fixture
def business(tmp_path, monkeypatch):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    monkeypatch.setattr(daily_plan, "NOTEBOOKS", folder)
    monkeypatch.setattr(daily_plan, "STEPS", {"routing": "4_routing.ipynb"})
    path = folder / "4_routing.ipynb"
    write_notebook(path, START.format(step="routing"), SHIPS, FINISH)
    notebook = json.loads(path.read_text())
    notebook["cells"][0]["source"] += '\nlateness_cost_per_day = ""\nco2e_price = ""'
    path.write_text(json.dumps(notebook))
    return toy_business(tmp_path / "business")


def planned(business, given=None, say=lambda _: None):
    run_id = daily_plan.plan(business, DAY, given or {}, say).run_id
    return run_id, business.ledger.proposals(run_id)["title"].item()


def test_the_day_is_planned_by_what_was_picked_and_replayed_alike(business):
    first, title = planned(business)
    assert title == "A kg of CO2e counts 0.1, a day late 4.0."
    assert business.ledger.run(first)["parameters"] == {}

    business.desk.pick_routes(GREEN, "greener this week")
    said = []
    again = plan_again(business, said.append)
    run_id = again.published.run_id

    (now,) = business.ledger.proposals(run_id).to_dict("records")
    assert now["title"] == "A kg of CO2e counts 1.1, a day late 4.0."
    assert business.ledger.run(run_id)["parameters"] == TEXTS
    assert any("planner picked" in sentence and "greener this week" in sentence for sentence in said)
    for run in (first, run_id):
        replayed = replay(business, run, "routing")
        assert (len(replayed.same), replayed.different, replayed.other) == (1, {}, ())
    told = explain(business, now["proposal_id"])["Who decided what"]
    assert any(
        "routes picked by planner" in sentence and "greener this week" in sentence for sentence in told
    )
    before = explain(business, f"HO-x-{first}")["Who decided what"]
    assert not any("routes picked" in sentence for sentence in before)


def test_weights_that_are_given_come_before_those_that_were_picked(business):
    planned(business)
    business.desk.pick_routes(GREEN, "greener")

    assert planned(business, {"co2e_price": "0.5"})[1] == "A kg of CO2e counts 0.5, a day late 4.0."


def test_a_weight_that_is_none_is_told_before_anything_has_begun(business):
    with pytest.raises(ParameterError, match="lateness_cost_per_day is '-3'"):
        planned(business, {"lateness_cost_per_day": "-3"})
    assert business.live() is None


def test_who_explores_sees_the_plan_as_it_was_made_and_may_try_other_weights(business):
    planned(business, {"co2e_price": "0.5"})
    step = SimpleNamespace(business=business, run_id="20261116-1", policy=business.policy)

    assert routing_policy(step, "", "").routing.co2e_price == 0.5
    assert routing_policy(step, "", "0.7").routing.co2e_price == 0.7
