"""Rules that PostgreSQL itself keeps, against whoever has a planner's login and any notebook.

The ledger's tables then belong to a role that nobody logs in as. A person's login may read, and decide
through the doors of `doors.sql`; the login of the plan's service may add what agents decide; nobody may
change or remove a row. Limits are those of the policy when this was last run: who can edit the file cannot
raise them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, column, delete, insert, table, text

from workbench.errors import LedgerError
from workbench.ledger.database import complete, connected, reserving
from workbench.ledger.record import RECORDS
from workbench.ledger.schema import CHAIN, STATE, TABLES
from workbench.policy import Policy
from workbench.tables import AGENTS, LINES_OF_KIND, REASON_CODES
from workbench.tables import TABLES as DICTIONARY

SQL = Path(__file__).with_name("doors.sql")
DOORS = ("ledger_decide", "ledger_snooze", "ledger_pick_routes", "ledger_change_authority")
WRITTEN = ("decisions", "events", "authority_changes")  # tables that the doors add to
APPEND_ONLY = (*TABLES, CHAIN.name)
# whether a login could undo what is installed here, by itself or as a member of a mightier role
_MIGHTY = text("""
    SELECT bool_or(
        rolsuper OR rolcreaterole OR rolreplication OR rolbypassrls OR rolname IN (current_user, :owner)
        OR rolname IN ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program')
        OR oid IN (SELECT nspowner FROM pg_namespace WHERE nspname = current_schema())
        OR oid IN (SELECT datdba FROM pg_database WHERE datname = current_database())
    )
    FROM pg_roles WHERE pg_has_role((SELECT oid FROM pg_roles WHERE rolname = :login), oid, 'MEMBER')
""")


def grant(url: str, policy: Policy, people: Mapping[str, str], services: Collection[str]) -> None:
    """Install the rules, or bring them up to date: `people` are persons by login, `services` logins of plans.

    For the database's owner, who must be allowed to create roles. A login that is no longer named loses what
    it had. Raises LedgerError for a database that is not PostgreSQL, a login that does not exist or has too
    much power, or a person that the policy does not know.
    """
    engine = connected(url)
    if engine.dialect.name != "postgresql":
        raise LedgerError("Only PostgreSQL knows logins; give WORKBENCH_LEDGER the URL of its database.")
    with reserving(engine) as connection:
        schema, database = connection.execute(text("SELECT current_schema(), current_database()")).one()
        owner = f"{database}_{schema}_ledger"
        _refuse_unknown(connection, policy, people, services, owner)
        _own(connection, owner, schema)
        connection.execute(text(f"SET LOCAL ROLE {_quoted(owner)}"))
        connection.execute(text(f"SET LOCAL search_path = {_quoted(schema)}, pg_temp"))
        before = _logins(connection)
        _doors(connection)
        _rules(connection, policy, people)
        _rights(connection, schema, [*before, *people, *services], people, services)
        connection.execute(text("RESET ROLE"))
        for login in (*people, *services):
            connection.execute(text(f"GRANT USAGE ON SCHEMA {_quoted(schema)} TO {_quoted(login)}"))
        connection.execute(text(f"REVOKE {_quoted(owner)} FROM CURRENT_USER"))


def _refuse_unknown(
    connection: Connection, policy: Policy, people: Mapping[str, str], services: Collection[str], owner: str
) -> None:
    members = policy.people.members or [policy.business.planner]
    faults = [
        f"{person!r}, for the login {login}, is none of the policy's people.members; add the name there."
        for login, person in people.items()
        if person not in members
    ]
    for login in (*people, *services):
        found = connection.execute(_MIGHTY, {"login": login, "owner": owner}).scalar()
        if found is None:
            faults.append(f"There is no login {login!r} in the database; create it there, with a password.")
        elif found:
            faults.append(f"The login {login!r} could change the rules themselves; name one with less power.")
    faults += [f"{login} is a person's login and a service's; give two." for login in {*people} & {*services}]
    if faults:
        raise LedgerError(" ".join(faults))


def _own(connection: Connection, owner: str, schema: str) -> None:
    """The owner role and what it owns, complete; the session is a member until the transaction's end."""
    known = text("SELECT count(*) FROM pg_roles WHERE rolname = :owner")
    if not connection.execute(known, {"owner": owner}).scalar():
        connection.execute(text(f"CREATE ROLE {_quoted(owner)} NOLOGIN"))
    connection.execute(text(f"GRANT {_quoted(owner)} TO CURRENT_USER"))
    complete(connection)
    connection.execute(text(f"REVOKE CREATE ON SCHEMA {_quoted(schema)} FROM PUBLIC"))
    connection.execute(text(f"GRANT USAGE, CREATE ON SCHEMA {_quoted(schema)} TO {_quoted(owner)}"))
    for name in (*APPEND_ONLY, *STATE):
        connection.execute(text(f"ALTER TABLE {name} OWNER TO {_quoted(owner)}"))


def _logins(connection: Connection) -> list[str]:
    """Logins that the rules as they were knew."""
    rights = text(
        "SELECT DISTINCT pg_get_userbyid(grantee) FROM pg_class, aclexplode(relacl) "
        "WHERE oid = 'chain'::regclass AND grantee NOT IN (0, relowner)"
    )
    return list(connection.execute(rights).scalars())


def _doors(connection: Connection) -> None:
    for name in WRITTEN:
        connection.execute(text(_record_function(name)))
    plain = connection.execution_options(no_parameters=True)
    plain.exec_driver_sql(SQL.read_text(encoding="utf-8"))
    for name in APPEND_ONLY:
        plain.exec_driver_sql(
            f"CREATE OR REPLACE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} "
            "EXECUTE FUNCTION ledger_refuse_change()"
        )
    plain.exec_driver_sql(
        "CREATE OR REPLACE TRIGGER ledger_only_agents BEFORE INSERT ON decisions "
        "FOR EACH ROW EXECUTE FUNCTION ledger_only_agents()"
    )


def _record_function(name: str) -> str:
    """A function of PostgreSQL that gives a row of a table as the text of `record`."""
    fields = []
    for field in RECORDS[name].columns:
        kind = TABLES[name].c[field].type.python_type
        value = f"encode(float8send(r.{field}), 'hex')" if kind is float else f"r.{field}::text"
        fields.append(f"coalesce(';{field}=' || length({value}) || '\\:' || {value}, '')")
    return (
        f"CREATE OR REPLACE FUNCTION ledger_record(r {name}) RETURNS text LANGUAGE sql IMMUTABLE "
        f"SET search_path FROM CURRENT AS $$ SELECT '{name}' || {' || '.join(fields)} $$"
    )


def _rules(connection: Connection, policy: Policy, people: Mapping[str, str]) -> None:
    members = policy.people.members or {policy.business.planner: tuple(policy.people.roles)}
    limits = [
        {"person": person, "agent": agent, "money": max(limits.get(agent, 0.0) for limits in held)}
        for person, roles in members.items()
        for held in [[policy.people.roles[role] for role in roles]]
        for agent in sorted({agent for limits in held for agent in limits})
    ]
    whole = [kind for kind, lines in LINES_OF_KIND.items() if DICTIONARY[lines]["quantity"].dtype == "int64"]
    rules = {
        "four_eyes_amount": policy.people.four_eyes_amount,
        "max_units": policy.gate.max_units,
        "purchase_order_limit": policy.authority.purchase_order_limit,
        "time_zone": policy.business.time_zone,
        "currency": policy.business.base_currency,
        "reason_codes": list(REASON_CODES),
        "agents": list(AGENTS),
        "whole_kinds": whole,
    }
    given: dict[str, list[dict[str, Any]]] = {
        "authority_logins": [{"login": login, "person": person} for login, person in people.items()],
        "authority_limits": limits,
        "authority_delegations": [entry.model_dump() for entry in policy.people.delegations],
        "authority_rules": [rules],
    }
    for name, rows in given.items():
        connection.execute(delete(table(name)))
        if rows:
            connection.execute(insert(table(name, *(column(field) for field in rows[0]))), rows)


def _rights(
    connection: Connection,
    schema: str,
    known: list[str],
    people: Mapping[str, str],
    services: Collection[str],
) -> None:
    def say(*statements: str) -> None:
        for statement in statements:
            connection.execute(text(statement))

    ledger, state = ", ".join(APPEND_ONLY), ", ".join(STATE)
    ours = text(
        "SELECT oid::regprocedure::text FROM pg_proc "
        "WHERE pronamespace = CAST(:schema AS regnamespace) AND proowner = CAST(current_user AS regrole)"
    )
    functions = list(connection.execute(ours, {"schema": _quoted(schema)}).scalars())
    doors = [name for name in functions if name.split("(")[0].split(".")[-1] in DOORS]
    say(*(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC" for name in functions))
    for login in dict.fromkeys(known):
        say(f"REVOKE ALL ON {ledger}, {state} FROM {_quoted(login)}")
        say(*(f"REVOKE ALL ON FUNCTION {name} FROM {_quoted(login)}" for name in doors))
    for login in (*people, *services, "SESSION_USER"):
        to = login if login == "SESSION_USER" else _quoted(login)
        say(f"GRANT SELECT ON {ledger}, {state} TO {to}")
    for login in people:
        say(*(f"GRANT EXECUTE ON FUNCTION {name} TO {_quoted(login)}" for name in doors))
    for login in services:
        say(f"GRANT INSERT ON {ledger} TO {_quoted(login)}")
        say(f"GRANT INSERT, UPDATE, DELETE ON {state} TO {_quoted(login)}")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
