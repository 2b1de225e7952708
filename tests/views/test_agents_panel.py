"""What agents may do, and the buttons beside it, on the small plan."""

import pytest

from workbench.runs.business import now
from workbench.tables import AGENTS
from workbench.views.agents_panel import AgentsPanel


@pytest.fixture
def panel(business):
    return AgentsPanel(business.desk, business.policy)


def of(panel, agent="replenishment"):
    return next(record for record in panel.agents if record["agent"] == agent)


def press(panel, ask, reason="", **given):
    panel.hear({"ask": ask, "agent": "replenishment", "reason": reason, "number": 1, **given})
    return panel.answer


def test_every_agent_stands_there_with_its_levels_and_what_is_missing(panel):
    assert {record["agent"] for record in panel.agents} == set(AGENTS)
    (orders,) = of(panel)["kinds"]
    assert (orders["level"], orders["counted"], orders["proposed"]) == ("Guarded", "0 of 100", "")
    assert orders["missing"] == "100\N{NO-BREAK SPACE}more, if all are right"


def test_the_stop_button_needs_a_reason_and_takes_effect_at_once(business, panel):
    assert press(panel, "stop")["tone"] == "wrong"
    assert not of(panel)["stopped"]

    assert press(panel, "stop", "prices of S01 are wrong")["tone"] == "good"
    assert of(panel)["stopped"]
    changes = business.ledger.authority_changes()
    last = changes.iloc[-1]
    assert (last["agent"], last["cause"], last["reason"], last["actor"]) == (
        "replenishment",
        "stopped",
        "prices of S01 are wrong",
        business.person,
    )
    assert press(panel, "resume", "mended")["tone"] == "good"
    assert not of(panel)["stopped"]


def test_a_promotion_that_nobody_proposed_and_a_message_of_nobody_are_refused(business, panel):
    before = len(business.ledger.authority_changes())
    assert "No promotion" in press(panel, "promote", kind="purchase_order")["text"]
    assert press(panel, "format")["tone"] == "wrong"
    assert press(panel, "stop", "why not", agent="<b>nobody</b>")["tone"] == "wrong"
    assert len(business.ledger.authority_changes()) == before


def test_a_proposed_level_can_be_accepted_and_only_while_it_is_earned(business, panel):
    """Proposed in the ledger without a single matured decision: the desk looks at the evidence again."""
    row = {"agent": "replenishment", "kind": "purchase_order", "cause": "proposed", "level": "autonomous"}
    said = {"reason": "100 of 100 correct", "actor": "workbench", "changed_at": now()}
    business.ledger.change_authority([row | said])
    panel.draw()
    assert of(panel)["kinds"][0]["proposed"] == "Autonomous"
    assert press(panel, "promote", kind="purchase_order")["tone"] == "wrong"
    assert of(panel)["kinds"][0]["level"] == "Guarded"
