"""Under guard on PostgreSQL people decide as they do on SQLite; the database itself keeps their limits."""

import random
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url
from typer.testing import CliRunner

from tests.ledger.logins import POLICY, guarded
from tests.ledger.making import (
    AT,
    DAY,
    RUN,
    new_ledger,
    order,
    publish,
    redirect,
    share,
    shipment,
    standing,
    start,
    transfer,
)
from workbench.authority import Desk, autonomy
from workbench.cli import app
from workbench.errors import AlreadyDecided, LedgerError, StateMoved
from workbench.ledger import roles
from workbench.ledger.door import PICKED
from workbench.ledger.reservations import Wanted
from workbench.runs.business import LEDGER, Business

STOCK = [("A", "W1", 14), ("A", "W2", 4), ("B", "W1", 3)]
PROMISED = [Wanted("O1/1", "A", "W1", 2), Wanted("O2/1", "B", "W1", 3)]
SAID = ("decision", "decided_by", "decision_reason", "reason_code", "approved_quantity", "decided_lines")


def proposals():
    tiered = order("S1")
    tiered["lines"][0]["tiers"] = [[1, 8.0, 10.0], [200, 7.0, 9.0]]
    return [
        tiered,
        order("S2", value=4_000.0),
        redirect(quantity=24),
        transfer(quantity=8),
        shipment("O1", quantity=2, subject="SH-W1-fast-air"),
        shipment("O2", quantity=3, sku="B", subject="SH-W1-slow-road"),
        share(),
    ]


def opened(ledger):
    ledger.open_stock(RUN, STOCK, PROMISED, AT)
    publish(ledger, *proposals(), policy=POLICY)


@pytest.fixture
def guard(tmp_path):
    with guarded(tmp_path) as ledger:
        opened(ledger.ledger("service"))
        yield ledger


def now():
    return datetime.now(UTC)


def desk(guard, person):
    return Desk(guard.ledger(person), POLICY, None, now, person)


def _act(desk, rng, ids):
    """One thing that a person may try, and what came of it."""
    proposal_id = rng.choice(ids)
    quantity = rng.choice([None, None, 0, 1, 2, 8, 12, 108, 240, 252, 253, 60])
    try:
        match rng.choice(["approve", "approve", "reject", "undo"]):
            case "approve":
                desk.approve(proposal_id, {} if quantity is None else {0: quantity}, "why", "price")
            case "reject":
                desk.reject(proposal_id, "too dear")
            case "undo":
                desk.undo(proposal_id)
    except LedgerError as refused:
        return type(refused)
    return "done"


@pytest.mark.parametrize("seed", range(3))
def test_whatever_people_try_the_doors_answer_as_the_ledger_in_a_file_does(guard, tmp_path, seed):
    file = new_ledger(tmp_path)
    opened(file)
    rng, same = random.Random(seed), random.Random(seed)  # noqa: S311
    ids = sorted(file.proposals(RUN)["proposal_id"])
    behind = {person: desk(guard, person) for person in ("Ann", "Bob", "Kim")}
    plain = {person: Desk(file, POLICY, None, now, person) for person in behind}
    done = 0
    for _ in range(40):
        person = rng.choice(list(behind))
        assert same.choice(list(behind)) == person
        answer = _act(behind[person], rng, ids)
        assert answer == _act(plain[person], same, ids)
        done += answer == "done"
    assert done > 5
    reader = guard.ledger("Ann")
    assert reader.proposals(RUN)[[*SAID]].equals(file.proposals(RUN)[[*SAID]])
    assert reader.stock_left(RUN).equals(file.stock_left(RUN))
    held = ["holder", "sku", "warehouse", "units", "ended"]
    assert reader.reservations(RUN)[held].equals(file.reservations(RUN)[held])
    assert (reader.rows(), reader.verify()) == (file.rows(), None)


def test_a_change_above_four_eyes_waits_for_another_person_under_another_login(guard):
    proposal_id = f"PO-S1-{RUN}"
    desk(guard, "Ann").approve(proposal_id, {0: 252})
    row = standing(guard.ledger("Ann"), proposal_id)
    assert (row["decision"], row["decided_by"]) == ("amended", "Ann")
    assert row["decided_lines"][0]["value"] == 252 * 9.0
    with pytest.raises(LedgerError, match="another person must approve"):
        guard.ledger("Ann").decide(
            proposal_id, "changed", "Ann", now(), quantity=252.0, lines=row["decided_lines"]
        )
    desk(guard, "Bob").approve(proposal_id)
    row = standing(guard.ledger("Ann"), proposal_id)
    assert (row["decision"], row["decided_by"], row["approved_quantity"]) == ("changed", "Bob", 252.0)


def test_the_second_person_is_told_who_was_first(guard):
    guard.ledger("Bob").decide(f"PO-S1-{RUN}", "approved", "Bob", AT)
    with pytest.raises(
        AlreadyDecided, match=r"was approved by Bob on 20\d\d-\d\d-\d\d at \d\d:\d\d UTC; nothing"
    ):
        guard.ledger("Ann").decide(f"PO-S1-{RUN}", "rejected", "Ann", AT, reason="too dear")


def test_bulk_approval_is_all_or_nothing_behind_the_door_too(guard):
    ledger = guard.ledger("Ann")
    seen = ledger.proposals(RUN).set_index("proposal_id")["decision_id"].to_dict()
    guard.ledger("Bob").decide(f"PO-S2-{RUN}", "rejected", "Bob", AT, reason="too dear")
    head = ledger.head()
    with pytest.raises(AlreadyDecided, match="was rejected by Bob"):
        ledger.decide_all("approved", seen, "Ann", AT)
    assert ledger.head() == head
    del seen[f"PO-S2-{RUN}"]
    ledger.decide_all("approved", seen, "Ann", AT)
    standing_now = ledger.proposals(RUN)
    assert (standing_now["decided_by"] == "Ann").sum() == len(seen)
    assert standing_now.loc[standing_now["decided_by"] == "Ann", "decided_at"].nunique() == 1


def test_bulk_undo_is_all_or_nothing_behind_the_door_too(guard):
    """Decided in one go, at one instant; what Bob has decided anew keeps the rest from being undone."""
    ledger = guard.ledger("Ann")
    seen = ledger.proposals(RUN).set_index("proposal_id")["decision_id"].to_dict()
    ledger.decide_all("approved", seen, "Ann", AT)
    approved = ledger.proposals(RUN).set_index("proposal_id")["decision_id"].to_dict()
    guard.ledger("Bob").decide(f"PO-S2-{RUN}", "undone", "Bob", AT)
    head = ledger.head()
    with pytest.raises(LedgerError, match="nothing to undo"):
        ledger.decide_all("undone", approved, "Ann", AT)
    assert ledger.head() == head
    del approved[f"PO-S2-{RUN}"]
    ledger.decide_all("undone", approved, "Ann", AT)
    head = ledger.head()
    ledger.decide_all("undone", approved, "Ann", AT)
    assert ledger.head() == head
    assert set(ledger.proposals(RUN)["decision"]) == {"undone"}
    assert ledger.verify() is None


def test_two_decisions_one_after_the_other_have_two_instants(guard):
    ledger = guard.ledger("Ann")
    for number in (1, 2):
        ledger.decide(f"PO-S{number}-{RUN}", "approved", "Ann", AT)
    assert ledger.proposals(RUN).query("decided_by == 'Ann'")["decided_at"].nunique() == 2


def test_what_has_been_given_away_since_is_not_given_again(guard):
    guard.ledger("service").reserve(
        RUN, "web shop", [Wanted("O9/1", "A", "W1", 10)], AT, AT + timedelta(days=1)
    )
    with pytest.raises(StateMoved, match="8 units of A at W1 cannot be given to TR-W1-W2"):
        guard.ledger("Ann").decide(f"TR-W1-W2-{RUN}", "approved", "Ann", AT)


def test_a_run_begun_since_refuses_by_its_inputs_alone_behind_the_door_and_at_the_desk(guard, tmp_path):
    file = new_ledger(tmp_path)
    opened(file)
    other = POLICY.model_copy(
        update={"scorecard": POLICY.scorecard.model_copy(update={"response_minutes": 9})}
    )
    for number, inputs in enumerate(("same", "newer"), start=2):
        for ledger in (guard.ledger("service"), file):
            start(ledger, f"20261116-{number}", inputs=inputs, policy=other)
        for which in (guard.ledger("Ann"), file):
            decide = Desk(which, POLICY, RUN, now, "Ann").approve
            straight = partial(which.decide, f"PO-S2-{RUN}", "approved", "Ann", AT)
            if inputs == "same":
                decide(f"PO-S1-{RUN}")
                continue
            with pytest.raises(StateMoved, match="run 20261116-3 has begun from newer inputs"):
                decide(f"PO-S2-{RUN}")
            if which is not file:  # the file's ledger leaves this to the desk
                with pytest.raises(StateMoved, match="a run has begun from newer inputs"):
                    straight()


def test_putting_off_says_who_did_and_nothing_else_can_be_noted(guard):
    person = desk(guard, "Ann")
    until = now() + timedelta(minutes=5)
    ledger = guard.ledger("Ann")
    ledger.log("snoozed", f"PO-S1-{RUN}", {"until": until.isoformat(), "by": "Bob"}, AT, RUN)
    (detail,) = ledger.events("snoozed", RUN)["detail"]
    assert detail == {"until": until.isoformat(timespec="seconds"), "by": "Ann"}
    assert person.queue().set_index("proposal_id")["snoozed_until"].notna().sum() == 1
    with pytest.raises(LedgerError, match="under a person's login"):
        ledger.log("released", RUN, {}, AT)


def test_who_may_decide_on_shipments_picks_how_the_day_is_routed(guard):
    desk(guard, "Ann").pick_routes({"lateness_cost_per_day": 4.0, "co2e_price": 1.1}, " greener ")
    ledger = guard.ledger("Ann")
    (event,) = ledger.events(PICKED).to_dict("records")
    texts = {"lateness_cost_per_day": "4.0", "co2e_price": "1.1"}
    assert event["detail"] == {"weights": texts, "by": "Ann", "reason": "greener"}
    assert (event["run_id"], event["subject"]) == (RUN, DAY.isoformat())
    with pytest.raises(LedgerError, match="Lea: routes are picked"):
        guard.ledger("Lea").log(PICKED, "", {"weights": texts, "reason": "mine"}, AT)
    assert ledger.verify() is None


def test_the_service_makes_the_next_plan_and_releases_what_people_approved(guard):
    guard.ledger("Ann").decide(f"PO-S1-{RUN}", "approved", "Ann", AT)
    service = guard.ledger("service")
    last = int(standing(service, f"PO-S1-{RUN}")["decision_id"])
    content = {"proposal_id": f"PO-S1-{RUN}", "line": 0, "decision_id": last, "content": {"sku": "A"}}
    service.release(RUN, [content], AT)
    publish(service, order("S1"), run_id="20261117-1", day=DAY + timedelta(days=1), policy=POLICY)
    assert service.verify() is None
    assert set(service.proposals(RUN)["decision"]) == {"approved", "expired"}


def test_granting_again_takes_over_the_policy_of_now_and_forgets_logins_that_are_not_named(guard):
    people = {**POLICY.people.model_dump(), "roles": {**POLICY.people.roles, "planner": {"allocation": 1.0}}}
    bob = guard.ledger("Bob")
    guard.logins = {name: login for name, login in guard.logins.items() if name != "Bob"}
    guard.grant(POLICY.model_copy(update={"people": type(POLICY.people)(**people)}))
    with pytest.raises(LedgerError, match="permission denied"):
        bob.proposals(RUN)
    with pytest.raises(LedgerError, match=r"Ann may decide on proposals of replenishment up to 0\.00 USD"):
        guard.ledger("Ann").decide(f"PO-S1-{RUN}", "approved", "Ann", AT)


def test_anybody_known_stops_an_agent_and_who_may_decide_for_it_lets_it_go_on(guard):
    tom, ann = guard.ledger("Tom"), guard.ledger("Ann")
    autonomy.stop(tom, "replenishment", "Tom", AT, "orders look wrong")
    assert tom.stopped_agents() == {"replenishment"}
    with pytest.raises(
        LedgerError, match=r"Tom may decide on proposals of replenishment up to 0\.00; who lets it"
    ):
        autonomy.resume(tom, "replenishment", "Tom", AT, "fine again")
    autonomy.resume(ann, "replenishment", "Ann", AT, "fine again")
    changes = ann.authority_changes()
    assert changes[["cause", "actor", "reason"]].to_numpy().tolist() == [
        ["stopped", "Tom", "orders look wrong"],
        ["resumed", "Ann", "fine again"],
    ]
    assert ann.verify() is None


def test_a_promotion_is_taken_as_the_workbench_proposed_it_by_who_may_decide_as_much(guard):
    row = {"agent": "replenishment", "kind": "purchase_order", "level": "autonomous", "cause": "proposed"}
    said = {
        "reason": "95 of 100 were correct",
        "actor": "workbench",
        "code": "c",
        "limits": "l",
        "changed_at": AT,
    }
    promoted = [{**row, **said, "cause": "promoted", "level": "shadow", "reason": "because I say so"}]
    with pytest.raises(LedgerError, match="No promotion of replenishment on purchase_order is proposed"):
        guard.ledger("Lea").change_authority(promoted)
    guard.ledger("service").change_authority([{**row, **said}])
    with pytest.raises(LedgerError, match=r"Ann may .* up to 5,000\.00; who lets it act .* 50,000\.00"):
        guard.ledger("Ann").change_authority(promoted)
    guard.ledger("Lea").change_authority(promoted)
    last = guard.ledger("Ann").authority_changes().iloc[-1]
    assert last[["level", "cause", "reason", "actor", "code", "limits"]].tolist() == [
        *("autonomous", "promoted", "95 of 100 were correct", "Lea", "c", "l")
    ]
    assert guard.ledger("Ann").verify() is None


def test_what_a_later_version_has_more_is_added_by_granting_again_and_by_nobody_else(guard):
    with create_engine(guard.owners_url, poolclass=NullPool).begin() as connection:
        schema, base = connection.execute(text("SELECT current_schema(), current_database()")).one()
        owner = f'"{base}_{schema}_ledger"'
        connection.execute(text(f"GRANT {owner} TO CURRENT_USER"))
        connection.execute(text("ALTER TABLE runs DROP COLUMN notebooks"))
        connection.execute(text(f"REVOKE {owner} FROM CURRENT_USER"))
    for name in ("Ann", "service"):
        with pytest.raises(
            LedgerError, match=r"lacks runs\.notebooks, .* let the ledger's owner run `workbench"
        ):
            guard.ledger(name)
    guard.grant()
    assert guard.ledger("service").run(RUN)["notebooks"] is None
    assert guard.ledger("Ann").verify() is None


def test_who_may_only_read_opens_the_ledger_and_reads_before_anybody_noted_whose_it_is(
    guard, tmp_path, monkeypatch
):
    (tmp_path / "policy.toml").write_text(POLICY.toml())
    for name in ("Ann", "service"):
        monkeypatch.setenv(LEDGER, guard.url(name))
        looking = Business(tmp_path, read_only=True).ledger
        assert len(looking.proposals(RUN)) == len(proposals())
        with pytest.raises(LedgerError, match="nothing was recorded"):
            looking.start_run("20261117-1", DAY, "x", {}, "p", AT)
    monkeypatch.setenv(LEDGER, guard.url("Ann"))
    assert len(Business(tmp_path).ledger.proposals(RUN)) == len(proposals())
    assert guard.ledger("Ann").events("ledger of a business").empty
    monkeypatch.setenv(LEDGER, guard.url("service"))
    assert len(Business(tmp_path).ledger.events("ledger of a business")) == 1
    other = POLICY.model_copy(update={"business": POLICY.business.model_copy(update={"name": "Other"})})
    (tmp_path / "policy.toml").write_text(other.toml())
    with pytest.raises(LedgerError, match="ledger is that of 'My business'"):
        _ = Business(tmp_path, read_only=True).ledger


@pytest.mark.parametrize(
    ("people", "services", "sentence"),
    [
        ({"nobody_here": "Ann"}, [], "There is no login 'nobody_here' in the database; create it there"),
        ({"ann": "Zoe"}, [], "'Zoe', for the login ann_.* is none of the policy's people.members"),
        ({"owner": "Ann"}, [], "could change the rules themselves; name one with less power"),
        ({"ann": "Ann"}, ["ann"], "is a person's login and a service's; give two"),
    ],
)
def test_a_login_that_cannot_be_trusted_or_is_not_there_is_refused(guard, people, services, sentence):
    names = {"ann": guard.logins["Ann"], "owner": make_url(guard.owners_url).username}
    with pytest.raises(LedgerError, match=sentence):
        roles.grant(
            guard.owners_url,
            POLICY,
            {names.get(login, login): person for login, person in people.items()},
            [names[login] for login in services],
        )


def test_a_file_knows_no_logins(tmp_path):
    with pytest.raises(LedgerError, match="Only PostgreSQL knows logins"):
        roles.grant(f"sqlite:///{tmp_path / 'ledger.db'}", POLICY, {}, [])


def test_the_shell_grants_and_a_person_works_in_the_business_folder(tmp_path, monkeypatch):
    with guarded(tmp_path) as guard:
        (tmp_path / "policy.toml").write_text(POLICY.toml())
        arguments = ["grant", "--folder", str(tmp_path), "--service", guard.service]
        monkeypatch.setenv(LEDGER, guard.url("service"))
        publish(Business(tmp_path).ledger, order(), policy=POLICY)
        monkeypatch.setenv(LEDGER, guard.owners_url)
        granted = CliRunner().invoke(app, [*arguments, "--person", f"{guard.logins['Ann']}=Ann"])
        assert (granted.exit_code, granted.output) == (
            0,
            "1 people and 1 services may use the ledger; nobody else may.\n",
        )
        monkeypatch.setenv(LEDGER, guard.url("Ann"))
        Business(tmp_path).desk.approve(f"PO-S1-{RUN}")
        assert standing(Business(tmp_path).ledger, f"PO-S1-{RUN}")["decided_by"] == "Ann"
        monkeypatch.setenv(LEDGER, guard.url("Bob"))
        with pytest.raises(LedgerError):
            _ = Business(tmp_path).ledger
