import pytest

from tests.ledger.making import AT, LATER, RUN, judged, order, start, transfer
from workbench.errors import LedgerError
from workbench.ledger.ledger import Ledger


@pytest.fixture
def then(ledger, tmp_path):
    """The ledger before replenishment proposed anything; since then it has proposed and a person decided."""
    start(ledger)
    ledger.record(RUN, judged(transfer(), decision="executed"), AT)
    head = ledger.head()
    ledger.record(RUN, judged(order()), AT)
    ledger.publish(RUN, {}, AT)
    ledger.decide(f"PO-S1-{RUN}", "rejected", "Robin", LATER, reason="too much")
    url = f"sqlite:///{tmp_path / 'then.db'}"
    ledger.copy_before(RUN, "replenishment", url)
    copy = Ledger(url)
    assert copy.head() == head
    return copy


def test_the_copy_is_a_whole_ledger_without_what_was_written_since(ledger, then):
    assert then.verify() is None
    assert then.proposals(RUN)["agent"].tolist() == ["allocation"]
    assert then.live() is None, "the plan was published later"
    assert ledger.proposals(RUN)["agent"].tolist() == ["allocation", "replenishment"]


def test_the_same_proposals_and_first_decisions_are_the_same_whenever_they_were_written(ledger, then):
    then.record(RUN, judged(order()), LATER)
    assert then.recorded(RUN, "replenishment") == ledger.recorded(RUN, "replenishment")
    (row,) = ledger.recorded(RUN, "replenishment").values()
    assert (row["subject"], row["decision"], row["decided_by"]) == ("PO-S1", "escalated", "replenishment")
    assert not {"seq", "recorded_at", "decision_id", "decided_at"} & set(row)


def test_an_agent_that_recorded_nothing_leaves_nothing_to_replay(ledger, tmp_path):
    start(ledger)
    with pytest.raises(LedgerError, match="routing has recorded no proposals in run 20261116-1"):
        ledger.copy_before(RUN, "routing", f"sqlite:///{tmp_path / 'then.db'}")
