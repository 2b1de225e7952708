import pytest

from tests.ledger.making import AT, LATER, RUN, judged, new_ledger, order, proposal, publish, start, transfer
from workbench.authority import Desk
from workbench.policy import Policy
from workbench.release import Released, release

ORDER = f"PO-S1-{RUN}"


@pytest.fixture
def ledger(tmp_path):
    return new_ledger(tmp_path)


def _desk(ledger):
    return Desk(ledger, Policy(), None, lambda: LATER, "planner")


def test_without_a_live_plan_or_anything_decided_nothing_is_released(ledger):
    assert release(ledger, Policy(), AT) is None
    publish(ledger, order())
    head = ledger.head()
    assert release(ledger, Policy(), AT) is None
    assert ledger.head() == head


def test_what_agents_carried_out_is_released_once(ledger):
    publish(ledger, order(), transfer(), decision="executed")
    released = release(ledger, Policy(), LATER)
    assert released == Released(f"{RUN}-R1", RUN, (f"TR-W1-W2-{RUN}", ORDER), 2)
    assert release(ledger, Policy(), LATER) is None


def test_what_is_approved_later_joins_the_next_release_of_the_same_plan(ledger):
    start(ledger)
    ledger.record(RUN, judged(transfer(), decision="executed"), AT)
    ledger.record(RUN, judged(order(), order("S2")), AT)
    ledger.publish(RUN, {}, AT)
    assert release(ledger, Policy(), AT).proposal_ids == (f"TR-W1-W2-{RUN}",)
    _desk(ledger).approve(ORDER)
    _desk(ledger).reject(f"PO-S2-{RUN}", "too dear")
    assert release(ledger, Policy(), LATER) == Released(f"{RUN}-R2", RUN, (ORDER,), 1)


def test_an_approval_that_was_undone_is_not_released(ledger):
    publish(ledger, order())
    _desk(ledger).approve(ORDER)
    _desk(ledger).undo(ORDER)
    assert release(ledger, Policy(), LATER) is None


def test_a_line_leaves_as_it_was_decided_with_its_day_and_currency(ledger):
    publish(ledger, order(value=1200.0, quantity=120))
    _desk(ledger).approve(ORDER, {0: 240})
    release(ledger, Policy(), LATER)
    content = ledger.releases()["content"].iloc[0]
    assert content == order()["lines"][0] | {
        "quantity": 240,
        "value": 2400.0,
        "kind": "purchase_order",
        "agent": "replenishment",
        "subject": "PO-S1",
        "date": "2026-11-16",
        "base_currency": "USD",
    }


def test_a_proposal_without_lines_counts_as_released_too(ledger):
    publish(
        ledger,
        proposal("UR-x", "unconfirmed_release", "replenishment", [], quantity=0.0),
        decision="executed",
    )
    assert release(ledger, Policy(), AT).lines == 1
    assert ledger.proposals(RUN)["released"].all()
