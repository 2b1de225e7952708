import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.ledger.making import AT, LATER, RUN, new_ledger, order, publish
from tests.ledger.tampering import KINDS, Tampering, published_ledger
from workbench.ledger import chain, verify
from workbench.ledger.ledger import Ledger
from workbench.ledger.record import record
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
            ["INSERT INTO decisions SELECT 10, proposal_id, 'approved', 'Bob', decided_at, 1, '', NULL, NULL "
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
            if name == "manifests":
                row["head"] = previous
                database.execute("UPDATE manifests SET head = ?", [previous])
            previous = chain.link(previous, record(name, row))
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


@pytest.mark.parametrize("kind", KINDS)
def test_of_random_tamperings_each_is_found_and_its_first_row_named(tmp_path, kind):
    heads = published_ledger(tmp_path / "whole.db", plans=3, proposals=4)
    rng = np.random.default_rng(1)
    for _ in range(25):
        copy = Path(shutil.copy(tmp_path / "whole.db", tmp_path / "copy.db"))
        starts = Tampering(copy, rng).does(kind)
        fault = Ledger(f"sqlite:///{copy}").verify(heads)
        assert fault is not None
        assert fault.startswith(tuple(starts)), (fault, starts)


@pytest.mark.parametrize("processes", [1, 2])
def test_a_ledger_longer_than_one_stretch_is_proved_whole_and_its_first_fault_named(
    tmp_path, monkeypatch, processes
):
    monkeypatch.setattr(verify, "STRETCH", 7)
    heads = published_ledger(tmp_path / "ledger.db", plans=2, proposals=4)
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    assert ledger.rows() > 3 * verify.STRETCH
    assert ledger.verify(heads, processes) is None
    last_of_a_stretch = 2 * verify.STRETCH - 1
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as database:
        query = "SELECT table_name FROM chain WHERE seq = ?"
        ((name,),) = database.execute(query, [last_of_a_stretch]).fetchall()
    _tamper(
        tmp_path,
        f"DELETE FROM {name} WHERE {PLACE.get(name, 'seq')} = {last_of_a_stretch}",
        f"DELETE FROM chain WHERE seq = {last_of_a_stretch}",
    )
    assert f"the row before it is gone, and its place {last_of_a_stretch}" in ledger.verify(heads, processes)
