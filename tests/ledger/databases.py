"""Databases to test the ledger on: a SQLite file, and a schema of its own on a PostgreSQL server."""

import os
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.engine import make_url

SERVER = "WORKBENCH_TEST_POSTGRES"  # URL of a database in which tests may make schemas and roles
BOTH = ("sqlite", "postgresql")


@contextmanager
def database(kind, folder):
    """The URL of an empty database; skips where there is no PostgreSQL server to test on."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'ledger.db'}"
        return
    if not os.environ.get(SERVER):
        pytest.skip(f"needs a PostgreSQL server: set {SERVER} to a URL such as postgresql://user@host/db")
    server = create_engine(os.environ[SERVER], poolclass=NullPool)
    schema = f"ledger_{uuid4().hex[:12]}"
    with server.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    # tests kill writers, never the server: it need not wait for its disk
    options = f"-csearch_path={schema} -csynchronous_commit=off"
    url = make_url(os.environ[SERVER]).update_query_dict({"options": options})
    try:
        yield url.render_as_string(hide_password=False)
    finally:
        with server.begin() as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
