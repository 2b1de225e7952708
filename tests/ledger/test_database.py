import multiprocessing
import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import text

from tests.ledger.databases import database
from tests.ledger.making import AT, RUN, new_ledger, order, publish
from workbench.errors import LedgerError
from workbench.ledger.database import open_database, reading
from workbench.ledger.ledger import Ledger


@pytest.mark.parametrize("url", ["nonsense", "no_such://database", "sqlite:////no/such/folder/ledger.db"])
def test_a_database_that_cannot_be_opened_is_named(url):
    with pytest.raises(LedgerError, match=r"cannot be opened|could not be"):
        Ledger(url)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "ledger.db"
    path.write_text("date,sku,units\n" * 100)
    with pytest.raises(LedgerError, match="not a database"):
        Ledger(f"sqlite:///{path}")
    assert path.read_text().startswith("date,sku")


def test_opening_again_finds_what_was_written(tmp_path):
    publish(new_ledger(tmp_path), order())
    assert len(new_ledger(tmp_path).manifests()) == 1


def test_a_reader_is_not_kept_waiting_by_a_writer(tmp_path):
    ledger = new_ledger(tmp_path)
    publish(ledger, order())
    writer = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    assert len(ledger.manifests()) == 1
    writer.close()


def test_between_two_writes_the_ledger_is_one_file_that_can_be_copied(tmp_path):
    publish(new_ledger(tmp_path), order())
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.db"]


def _open_and_log(directory, number):
    new_ledger(directory).log("opened", str(number), {}, AT)


def test_many_processes_may_open_a_new_ledger_at_once(tmp_path):
    fork = multiprocessing.get_context("fork")
    openers = [fork.Process(target=_open_and_log, args=(tmp_path, number)) for number in range(8)]
    for opener in openers:
        opener.start()
    for opener in openers:
        opener.join()
    ledger = new_ledger(tmp_path)
    assert sorted(ledger.events("opened")["subject"]) == [str(number) for number in range(8)]
    assert ledger.verify() is None


def test_what_is_opened_to_be_read_cannot_be_written(url):
    publish(Ledger(url), order())
    reader = Ledger(url, read_only=True)
    writes = (
        lambda: reader.log("looked", "a page", {}, AT),
        lambda: reader.decide(f"PO-S1-{RUN}", "approved", "Robin", AT),
        lambda: reader.end_reservations(RUN, "anybody"),
    )
    for write in writes:
        with pytest.raises(LedgerError, match=r"read.?only"):
            write()
    assert len(reader.proposals(RUN)) == 1
    assert Ledger(url).verify() is None


def test_a_new_ledger_opened_to_be_read_is_an_empty_one(url):
    assert Ledger(url, read_only=True).live() is None


def test_a_ledger_from_before_a_column_came_gets_it_blank_and_its_chain_stays_whole(tmp_path):
    publish(new_ledger(tmp_path), order())
    with closing(sqlite3.connect(tmp_path / "ledger.db")) as database, database:
        database.execute("ALTER TABLE decisions DROP COLUMN reason_code")
    ledger = new_ledger(tmp_path)
    assert ledger.proposals(RUN)["reason_code"].isna().all()
    assert ledger.verify() is None


def _sessions(engine, number, told=None):
    """The database's own number of our session, in so many transactions."""
    seen = []
    for _ in range(number):
        with reading(engine) as connection:
            seen.append(connection.scalar(text("SELECT pg_backend_pid()")))
    if told is not None:
        told.put(seen)
    return seen


def test_on_postgresql_a_process_logs_in_once_and_a_forked_one_for_itself(tmp_path):
    with database("postgresql", tmp_path) as url:
        engine = open_database(url)
        (ours,) = set(_sessions(engine, 3))
        fork = multiprocessing.get_context("fork")
        told = fork.Queue()
        child = fork.Process(target=_sessions, args=(engine, 3, told))
        child.start()
        (theirs,) = set(told.get())
        child.join()
        assert theirs != ours
        assert _sessions(engine, 1) == [ours]


def test_a_session_that_the_server_has_ended_is_opened_anew(tmp_path):
    with database("postgresql", tmp_path) as url:
        engine, other = open_database(url), open_database(url)
        (ours,) = _sessions(engine, 1)
        with reading(other) as connection:
            connection.execute(text("SELECT pg_terminate_backend(:session)"), {"session": ours})
        assert _sessions(engine, 1) != [ours]
