import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.views.small_record import outcomes
from workbench.authority.progress import progress, still_missing
from workbench.formulas.proportions import wilson
from workbench.policy import AutonomyPolicy, Policy
from workbench.tables import TABLES

POLICY = Policy()
RULES = AutonomyPolicy()


def change(kind="purchase_order", cause="promoted", level="guarded", number=10):
    return {
        "change_id": number,
        "agent": "replenishment",
        "kind": kind,
        "level": level,
        "cause": cause,
        "reason": "earned",
        "actor": "Ann",
        "changed_at": pd.Timestamp("2026-11-16 10:00", tz="UTC"),
    }


def changes(*rows):
    table = TABLES["authority_changes"]
    frame = pd.DataFrame(list(rows), columns=table.names)
    return frame.astype({column.name: column.dtype for column in table.columns})


def evidence(rights, first=100):
    return outcomes(rights=rights).assign(proposed_as=range(first, first + len(rights)))


def of_orders(*rows, judged):
    found = progress(changes(*rows), judged, POLICY)
    return found[found["kind"] == "purchase_order"].iloc[0]


def test_every_kind_that_can_be_judged_has_a_row():
    found = progress(changes(), evidence(()), POLICY)
    assert "unconfirmed_release" not in set(found["kind"])
    assert set(found["level"]) == {"guarded"}
    assert found["low"].isna().all()
    assert set(found["missing"]) == {still_missing(0, 0, RULES)}


def test_only_what_was_proposed_since_the_last_change_counts():
    row = of_orders(change(number=102), judged=evidence((True,) * 6))
    assert (row["matured"], row["correct"]) == (3, 3)
    assert row["low"] == pytest.approx(wilson(3, 3)[0])
    assert row["missing"] == 97


def test_a_promotion_that_is_proposed_changes_nothing_yet():
    began = change(cause="started", number=1)
    earned = change(cause="proposed", level="autonomous", number=105)
    row = of_orders(began, earned, judged=evidence((True,) * 6))
    assert (row["level"], row["matured"]) == ("guarded", 6)


def test_a_stopped_agent_is_told_and_the_highest_level_misses_nothing():
    stop = change(kind=None, cause="stopped", level=None)
    row = of_orders(change(level="autonomous", number=5), stop, judged=evidence((True,)))
    assert row["stopped"]
    assert pd.isna(row["missing"])


@given(st.integers(0, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_with_what_is_missing_the_bar_is_reached_and_with_one_less_it_is_not(counted):
    correct, matured = counted
    more = still_missing(correct, matured, RULES)
    assert matured + more >= RULES.least_decisions
    assert wilson(correct + more, matured + more)[0] >= RULES.bar
    if more and matured + more > RULES.least_decisions:
        assert wilson(correct + more - 1, matured + more - 1)[0] < RULES.bar
