from datetime import UTC, datetime
from threading import Event
from types import SimpleNamespace

from workbench.errors import AlreadyRunning, LedgerError
from workbench.policy import Policy
from workbench.runs import release_times
from workbench.runs.release_times import keep_releasing, next_release

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def test_the_next_release_is_the_first_local_time_that_has_not_passed():
    times = ["12:00", "16:00"]
    assert next_release(times, "UTC", NOON.replace(hour=11)) == NOON
    assert next_release(times, "UTC", NOON) == NOON.replace(hour=16)
    assert next_release(times, "UTC", NOON.replace(hour=17)) == NOON.replace(day=17)
    assert next_release(["12:00"], "America/Chicago", NOON) == NOON.replace(hour=18)


def test_without_times_nothing_is_ever_due():
    assert next_release([], "UTC", NOON) is None


def _business(times):
    return SimpleNamespace(policy=Policy.model_validate({"release": {"times": times}}))


def test_what_was_approved_is_released_when_its_time_comes_and_after_a_plan_in_the_making(monkeypatch):
    stop, said, tries = Event(), [], []

    def release(_business, _say):
        tries.append(None)
        if len(tries) == 1:
            raise AlreadyRunning("a plan is being made")
        stop.set()
        return SimpleNamespace(proposal_ids=("PO-S1",), release_id="20261116-1-R2")

    monkeypatch.setattr(release_times, "release_approved", release)
    monkeypatch.setattr(
        release_times, "now", lambda: NOON.replace(hour=11, minute=59, second=59, microsecond=990000)
    )
    monkeypatch.setattr(release_times, "AGAIN", 0.01)
    keep_releasing(_business(["12:00"]), stop, said.append)
    assert len(tries) == 2
    assert said == ["Released 1 decisions as 20261116-1-R2."]


def test_it_stops_at_once_when_told_to():
    stop = Event()
    stop.set()
    keep_releasing(_business(["12:00"]), stop, print)


def test_a_release_that_the_ledger_refuses_is_said_and_the_next_one_comes_all_the_same(monkeypatch):
    stop, said = Event(), []

    def release(_business, _say):
        if said:
            stop.set()
            return
        raise LedgerError("The ledger could not be written: permission denied; nothing was recorded.")

    monkeypatch.setattr(release_times, "release_approved", release)
    monkeypatch.setattr(
        release_times, "now", lambda: NOON.replace(hour=11, minute=59, second=59, microsecond=990000)
    )
    keep_releasing(_business(["12:00"]), stop, said.append)
    assert said == ["The ledger could not be written: permission denied; nothing was recorded."]
