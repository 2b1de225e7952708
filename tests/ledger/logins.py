"""A PostgreSQL ledger whose rules the database keeps, with logins of people and of the plan's service."""

from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

from tests.ledger.databases import database
from workbench.ledger import roles
from workbench.ledger.ledger import Ledger
from workbench.policy import Delegation, PeoplePolicy, Policy

PASSWORD = "of-a-test"  # noqa: S105
POLICY = Policy(
    business={"planner": "Ann"},
    people=PeoplePolicy(
        four_eyes_amount=2_000.0,
        roles={
            "planner": {"replenishment": 5_000.0, "allocation": 5_000.0, "routing": 5_000.0},
            "lead": {"replenishment": 50_000.0},
        },
        members={"Ann": ["planner"], "Bob": ["planner"], "Lea": ["lead"], "Kim": [], "Tom": []},
        delegations=[
            Delegation(giver="Lea", taker="Tom", until="2020-01-31"),
            Delegation(giver="Ann", taker="Kim", until="2099-12-31"),
        ],
    ),
)


class Guarded:
    """A ledger under guard: its owner's URL, and `url(name)` of a person or of the service."""

    def __init__(self, owners_url):
        self.owners_url = owners_url
        tag = uuid4().hex[:8]
        self.logins = {name: f"{name.lower()}_{tag}" for name in ("Ann", "Bob", "Lea", "Kim", "Tom")}
        self.service = f"service_{tag}"
        self.names = [*self.logins.values(), self.service]

    def url(self, name):
        login = self.service if name == "service" else self.logins[name]
        url = make_url(self.owners_url).set(username=login, password=PASSWORD)
        return url.render_as_string(hide_password=False)

    def ledger(self, name):
        return Ledger(self.url(name))

    def grant(self, policy=POLICY):
        roles.grant(
            self.owners_url, policy, {login: name for name, login in self.logins.items()}, [self.service]
        )

    def says(self, *statements):
        """Run statements as the database's owner."""
        with create_engine(self.owners_url, poolclass=NullPool).begin() as connection:
            for statement in statements:
                connection.execute(text(statement))


@contextmanager
def guarded(folder):
    """A guarded ledger, empty; its schema and roles are gone afterwards."""
    with database("postgresql", folder) as url:
        ledger = Guarded(url)
        ledger.says(*(f"CREATE ROLE {name} LOGIN PASSWORD '{PASSWORD}'" for name in ledger.names))
        try:
            ledger.grant()
            yield ledger
        finally:
            with create_engine(url, poolclass=NullPool).begin() as connection:
                schema, base = connection.execute(text("SELECT current_schema(), current_database()")).one()
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
                connection.execute(text(f"CREATE SCHEMA {schema}"))
                names = ", ".join([*ledger.names, f'"{base}_{schema}_ledger"'])
                connection.execute(text(f"DROP ROLE IF EXISTS {names}"))
