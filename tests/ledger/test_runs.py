from datetime import date, timedelta

import pytest

from tests.ledger.making import AT, DAY, LATER, RUN, order, publish, start
from workbench.authority.rests_on import policy_read
from workbench.errors import LedgerError
from workbench.policy import Policy
from workbench.release import release


def test_runs_of_a_day_are_numbered(ledger):
    assert ledger.next_run_id(DAY) == "20261116-1"
    start(ledger)
    assert ledger.next_run_id(DAY) == "20261116-2"
    assert ledger.next_run_id(DAY + timedelta(days=1)) == "20261117-1"


def test_a_run_is_read_as_it_was_written(ledger):
    start(ledger)
    assert ledger.run(RUN) == {
        "run_id": RUN,
        "date": date(2026, 11, 16),
        "inputs": "same",
        "versions": {"sales": 3},
        "policy": Policy().digest(),
        "policy_read": policy_read(Policy()),
        "parameters": {},
        "notebooks": None,
        "started_at": AT,
    }


def test_an_unknown_run_and_one_that_began_before_are_refused(ledger):
    with pytest.raises(LedgerError, match="no run 'x'"):
        ledger.run("x")
    start(ledger)
    with pytest.raises(LedgerError, match="has begun already"):
        start(ledger)


def test_a_killed_run_of_the_same_day_and_inputs_is_found_until_it_is_published(ledger):
    assert ledger.unfinished_run(DAY, "same") is None
    start(ledger)
    assert ledger.unfinished_run(DAY, "same") == RUN
    assert ledger.unfinished_run(DAY, "other") is None
    assert ledger.unfinished_run(DAY + timedelta(days=1), "same") is None
    assert ledger.published_run(DAY, "same") is None
    ledger.publish(RUN, {}, AT)
    assert ledger.unfinished_run(DAY, "same") is None
    assert ledger.published_run(DAY, "same") == RUN


def test_a_killed_run_is_left_alone_once_another_plan_was_published(ledger):
    start(ledger, inputs="first")
    publish(ledger, order(), run_id="20261116-2", at=LATER)
    assert ledger.unfinished_run(DAY, "first") is None


def test_a_killed_run_is_left_alone_once_something_was_released(ledger):
    publish(ledger, order(), decision="executed")
    start(ledger, "20261117-1", DAY + timedelta(days=1))
    assert ledger.unfinished_run(DAY + timedelta(days=1), "same") == "20261117-1"
    assert release(ledger, Policy(), LATER)
    assert ledger.unfinished_run(DAY + timedelta(days=1), "same") is None


def test_inputs_count_as_published_only_while_the_days_last_plan_was_made_of_them(ledger):
    start(ledger, inputs="good")
    ledger.publish(RUN, {}, AT)
    start(ledger, "20261116-2", inputs="bad")
    ledger.publish("20261116-2", {}, AT)
    assert ledger.published_run(DAY, "bad") == "20261116-2"
    assert ledger.published_run(DAY, "good") is None


def test_steps_are_read_in_the_order_in_which_they_finished(ledger):
    start(ledger)
    ledger.finish_step(RUN, "sense", {"versions": {"demand": 1}}, AT)
    ledger.finish_step(RUN, "allocate", {"versions": {}}, LATER)
    assert ledger.steps(RUN) == {"sense": {"versions": {"demand": 1}}, "allocate": {"versions": {}}}
    assert ledger.steps("20261116-2") == {}


def test_events_are_read_by_kind_and_by_run(ledger):
    start(ledger)
    ledger.log("refused", "PO-S1", {"limit": 50_000}, AT, RUN)
    ledger.log("refused", "PO-S2", {}, LATER)
    ledger.finish_step(RUN, "sense", {}, LATER)
    assert ledger.events("refused")["subject"].tolist() == ["PO-S1", "PO-S2"]
    assert ledger.events(run_id=RUN)["kind"].tolist() == ["refused", "step finished"]
    assert ledger.events("refused", RUN)["detail"].tolist() == [{"limit": 50_000}]
    assert len(ledger.events()) == 3
