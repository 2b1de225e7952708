import shutil
import sqlite3
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ledger.making import AT, LATER, RUN, new_ledger, order, publish
from workbench.ledger import chain
from workbench.ledger.schema import PLACE

ORDER = f"PO-S1-{RUN}"
SWAP = [(8, 99), (9, 8), (99, 9)]


@pytest.fixture
def ledger(tmp_path):
    """Rows 1 to 9: run, 2 proposals, 2 first decisions, manifest, approval, 2 events."""
    ledger = new_ledger(tmp_path)
    publish(ledger, order(), order("S2"))
    ledger.decide(ORDER, "approved", "Ann", LATER)
    ledger.log("noted", "first", {}, AT)
    ledger.log("noted", "second", {}, AT)
    return ledger


def _tamper(directory, *statements):
    with closing(sqlite3.connect(directory / "ledger.db")) as database, database:
        for statement in statements:
            database.execute(statement)


def test_an_untouched_ledger_is_whole_and_its_head_moves_with_every_row(ledger):
    head = ledger.head()
    assert ledger.verify() is None
    assert ledger.verify({RUN: ledger.live()["head"]}) is None
    ledger.log("noted", "third", {}, AT)
    assert ledger.head() != head


@pytest.mark.parametrize(
    ("statements", "sentence"),
    [
        (["UPDATE decisions SET decided_by = 'Bob' WHERE decision_id = 7"], "decisions 7: the row is not as"),
        (["UPDATE proposals SET value = 1 WHERE seq = 2"], f"proposals {ORDER}: the row is not as"),
        (["UPDATE chain SET hash = 'x' WHERE seq = 5"], "decisions 5: the row is not as"),
        (["UPDATE manifests SET head = 'x'"], f"manifests {RUN}: the row is not as"),
        (["DELETE FROM decisions WHERE decision_id = 7"], "decisions 7: the row is gone"),
        (["DELETE FROM events WHERE event_id = 9"], "events 9: the row is gone"),
        (["DELETE FROM chain WHERE seq = 9"], "events 9: the chain does not know the row"),
        (
            ["DELETE FROM events WHERE event_id = 8", "DELETE FROM chain WHERE seq = 8"],
            "events 9: the row before it is gone, and its place 8",
        ),
        (
            [f"UPDATE events SET event_id = {new} WHERE event_id = {old}" for old, new in SWAP],
            "events 8: the row is not as",
        ),
        (
            ["INSERT INTO decisions SELECT 10, proposal_id, 'approved', 'Bob', decided_at, 1, '', NULL "
             "FROM decisions WHERE decision_id = 4"],
            "decisions 10: the chain does not know the row",
        ),
        (
            ["INSERT INTO events SELECT 7, run_id, kind, subject, detail, happened_at FROM events LIMIT 1"],
            "place 7 is another's",
        ),
        (["UPDATE chain SET row_key = '3' WHERE seq = 7"], "decisions 7: the chain has decisions 3 in its"),
    ],
)  # fmt: skip
def test_the_first_row_that_was_tampered_with_is_named(ledger, tmp_path, statements, sentence):
    _tamper(tmp_path, *statements)
    assert sentence in ledger.verify()


def _rebuild(directory):
    """Write the chain anew from what the tables hold now, as an attacker who knows the code would."""
    with closing(sqlite3.connect(directory / "ledger.db")) as database, database:
        database.row_factory = sqlite3.Row
        previous = chain.GENESIS
        for seq, name in database.execute("SELECT seq, table_name FROM chain ORDER BY seq").fetchall():
            query = f"SELECT * FROM {name} WHERE {PLACE.get(name, 'seq')} = ?"
            row = dict(database.execute(query, [seq]).fetchone())
            row |= {column: bool(row[column]) for column in ("never_seen",) if column in row}
            if name == "manifests":
                row["head"] = previous
                database.execute("UPDATE manifests SET head = ?", [previous])
            previous = chain.link(previous, name, row)
            database.execute("UPDATE chain SET hash = ? WHERE seq = ?", [previous, seq])


def test_a_chain_that_was_written_anew_does_not_fit_the_head_in_the_published_plan(ledger, tmp_path):
    head = ledger.live()["head"]
    _tamper(tmp_path, "UPDATE proposals SET value = 1 WHERE seq = 2")
    _rebuild(tmp_path)
    assert ledger.verify() is None
    assert f"manifests {RUN}: the plan was published on head {head[:12]}" in ledger.verify({RUN: head})


def test_a_ledger_that_was_cut_off_before_a_published_plan_lacks_its_head(ledger, tmp_path):
    head = ledger.live()["head"]
    cut = [
        f"DELETE FROM {name} WHERE {PLACE.get(name, 'seq')} >= 6"
        for name in ("manifests", "decisions", "events")
    ]
    _tamper(tmp_path, *cut, "DELETE FROM chain WHERE seq >= 6")
    assert ledger.verify() is None
    assert "cut off or written anew" in ledger.verify({RUN: head})


COLUMNS = [("decisions", "decided_by"), ("proposals", "title"), ("runs", "inputs"), ("events", "detail")]


@pytest.mark.usefixtures("ledger")
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(column=st.sampled_from(COLUMNS), pick=st.integers(0, 100), deletes=st.booleans())
def test_any_one_row_edited_or_deleted_is_found(tmp_path, column, pick, deletes):
    table, name = column
    copy = tmp_path / "copy"
    copy.mkdir(exist_ok=True)
    shutil.copy(tmp_path / "ledger.db", copy)
    with closing(sqlite3.connect(copy / "ledger.db")) as database:
        places = [place for (place,) in database.execute(f"SELECT {PLACE.get(table, 'seq')} FROM {table}")]
    place = places[pick % len(places)]
    change = f"DELETE FROM {table}" if deletes else f"UPDATE {table} SET {name} = {name} || ' '"
    _tamper(copy, f"{change} WHERE {PLACE.get(table, 'seq')} = {place}")
    assert new_ledger(copy).verify().startswith(f"{table} ")
