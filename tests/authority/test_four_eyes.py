from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.authority.people import PEOPLE, POLICY, policy, publish
from tests.ledger.making import AT, DAY, LATER, RUN, judged, new_ledger, order, standing, start, transfer
from workbench.authority import Desk
from workbench.errors import AlreadyDecided, LedgerError, StateMoved
from workbench.ledger.reservations import Wanted
from workbench.policy import Policy

ORDER, OTHER = f"PO-S1-{RUN}", f"PO-S2-{RUN}"
BIG = {0: 24_000}  # 240,000 of the 120 units for 1,200 that are proposed


@pytest.fixture
def ledger(tmp_path):
    return new_ledger(tmp_path)


def _desk(ledger, person="Ann", chosen=POLICY, at=LATER):
    return Desk(ledger, chosen, None, lambda: at, person)


def _refused(ledger, decide, *given, sentence, kind=LedgerError, **named):
    head = ledger.head()
    with pytest.raises(kind) as refused:
        decide(*given, **named)
    assert sentence in str(refused.value)
    assert ledger.head() == head


def _release(ledger, proposal_id):
    row = standing(ledger, proposal_id)
    line = {"proposal_id": proposal_id, "decision_id": int(row["decision_id"]), "line": 0}
    ledger.release(RUN, [line | {"content": row["lines"][0]}], LATER)


def test_nobody_who_is_known_may_look_and_decides_nothing(ledger):
    publish(ledger, order())
    desk = _desk(ledger, "")
    assert len(desk.waiting()) == 1
    assert "Nobody is known here" in desk.may_not(ORDER)
    for decide in (
        desk.approve,
        desk.undo,
        desk.undo_together,
        lambda which: desk.reject(which, "no"),
        lambda which: desk.approve_all([which]),
    ):
        _refused(ledger, decide, ORDER, sentence="Nobody is known here")
    _refused(ledger, desk.snooze, ORDER, LATER + timedelta(hours=1), sentence="Nobody is known here")


def test_a_proposal_above_the_limit_is_refused_as_proposed_and_as_changed(ledger):
    publish(ledger, order(value=10_000.0), order("S2", value=10_000.01))
    buyer = _desk(ledger, "Cem")
    assert buyer.may_not(ORDER) is None
    assert "up to 10,000.00 USD; this one is worth 10,000.01 USD" in buyer.may_not(OTHER)
    _refused(ledger, buyer.approve, OTHER, sentence="worth 10,000.01 USD")
    _refused(ledger, buyer.approve, OTHER, {0: 108}, sentence="worth 10,000.01 USD")
    _refused(ledger, buyer.reject, OTHER, "too dear", sentence="worth 10,000.01 USD")
    _refused(ledger, buyer.approve, ORDER, {0: 132}, sentence="worth 11,000.00 USD")
    buyer.approve(ORDER)


def test_a_change_above_the_four_eyes_amount_waits_for_another_person(ledger):
    publish(ledger, order())
    ann, bob = _desk(ledger), _desk(ledger, "Bob")
    ann.approve(ORDER, BIG, "a fair", "promotion")
    row = standing(ledger, ORDER)
    assert (row["decision"], row["decided_by"], row["approved_quantity"]) == ("amended", "Ann", 24_000.0)
    assert row["reason_code"] == "promotion"
    assert ann.waiting()["proposal_id"].tolist() == [ORDER]
    assert "Ann has changed it, and it is worth 240,000.00 USD" in ann.may_not(ORDER)
    _refused(ledger, ann.approve, ORDER, sentence="another person must approve it. planner or Bob may.")
    assert bob.may_not(ORDER) is None
    bob.approve(ORDER)
    row = standing(ledger, ORDER)
    assert (row["decision"], row["decided_by"], row["approved_quantity"]) == ("changed", "Bob", 24_000.0)
    head = ledger.head()
    bob.approve(ORDER)
    assert ledger.head() == head


def test_the_same_change_again_writes_nothing_and_is_no_second_pair_of_eyes(ledger):
    publish(ledger, order())
    ann = _desk(ledger)
    ann.approve(ORDER, BIG)
    head = ledger.head()
    ann.approve(ORDER, BIG)
    assert ledger.head() == head
    ann.approve(ORDER, BIG, "once more")
    assert standing(ledger, ORDER)["decision"] == "amended"


def test_who_changes_an_amended_order_again_needs_another_person_too(ledger):
    publish(ledger, order())
    _desk(ledger).approve(ORDER, BIG)
    _desk(ledger, "Bob").approve(ORDER, {0: 24_012})
    row = standing(ledger, ORDER)
    assert (row["decision"], row["decided_by"], row["approved_quantity"]) == ("amended", "Bob", 24_012.0)
    _desk(ledger).approve(ORDER)
    assert standing(ledger, ORDER)["decision"] == "changed"


def test_an_amended_order_can_be_approved_as_it_was_proposed_or_taken_back_by_who_amended_it(ledger):
    publish(ledger, order(), order("S2"))
    ann = _desk(ledger)
    ann.approve(ORDER, BIG)
    ann.approve(ORDER, {0: 120})
    assert standing(ledger, ORDER)["decision"] == "approved"
    ann.approve(OTHER, BIG)
    ann.undo(OTHER)
    assert (standing(ledger, OTHER)["decision"], standing(ledger, OTHER)["decided_lines"]) == ("undone", None)


def test_a_change_that_nobody_else_may_approve_is_refused_with_what_the_policy_lacks(ledger):
    alone = Policy()
    publish(ledger, order(), policy=alone)
    desk = _desk(ledger, "planner", alone)
    _refused(
        ledger, desk.approve, ORDER, BIG, sentence="Nobody else may; give somebody else in people.members"
    )
    desk.approve(ORDER, {0: 2_400})
    assert standing(ledger, ORDER)["decision"] == "changed"


def test_who_saw_other_lines_than_those_that_stand_is_told_who_changed_them(ledger):
    publish(ledger, order())
    seen = int(standing(ledger, ORDER)["decision_id"])
    _desk(ledger).approve(ORDER, BIG)
    with pytest.raises(AlreadyDecided, match="was amended by Ann"):
        ledger.decide(ORDER, "approved", "Bob", LATER, seen=seen)


def test_many_are_approved_at_once_or_none(ledger):
    publish(ledger, order(), order("S2", value=200_000.01), order("S3", value=90_000.0), transfer())
    ann = _desk(ledger)
    third = f"PO-S3-{RUN}"
    _refused(
        ledger,
        ann.approve_all,
        [ORDER, OTHER],
        sentence="PO-S2-20261116-1: It is worth 200,000.01 USD; above 200,000.00 USD",
    )
    _refused(ledger, _desk(ledger, "Cem").approve_all, [ORDER, third], sentence="Nothing was decided")
    _refused(ledger, ann.approve_all, [ORDER, "PO-S9"], sentence="'PO-S9' is no proposal of this plan")
    ann.approve_all([ORDER, third, ORDER], "as every week", "as_agreed")
    assert standing(ledger, third)["decision"] == standing(ledger, ORDER)["decision"] == "approved"
    assert standing(ledger, third)["reason_code"] == "as_agreed"
    head = ledger.head()
    ann.approve_all([ORDER, third], "as every week", "as_agreed")
    assert ledger.head() == head
    _refused(
        ledger,
        _desk(ledger, "Bob").approve_all,
        [f"TR-W1-W2-{RUN}", third],
        sentence="approved by Ann",
        kind=AlreadyDecided,
    )


def test_what_was_approved_together_is_undone_together(ledger):
    """Who may undo each may undo all; what was decided apart stays; the same again writes nothing."""
    third = f"PO-S3-{RUN}"
    publish(ledger, order(), order("S2"), order("S3", value=90_000.0), transfer())
    ann, move = _desk(ledger), f"TR-W1-W2-{RUN}"
    ann.approve(move)
    _desk(ledger, at=LATER + timedelta(seconds=1)).approve_all([ORDER, OTHER, third], "as every week")
    _refused(ledger, _desk(ledger, "Cem").undo_together, ORDER, sentence="PO-S3-20261116-1: Cem may decide")
    _refused(ledger, ann.undo_together, "PO-S9", sentence="'PO-S9' is no proposal of this plan")

    assert ann.undo_together(OTHER, "too early") == 3
    assert [standing(ledger, each)["decision"] for each in (ORDER, OTHER, third)] == ["undone"] * 3
    assert standing(ledger, third)["decision_reason"] == "too early"
    assert standing(ledger, move)["decision"] == "approved"
    head = ledger.head()
    assert ann.undo_together(OTHER, "too early") == 3
    assert ledger.head() == head
    _refused(ledger, ann.undo_together, OTHER, "again", sentence="nothing to undo")


def test_what_was_decided_anew_or_released_since_stays_when_the_rest_is_undone(ledger):
    third = f"PO-S3-{RUN}"
    publish(ledger, order(), order("S2"), order("S3"), order("S4"))
    ann, bob = _desk(ledger), _desk(ledger, "Bob")
    ann.approve_all([ORDER, OTHER, third, f"PO-S4-{RUN}"])
    bob.undo(OTHER)
    bob.approve(OTHER)
    _release(ledger, third)

    assert ann.undo_together(ORDER) == 2
    assert standing(ledger, ORDER)["decision"] == "undone"
    assert standing(ledger, OTHER)["decided_by"] == "Bob"
    assert standing(ledger, third)["decision"] == "approved"
    _refused(ledger, ann.undo_together, third, sentence="has been released since", kind=AlreadyDecided)


def test_what_somebody_amended_is_not_approved_in_a_bulk(ledger):
    publish(ledger, order())
    _desk(ledger).approve(ORDER, BIG)
    _refused(ledger, _desk(ledger, "Bob").approve_all, [ORDER], sentence="Ann has changed it")


def test_an_unknown_reason_code_is_refused_with_those_that_are_known(ledger):
    publish(ledger, order())
    _refused(
        ledger,
        _desk(ledger).approve,
        ORDER,
        code="because",
        sentence="'because' is no reason code; give one of as_agreed",
    )


def test_a_proposal_can_be_put_off_until_the_next_plan_is_due(ledger):
    publish(ledger, order())
    desk = _desk(ledger)
    due = POLICY.business.as_of(DAY + timedelta(days=1))
    assert desk.queue()["expires_at"].tolist() == [due]
    assert desk.queue()["snoozed_until"].isna().all()
    for until in (LATER, due + timedelta(seconds=1)):
        _refused(ledger, desk.snooze, ORDER, until, sentence="no later than 2026-11-17 04:00 UTC")
    until = LATER + timedelta(hours=2)
    desk.snooze(ORDER, until)
    assert desk.queue()["snoozed_until"].tolist() == [until]
    assert desk.waiting().empty
    assert len(_desk(ledger, at=until).waiting()) == 1
    desk.approve(ORDER)
    _refused(ledger, desk.snooze, ORDER, due, sentence="does not wait")


def test_a_plan_that_should_have_been_replaced_is_so_at_the_next_plan_hour(ledger):
    """Three days later, at 09:00 and at 03:00: plans are made at 04:00."""
    publish(ledger, order())
    hour = POLICY.business.as_of
    third, fourth = hour(DAY + timedelta(days=3)), hour(DAY + timedelta(days=4))
    for at, due in ((LATER + timedelta(days=3), fourth), (third - timedelta(hours=1), third)):
        assert _desk(ledger, at=at).queue()["expires_at"].tolist() == [due]


def test_a_proposal_that_is_not_in_the_plan_is_named(ledger):
    publish(ledger, order())
    _refused(ledger, _desk(ledger).approve, "PO-none", sentence="'PO-none' is no proposal of this plan")


def _with(section, **values):
    return POLICY.model_copy(update={section: getattr(POLICY, section).model_copy(update=values)})


def test_an_approval_is_refused_once_the_policy_that_its_agent_read_has_moved(ledger):
    publish(ledger, order(), transfer())
    desk = _desk(ledger, chosen=_with("replenishment", review_days=5))
    _refused(ledger, desk.approve, ORDER, sentence="policy that replenishment reads", kind=StateMoved)
    _refused(ledger, desk.approve_all, [f"TR-W1-W2-{RUN}", ORDER], sentence="plan again", kind=StateMoved)
    desk.approve(f"TR-W1-W2-{RUN}")
    desk.reject(ORDER, "not needed")


def test_people_and_the_scorecard_move_no_proposal_and_are_asked_at_the_decision(ledger):
    publish(ledger, order(), order("S2"), order("S3", value=9_000.0))
    for other in (
        policy(delegations=[{"giver": "Dee", "taker": "Cem", "until": "2026-11-30"}]),
        _with("scorecard", response_minutes=9.0),
    ):
        _desk(ledger, chosen=other).approve(ORDER)
        _desk(ledger, chosen=other).undo(ORDER)
    lower = policy(roles=PEOPLE["roles"] | {"buyer": {"replenishment": 5_000.0}})
    desk = _desk(ledger, "Cem", chosen=lower)
    desk.approve(OTHER)
    _refused(ledger, desk.approve, f"PO-S3-{RUN}", sentence="up to 5,000.00")


def test_an_approval_after_newer_inputs_came_is_refused_and_one_that_stands_is_not(ledger):
    publish(ledger, order(), order("S2"))
    desk = _desk(ledger)
    desk.approve(ORDER)
    start(ledger, "20261116-2", inputs="newer", policy=POLICY)
    _refused(
        ledger, desk.approve, OTHER, sentence="run 20261116-2 has begun from newer inputs", kind=StateMoved
    )
    _refused(ledger, desk.approve_all, [OTHER], sentence="plan again", kind=StateMoved)
    desk.approve(ORDER)


def test_a_desk_whose_policy_file_was_changed_decides_nothing_until_it_is_opened_again(ledger):
    publish(ledger, order())
    desk = Desk(ledger, POLICY, None, lambda: LATER, "Ann", lambda: "policy.toml has been changed.")
    for decide in (
        desk.approve,
        desk.undo,
        lambda which: desk.reject(which, "no"),
        lambda which: desk.approve_all([which]),
        lambda which: desk.stop("routing", which),
        lambda _: desk.promote("routing", "shipment"),
    ):
        _refused(ledger, decide, ORDER, sentence="policy.toml has been changed", kind=StateMoved)


def test_an_approval_after_others_reserved_its_stock_is_refused_with_what_moved(ledger):
    start(ledger, policy=POLICY)
    ledger.open_stock(RUN, [("A", "W1", 1000), ("B", "W1", 1000)], [], AT)
    ledger.record(RUN, judged(order(), order("S2", sku="B"), transfer(), decision="escalated"), AT)
    ledger.publish(RUN, {}, AT)
    desk = _desk(ledger)
    assert (
        ledger.reserve(RUN, "web/1", [Wanted("O77/1", "A", "W1", 3)], LATER, LATER + timedelta(days=1))
        is None
    )
    for which in (ORDER, f"TR-W1-W2-{RUN}"):
        told = "3 units of A at W1 have been reserved for O77/1 since it was proposed"
        _refused(ledger, desk.approve, which, sentence=told, kind=StateMoved)
        _refused(ledger, desk.approve_all, [OTHER, which], sentence=told, kind=StateMoved)
    desk.approve(OTHER)
    ledger.end_reservations(RUN, "O77/1")
    desk.approve(ORDER)


def test_what_the_plan_itself_gives_away_moves_nothing(ledger):
    start(ledger, policy=POLICY)
    ledger.open_stock(RUN, [("A", "W1", 1000)], [], AT)
    ledger.record(RUN, judged(transfer(), transfer(subject="TR-W1-W3"), decision="escalated"), AT)
    ledger.publish(RUN, {}, AT)
    _desk(ledger).approve(f"TR-W1-W2-{RUN}")
    _desk(ledger).approve(f"TR-W1-W3-{RUN}")


def test_who_may_decide_on_an_agents_proposals_stops_it_and_lets_it_go_on(ledger):
    with pytest.raises(LedgerError, match="Eva has no role that may decide on proposals of routing"):
        _desk(ledger, "Eva").stop("routing", "storm")
    for person in ("", "Cem"):
        with pytest.raises(LedgerError):
            _desk(ledger, person).resume("routing", "over")
    _desk(ledger).stop("routing", "storm")
    assert ledger.stopped_agents() == {"routing"}
    _desk(ledger, "Bob").resume("routing", "over")
    assert ledger.stopped_agents() == set()


people = st.sampled_from(["planner", "Ann", "Bob", "Cem", "Dee", "Eva", "Mallory", ""])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(people, st.sampled_from(["approve", "undo", "reject"]), st.integers(9, 2500)), max_size=8
    )
)
def test_whatever_people_do_nothing_leaves_beyond_a_limit_or_past_two_pairs_of_eyes(tmp_path_factory, acts):
    ledger = new_ledger(tmp_path_factory.mktemp("ledger"))
    publish(ledger, order(value=1_200.0, quantity=120))
    limits = {"planner": 1e6, "Ann": 1e6, "Bob": 1e6, "Cem": 1e4, "Dee": 1e5}
    changed_by = ""
    for person, act, packs in acts:
        desk = _desk(ledger, person)
        before = standing(ledger, ORDER)
        with suppress(LedgerError):
            if act == "approve":
                desk.approve(ORDER, None if packs % 3 == 0 else {0: 12 * packs})
            elif act == "undo":
                desk.undo(ORDER)
            else:
                desk.reject(ORDER, "no")
        row = standing(ledger, ORDER)
        if row["decision_id"] == before["decision_id"]:
            continue
        value = (row["decided_lines"] or row["lines"])[0]["value"]
        assert row["decided_by"] == person
        assert value <= limits[person]
        if row["decided_lines"] != before["decided_lines"] and row["decided_lines"]:
            changed_by = person
        if row["decision"] == "changed" and value > POLICY.people.four_eyes_amount:
            assert changed_by != person
    assert ledger.verify() is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 40), max_size=4))
def test_no_time_that_passes_approves_anything(tmp_path_factory, waits):
    ledger = new_ledger(tmp_path_factory.mktemp("ledger"))
    publish(ledger, order(), transfer())
    desk = _desk(ledger)
    desk.approve(ORDER, BIG)
    at = LATER
    for number, hours in enumerate(waits, start=2):
        at += timedelta(hours=hours)
        desk = _desk(ledger, at=at)
        desk.queue(), desk.waiting()
        publish(ledger, order(), run_id=f"20261116-{number}", at=at)
        assert not ledger.proposals(RUN)["decision"].isin(["executed", "approved", "changed"]).any()
        assert desk.queue()["decision"].tolist() == ["escalated"]
    assert ledger.releases().empty
