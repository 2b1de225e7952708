"""A notebook that turns hostile, with its planner's own login to the ledger on PostgreSQL.

Ann may decide on orders up to 5,000, and what she changes to more than 2,000 another person must approve. Of
every attack nothing may come: not a row, a right or a rule is other than it was. That Ann can do what is hers
to do, through the same doors, stands in test_door.py and at the end of every attack here.
"""

from contextlib import closing, contextmanager

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from tests.ledger.logins import POLICY, guarded
from tests.ledger.making import AT, RUN, judged, order, publish, start, transfer
from workbench.errors import LedgerError
from workbench.ledger import database
from workbench.ledger.schema import STATE, TABLES

OLD = "20261115-1"
SMALL, LARGE, HUGE = f"PO-S1-{RUN}", f"PO-S2-{RUN}", f"PO-S3-{RUN}"  # 1,200; 4,000; 9,000
BOBS, GONE, DONE = f"PO-S4-{RUN}", f"PO-S5-{RUN}", f"PO-S6-{RUN}"  # rejected by Bob, released, executed
AMENDED = f"PO-S7-{RUN}"  # by Ann to 2,520
BEFORE = f"PO-S1-{OLD}"


@pytest.fixture(scope="module")
def guard(tmp_path_factory):
    """A guarded ledger with a live plan, one before it, and decisions of Ann and Bob."""
    with guarded(tmp_path_factory.mktemp("guard")) as ledger:
        service = ledger.ledger("service")
        publish(service, order("S1"), run_id=OLD, policy=POLICY)
        service.open_stock(RUN, [("A", "W1", 20)], [], AT)
        start(service, policy=POLICY)
        waiting = [order("S1"), order("S2", 4_000.0), order("S3", 9_000.0), *map(order, ("S4", "S5", "S7"))]
        service.record(RUN, judged(*waiting, transfer(quantity=8)), AT)
        service.record(RUN, judged({**order("S6"), "agent": "routing"}, decision="executed"), AT)
        service.publish(RUN, {}, AT)
        ledger.ledger("Bob").decide(BOBS, "rejected", "Bob", AT, reason="too dear")
        ann = ledger.ledger("Ann")
        ann.decide(GONE, "approved", "Ann", AT)
        last = int(service.proposals(RUN).set_index("proposal_id").loc[GONE, "decision_id"])
        service.release(
            RUN, [{"proposal_id": GONE, "line": 0, "decision_id": last, "content": {"sku": "A"}}], AT
        )
        ann.decide(AMENDED, "amended", "Ann", AT, quantity=252.0, lines=[{"quantity": 252}])
        yield ledger


@contextmanager
def session(guard, name):
    """A plain session of a login, as a notebook with the same URL can open it."""
    url = make_url(guard.url(name))
    with closing(
        psycopg.connect(
            host=url.host,
            port=url.port,
            dbname=url.database,
            user=url.username,
            password=url.password,
            options=url.query["options"],
            autocommit=True,
        )
    ) as connection:
        yield connection


RULES = ("authority_logins", "authority_limits", "authority_delegations", "authority_rules")
CATALOGUE = (
    "SELECT proname, prosrc, proacl::text, proowner, proconfig::text, prosecdef FROM pg_proc "
    "WHERE pronamespace = current_schema()::regnamespace ORDER BY oid",
    "SELECT relname, relacl::text, relowner, relhasrules FROM pg_class "
    "WHERE relnamespace = current_schema()::regnamespace ORDER BY oid",
    "SELECT tgname, tgenabled, tgrelid FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
    "WHERE relnamespace = current_schema()::regnamespace ORDER BY tgrelid, tgname",
    "SELECT rolname, rolsuper, rolcreaterole, rolcanlogin, rolconfig::text FROM pg_roles "
    "WHERE rolname = ANY(:names) ORDER BY oid",
    "SELECT roleid, member FROM pg_auth_members JOIN pg_roles ON pg_roles.oid = member "
    "WHERE rolname = ANY(:names) ORDER BY roleid, member",
    "SELECT nspname, nspacl::text FROM pg_namespace WHERE nspname = current_schema()",
)


def everything(guard):
    """Every row, right, rule, function and trigger of the ledger, as its owner sees them."""
    with create_engine(guard.owners_url, poolclass=NullPool).connect() as connection:
        schema, base = connection.execute(text("SELECT current_schema(), current_database()")).one()
        names = [*guard.names, "mallory"]
        catalogue = [
            connection.execute(text(query), {"names": names} if ":names" in query else {}).all()
            for query in CATALOGUE
        ]
        connection.execute(text(f'GRANT "{base}_{schema}_ledger" TO CURRENT_USER'))
        connection.execute(text(f'SET ROLE "{base}_{schema}_ledger"'))
        rows = {
            name: sorted(map(str, connection.execute(text(f"SELECT * FROM {name}")).all()))
            for name in (*TABLES, "chain", *STATE, *RULES)
        }
        connection.rollback()
    return catalogue, rows


def decide(
    proposal_id, decision, quantities="NULL", by="NULL", reason="it is mine", code="NULL", seen="NULL"
):
    return (
        f"SELECT ledger_decide({by}, '{proposal_id}', '{decision}', {quantities}::float8[], "
        f"'{reason}', {code}, {seen})"
    )


def pick(lateness, co2e, reason="greener"):
    return f"SELECT ledger_pick_routes('{lateness}', '{co2e}', '{reason}')"


DENIED = "permission denied|must be owner|must be superuser|must have admin option"
BY_HAND = {
    "update a decision": "UPDATE decisions SET decided_by = 'Bob'",
    "update what a proposal is worth": f"UPDATE proposals SET value = 1 WHERE proposal_id = '{HUGE}'",
    "delete a decision": f"DELETE FROM decisions WHERE proposal_id = '{BOBS}'",
    "delete the end of the chain": "DELETE FROM chain WHERE seq > 5",
    "empty a table": "TRUNCATE decisions",
    "insert a decision past the door": (
        f"INSERT INTO decisions (decision_id, proposal_id, decision, decided_by, decided_at, reason) "
        f"VALUES (999, '{HUGE}', 'approved', 'Lea', '2026-11-16', '')"
    ),
    "write a hash of one's own": "INSERT INTO chain VALUES (999, 'decisions', '999', repeat('0', 64))",
    "use a place of the chain again": "UPDATE chain SET row_key = '1' WHERE seq = 3",
    "merge into the decisions": (
        "MERGE INTO decisions USING chain ON decision_id = seq WHEN MATCHED THEN UPDATE SET reason = 'mine'"
    ),
    "copy rows in": "COPY decisions FROM STDIN",
    "record an event": "INSERT INTO events VALUES (999, NULL, 'released', 'x', '{}', '2026-11-16')",
    "publish a plan of one's own": "INSERT INTO manifests SELECT * FROM manifests",
    "release by oneself": "INSERT INTO releases SELECT * FROM releases",
    "free reserved stock": "UPDATE stock_left SET units_left = units",
    "forget a reservation": "DELETE FROM reservations",
    "lock rows that others need": "SELECT * FROM decisions FOR UPDATE",
    "lock the chain": "BEGIN; LOCK TABLE chain IN ACCESS EXCLUSIVE MODE",
    "raise one's limit": "UPDATE authority_limits SET money = 1e9",
    "raise the four-eyes amount": "UPDATE authority_rules SET four_eyes_amount = 1e9",
    "become somebody else": "UPDATE authority_logins SET person = 'Lea'",
    "prolong a delegation": "UPDATE authority_delegations SET until = '2099-12-31'",
    "read who may do how much": "SELECT * FROM authority_limits",
    "drop a table": "DROP TABLE decisions",
    "disable the triggers": "ALTER TABLE decisions DISABLE TRIGGER ALL",
    "drop a trigger": "DROP TRIGGER ledger_append_only ON decisions",
    "skip triggers as a replica does": "SET session_replication_role = replica",
    "own a table": "ALTER TABLE decisions OWNER TO SESSION_USER",
    "put a trigger of one's own on the table": (
        "CREATE TRIGGER mine BEFORE INSERT ON decisions EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
    "put a rule on the table": "CREATE RULE mine AS ON INSERT TO decisions DO INSTEAD NOTHING",
    "replace the limit's function": (
        "CREATE OR REPLACE FUNCTION ledger_limit(who text, of_agent text) RETURNS float8 "
        "LANGUAGE sql AS 'SELECT 1e9::float8'"
    ),
    "let the door look elsewhere": (
        "ALTER FUNCTION ledger_decide(text, text, text, float8[], text, text, bigint) "
        "SET search_path = pg_temp"
    ),
    "drop who a person is": "DROP FUNCTION ledger_person()",
    "overload a function of the door": (
        "CREATE FUNCTION ledger_limit(who varchar, of_agent text) RETURNS float8 "
        "LANGUAGE sql AS 'SELECT 1e9::float8'"
    ),
    "make a table in the schema": "CREATE TABLE mine (n int)",
    "write to the chain by the door's own function": "SELECT ledger_link('decisions', '9', 'x', 9, '')",
    "free stock by the door's own function": "SELECT ledger_lower('{RUN}', 'A', 'W1', -100)",
    "give back by the door's own function": "SELECT ledger_give_back('{RUN}', 'x')",
    "grant oneself rights": (
        "GRANT INSERT ON decisions TO SESSION_USER; INSERT INTO decisions SELECT * FROM decisions"
    ),
    "take the owner's role": "SET ROLE {owner}",
    "be made a member of the owner": "GRANT {owner} TO SESSION_USER",
    "be the session of another": "SET SESSION AUTHORIZATION {bob}",
    "become a superuser": "ALTER ROLE SESSION_USER SUPERUSER",
    "make a login": "CREATE ROLE mallory LOGIN SUPERUSER",
    "change another's settings": "ALTER ROLE {bob} SET search_path = pg_temp",
    "change another's password": "ALTER ROLE {bob} PASSWORD 'mine'",
    "change the server": "ALTER SYSTEM SET fsync = off",
    "install an extension": "CREATE EXTENSION adminpack",
    "run a program of the server": "COPY (SELECT 1) TO PROGRAM 'true'",
    "read a file of the server": "SELECT pg_read_file('postgresql.conf')",
    "write a file of the server": "COPY decisions TO '/tmp/decisions'",
    "load a file as a large object": "SELECT lo_import('/etc/passwd')",
    "run in an untrusted language": "DO LANGUAGE plpython3u 'pass'",
    "drop the schema": "DROP SCHEMA {schema} CASCADE",
    "watch all that is done": (
        "CREATE EVENT TRIGGER mine ON ddl_command_end EXECUTE FUNCTION suppress_redundant_updates_trigger()"
    ),
}  # fmt: skip
OTHERWISE = {
    "copy rows in": "permission denied",
    "run in an untrusted language": "does not exist|permission denied",
    "watch all that is done": "permission denied|must return type",
}


@pytest.mark.parametrize("what", BY_HAND)
def test_nothing_comes_of_what_a_notebook_does_by_hand(guard, what):
    before = everything(guard)
    with session(guard, "Ann") as ann:
        schema, base = ann.execute("SELECT current_schema(), current_database()").fetchone()
        names = {
            "owner": f'"{base}_{schema}_ledger"',
            "bob": guard.logins["Bob"],
            "schema": schema,
            "RUN": RUN,
        }
        statement = BY_HAND[what]
        for name, value in names.items():
            statement = statement.replace(f"{{{name}}}", value)
        with pytest.raises(psycopg.Error, match=OTHERWISE.get(what, DENIED)):
            ann.execute(statement)
    assert everything(guard) == before


AT_THE_DOOR = {
    "approve above one's limit": (decide(HUGE, "approved"), "up to 5,000.00 USD; this one is worth 9,000.00"),
    "reject above one's limit": (decide(HUGE, "rejected"), "up to 5,000.00"),
    "approve in another's name": (
        decide(HUGE, "approved", by="'Lea'"),
        "login of Ann, who cannot decide as Lea",
    ),
    "decide in another's name": (decide(SMALL, "rejected", by="'Bob'"), "who cannot decide as Bob"),
    "raise an order above one's limit": (decide(LARGE, "amended", "'{600}'"), "worth 20,000.00"),
    "raise it so high that it counts as little": (decide(LARGE, "amended", "'{1e308}'"), "is more than"),
    "change above four eyes alone": (decide(LARGE, "changed", "'{132}'"), "another person must approve"),
    "approve what one has amended": (decide(AMENDED, "changed", "'{252}'"), "another person must approve"),
    "change what one has amended a little more": (
        decide(AMENDED, "changed", "'{264}'"),
        "another person must approve",
    ),
    "execute like an agent": (decide(SMALL, "executed"), "is no decision of a person"),
    "escalate again": (decide(GONE, "escalated"), "is no decision of a person"),
    "let it expire": (decide(SMALL, "expired"), "is no decision of a person"),
    "decide nothing": (decide(SMALL, "x").replace("'x'", "NULL"), "is no decision of a person"),
    "overrule who was first": (decide(BOBS, "approved"), "was rejected by Bob"),
    "approve what an agent carried out": (decide(DONE, "approved"), "was executed by routing"),
    "undo what an agent carried out": (decide(DONE, "undone"), "was executed by routing"),
    "undo what has been released": (decide(GONE, "undone"), "released since"),
    "undo what waits": (decide(SMALL, "undone"), "nothing to undo"),
    "decide on the plan before": (decide(BEFORE, "approved"), "not live; decide on the proposals of"),
    "decide on what nobody proposed": (decide("PO-S99", "approved"), "no proposal"),
    "decide on what has been decided since": (decide(SMALL, "approved", seen="1"), "was escalated by"),
    "reject without a reason": (decide(SMALL, "rejected", reason=" "), "say why"),
    "invent a reason code": (decide(SMALL, "approved", code="'mine'"), "no reason code"),
    "order a negative quantity": (decide(SMALL, "changed", "'{-12}'"), "is negative"),
    "order no number": (decide(SMALL, "changed", "'{NaN}'"), "is no number"),
    "order without end": (decide(SMALL, "changed", "'{Infinity}'"), "is no number"),
    "order less than without end": (decide(SMALL, "changed", "'{-Infinity}'"), "is no number"),
    "order a blank": (decide(SMALL, "changed", "'{NULL}'"), "is no number"),
    "order a part of a unit": (decide(SMALL, "changed", "'{120.5}'"), "no whole number"),
    "order no multiple of the packs": (decide(SMALL, "changed", "'{121}'"), "does not fit packs of 12"),
    "order less than the minimum": (decide(SMALL, "changed", "'{12}'"), "a minimum of 100"),
    "order nothing": (decide(SMALL, "changed", "'{0}'"), "Every line is 0"),
    "change no line": (decide(SMALL, "changed"), "needs a quantity for each of its 1 lines"),
    "add a line": (decide(SMALL, "changed", "'{120,120}'"), "needs a quantity for each of its 1 lines"),
    "move more than was proposed": (decide(f"TR-W1-W2-{RUN}", "changed", "'{9}'"), "is more than 8"),
    "put off what is above one's limit": (f"SELECT ledger_snooze('{HUGE}', now())", "up to 5,000.00"),
    "pick routes without a reason": (pick("4.0", "1.0", " "), "with a reason"),
    "pick routes by what is no number": (pick("NaN", "1.0"), "numbers of 0 or more"),
    "pick routes by less than nothing": (pick("4.0", "-1"), "numbers of 0 or more"),
    "pick routes without end": (pick("Infinity", "1.0"), "numbers of 0 or more"),
    "pick routes by words": (pick("4.0; DROP TABLE events", "1.0"), "invalid input syntax"),
    "let an agent act by itself": (
        "SELECT ledger_change_authority('replenishment', 'purchase_order', 'promoted', 'mine')",
        "No promotion",
    ),
    "start an agent anew": (
        "SELECT ledger_change_authority('replenishment', NULL, 'started', 'mine')",
        "A person stops an agent",
    ),
    "let an agent go on that is not one's own": (
        "SELECT ledger_change_authority('demand_sensing', NULL, 'resumed', 'mine')",
        "needs a limit",
    ),
    "inject SQL": (decide("x'' OR 1=1; DROP TABLE decisions; --", "approved"), "no proposal"),
}


@pytest.mark.parametrize("what", AT_THE_DOOR)
def test_nothing_comes_of_what_a_notebook_asks_at_the_door(guard, what):
    before = everything(guard)
    statement, answer = AT_THE_DOOR[what]
    with session(guard, "Ann") as ann, pytest.raises(psycopg.Error, match=answer):
        ann.execute(statement)
    assert everything(guard) == before


FIRST = {
    "a search path of one's own": ["SET search_path = pg_temp"],
    "tables of the same names that are one's own": [
        "CREATE TEMP TABLE authority_limits AS "
        "SELECT 'Ann'::text person, 'replenishment'::text agent, 1e9::float8 money",
        "CREATE TEMP TABLE proposals AS SELECT * FROM proposals",
        "UPDATE pg_temp.proposals SET value = 1",
    ],
    "functions of the same names that are one's own": [
        "CREATE FUNCTION pg_temp.ledger_limit(text, text) RETURNS float8 "
        "LANGUAGE sql AS 'SELECT 1e9::float8'",
        "CREATE FUNCTION pg_temp.ledger_person() RETURNS text LANGUAGE sql AS $$SELECT 'Lea'$$",
    ],
    "an operator of one's own": [
        "CREATE FUNCTION pg_temp.always(float8, float8) RETURNS boolean LANGUAGE sql AS 'SELECT true'",
        "CREATE OPERATOR pg_temp.<= (LEFTARG = float8, RIGHTARG = float8, FUNCTION = pg_temp.always)",
    ],
    "numbers cut short": ["SET extra_float_digits = -15"],
    "another time zone and another way to write dates": [
        "SET timezone = 'Etc/GMT+12'",
        "SET datestyle = 'German'",
    ],
    "other rules of reading strings": [
        "SET standard_conforming_strings = off",
        "SET transform_null_equals = on",
    ],
}  # fmt: skip


@pytest.mark.parametrize("what", FIRST)
@pytest.mark.parametrize("ask", ["approve above one's limit", "change above four eyes alone"])
def test_the_door_is_not_misled_by(guard, what, ask):
    before = everything(guard)
    statement, answer = AT_THE_DOOR[ask]
    with session(guard, "Ann") as ann:
        (schema,) = ann.execute("SELECT current_schema()").fetchone()
        for preparation in FIRST[what]:
            ann.execute(preparation)
        with pytest.raises(psycopg.Error, match=answer):
            ann.execute(statement.replace("ledger_decide", f"{schema}.ledger_decide"))
    assert everything(guard) == before


@pytest.mark.parametrize("level", ["REPEATABLE READ", "SERIALIZABLE"])
def test_an_old_state_of_the_database_is_not_what_is_checked(guard, level):
    before = everything(guard)
    with session(guard, "Ann") as ann:
        ann.execute(f"BEGIN ISOLATION LEVEL {level}")
        with pytest.raises(psycopg.Error, match="READ COMMITTED"):
            ann.execute(decide(SMALL, "approved"))
    assert everything(guard) == before


def test_a_decision_cannot_be_prepared_and_left_for_later(guard):
    before = everything(guard)
    with session(guard, "Ann") as ann:
        ann.execute("BEGIN")
        ann.execute(decide(SMALL, "approved"))
        with pytest.raises(psycopg.Error, match="prepared transactions are disabled"):
            ann.execute("PREPARE TRANSACTION 'mine'")
    assert everything(guard) == before


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("Tom", "Tom may decide on proposals of replenishment up to 0.00"), ("service", "permission denied")],
)
def test_an_expired_delegation_and_the_plans_service_decide_nothing(guard, name, sentence):
    before = everything(guard)
    with session(guard, name) as other, pytest.raises(psycopg.Error, match=sentence):
        other.execute(decide(SMALL, "approved"))
    assert everything(guard) == before


AS_SERVICE = {
    "approve": "UPDATE decisions SET decision = 'approved'",
    "delete": "DELETE FROM chain",
    "empty": "TRUNCATE events",
    "decide for a person": (
        f"INSERT INTO decisions (decision_id, proposal_id, decision, decided_by, decided_at, reason) "
        f"VALUES (999, '{HUGE}', 'approved', 'Lea', '2026-11-16', '')"
    ),
    "execute in a person's name": (
        f"INSERT INTO decisions (decision_id, proposal_id, decision, decided_by, decided_at, reason) "
        f"VALUES (999, '{HUGE}', 'executed', 'Lea', '2026-11-16', '')"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", AS_SERVICE)
def test_the_plans_service_is_no_person_and_changes_nothing(guard, what):
    before = everything(guard)
    with session(guard, "service") as service, pytest.raises(psycopg.Error, match=r"denied|only a person"):
        service.execute(AS_SERVICE[what])
    assert everything(guard) == before
    with pytest.raises(LedgerError, match="only a person under their own login"):
        guard.ledger("service").decide(SMALL, "approved", "the service", AT)
    assert everything(guard) == before


def test_the_owner_of_the_database_changes_no_row_either(guard):
    before = everything(guard)
    for statement in ("UPDATE decisions SET reason = ''", "DELETE FROM chain", "TRUNCATE events"):
        with create_engine(guard.owners_url, poolclass=NullPool).connect() as connection:
            schema, base = connection.execute(text("SELECT current_schema(), current_database()")).one()
            connection.execute(text(f'GRANT "{base}_{schema}_ledger" TO CURRENT_USER'))
            connection.execute(text(f'SET LOCAL ROLE "{base}_{schema}_ledger"'))
            with pytest.raises(Exception, match="never changed or removed"):
                connection.execute(text(statement))
    assert everything(guard) == before


def test_who_holds_the_lock_of_writers_alters_nothing_and_others_are_told(guard, monkeypatch):
    before = everything(guard)
    hurried = str(database.ONE_WRITER).replace(str(database.BUSY_TIMEOUT_MS), "100")
    monkeypatch.setattr(database, "ONE_WRITER", text(hurried))
    with session(guard, "Ann") as ann:
        ann.execute("SELECT pg_advisory_lock(20261116)")
        with pytest.raises(LedgerError, match="lock timeout; nothing was recorded"):
            guard.ledger("service").log("noted", "x", {}, AT)
    assert everything(guard) == before
    assert guard.ledger("Ann").verify({RUN: guard.ledger("Ann").live()["head"]}) is None


def test_a_decision_is_stamped_by_the_databases_clock_and_not_by_the_notebooks(guard):
    ledger = guard.ledger("Ann")
    with session(guard, "Ann") as ann:
        (earliest,) = ann.execute("SELECT clock_timestamp()").fetchone()
        ann.execute("BEGIN")
        ann.execute("SELECT pg_sleep(0.2)")
        ann.execute(decide(SMALL, "approved"))
        ann.execute("COMMIT")
    row = ledger.proposals(RUN).set_index("proposal_id").loc[SMALL]
    assert (row["decision"], row["decided_by"]) == ("approved", "Ann")
    assert (row["decided_at"] - earliest).total_seconds() >= 0.2
    ledger.decide(SMALL, "undone", "Ann", AT.replace(year=2001))
    assert ledger.proposals(RUN).set_index("proposal_id").loc[SMALL, "decided_at"] > row["decided_at"]
    assert ledger.verify() is None
