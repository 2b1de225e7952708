from dataclasses import replace
from functools import partial

import pytest

from tests.views.small_plan import publish
from tests.views.small_tables import TODAY
from workbench.authority import Desk
from workbench.errors import StateMoved, WorkbenchError
from workbench.runs.business import Business, now
from workbench.views import approval_panel, show
from workbench.views.approval_panel import ApprovalPanel, approvals
from workbench.views.approval_setting import setting_of

PO = "PO-S01-20261116-1"
TRANSFER = "TR-MDT-RNO-20261116-1"


def panel_of(business, agent=None, plan_again=None):
    return ApprovalPanel(business.desk, setting_of(business), agent, plan_again)


@pytest.fixture
def panel(business):
    return panel_of(business)


def decision(business, proposal_id=PO):
    return business.desk.queue().set_index("proposal_id").loc[proposal_id]


def test_the_largest_money_at_risk_is_open_first(panel):
    assert panel.item["id"] == PO
    assert [row["waits"] for row in panel.rows] == [True] * 4


def test_an_approval_arrives_in_the_ledger_with_its_words(business, panel):
    panel.hear({"ask": "approve", "id": PO, "reason": "season starts", "quantities": {}, "number": 3})

    assert decision(business)["decision"] == "approved"
    assert decision(business)["decision_reason"] == "season starts"
    assert panel.answer["tone"] == "good"
    assert panel.answer["number"] == 3
    assert panel.item["may"] == ["undo"]


def test_what_another_decides_is_seen_at_the_next_beat(business, panel):
    Business(business.folder).desk.reject(TRANSFER, "no room for it")
    assert [row["id"] for row in panel.rows if not row["waits"]] == []
    panel.hear({"ask": "beat"})

    assert [row["id"] for row in panel.rows if not row["waits"]] == [TRANSFER]
    assert panel.answer == {}


@pytest.mark.usefixtures("business")
def test_a_beat_without_news_reads_nothing(panel, monkeypatch):
    monkeypatch.setattr(panel, "read", None)

    panel.hear({"ask": "beat"})


def test_a_newer_plan_is_said_and_not_mixed_with_this_one(business, panel):
    ledger = business.ledger
    ledger.start_run("20261116-2", TODAY, "newer inputs", {}, business.policy.digest(), now())
    ledger.publish("20261116-2", {}, now())
    panel.hear({"ask": "beat"})

    assert "A newer plan is live" in panel.answer["text"]
    assert panel.rows[0]["id"] == PO


def test_a_changed_quantity_arrives_line_by_line(business, panel):
    panel.hear({"ask": "approve", "id": TRANSFER, "reason": "", "quantities": {"0": "120"}})

    assert decision(business, TRANSFER)["decision"] == "changed"
    assert decision(business, TRANSFER)["approved_quantity"] == 120
    assert decision(business, TRANSFER)["decided_lines"][0]["quantity"] == 120


def test_a_change_above_the_four_eyes_amount_waits_for_another_person(business_of_two):
    panel = panel_of(business_of_two)
    panel.hear({"ask": "approve", "id": PO, "reason": "", "quantities": {"1": "600"}})

    assert decision(business_of_two)["decision"] == "amended"
    assert "another person" in panel.answer["text"]
    assert panel.item["waits"]
    assert panel.item["may"] == []
    assert "another person must approve it" in panel.item["may_not"]


def test_a_reason_code_is_kept_beside_the_words(business, panel):
    panel.hear({"ask": "reject", "id": PO, "reason": "none left", "code": "no_room"})

    assert decision(business)["decision"] == "rejected"
    assert decision(business)["reason_code"] == "no_room"


def test_a_quantity_is_tried_and_nothing_is_recorded(business, panel):
    panel.hear({"ask": "try", "id": PO, "quantities": {"0": "601"}})

    assert "packs of 12" in panel.trial["faults"]["0"][0]
    assert decision(business)["decision"] == "escalated"


def test_a_rejection_needs_words(business, panel):
    panel.hear({"ask": "reject", "id": PO, "reason": "  "})

    assert decision(business)["decision"] == "escalated"
    assert panel.answer["tone"] == "wrong"

    panel.hear({"ask": "reject", "id": PO, "reason": "too much"})

    assert decision(business)["decision"] == "rejected"


def test_undone_it_waits_again(business, panel):
    panel.hear({"ask": "approve", "id": PO, "reason": ""})
    panel.hear({"ask": "undo", "id": PO, "reason": ""})

    assert decision(business)["decision"] == "undone"
    assert panel.item["may"] == ["approve", "reject", "snooze"]


@pytest.mark.parametrize("written", ["", "many", "-4", "nan", "inf", None])
def test_a_quantity_that_is_none_is_refused_and_nothing_written(business, panel, written):
    panel.hear({"ask": "approve", "id": PO, "reason": "", "quantities": {"0": written}})

    assert "no quantity" in panel.answer["text"]
    assert decision(business)["decision"] == "escalated"


def test_packs_are_the_desks_to_check_and_its_sentence_is_shown(panel):
    panel.hear({"ask": "approve", "id": PO, "reason": "", "quantities": {"0": "601"}})

    assert "packs of 12" in panel.answer["text"]


def test_who_comes_second_is_told_who_was_first(business, panel):
    business.desk.reject(PO, "no room")

    panel.hear({"ask": "approve", "id": PO, "reason": ""})

    assert "rejected by planner" in panel.answer["text"]
    assert panel.item["may"] == ["undo"]


@pytest.mark.parametrize("message", [{}, {"ask": "release", "id": PO}, {"ask": "approve", "id": "no such"}])
def test_a_message_that_no_page_sends_is_refused(panel, message):
    panel.hear(message)

    assert panel.answer["tone"] == "wrong"


def test_a_fault_is_shown_and_raises_under_test(panel, monkeypatch):
    def break_down(*_given):
        raise ZeroDivisionError

    monkeypatch.setattr(panel._desk, "approve", break_down)

    with pytest.raises(ZeroDivisionError):
        panel.hear({"ask": "approve", "id": PO})

    assert "ZeroDivisionError" in panel.answer["text"]


def test_a_refusal_leaves_what_a_person_was_typing(panel):
    drawn_anew = []
    panel.observe(drawn_anew.append, names="item")

    panel.hear({"ask": "approve", "id": PO, "reason": "", "quantities": {"0": "601"}})

    assert drawn_anew == []


def test_an_agents_notebook_sees_its_own_alone(business):
    panel = panel_of(business, "routing")

    assert [row["agent"] for row in panel.rows] == ["Routing"]


def test_headless_the_same_table_stands_there_plainly(business, monkeypatch):
    shown = []
    monkeypatch.setattr(show, "html", shown.append)
    monkeypatch.setattr(approval_panel, "ApprovalPanel", None)

    setting = setting_of(business)
    approvals(
        business.desk,
        policy=business.policy,
        tables=setting.tables,
        as_of=setting.as_of,
        outcomes=setting.outcomes,
        headless=True,
    )

    assert "Lumen Works" in shown[0]
    assert shown[0].count("<tr><td") == 4


def test_hundreds_wait_and_each_is_named_by_its_id(tmp_path):
    business = publish(tmp_path, more=300)
    panel = panel_of(business)
    sent_whole = []
    panel.observe(sent_whole.append, names="rows")
    chosen = panel.rows[250]["id"]

    panel.hear({"ask": "approve", "id": chosen, "reason": ""})

    assert len(panel.rows) == 304
    assert decision(business, chosen)["decision"] == "approved"
    assert [changed["id"] for changed in panel.changed] == [chosen]
    assert not panel.rows[250]["waits"]
    assert sent_whole == []


def test_many_are_approved_at_once_or_none(business_of_two):
    """What is worth more than the four-eyes amount keeps all others from being approved with it."""
    business, panel = business_of_two, panel_of(business_of_two)
    together = [row["id"] for row in panel.rows if not row["alone"]]
    panel.hear({"ask": "approve_all", "ids": [*together, PO], "reason": "seen", "code": "as_agreed"})

    assert panel.answer["tone"] == "wrong"
    assert decision(business, TRANSFER)["decision"] == "escalated"

    panel.hear({"ask": "approve_all", "ids": together, "reason": "seen", "code": "as_agreed"})

    assert panel.answer["text"].startswith(f"{len(together)}\xa0items approved")
    assert [decision(business, each)["decision"] for each in together] == ["approved"] * len(together)
    assert {row["id"] for row in panel.changed} == set(together)


def test_what_was_approved_at_once_is_undone_at_once(business_of_two):
    """The first of them stands open; a single decision offers no such button."""
    business, panel = business_of_two, panel_of(business_of_two)
    together = [row["id"] for row in panel.rows if not row["alone"]]
    panel.hear({"ask": "approve_all", "ids": together, "reason": "seen"})
    assert panel.item["id"] == together[0]
    assert panel.item["together"] == len(together)

    panel.hear({"ask": "undo_together", "id": together[1], "reason": ""})
    assert panel.answer["text"] == f"{len(together)}\xa0items undone together; they wait again."
    assert {decision(business, each)["decision"] for each in together} == {"undone"}
    assert "undo" not in panel.item["may"]

    panel.hear({"ask": "approve", "id": together[0], "reason": ""})
    assert panel.item["together"] == 1


def test_without_a_name_at_the_desk_nothing_is_offered(business):
    nobody = Desk(business.ledger, business.policy, None, now, person="")
    panel = ApprovalPanel(nobody, replace(setting_of(business), person=""))
    panel.hear({"ask": "approve", "id": PO})

    assert panel.item["may"] == []
    assert panel.item["may_not"]
    assert all(row["alone"] for row in panel.rows)
    assert decision(business)["decision"] == "escalated"


def test_a_beat_is_answered_at_once(panel, monkeypatch):
    sent = []
    monkeypatch.setattr(panel, "send", sent.append)
    panel.hear({"ask": "beat"})

    assert sent == [{"beats": True}]
    assert panel.answer == {}


def moved(business, monkeypatch):
    def refuse(*_given):
        raise StateMoved("Stock has been given away since.")

    monkeypatch.setattr(business.desk.__class__, "approve", refuse)


def test_where_the_state_moved_it_is_said_and_planned_again(business, monkeypatch):
    """What the new plan proposes stands beside what was proposed before."""
    asked = []

    def again(say):
        say("1/4 demand sensing")
        asked.append(panel.moved["step"])

    panel = panel_of(business, plan_again=(again, partial(Business, business.folder)))
    with monkeypatch.context() as only_here:
        moved(business, only_here)
        panel.hear({"ask": "approve", "id": PO})
    assert panel.moved == {"why": "Stock has been given away since.", "can": True, "planning": False}

    panel.hear({"ask": "again", "id": PO})
    panel.planning.join(timeout=60)

    assert asked == ["1/4 demand sensing"]
    assert panel.moved == {}
    assert panel.item["id"] == PO
    assert panel.item["compared"] == [["Nothing", "as before", "as before"]]
    assert panel.answer["text"].startswith("Planned again")


def test_where_planning_again_fails_the_page_says_why(business, monkeypatch):
    def again(_say):
        raise WorkbenchError("A plan is being made in this folder already.")

    panel = panel_of(business, plan_again=(again, partial(Business, business.folder)))
    with monkeypatch.context() as only_here:
        moved(business, only_here)
        panel.hear({"ask": "approve", "id": PO})
    panel.hear({"ask": "again", "id": PO})
    panel.planning.join(timeout=60)

    assert panel.moved["why"] == "A plan is being made in this folder already."
    assert not panel.moved["planning"]


def test_where_nothing_can_be_planned_the_command_is_named(panel):
    panel.hear({"ask": "again", "id": PO})

    assert "workbench plan" in panel.answer["text"]
