import pytest

from tests.authority.people import POLICY, publish
from tests.ledger.making import (
    AT,
    LATER,
    RUN,
    judged,
    new_ledger,
    order,
    proposal,
    redirect,
    share,
    shipment,
    standing,
    start,
    transfer,
)
from workbench.authority import Desk
from workbench.errors import AlreadyDecided, LedgerError

ORDER = f"PO-S1-{RUN}"


@pytest.fixture
def ledger(tmp_path):
    return new_ledger(tmp_path)


def _desk(ledger, person="planner", run_id=None, policy=POLICY):
    return Desk(ledger, policy, run_id, lambda: LATER, person)


def test_before_the_first_plan_the_desk_is_empty(ledger):
    assert _desk(ledger).queue().empty
    assert _desk(ledger).waiting("routing").empty


def test_the_queue_has_the_largest_money_at_risk_first(ledger):
    publish(ledger, order(money_at_risk=5.0), order("S2", money_at_risk=70.0), transfer(money_at_risk=70.0))
    assert _desk(ledger).queue()["subject"].tolist() == ["PO-S2", "TR-W1-W2", "PO-S1"]
    assert _desk(ledger).queue("replenishment")["subject"].tolist() == ["PO-S2", "PO-S1"]


def test_what_was_decided_waits_no_longer_and_what_was_undone_waits_again(ledger):
    publish(ledger, order(), order("S2"))
    desk = _desk(ledger)
    desk.approve(ORDER)
    assert desk.waiting()["subject"].tolist() == ["PO-S2"]
    desk.undo(ORDER, "wrong one")
    assert desk.waiting()["subject"].tolist() == ["PO-S1", "PO-S2"]
    assert standing(ledger, ORDER)["decision_reason"] == "wrong one"


def test_who_sits_at_the_desk_decides_at_its_instant(ledger):
    publish(ledger, order())
    _desk(ledger, "Ann").approve(ORDER)
    row = standing(ledger, ORDER)
    assert (row["decision"], row["decided_by"], row["decided_at"]) == ("approved", "Ann", LATER)


def test_another_quantity_is_a_change_whose_value_follows(ledger):
    publish(ledger, order(value=1200.0, quantity=120))
    _desk(ledger).approve(ORDER, {0: 240}, "promotion")
    row = standing(ledger, ORDER)
    assert (row["decision"], row["approved_quantity"], row["decision_reason"]) == (
        "changed",
        240.0,
        "promotion",
    )
    assert (row["decided_lines"][0]["quantity"], row["decided_lines"][0]["value"]) == (240, 2400.0)


@pytest.mark.parametrize(
    ("units", "unit_cost", "value"), [(120, 8.0, 1200.0), (240, 7.0, 2160.0), (108, 8.0, 1080.0)]
)
def test_another_quantity_pays_the_price_of_the_tier_that_it_reaches(ledger, units, unit_cost, value):
    proposed = order(value=1200.0, quantity=120)
    proposed["lines"][0]["tiers"] = [[1, 8.0, 10.0], [200, 7.0, 9.0]]
    publish(ledger, proposed, order("S2"))
    _desk(ledger).approve(ORDER, {0: units})
    row = standing(ledger, ORDER)
    (line,) = row["decided_lines"] or row["lines"]
    assert (line["unit_cost"], line["value"]) == (unit_cost, value)


def test_the_same_quantity_is_an_approval(ledger):
    publish(ledger, order(quantity=120))
    _desk(ledger).approve(ORDER, {0: 120.0})
    assert standing(ledger, ORDER)["decision"] == "approved"


def test_a_person_may_pass_the_limit_of_the_agents(ledger):
    publish(ledger, order(value=1200.0, quantity=120))
    _desk(ledger).approve(ORDER, {0: 12_000})
    assert standing(ledger, ORDER)["decided_lines"][0]["value"] == 120_000.0


def test_a_line_set_to_nothing_is_taken_out(ledger):
    lines = order()["lines"] + order(sku="B")["lines"]
    publish(ledger, proposal("PO-S1", "purchase_order", "replenishment", lines))
    _desk(ledger).approve(ORDER, {1: 0})
    assert [line["quantity"] for line in standing(ledger, ORDER)["decided_lines"]] == [120, 0]
    assert standing(ledger, ORDER)["approved_quantity"] == 120.0


@pytest.mark.parametrize(
    ("quantities", "sentence"),
    [
        ({0: 110}, "A: 110 units do not fit packs of 12 and a minimum of 100; give 108 or 120, or 0"),
        ({0: 96}, "minimum of 100; give 108, or 0"),
        ({0: 12.5}, "no whole number"),
        ({0: -12}, "A: -12 is negative"),
        ({0: float("nan")}, "no number"),
        ({0: float("inf")}, "no number"),
        ({0: "120"}, "A: '120' is no number"),
        ({0: None}, "no number"),
        ({0: True}, "no number"),
        ({7: 120}, "no line 7; lines are 0 to 0"),
        ({0: 0}, "Every line is 0; reject"),
        ({0: 110, 7: 1}, "give 108 or 120, or 0 to leave it out. There is no line 7"),
    ],
)
def test_a_quantity_that_cannot_be_is_refused_with_what_can(ledger, quantities, sentence):
    publish(ledger, order(quantity=120))
    head = ledger.head()
    with pytest.raises(LedgerError) as refused:
        _desk(ledger).approve(ORDER, quantities)
    assert sentence in str(refused.value)
    assert ledger.head() == head


@pytest.mark.parametrize(
    "proposed",
    [
        transfer(quantity=10),
        shipment(quantity=10),
        share(quantity=10, before=0),
        shipment(quantity=10) | {"kind": "hold_orders", "subject": "HO-stock"},
    ],
)
def test_what_moves_may_be_made_smaller_and_not_larger_than_proposed(ledger, proposed):
    publish(ledger, proposed)
    which = f"{proposed['subject']}-{RUN}"
    for wanted, written in ((11, "11"), (600_000, "600,000")):
        with pytest.raises(LedgerError, match=f"^A: {written} units are more than the 10 that were proposed"):
            _desk(ledger).approve(which, {0: wanted})
    _desk(ledger).approve(which, {0: 9})
    assert standing(ledger, which)["decided_lines"][0]["quantity"] == 9


def test_a_redirect_may_be_made_smaller_in_whole_packs_and_its_value_follows(ledger):
    publish(ledger, redirect(quantity=24, on_order=60))
    which = f"RD-P1-W1-W2-{RUN}"
    for wanted, sentence in ((36, "36 units are more than the 24"), (13, "packs of 12.*give 12 or 24")):
        with pytest.raises(LedgerError, match=sentence):
            _desk(ledger).approve(which, {0: wanted})
    _desk(ledger).approve(which, {0: 12})
    (line,) = standing(ledger, which)["decided_lines"]
    assert (line["quantity"], line["value"]) == (12, 24.0)


def test_a_share_that_shrinks_may_shrink_less_and_not_grow(ledger):
    publish(ledger, share(quantity=20, before=50))
    which = f"CS-W1-shop-{RUN}"
    with pytest.raises(LedgerError, match="51 units are more than the 50 that it has; 20 were proposed"):
        _desk(ledger).approve(which, {0: 51})
    _desk(ledger).approve(which, {0: 35})
    assert standing(ledger, which)["approved_quantity"] == 15.0


def test_an_order_above_the_policys_largest_quantity_is_a_typing_error(ledger):
    publish(ledger, order(quantity=120))
    with pytest.raises(LedgerError, match=r"600,000 units are above .* 100,000 .*120 were proposed"):
        _desk(ledger).approve(ORDER, {0: 600_000})
    _desk(ledger).approve(ORDER, {0: 99_996})


def test_what_the_agent_itself_proposed_is_no_typing_error(ledger):
    publish(ledger, order(quantity=120_000))
    _desk(ledger).approve(ORDER, {0: 120_000})
    assert standing(ledger, ORDER)["decision"] == "approved"


def test_a_share_may_be_set_to_nothing_and_its_quantity_is_what_changes_hands(ledger):
    publish(ledger, share(quantity=100, before=50))
    _desk(ledger).approve(f"CS-W1-shop-{RUN}", {0: 0})
    assert standing(ledger, f"CS-W1-shop-{RUN}")["approved_quantity"] == 50.0


def test_a_forecast_need_not_be_whole(ledger):
    line = {"sku": "A", "channel": "shop", "region": "DE", "quantity": 10.5}
    publish(ledger, proposal("AF-shop", "adopt_forecast", "demand_sensing", [line]))
    _desk(ledger).approve(f"AF-shop-{RUN}", {0: 8.25})
    assert standing(ledger, f"AF-shop-{RUN}")["approved_quantity"] == 8.25


def test_a_rejection_keeps_its_reason_and_needs_one(ledger):
    publish(ledger, order())
    with pytest.raises(LedgerError, match="say why"):
        _desk(ledger).reject(ORDER, "  ")
    _desk(ledger).reject(ORDER, "supplier on strike ")
    row = standing(ledger, ORDER)
    assert (row["decision"], row["decision_reason"]) == ("rejected", "supplier on strike")


def test_the_second_person_is_told_who_was_first(ledger):
    publish(ledger, order())
    _desk(ledger, "Ann").approve(ORDER)
    with pytest.raises(AlreadyDecided, match="approved by Ann"):
        _desk(ledger, "Bob").reject(ORDER, "too dear")


def test_a_proposal_of_another_plan_is_refused(ledger):
    publish(ledger, order())
    publish(ledger, order(), run_id="20261116-2", at=LATER)
    with pytest.raises(LedgerError, match="no proposal of this plan"):
        _desk(ledger).approve(ORDER)


def test_a_plan_in_the_making_can_be_looked_at_and_not_decided_on(ledger):
    start(ledger, policy=POLICY)
    ledger.record(RUN, judged(order()), AT)
    desk = _desk(ledger, run_id=RUN)
    assert desk.waiting()["proposal_id"].tolist() == [ORDER]
    with pytest.raises(LedgerError, match="not live"):
        desk.approve(ORDER)
