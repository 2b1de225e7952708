import datetime as dt

import pytest

from tests.ledger.making import judged, order
from tests.runs.toy_plan import toy_business, use_notebooks
from workbench.errors import AlreadyPublished, StateMoved, WorkbenchError
from workbench.policy import Policy
from workbench.runs.business import Business
from workbench.runs.daily_plan import plan
from workbench.runs.plan_again import changes_between, plan_again

DAY = dt.date(2026, 11, 16)


def _quiet(_sentence):
    pass


def _rows(changes):
    columns = [
        "subject",
        "old_quantity",
        "new_quantity",
        "old_value",
        "new_value",
        "old_decision",
        "new_decision",
    ]
    return changes[columns].to_numpy().tolist()


def test_two_plans_are_compared_by_subject_the_most_at_risk_first():
    old = judged(order("S1"), order("S2"), order("S3", money_at_risk=9.0))
    new = judged(order("S1"), order("S2", quantity=240, value=2_400.0), order("S4", money_at_risk=800.0))
    assert _rows(changes_between(old, new)) == [
        ["PO-S4", 0.0, 120.0, 0.0, 1200.0, "not proposed", "escalated"],
        ["PO-S2", 120.0, 240.0, 1200.0, 2400.0, "escalated", "escalated"],
        ["PO-S3", 120.0, 0.0, 1200.0, 0.0, "escalated", "not proposed"],
    ]
    assert changes_between(old, old).empty
    assert changes_between(judged(), judged()).empty


def test_an_approval_on_moved_ground_is_planned_again_and_shows_what_changed(tmp_path, monkeypatch):
    use_notebooks(monkeypatch, tmp_path / "notebooks", value=60_000.0)
    business = toy_business(tmp_path / "business")
    with pytest.raises(WorkbenchError, match="No plan is live"):
        plan_again(business, _quiet)
    plan(business, DAY, {}, _quiet)
    with pytest.raises(AlreadyPublished):
        plan_again(business, _quiet)
    path = business.folder / "policy.toml"
    path.write_text(
        path.read_text().replace("purchase_order_limit = 50000.0", "purchase_order_limit = 90000.0")
    )
    with pytest.raises(StateMoved, match="open it again"):
        business.desk.approve("PO-S1-20261116-1")
    with pytest.raises(StateMoved, match="the policy that replenishment reads is not the one"):
        Business(business.folder).desk.approve("PO-S1-20261116-1")
    again = plan_again(business, _quiet)
    assert (again.before, again.published.run_id) == ("20261116-1", "20261116-2")
    assert _rows(again.changes) == [["PO-S1", 12.0, 12.0, 60_000.0, 60_000.0, "escalated", "executed"]]


def test_a_stand_in_for_a_holiday_moves_nothing_that_waits(tmp_path, monkeypatch):
    use_notebooks(monkeypatch, tmp_path / "notebooks", value=60_000.0)
    business = toy_business(tmp_path / "business")
    plan(business, DAY, {}, _quiet)
    people = {
        "members": {"planner": ["planner"], "Ann": []},
        "delegations": [{"giver": "planner", "taker": "Ann", "until": DAY}],
    }
    (business.folder / "policy.toml").write_text(Policy.model_validate({"people": people}).toml())
    with pytest.raises(AlreadyPublished):
        plan_again(business, _quiet)
    Business(business.folder).desk.approve("PO-S1-20261116-1")


def test_an_agent_stopped_while_its_step_runs_carries_nothing_out(tmp_path, monkeypatch):
    use_notebooks(monkeypatch, tmp_path / "notebooks")
    business = toy_business(tmp_path / "business")
    business.desk.stop("replenishment", "prices are wrong")
    plan(business, DAY, {}, _quiet)
    row = business.desk.queue().iloc[0]
    assert (row["decision"], row["rule"]) == ("escalated", "stopped")
    code = business.ledger.steps("20261116-1")["replenishment"]["code"]
    changes = business.ledger.authority_changes().query("kind == 'purchase_order'")
    assert changes[["cause", "level", "code"]].to_numpy().tolist() == [["started", "guarded", code]]
