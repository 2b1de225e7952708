import pandas as pd
import pandera.errors
import pytest

from tests.ledger.making import AT, DAY, LATER, RUN, judged, order, publish, start
from workbench.errors import LedgerError
from workbench.tables import TABLES

OUTCOME = {
    "proposal_id": f"PO-S1-{RUN}",
    "agent": "replenishment",
    "kind": "purchase_order",
    "confidence": 0.9,
    "correct": False,
    "realised_cost": 130.0,
    "best_cost": 100.0,
    "best_action": "do nothing",
    "tolerance": 10.0,
    "regret": 30.0,
    "decided_cost": None,
    "matured_on": pd.Timestamp(2026, 12, 21),
}


def outcomes(*changes):
    """Outcomes as a judge hands them over."""
    table = pd.DataFrame([OUTCOME | change for change in changes])
    types = {column.name: column.dtype for column in TABLES["outcomes"].columns}
    return table.astype({name: dtype for name, dtype in types.items() if name in table})


def test_an_outcome_comes_back_as_it_was_written(ledger):
    publish(ledger, order())
    ledger.record_outcomes(outcomes({}), LATER)
    (row,) = ledger.outcomes().to_dict("records")
    assert pd.isna(row.pop("decided_cost"))
    assert row == {name: value for name, value in OUTCOME.items() if name != "decided_cost"} | {
        "judged_at": LATER
    }
    assert ledger.verify() is None


def test_a_decision_is_judged_once(ledger):
    publish(ledger, order(), order("S2"))
    ledger.record_outcomes(outcomes({}), LATER)
    head = ledger.head()
    ledger.record_outcomes(outcomes({"correct": True}), LATER)
    assert ledger.head() == head
    ledger.record_outcomes(outcomes({"correct": True}, {"proposal_id": f"PO-S2-{RUN}"}), LATER)
    assert list(ledger.outcomes()["correct"]) == [False, False]
    assert ledger.verify() is None


def test_without_a_judged_decision_the_table_is_empty(ledger):
    ledger.record_outcomes(outcomes({}).head(0), LATER)
    table = ledger.outcomes()
    assert table.empty
    assert list(table.columns) == TABLES["outcomes"].names


def test_what_the_ledger_does_not_know_is_not_judged(ledger):
    publish(ledger, order())
    with pytest.raises(LedgerError, match="no proposal 'PO-S9'"):
        ledger.record_outcomes(outcomes({}, {"proposal_id": "PO-S9"}), LATER)
    assert ledger.outcomes().empty


def test_a_confidence_that_is_no_probability_is_refused(ledger):
    publish(ledger, order())
    with pytest.raises(pandera.errors.SchemaErrors):
        ledger.record_outcomes(outcomes({"confidence": 90.0}), LATER)


def test_what_is_still_to_be_judged_is_told_without_questions(ledger):
    question = order("S3") | {"kind": "unconfirmed_release", "lines": []}
    publish(ledger, order(), order("S2"), question)
    ledger.record_outcomes(outcomes({}), LATER)
    found = ledger.unjudged()
    assert found["proposal_id"].tolist() == [f"PO-S2-{RUN}"]
    assert found["date"].tolist() == [pd.Timestamp(DAY)]


def test_a_plan_that_was_never_published_has_no_history(ledger):
    start(ledger)
    ledger.record(RUN, judged(order()), AT)
    assert ledger.unjudged().empty
    assert all(part.empty for part in ledger.history())


def test_the_history_is_every_proposal_with_its_rule_and_every_decision(ledger):
    start(ledger)
    rows = judged(order(), order("S2")).assign(rule=["purchase_order_limit", ""])
    ledger.record(RUN, rows, AT)
    ledger.publish(RUN, {}, AT)
    ledger.decide(f"PO-S1-{RUN}", "approved", "Ann", LATER)
    proposed, decided = ledger.history()
    assert proposed["rule"].tolist() == ["purchase_order_limit", ""]
    assert decided["decision"].tolist() == ["escalated", "escalated", "approved"]
    assert decided["decided_at"].iloc[-1] == LATER
