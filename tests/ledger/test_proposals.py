import pytest

from tests.ledger.making import AT, LATER, RUN, judged, order, start, transfer
from workbench.errors import LedgerError
from workbench.ledger.ledger import Ledger
from workbench.tables import PROPOSALS


@pytest.fixture
def ledger(url):
    ledger = Ledger(url)
    start(ledger)
    return ledger


def test_proposals_are_read_as_they_were_recorded(ledger):
    table = judged(order(), order("S2", value=99.5))
    ledger.record(RUN, table, AT)
    read = ledger.proposals(RUN)
    same = [name for name in PROPOSALS.names if name != "proposal_id"]
    assert read[same].equals(table[same])
    assert read["proposal_id"].tolist() == [f"PO-S1-{RUN}", f"PO-S2-{RUN}"]
    assert read["decided_by"].tolist() == ["replenishment"] * 2
    assert not read["released"].any()


def test_own_columns_come_back_as_columns(ledger):
    ledger.record(RUN, judged(order(unconfirmed=True, cover_days=12.5, split=["S1", "S2"])), AT)
    row = ledger.proposals(RUN).iloc[0]
    assert (row["unconfirmed"], row["cover_days"], row["split"]) == (True, 12.5, ["S1", "S2"])


def test_a_run_without_proposals_reads_as_an_empty_table_with_the_same_columns(ledger):
    empty = ledger.proposals(RUN)
    ledger.record(RUN, judged(), AT)
    ledger.record(RUN, judged(order()), AT)
    assert empty.empty
    assert empty.columns.tolist() == ledger.proposals(RUN).columns.tolist()
    assert empty.dtypes.equals(ledger.proposals(RUN).dtypes)


@pytest.mark.parametrize(("decision", "quantity"), [("executed", 120.0), ("escalated", None)])
def test_the_first_decision_is_the_agents(ledger, decision, quantity):
    ledger.record(RUN, judged(order(), decision=decision, reason="why"), AT)
    row = ledger.proposals(RUN).astype({"approved_quantity": "object"}).iloc[0]
    assert (row["decision"], row["decision_reason"]) == (decision, "why")
    assert row["approved_quantity"] == quantity or quantity is None


def test_recording_the_same_again_writes_nothing(ledger):
    ledger.record(RUN, judged(order(), order("S2")), AT)
    head = ledger.head()
    ledger.record(RUN, judged(order("S2"), order()), LATER)
    assert ledger.head() == head


@pytest.mark.parametrize(
    "again",
    [
        judged(order(value=1201.0)),
        judged(order(), order("S2")),
        judged(order(), decision="executed"),
        judged(order(), reason="another rule"),
    ],
)
def test_recording_something_else_is_refused_and_replaces_nothing(ledger, again):
    ledger.record(RUN, judged(order()), AT)
    head = ledger.head()
    with pytest.raises(LedgerError, match="nothing was replaced"):
        ledger.record(RUN, again, LATER)
    assert ledger.head() == head


def test_one_agent_may_follow_another(ledger):
    ledger.record(RUN, judged(order()), AT)
    ledger.record(RUN, judged(transfer()), LATER)
    assert ledger.proposals(RUN)["agent"].tolist() == ["replenishment", "allocation"]


def test_nothing_is_recorded_in_an_unknown_or_a_published_run(ledger):
    with pytest.raises(LedgerError, match="no run"):
        ledger.record("20261116-9", judged(order()), AT)
    ledger.publish(RUN, {}, AT)
    with pytest.raises(LedgerError, match="is published"):
        ledger.record(RUN, judged(order()), AT)


def test_an_agent_cannot_record_a_persons_decision(ledger):
    with pytest.raises(LedgerError, match="executes, escalates or keeps"):
        ledger.record(RUN, judged(order(), decision="approved"), AT)
    assert ledger.proposals(RUN).empty


def test_what_rests_on_a_sku_is_found_in_every_run_the_newest_first(ledger):
    ledger.record(RUN, judged(order(), order("S2", sku="A1"), transfer(sku="B")), AT)
    start(ledger, "20261117-1")
    ledger.record("20261117-1", judged(order()), LATER)
    assert ledger.about("A", 10)["proposal_id"].tolist() == ["PO-S1-20261117-1", f"PO-S1-{RUN}"]
    assert ledger.about("A", 1)["run_id"].tolist() == ["20261117-1"]
    assert ledger.about("%", 10).empty
