import multiprocessing
import os
import signal
from datetime import timedelta

import pytest

from tests.ledger.making import (
    AT,
    DAY,
    LATER,
    RUN,
    judged,
    order,
    publish,
    standing,
    start,
    transfer,
)
from workbench.errors import AlreadyPublished, LedgerError
from workbench.ledger import chain
from workbench.ledger.ledger import Ledger

NEXT = "20261117-1"
TUESDAY = DAY + timedelta(days=1)


def _rows(ledger, run_id=RUN):
    return [
        {
            "proposal_id": row["proposal_id"],
            "decision_id": row["decision_id"],
            "line": 0,
            "content": row["lines"][0],
        }
        for row in ledger.proposals(run_id).to_dict("records")
    ]


def test_a_plan_is_live_once_its_manifest_is_written(ledger):
    assert ledger.live() is None
    start(ledger)
    head = ledger.head()
    manifest = ledger.publish(RUN, {"waiting": 2}, LATER)
    assert manifest == {**ledger.live(), "expired": []}
    assert (manifest["head"], manifest["summary"], manifest["date"]) == (head, {"waiting": 2}, DAY)
    assert ledger.manifests()["run_id"].tolist() == [RUN]


def test_a_plan_is_published_once(ledger):
    publish(ledger, order())
    with pytest.raises(AlreadyPublished, match="published already"):
        ledger.publish(RUN, {}, LATER)


def test_a_new_plan_expires_what_is_open_in_the_old_one_and_says_why(ledger):
    publish(ledger, *(order(supplier) for supplier in ("S1", "S2", "S3", "S4")))
    ledger.decide(f"PO-S2-{RUN}", "approved", "Ann", AT)
    ledger.decide(f"PO-S3-{RUN}", "rejected", "Ann", AT, reason="too dear")
    ledger.decide(f"PO-S4-{RUN}", "approved", "Ann", AT)
    ledger.decide(f"PO-S4-{RUN}", "undone", "Ann", AT)
    publish(ledger, order(), run_id=NEXT, day=TUESDAY, at=LATER)
    old = ledger.proposals(RUN).set_index("subject")
    assert old["decision"].to_dict() == {
        "PO-S1": "expired",
        "PO-S2": "expired",
        "PO-S3": "rejected",
        "PO-S4": "expired",
    }
    assert old["decision_reason"].to_dict() == {
        "PO-S1": f"plan {NEXT} proposes it anew",
        "PO-S2": f"it had not been released before plan {NEXT}, which does not propose it again",
        "PO-S3": "too dear",
        "PO-S4": f"nobody decided it before plan {NEXT}, which does not propose it again",
    }
    assert standing(ledger, f"PO-S1-{NEXT}")["decision"] == "escalated"


def test_publishing_tells_what_nobody_decided_the_most_at_risk_first(ledger):
    publish(ledger, order(money_at_risk=7.0), order("S2", money_at_risk=90.0), order("S3"))
    ledger.decide(f"PO-S3-{RUN}", "approved", "Ann", AT)
    start(ledger, NEXT, TUESDAY)
    ledger.record(NEXT, judged(order()), LATER)
    assert ledger.publish(NEXT, {}, LATER)["expired"] == [
        {"proposal_id": f"PO-S2-{RUN}", "title": "Do PO-S2.", "money_at_risk": 90.0},
        {"proposal_id": f"PO-S1-{RUN}", "title": "Do PO-S1.", "money_at_risk": 7.0},
    ]


def test_what_was_released_does_not_expire(ledger):
    publish(ledger, order(), decision="executed")
    ledger.release(RUN, _rows(ledger), AT)
    publish(ledger, order(), run_id=NEXT, day=TUESDAY, at=LATER)
    assert standing(ledger, f"PO-S1-{RUN}")["decision"] == "executed"


def test_a_plan_that_has_not_counted_what_went_before_is_refused(ledger):
    start(ledger)
    publish(ledger, order(), run_id=NEXT, day=TUESDAY)
    with pytest.raises(LedgerError, match="Make the plan again"):
        ledger.publish(RUN, {}, LATER)
    assert ledger.live()["run_id"] == NEXT


def _publish_and_die(url, place):
    """A process that is killed while it publishes, after `place` tables were written to."""
    ledger = Ledger(url)
    written = []
    append = chain.append

    def append_and_die(connection, name, rows):
        append(connection, name, rows)
        written.append(name)
        if len(written) == place:
            os.kill(os.getpid(), signal.SIGKILL)

    chain.append = append_and_die
    ledger.publish(NEXT, {}, LATER)


@pytest.mark.parametrize("place", [1, 2])
def test_killed_before_the_commit_nothing_has_happened(ledger, url, place):
    publish(ledger, order())
    start(ledger, NEXT, TUESDAY)
    head = ledger.head()
    process = multiprocessing.get_context("fork").Process(target=_publish_and_die, args=(url, place))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert ledger.live()["run_id"] == RUN
    assert standing(ledger, f"PO-S1-{RUN}")["decision"] == "escalated"
    assert (ledger.head(), ledger.verify()) == (head, None)


def test_releases_of_a_plan_are_numbered_and_read_back(ledger):
    publish(ledger, order(), transfer(), decision="executed")
    rows = _rows(ledger)
    assert ledger.release(RUN, rows[:1], AT) == f"{RUN}-R1"
    assert ledger.proposals(RUN)["released"].tolist() == [True, False]
    assert ledger.release(RUN, rows[1:], LATER) == f"{RUN}-R2"
    assert ledger.releases()["proposal_id"].tolist() == [row["proposal_id"] for row in rows]
    assert ledger.releases(LATER)["release_id"].tolist() == [f"{RUN}-R2"]
    assert ledger.releases(run_id=NEXT).empty
    assert ledger.releases(run_id=RUN)["content"].tolist() == [row["content"] for row in rows]


def test_nothing_is_released_twice(ledger):
    publish(ledger, order(), decision="executed")
    rows = _rows(ledger)
    ledger.release(RUN, rows, AT)
    with pytest.raises(LedgerError, match="release again"):
        ledger.release(RUN, rows, LATER)


def test_lines_drawn_up_before_a_change_are_not_released(ledger):
    publish(ledger, order())
    ledger.decide(f"PO-S1-{RUN}", "approved", "Ann", AT)
    rows = _rows(ledger)
    ledger.decide(f"PO-S1-{RUN}", "undone", "Ann", AT)
    ledger.decide(f"PO-S1-{RUN}", "changed", "Ann", AT, quantity=240)
    with pytest.raises(LedgerError, match="decided anew"):
        ledger.release(RUN, rows, LATER)
    assert ledger.releases().empty


def test_only_the_live_plan_is_released_and_only_what_was_decided(ledger):
    start(ledger)
    ledger.record(RUN, judged(order()), AT)
    with pytest.raises(LedgerError, match="not live"):
        ledger.release(RUN, _rows(ledger), AT)
    ledger.publish(RUN, {}, AT)
    with pytest.raises(LedgerError, match="release again"):
        ledger.release(RUN, _rows(ledger), AT)
    with pytest.raises(LedgerError, match="nothing to release"):
        ledger.release(RUN, [], AT)
