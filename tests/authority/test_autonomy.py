from datetime import timedelta

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.authority.people import POLICY
from tests.ledger.making import (
    AT,
    DAY,
    LATER,
    RUN,
    judged,
    new_ledger,
    order,
    publish,
    shipment,
    standing,
    start,
    transfer,
)
from workbench.authority import judge
from workbench.authority.autonomy import (
    accept,
    after_failed_gate,
    due_changes,
    is_stopped,
    level_of,
    limits_digest,
    proposed_level,
    resume,
    stop,
)
from workbench.errors import AgentStopped, LedgerError
from workbench.formulas.proportions import wilson
from workbench.policy import Policy
from workbench.release import release
from workbench.tables import AGENT_OF, KINDS, LEVELS, TABLES, proposals_table

CODE = "code"
ORDERS = ("replenishment", "purchase_order")


@pytest.fixture
def ledger(tmp_path):
    return new_ledger(tmp_path)


def _outcomes(right, wrong=0, first=1000, kind="purchase_order"):
    """Matured decisions, the right ones first."""
    count = right + wrong
    return pd.DataFrame(
        {
            "agent": AGENT_OF[kind],
            "kind": kind,
            "correct": [True] * right + [False] * wrong,
            "proposed_as": range(first, first + count),
        }
    )


def _changes(*rows):
    table = TABLES["authority_changes"].empty()
    made = [
        {
            "change_id": number,
            "agent": "replenishment",
            "kind": "purchase_order",
            "level": "guarded",
            "reason": "",
            "actor": "workbench",
            "code": CODE,
            "limits": limits_digest(POLICY, "replenishment"),
            "changed_at": AT,
        }
        | row
        for number, row in enumerate(rows, start=1)
    ]
    return pd.DataFrame(made, columns=table.columns).astype(table.dtypes)


STARTED = {"cause": "started"}
AUTONOMOUS = {"cause": "promoted", "level": "autonomous"}


def _due(changes, outcomes, code=CODE, policy=POLICY):
    """What changes for purchase orders."""
    rows = due_changes(changes, outcomes, policy, "replenishment", code, LATER)
    return [(row["cause"], row["level"], row["reason"]) for row in rows if row["kind"] == "purchase_order"]


def test_every_kind_of_decision_has_a_level_to_start_at():
    assert set(Policy().autonomy.levels) == set(KINDS)
    assert {level_of(_changes(), Policy(), AGENT_OF[kind], kind) for kind in KINDS} == {"guarded"}


def test_an_agent_starts_where_the_policy_says_and_is_recorded_once():
    assert _due(_changes(), _outcomes(0)) == [("started", "guarded", "the policy's level")]
    assert _due(_changes(STARTED), _outcomes(0)) == []


def test_a_promotion_is_proposed_on_a_hundred_decisions_that_are_surely_good_enough():
    # 95 of 100: Wilson's lower end is 0.888; 94 of 100: 0.875
    assert _due(_changes(STARTED), _outcomes(95, 5)) == [
        (
            "proposed",
            "autonomous",
            "95 of 100 matured decisions were correct, at least 88.8% at 95 %; the bar is 88.0%",
        )
    ]
    assert _due(_changes(STARTED), _outcomes(94, 6)) == []
    assert _due(_changes(STARTED), _outcomes(99)) == []
    assert _due(_changes(STARTED, {"cause": "proposed", "level": "autonomous"}), _outcomes(95, 5)) == []


def test_what_was_proposed_before_the_last_change_earns_nothing():
    assert _due(_changes(STARTED), _outcomes(100, first=-200)) == []


def test_decisions_of_another_kind_earn_nothing():
    assert _due(_changes(STARTED), _outcomes(100, kind="transfer")) == []


@pytest.mark.parametrize(("level", "lower"), [("autonomous", "guarded"), ("guarded", "recommend")])
def test_drift_costs_a_level(level, lower):
    changes = _changes(STARTED, {"cause": "promoted", "level": level})
    # 80 of 100: Wilson's upper end is 0.867; 82 of 100: 0.883
    ((cause, to, reason),) = _due(changes, pd.concat([_outcomes(300), _outcomes(80, 20, first=2000)]))
    assert (cause, to) == ("demoted", lower)
    assert (
        reason == "drift: 80 of 100 matured decisions were correct, at most 86.7% at 95 %; the bar is 88.0%"
    )
    assert _due(changes, _outcomes(82, 18)) == []


def test_drift_is_not_told_from_a_few_decisions_and_does_not_go_below_recommend():
    assert _due(_changes(STARTED), _outcomes(0, 19)) == []
    assert _due(_changes(STARTED), _outcomes(14, 6))[0][:2] == ("demoted", "recommend")
    assert _due(_changes(STARTED, {"cause": "demoted", "level": "recommend"}), _outcomes(0, 100)) == []


def _with(section, **values):
    changed = getattr(POLICY, section).model_copy(update=values)
    return POLICY.model_copy(update={section: changed})


@pytest.mark.parametrize(
    ("code", "policy", "what"),
    [
        ("other", POLICY, "its code"),
        (CODE, _with("replenishment", review_days=5), "its section of the policy"),
        (CODE, _with("authority", purchase_order_limit=9.0), "its section of the policy"),
    ],
)
def test_other_code_or_limits_void_what_was_earned(code, policy, what):
    ((cause, level, reason),) = _due(_changes(STARTED, AUTONOMOUS), _outcomes(200), code, policy)
    assert (cause, level) == ("demoted", "guarded")
    assert reason.startswith(what)
    assert "autonomous was earned before" in reason


def test_other_code_does_not_give_back_what_drift_has_cost():
    changes = _changes(STARTED, {"cause": "demoted", "level": "recommend"})
    assert _due(changes, _outcomes(0), "other")[0][:2] == ("started", "recommend")


def test_a_limit_of_another_agent_is_no_change():
    other = _with("routing", co2e_price=9.0)
    assert limits_digest(other, "replenishment") == limits_digest(POLICY, "replenishment")
    assert limits_digest(other, "routing") != limits_digest(POLICY, "routing")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.booleans(), max_size=150), st.sampled_from(["recommend", "guarded", "autonomous"]))
def test_nothing_is_promoted_without_evidence_and_nothing_goes_up_by_itself(correct, level):
    outcomes = _outcomes(len(correct)).assign(correct=pd.Series(correct, dtype=bool))
    for cause, to, _ in _due(_changes(STARTED, {"cause": "demoted", "level": level}), outcomes):
        if cause == "proposed":
            assert len(correct) >= 100
            assert wilson(sum(correct), len(correct))[0] >= 0.88
        else:
            assert (cause, LEVELS.index(to)) == ("demoted", LEVELS.index(level) - 1)


def _mature(ledger, right, wrong=0):
    """Purchase orders of one plan and what became of them."""
    orders = [order(subject=f"PO-{number:03d}") for number in range(right + wrong)]
    publish(ledger, *orders, decision="executed", policy=POLICY)
    proposals = ledger.proposals(RUN)
    ledger.record_outcomes(
        proposals[["proposal_id", "agent", "kind", "confidence"]]
        .assign(
            correct=[True] * right + [False] * wrong,
            realised_cost=1.0,
            best_cost=1.0,
            best_action="do nothing",
            tolerance=0.1,
            regret=0.0,
            decided_cost=float("nan"),
            matured_on=pd.Timestamp(DAY),
        )
        .astype({"matured_on": "datetime64[us]"}),
        LATER,
    )


def _review(ledger, code=CODE):
    changes = ledger.authority_changes()
    ledger.change_authority(due_changes(changes, ledger.evidence(), POLICY, "replenishment", code, LATER))


def test_a_person_with_the_right_role_accepts_what_was_earned_and_other_code_ends_it(ledger):
    _review(ledger)
    _mature(ledger, 98, 2)
    with pytest.raises(LedgerError, match="No promotion of replenishment on purchase_order is proposed"):
        accept(ledger, POLICY, "Ann", *ORDERS, LATER)
    _review(ledger)
    with pytest.raises(
        LedgerError, match=r"Cem may decide .* up to 10,000\.00; who .* needs a limit of 50,000\.00"
    ):
        accept(ledger, POLICY, "Cem", *ORDERS, LATER)
    for stranger in ("Eva", "Mallory", ""):
        with pytest.raises(LedgerError, match=r"people\.roles"):
            accept(ledger, POLICY, stranger, *ORDERS, LATER)
    assert level_of(ledger.authority_changes(), POLICY, *ORDERS) == "guarded"
    accept(ledger, POLICY, "Dee", *ORDERS, LATER)
    assert level_of(ledger.authority_changes(), POLICY, *ORDERS) == "autonomous"
    with pytest.raises(LedgerError, match="No promotion"):
        accept(ledger, POLICY, "Dee", *ORDERS, LATER)
    _review(ledger, "other")
    assert level_of(ledger.authority_changes(), POLICY, *ORDERS) == "guarded"
    assert ledger.verify() is None


def test_a_failed_gate_costs_a_level_once_and_what_was_shown_before_still_counts(ledger):
    _review(ledger)
    _mature(ledger, 100)
    after_failed_gate(ledger, POLICY, "sales.csv is missing.", LATER)
    last = ledger.authority_changes().query("kind == 'purchase_order'").iloc[-1]
    assert (last["cause"], last["level"], last["reason"]) == (
        "failed_gate",
        "recommend",
        "failed gate: sales.csv is missing.",
    )
    head = ledger.head()
    assert after_failed_gate(ledger, POLICY, "sales.csv is missing.", LATER) == 0
    assert ledger.head() == head
    _review(ledger)
    assert proposed_level(ledger.authority_changes(), *ORDERS) == "guarded"
    assert proposed_level(ledger.authority_changes(), AGENT_OF["transfer"], "transfer") is None
    accept(ledger, POLICY, "Ann", *ORDERS, LATER)
    assert level_of(ledger.authority_changes(), POLICY, *ORDERS) == "guarded"


@pytest.mark.parametrize(
    ("start", "lowered"),
    [("shadow", "shadow"), ("recommend", "recommend"), ("guarded", "recommend"), ("autonomous", "guarded")],
)
def test_a_failed_gate_lowers_what_still_has_its_starting_level(ledger, start, lowered):
    policy = Policy.model_validate({"autonomy": {"levels": dict.fromkeys(KINDS, start)}})
    told = after_failed_gate(ledger, policy, "sales.csv is missing.", LATER)
    changes = ledger.authority_changes()
    assert told == len(changes) == (0 if start == lowered else len(KINDS))
    assert {level_of(changes, policy, AGENT_OF[kind], kind) for kind in KINDS} == {lowered}
    assert set(changes["reason"]) <= {"failed gate: sales.csv is missing."}
    ((cause, level, reason),) = _due(changes, _outcomes(0), policy=policy)
    assert (cause, level) == ("started", lowered)
    assert reason == ("the policy's level" if start == lowered else f"lowered to {lowered} before it began")


def test_what_a_failed_gate_cost_is_proposed_again_on_what_is_decided_from_then_on(ledger):
    after_failed_gate(ledger, POLICY, "sales.csv is missing.", AT)
    _review(ledger)
    _mature(ledger, 100)
    _review(ledger)
    last = ledger.authority_changes().query("kind == 'purchase_order'").iloc[-1]
    assert (last["cause"], last["level"]) == ("proposed", "guarded")
    accept(ledger, POLICY, "Ann", *ORDERS, LATER)
    assert level_of(ledger.authority_changes(), POLICY, *ORDERS) == "guarded"


def _judged(level, *records, **columns):
    kinds = {record["kind"]: level for record in records}
    policy = Policy.model_validate({"autonomy": {"levels": kinds}})
    table = proposals_table(records).assign(**columns)
    return judge(table, policy, doubtful={}, assumed=[], earlier=pd.DataFrame()).set_index("subject")


def test_each_level_lets_an_agent_do_what_its_name_says():
    unsure, sure, large = order("S1", confidence=0.5), order("S2"), order("S3", value=60_000.0)
    odd = order("S4", never_seen=True)
    decided = {level: _judged(level, unsure, sure, large, odd)["decision"].tolist() for level in LEVELS}
    assert decided == {
        "shadow": ["shadowed"] * 4,
        "recommend": ["escalated"] * 4,
        "guarded": ["escalated", "executed", "escalated", "escalated"],
        "autonomous": ["executed", "executed", "escalated", "escalated"],
    }
    row = _judged("recommend", sure).loc["PO-S2"]
    assert (row["rule"], row["decision_reason"]) == (
        "level",
        "Of replenishment every purchase_order waits for a person: its level is recommend, below guarded "
        "(level).",
    )
    assert _judged("autonomous", order(confidence=0.39)).loc["PO-S1", "rule"] == "confidence"


def test_inputs_in_doubt_or_assumed_wait_at_every_level():
    policy = Policy.model_validate({"autonomy": {"levels": {"purchase_order": "autonomous"}}})
    for doubts in ({"doubtful": {"A": "row 3"}, "assumed": []}, {"doubtful": {}, "assumed": ["price: 10"]}):
        decided = judge(proposals_table([order()]), policy, **doubts, earlier=pd.DataFrame())
        assert decided["decision"].tolist() == ["escalated"]


def test_what_stands_in_the_shadow_is_never_carried_out(ledger):
    publish(ledger, order(), decision="shadowed")
    assert release(ledger, Policy(), LATER) is None
    with pytest.raises(LedgerError, match="was shadowed by replenishment"):
        ledger.decide(f"PO-S1-{RUN}", "approved", "Ann", LATER)


def test_a_stopped_agent_carries_out_nothing_not_even_in_a_running_plan(ledger):
    start(ledger)
    ledger.record(RUN, judged(transfer(), decision="executed"), AT)
    stop(ledger, "replenishment", "Ann", AT, "prices are wrong")
    with pytest.raises(AgentStopped, match="replenishment is stopped"):
        ledger.record(RUN, judged(order(), decision="executed"), AT)
    ledger.record(RUN, judged(order()), AT)
    ledger.publish(RUN, {}, AT)
    assert release(ledger, Policy(), LATER).proposal_ids == (f"TR-W1-W2-{RUN}",)


def test_what_a_stopped_agent_has_carried_out_does_not_leave_until_it_goes_on(ledger):
    publish(ledger, order(), shipment(), decision="executed")
    stop(ledger, "replenishment", "Ann", AT, "prices are wrong")
    assert release(ledger, Policy(), LATER).proposal_ids == (f"SH-W1-fast-air-{RUN}",)
    row = standing(ledger, f"PO-S1-{RUN}")
    line = {"proposal_id": f"PO-S1-{RUN}", "decision_id": int(row["decision_id"]), "line": 0, "content": {}}
    with pytest.raises(AgentStopped):
        ledger.release(RUN, [line], LATER)
    resume(ledger, "replenishment", "Ann", LATER, "prices are right again")
    assert release(ledger, Policy(), LATER).proposal_ids == (f"PO-S1-{RUN}",)


def test_what_a_person_approved_of_a_stopped_agent_leaves(ledger):
    publish(ledger, order())
    stop(ledger, "replenishment", "Ann", AT, "prices are wrong")
    ledger.decide(f"PO-S1-{RUN}", "approved", "Ann", LATER)
    assert release(ledger, Policy(), LATER).lines == 1


def test_a_stop_names_who_and_why_and_pressing_it_twice_is_one_stop(ledger):
    stop(ledger, "routing", "Ann", AT, "storm")
    stop(ledger, "routing", "Bob", LATER, "storm")
    changes = ledger.authority_changes()
    assert changes[["agent", "cause", "actor", "reason"]].to_numpy().tolist() == [
        ["routing", "stopped", "Ann", "storm"]
    ]
    assert is_stopped(changes, "routing")
    assert not is_stopped(changes, "replenishment")
    decided = judge(
        proposals_table([shipment()]),
        Policy(),
        doubtful={},
        assumed=[],
        earlier=pd.DataFrame(),
        changes=changes,
    )
    assert decided["rule"].tolist() == ["stopped"]
    assert decided["decision_reason"][0].startswith(
        "routing was stopped by Ann on 2026-11-16 at 10:00 UTC: storm"
    )
    for agent, actor, reason in (("pricing", "Ann", "x"), ("routing", "", "x"), ("routing", "Ann", " ")):
        with pytest.raises(LedgerError):
            resume(ledger, agent, actor, AT + timedelta(1), reason)
