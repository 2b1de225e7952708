import pytest

from tests.views.small_plan import publish
from workbench.views import approval_panel, show
from workbench.views.approval_panel import ApprovalPanel, approvals

PO = "PO-S01-20261116-1"


@pytest.fixture
def panel(business):
    return ApprovalPanel(business.desk, business.policy, business.snapshot().products)


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


def test_a_changed_quantity_arrives_line_by_line(business, panel):
    panel.hear({"ask": "approve", "id": PO, "reason": "", "quantities": {"1": "600"}})

    assert decision(business)["decision"] == "changed"
    assert decision(business)["approved_quantity"] == 4_200
    assert decision(business)["decided_lines"][1]["quantity"] == 600


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
    assert panel.item["may"] == ["approve", "reject"]


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
    panel = ApprovalPanel(business.desk, business.policy, business.snapshot().products, "routing")

    assert [row["agent"] for row in panel.rows] == ["Routing"]


def test_headless_the_same_table_stands_there_plainly(business, monkeypatch):
    shown = []
    monkeypatch.setattr(show, "html", shown.append)
    monkeypatch.setattr(approval_panel, "ApprovalPanel", None)

    approvals(business.desk, policy=business.policy, products=business.snapshot().products, headless=True)

    assert "Lumen Works" in shown[0]
    assert shown[0].count("<tr><td") == 4


def test_hundreds_wait_and_each_is_named_by_its_id(tmp_path):
    business = publish(tmp_path, more=300)
    panel = ApprovalPanel(business.desk, business.policy, business.snapshot().products)
    chosen = panel.rows[250]["id"]

    panel.hear({"ask": "approve", "id": chosen, "reason": ""})

    assert len(panel.rows) == 304
    assert decision(business, chosen)["decision"] == "approved"
