"""Nobody gives a unit away twice: by hand, one after the other, and 32 processes at once."""

import json
import multiprocessing
import random
import signal
import time
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from tests.ledger.making import AT, LATER, RUN, judged, publish, shipment, start, transfer
from workbench.errors import LedgerError, StateMoved
from workbench.ledger.database import open_database, reading, reserving
from workbench.ledger.ledger import Ledger
from workbench.ledger.reservations import ANSWERS, LEFT, Wanted
from workbench.ledger.schema import encoded

END = AT + timedelta(hours=2)
STOCK = [("A", "W1", 10), ("A", "W2", 4), ("B", "W1", 3)]
TEN_OF_W1 = Wanted("O9/1", "A", "W1", 10)
WRITERS = 32
HOT = ("HOT-1", "HOT-2", "HOT-3")
UNITS = 300  # of each; 32 writers want more
ROUNDS = 8  # requests of a writer


@pytest.fixture
def opened(ledger):
    """A ledger whose run may give STOCK away; order line O1/1 is promised 4 units of A at W1."""
    ledger.open_stock(RUN, STOCK, [Wanted("O1/1", "A", "W1", 4)], AT)
    return ledger


def left(ledger):
    rows = ledger.stock_left(RUN)
    return dict(zip(zip(rows["sku"], rows["warehouse"], strict=True), rows["units_left"], strict=True))


def accounted_for(ledger):
    """Whether units = units left + reservations that count, at every place."""
    held = ledger.reservations(RUN).query("ended.isna()").groupby(["sku", "warehouse"])["units"].sum()
    stock = ledger.stock_left(RUN).set_index(["sku", "warehouse"])
    there = stock["units_left"] + held.reindex(stock.index, fill_value=0)
    return (there == stock["units"]).all() and (stock["units_left"] >= 0).all()


def ask(ledger, key, *wanted, at=AT, expires_at=END, **more):
    return ledger.reserve(RUN, key, wanted, at, expires_at, **more)


def test_what_is_promised_is_not_left(opened):
    assert left(opened) == {("A", "W1"): 6, ("A", "W2"): 4, ("B", "W1"): 3}
    assert accounted_for(opened)


def test_all_that_is_wanted_is_reserved_or_nothing(opened):
    assert ask(opened, "one", Wanted("O2/1", "A", "W1", 6), Wanted("O2/2", "B", "W1", 1)) is None
    refusal = ask(opened, "two", Wanted("O3/1", "B", "W1", 2), Wanted("O3/2", "A", "W1", 1))
    assert refusal.startswith("1 units of A at W1 cannot be given to O3/2: 0 are left")
    assert left(opened) == {("A", "W1"): 0, ("A", "W2"): 4, ("B", "W1"): 2}
    assert accounted_for(opened)


def test_a_key_that_comes_again_gets_the_first_answer_and_takes_nothing_more(opened):
    for _ in range(2):
        assert ask(opened, "granted", Wanted("O2/1", "B", "W1", 2)) is None
        assert "1 are left" in ask(opened, "refused", Wanted("O3/1", "B", "W1", 2))
        opened.end_reservations(RUN, "O9/9")  # nobody's: nothing changes
    assert left(opened)["B", "W1"] == 1
    opened.end_reservations(RUN, "O2/1")
    # there would be enough now, and the answer is still the one that was given
    assert "1 are left" in ask(opened, "refused", Wanted("O3/1", "B", "W1", 2))
    assert left(opened)["B", "W1"] == 3


def test_a_key_that_comes_again_for_something_else_is_refused(opened):
    ask(opened, "one", Wanted("O2/1", "B", "W1", 2))
    with pytest.raises(LedgerError, match="one has asked for other units before; take a new key"):
        ask(opened, "one", Wanted("O2/1", "B", "W1", 1))


def test_what_was_worked_out_on_an_older_state_is_refused(opened):
    seen = {("B", "W1"): 0}
    assert ask(opened, "one", Wanted("O2/1", "B", "W1", 1), versions=seen) is None
    assert "Plan again" in ask(opened, "two", Wanted("O3/1", "B", "W1", 1), versions=seen)
    assert ask(opened, "three", Wanted("O3/1", "B", "W1", 1), versions={("B", "W1"): 1}) is None


def test_what_has_expired_is_free_again_and_not_before(opened):
    ask(opened, "one", Wanted("O2/1", "B", "W1", 3), expires_at=LATER)
    assert ask(opened, "early", Wanted("O3/1", "B", "W1", 3), at=LATER - timedelta(seconds=1)) is not None
    assert ask(opened, "late", Wanted("O3/1", "B", "W1", 3), at=LATER) is None
    rows = opened.reservations(RUN).query("sku == 'B'").set_index("holder")["ended"]
    assert rows["O2/1"] == "expired"
    assert rows.isna()["O3/1"]
    assert accounted_for(opened)


@pytest.mark.parametrize("units", [0, -1])
def test_less_than_one_unit_cannot_be_reserved(opened, units):
    with pytest.raises(LedgerError, match=f"O2/1: {units} units of B cannot be reserved"):
        ask(opened, "one", Wanted("O2/1", "B", "W1", units))
    assert ask(opened, "one", Wanted("O2/1", "B", "W1", 3)) is None  # nothing was written then


@pytest.mark.parametrize("place", [("X", "W1"), ("A", "W9"), ("'; DROP TABLE chain; --", "ü")])
def test_what_the_stock_does_not_know_has_nothing_left(opened, place):
    assert "0 are left" in ask(opened, "one", Wanted("O2/1", *place, 1))


def test_what_an_agent_carries_out_is_reserved_where_it_is_recorded(opened):
    start(opened)
    opened.record(RUN, judged(transfer(quantity=6), decision="executed"), AT)
    assert left(opened)["A", "W1"] == 0
    # nothing is left that the promise does not hold; the line's own promise is kept with its units
    with pytest.raises(StateMoved, match=r"2 units of A at W1 cannot be given to SH-W1-fast-air"):
        opened.record(RUN, judged(shipment("O2"), decision="executed"), AT)
    assert opened.proposals(RUN)["agent"].tolist() == ["allocation"]
    opened.record(RUN, judged(shipment("O1", quantity=3), decision="executed"), AT)
    held = opened.reservations(RUN).query("ended.isna()").set_index("holder")["units"]
    assert held.to_dict() == {f"TR-W1-W2-{RUN}": 6, "O1/1": 1, f"SH-W1-fast-air-{RUN}": 3}
    assert accounted_for(opened)


def test_a_line_that_ships_from_elsewhere_frees_what_it_was_promised(opened):
    start(opened)
    away = shipment("O1", quantity=4)
    away["lines"][0]["warehouse"] = "W2"
    opened.record(RUN, judged(away, decision="executed"), AT)
    assert left(opened) == {("A", "W1"): 10, ("A", "W2"): 0, ("B", "W1"): 3}
    assert accounted_for(opened)


def test_a_shipment_that_is_undone_leaves_its_order_line_what_it_was_promised(opened):
    for_one = shipment("O1", quantity=3)
    publish(opened, for_one)
    before = left(opened)
    for _ in range(2):  # decided anew, it ships the same promise again
        opened.decide(f"SH-W1-fast-air-{RUN}", "approved", "Ann", LATER)
        assert left(opened) == before
        opened.decide(f"SH-W1-fast-air-{RUN}", "undone", "Ann", LATER)
        held = opened.reservations(RUN).query("ended.isna()").groupby("holder")["units"].sum()
        assert held.to_dict() == {"O1/1": 4}
        assert left(opened) == before
        assert accounted_for(opened)


def test_a_promise_elsewhere_is_restored_as_far_as_nobody_has_its_units(opened):
    away = shipment("O1", quantity=4)
    away["lines"][0]["warehouse"] = "W2"
    publish(opened, away)
    opened.decide(f"SH-W1-fast-air-{RUN}", "approved", "Ann", LATER)
    ask(opened, "quick", Wanted("O9/1", "A", "W1", 7))
    opened.decide(f"SH-W1-fast-air-{RUN}", "undone", "Ann", LATER)
    held = opened.reservations(RUN).query("ended.isna() and units > 0").set_index("holder")["units"]
    assert held.to_dict() == {"O1/1": 3, "O9/1": 7}
    assert left(opened) == {("A", "W1"): 0, ("A", "W2"): 4, ("B", "W1"): 3}
    assert accounted_for(opened)


def test_what_only_waits_takes_nothing_and_an_approval_takes_what_is_still_there(opened):
    publish(opened, transfer(quantity=5), transfer(quantity=4, subject="TR-more"))
    assert left(opened)["A", "W1"] == 6
    opened.decide(f"TR-W1-W2-{RUN}", "approved", "Ann", LATER)
    with pytest.raises(StateMoved, match="4 units of A at W1 cannot be given to TR-more"):
        opened.decide(f"TR-more-{RUN}", "approved", "Bob", LATER)
    smaller = [{**transfer()["lines"][0], "quantity": 1}]
    opened.decide(f"TR-more-{RUN}", "changed", "Bob", LATER, quantity=1, lines=smaller)
    assert left(opened)["A", "W1"] == 0
    opened.decide(f"TR-W1-W2-{RUN}", "undone", "Ann", LATER)
    assert left(opened)["A", "W1"] == 5
    opened.decide(f"TR-W1-W2-{RUN}", "approved", "Ann", LATER)
    assert accounted_for(opened)
    assert opened.verify() is None


def test_stock_that_moved_since_it_was_read_is_not_given_on(opened):
    start(opened)
    ask(opened, "live", Wanted("O7/1", "A", "W1", 1))
    with pytest.raises(StateMoved, match="may have changed since the plan read it"):
        opened.record(RUN, judged(transfer(quantity=1), decision="executed"), AT, {("A", "W1"): 0})
    opened.record(RUN, judged(transfer(quantity=1), decision="executed"), AT, {("A", "W1"): 1})


def test_a_new_plan_has_its_own_stock_and_the_old_ones_is_forgotten(opened):
    publish(opened, transfer(quantity=5))
    new = "20261116-2"
    opened.open_stock(new, STOCK, [], LATER)
    opened.open_stock(new, STOCK, [], LATER)  # a start that was killed before it began
    publish(opened, run_id=new, at=LATER)
    assert opened.stock_left(RUN).empty
    assert opened.stock_left(new)["units_left"].tolist() == [10, 4, 3]


def test_a_plan_of_before_there_were_reservations_can_still_be_decided(ledger):
    publish(ledger, transfer(quantity=5))
    ledger.decide(f"TR-W1-W2-{RUN}", "approved", "Ann", LATER)
    assert ledger.reservations(RUN).empty


def requests(writer, rounds):
    """What a writer asks for: key, SKU, units; the same every time."""
    rng = random.Random(writer)  # noqa: S311 - no secret
    return [(f"{writer}-{turn}", rng.choice(HOT), rng.randint(1, 9)) for turn in range(rounds)]


def write(url, writer, rounds):
    ledger = Ledger(url)
    for key, sku, units in requests(writer, rounds):
        ledger.reserve(RUN, key, [Wanted(key, sku, "W1", units)], AT, END)


def write_without_condition(url, writer, rounds):
    """The negative control: read what is left, then write it less one's own, as on a shared file."""
    database = open_database(url)
    for key, sku, units in requests(writer, rounds):
        here = (LEFT.c.run_id == RUN) & (LEFT.c.sku == sku)
        with reading(database) as connection:
            there = connection.scalar(select(LEFT.c.units_left).where(here))
        if there >= units:
            with reserving(database) as connection:
                connection.execute(update(LEFT).where(here).values(units_left=there - units))
                answer = {"run_id": RUN, "reservation_key": key, "asked": [[key, sku, "W1", units]]}
                connection.execute(insert(ANSWERS), [encoded("reservation_answers", answer)])


def at_once(target, url, rounds, kill=None):
    fork = multiprocessing.get_context("fork")
    writers = [fork.Process(target=target, args=(url, number, rounds)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    if kill is not None:
        kill(writers)
    for writer in writers:
        writer.join()
    return [writer.exitcode for writer in writers]


def granted(url):
    """Units granted by SKU, as the answers say."""
    with reading(open_database(url)) as connection:
        rows = connection.execute(select(ANSWERS.c.asked, ANSWERS.c.refusal)).all()
    given = dict.fromkeys(HOT, 0)
    for asked, refusal in rows:
        if refusal is None:
            ((_, sku, _, units),) = json.loads(asked)
            given[sku] += units
    return given


def open_hot(url):
    ledger = Ledger(url)
    ledger.open_stock(RUN, [(sku, "W1", UNITS) for sku in HOT], [], AT)
    return ledger


def test_32_writers_give_every_unit_of_hot_skus_away_once(url):
    ledger = open_hot(url)
    assert at_once(write, url, ROUNDS) == [0] * WRITERS
    wanted = dict.fromkeys(HOT, 0)
    for writer in range(WRITERS):
        for _, sku, units in requests(writer, ROUNDS):
            wanted[sku] += units
    assert min(wanted.values()) > UNITS  # they contend
    given = granted(url)
    assert all(UNITS - 9 < units <= UNITS for units in given.values())
    assert ledger.stock_left(RUN).set_index("sku")["units_left"].to_dict() == {
        sku: UNITS - units for sku, units in given.items()
    }
    assert accounted_for(ledger)


def test_the_same_writers_without_the_condition_oversell(url):
    open_hot(url)
    assert at_once(write_without_condition, url, ROUNDS) == [0] * WRITERS
    assert sum(granted(url).values()) > UNITS * len(HOT)


def test_writers_that_are_killed_leave_every_unit_accounted_for(url):
    ledger = open_hot(url)

    def kill(writers):
        rng = random.Random(7)  # noqa: S311 - no secret
        for victim in rng.sample(writers, 20):
            time.sleep(rng.uniform(0.0, 0.03))
            victim.kill()

    codes = at_once(write, url, ROUNDS, kill)
    assert -signal.SIGKILL in codes
    assert accounted_for(ledger)
    before = granted(url)
    # they start again with the same keys: what had been granted is not taken twice
    assert at_once(write, url, ROUNDS) == [0] * WRITERS
    after = granted(url)
    assert all(before[sku] <= after[sku] <= UNITS for sku in HOT)
    held = ledger.reservations(RUN)
    assert held["reservation_key"].is_unique
    assert held.groupby("sku")["units"].sum().to_dict() == after
    assert accounted_for(ledger)
