import pytest

from tests.ledger.databases import BOTH, database
from workbench.ledger.ledger import Ledger


@pytest.fixture(params=BOTH)
def url(request, tmp_path):
    """The URL of an empty database, of both kinds in turn."""
    with database(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def ledger(url):
    """An empty ledger, on both kinds of database in turn."""
    return Ledger(url)
