import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.ledger.making import (
    AT,
    DAY,
    LATER,
    RUN,
    judged,
    new_ledger,
    order,
    publish,
    standing,
    start,
)
from workbench.errors import AlreadyDecided, LedgerError
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy
from workbench.release import release

ORDER = f"PO-S1-{RUN}"


def test_an_approval_takes_the_quantity_as_proposed(ledger):
    publish(ledger, order())
    ledger.decide(ORDER, "approved", "Ann", LATER, reason="as every year")
    row = standing(ledger, ORDER)
    assert (row["decision"], row["decided_by"], row["decided_at"]) == ("approved", "Ann", LATER)
    assert (row["approved_quantity"], row["decision_reason"]) == (120.0, "as every year")
    assert row["decided_lines"] is None


def test_a_change_keeps_its_lines(ledger):
    publish(ledger, order())
    lines = [{**order()["lines"][0], "quantity": 240}]
    ledger.decide(ORDER, "changed", "Ann", LATER, quantity=240, lines=lines)
    row = standing(ledger, ORDER)
    assert (row["approved_quantity"], row["decided_lines"]) == (240.0, lines)
    assert row["lines"] == order()["lines"]


def test_the_second_person_is_told_who_was_first_when_and_what(ledger):
    publish(ledger, order())
    ledger.decide(ORDER, "rejected", "Ann", LATER, reason="too dear")
    with pytest.raises(AlreadyDecided) as refused:
        ledger.decide(ORDER, "approved", "Bob", LATER)
    assert str(refused.value) == (
        f"{ORDER} was rejected by Ann on 2026-11-16 at 11:00 UTC (too dear); nothing was changed."
    )


def test_the_same_decision_again_by_the_same_person_writes_nothing(ledger):
    publish(ledger, order())
    for decision in (
        {"decision": "approved"},
        {"decision": "undone"},
        {"decision": "changed", "quantity": 240},
    ):
        ledger.decide(ORDER, by="Ann", at=AT, **decision)
        head = ledger.head()
        ledger.decide(ORDER, by="Ann", at=LATER, **decision)
        assert ledger.head() == head
    with pytest.raises(AlreadyDecided):
        ledger.decide(ORDER, "changed", "Ann", LATER, quantity=252)


@pytest.mark.parametrize("decision", ["rejected", "approved"])
def test_the_same_decision_for_another_reason_is_another_one(ledger, decision):
    publish(ledger, order())
    ledger.decide(ORDER, decision, "Ann", LATER, reason="too dear \ud83d")
    head = ledger.head()
    ledger.decide(ORDER, decision, "Ann", LATER, reason="too dear \ud83d")
    with pytest.raises(AlreadyDecided, match=f"was {decision} by Ann .*too dear.*nothing was changed"):
        ledger.decide(ORDER, decision, "Ann", LATER, reason="supplier on strike")
    assert ledger.head() == head


@pytest.mark.parametrize(
    ("decision", "sentence"),
    [
        ("undone", "nothing to undo"),
        ("executed", "no decision; give one of"),
        ("changed", "needs a quantity"),
    ],
)
def test_a_decision_without_meaning_is_refused(ledger, decision, sentence):
    publish(ledger, order())
    head = ledger.head()
    with pytest.raises(LedgerError, match=sentence):
        ledger.decide(ORDER, decision, "Ann", LATER)
    assert ledger.head() == head


def test_what_an_agent_carried_out_is_not_decided_again(ledger):
    publish(ledger, order(), decision="executed")
    with pytest.raises(AlreadyDecided, match="was executed by replenishment"):
        ledger.decide(ORDER, "approved", "Ann", LATER)


def test_what_was_released_can_no_longer_be_undone(ledger):
    publish(ledger, order())
    ledger.decide(ORDER, "approved", "Ann", AT)
    release(ledger, Policy(), LATER)
    with pytest.raises(AlreadyDecided, match="released since; nothing was changed"):
        ledger.decide(ORDER, "undone", "Ann", LATER)


def test_a_reason_with_half_a_surrogate_pair_does_not_stop_a_decision(ledger):
    publish(ledger, order())
    ledger.decide(ORDER, "rejected", "Ann", LATER, reason="too dear \ud83d")
    assert standing(ledger, ORDER)["decision_reason"] == "too dear ?"
    assert ledger.verify() is None


def test_an_unknown_proposal_is_refused(ledger):
    with pytest.raises(LedgerError, match="no proposal 'PO-S9'"):
        ledger.decide("PO-S9", "approved", "Ann", AT)


def test_only_the_live_plan_is_decided_on(ledger):
    start(ledger)
    ledger.record(RUN, judged(order()), AT)
    with pytest.raises(LedgerError, match="not live; no plan is published yet"):
        ledger.decide(ORDER, "approved", "Ann", AT)
    ledger.publish(RUN, {}, AT)
    publish(ledger, order(), run_id="20261117-1", day=DAY + timedelta(days=1))
    with pytest.raises(LedgerError, match="decide on the proposals of 20261117-1"):
        ledger.decide(ORDER, "approved", "Ann", AT)


def _outcome(ledger, person, decision):
    try:
        ledger.decide(ORDER, decision, person, LATER)
    except AlreadyDecided as refused:
        return str(refused)
    return "won"


def _race(url, person, gate, outcomes):
    ledger = Ledger(url)
    gate.wait()
    outcomes.put((person, _outcome(ledger, person, "approved")))


def test_of_many_processes_that_approve_at_once_one_wins_and_the_others_are_told_who(ledger, url):
    publish(ledger, order())
    fork = multiprocessing.get_context("fork")
    gate, outcomes = fork.Barrier(8), fork.Queue()
    people = [f"person {number}" for number in range(8)]
    racers = [fork.Process(target=_race, args=(url, person, gate, outcomes)) for person in people]
    for racer in racers:
        racer.start()
    told = dict(outcomes.get() for _ in people)
    for racer in racers:
        racer.join()
    winner = standing(ledger, ORDER)["decided_by"]
    assert [person for person, outcome in told.items() if outcome == "won"] == [winner]
    assert all(f"approved by {winner} on" in told[person] for person in people if person != winner)
    assert ledger.verify() is None


def test_of_many_threads_that_decide_at_once_one_wins(ledger):
    publish(ledger, order())
    decisions = [("Ann", "approved"), ("Bob", "rejected"), ("Cem", "approved"), ("Dee", "rejected")]
    with ThreadPoolExecutor(len(decisions)) as pool:
        told = list(pool.map(lambda choice: _outcome(ledger, *choice), decisions))
    assert told.count("won") == 1
    assert ledger.verify() is None


class Deciding(RuleBasedStateMachine):
    """A person's decisions in any order against the few lines that say what may follow what."""

    def __init__(self):
        super().__init__()
        self.directory = TemporaryDirectory()
        self.state, self.by, self.released, self.written = "escalated", "replenishment", False, 1

    @initialize()
    def plan(self):
        self.ledger = new_ledger(Path(self.directory.name))
        publish(self.ledger, order())

    @rule(
        person=st.sampled_from(["Ann", "Bob"]),
        decision=st.sampled_from(["approved", "changed", "rejected", "undone"]),
    )
    def decide(self, person, decision):
        quantity = 240 if decision == "changed" else None
        waits = self.state in ("escalated", "undone")
        allowed = not self.released and (waits != (decision == "undone"))
        repeated = (self.state, self.by) == (decision, person)
        if allowed or repeated:
            self.ledger.decide(ORDER, decision, person, LATER, quantity=quantity)
            self.written += not repeated
            self.state, self.by = decision, person
        else:
            with pytest.raises(LedgerError):
                self.ledger.decide(ORDER, decision, person, LATER, quantity=quantity)

    @precondition(lambda self: self.state in ("approved", "changed") and not self.released)
    @rule()
    def let_go(self):
        assert release(self.ledger, Policy(), LATER)
        self.released = True

    @invariant()
    def the_last_decision_stands(self):
        row = standing(self.ledger, ORDER)
        assert (row["decision"], row["decided_by"], row["released"]) == (self.state, self.by, self.released)

    def teardown(self):
        assert self.ledger.verify() is None
        self.directory.cleanup()


TestDeciding = Deciding.TestCase
TestDeciding.settings = settings(max_examples=15, stateful_step_count=8, deadline=None)
