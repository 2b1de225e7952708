import sqlite3
from contextlib import closing

import pytest
from typer.testing import CliRunner

from tests.ledger.making import AT, DAY, judged, order
from workbench import release
from workbench.cli import app
from workbench.errors import WorkbenchError
from workbench.policy import Policy
from workbench.runs.business import Business
from workbench.runs.proof import Proof, prove, published_heads

FIRST, SECOND = "20261116-2", "20261116-10"


@pytest.fixture
def business(tmp_path):
    """A folder with two published and exported plans; of their ids the later one sorts first."""
    (tmp_path / "policy.toml").write_text(Policy().toml())
    business = Business(tmp_path)
    for hour, run_id in enumerate([FIRST, SECOND]):
        at = AT.replace(hour=12 + hour)
        business.ledger.start_run(run_id, DAY, "inputs", {}, "policy", at)
        business.ledger.record(run_id, judged(order()), at)
        business.ledger.publish(run_id, {}, at)
        directory = business.run_directory(business.ledger.run(run_id))
        directory.mkdir(parents=True)
        release.export(business.ledger, run_id, directory)
    return business


def _tamper(business, *statements):
    with closing(sqlite3.connect(business.state / "ledger.db")) as database, database:
        for statement in statements:
            database.execute(statement)


def test_a_whole_ledger_is_proved_with_every_published_head_in_order_of_publishing(business):
    heads = published_heads(business)
    manifests = business.ledger.manifests()
    assert list(heads.items()) == list(zip(manifests["run_id"], manifests["head"], strict=True))
    assert prove(business) == Proof(rows=business.ledger.rows(), heads=2, fault=None)
    proved = CliRunner().invoke(app, ["verify", "--folder", str(business.folder)])
    assert proved.exit_code == 0
    assert proved.output == "The ledger is whole: 9 rows; the heads of 2 published plans fit.\n"


def test_an_altered_row_is_named_and_the_exit_code_is_not_0(business):
    _tamper(business, "UPDATE proposals SET value = 1 WHERE seq = 2")
    proved = CliRunner().invoke(app, ["verify", "--folder", str(business.folder)])
    assert proved.exit_code == 1
    assert proved.output == f"proposals PO-S1-{FIRST}: the row is not as it was written.\n"


def test_of_a_ledger_that_was_cut_off_the_first_lost_head_is_named(business):
    tables = {
        "chain": "seq",
        "runs": "seq",
        "proposals": "seq",
        "decisions": "decision_id",
        "manifests": "seq",
    }
    _tamper(business, *(f"DELETE FROM {name} WHERE {place} >= 4" for name, place in tables.items()))
    assert prove(business).fault.startswith(f"manifests {FIRST}: the plan was published on head ")


def test_a_plan_that_cannot_be_read_is_named(business):
    (path,) = business.state.glob(f"runs/*/{FIRST}/plan.json")
    path.write_text('{"run_id": ')
    with pytest.raises(WorkbenchError, match=rf"{FIRST}/plan.json cannot be read .* its head proves"):
        prove(business)
