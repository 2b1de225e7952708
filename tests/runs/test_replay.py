import pytest

from tests.lake.tiny_business import DAY, write_business
from tests.runs.toy_plan import FINISH, START, toy_business, use_notebooks, write_notebook, write_notebooks
from workbench.errors import WorkbenchError
from workbench.ledger.reservations import Wanted
from workbench.policy import Policy
from workbench.runs import daily_plan
from workbench.runs.business import Business, now
from workbench.runs.replay import difference, replay

RUN = "20261116-1"
ORDER = "PO-S1-20261116-1"
COUNTS_STOCK = """
there = int(step.tables.stock["on_hand"].sum())
decided = step.decide(proposals_table([{
    "agent": "replenishment", "kind": "unconfirmed_release", "subject": "UR-1",
    "title": f"{there} are there.",
    "skus": ["A"], "quantity": there, "value": 1.0, "confidence": 0.9, "reason": "count",
    "if_nothing": "Nothing.", "money_at_risk": 0.0, "evidence": ["counted"], "lines": [],
    "alternatives": [{"action": "do nothing", "cost": 1.0}],
}]))
"""

SAYS_WAYS = COUNTS_STOCK.replace(COUNTS_STOCK.splitlines()[1] + "\n", "").replace(
    "are there", "ways are kept"
)
COUNTS_WAYS = """
from workbench.runs.last_routes import last_routes
from workbench.tables import TABLES
import pandas as pd
there = len(last_routes(step).ways)
row = {"order_id": "1", "parcel": 1, "warehouse": "W", "carrier": "C", "service": "S"}
types = {column.name: column.dtype for column in TABLES["planned_ways"].columns}
rows = [row | {"line": line} for line in range(1, there + 2)]
step.write("planned_ways", pd.DataFrame(rows).astype(types))
step.write("scarcity_prices", TABLES["scarcity_prices"].empty())
"""


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    return use_notebooks(monkeypatch, tmp_path / "notebooks")


@pytest.fixture
def business(tmp_path):
    return toy_business(tmp_path / "business")


def _plan(business, day=DAY):
    return daily_plan.plan(business, day, {}, lambda _: None)


@pytest.mark.usefixtures("notebooks")
def test_the_same_bytes_come_again_whatever_has_happened_since_and_nothing_is_written(business):
    _plan(business)
    stricter = Policy().toml().replace("purchase_order_limit = 50000.0", "purchase_order_limit = 1.0")
    (business.folder / "policy.toml").write_text(stricter)
    counted = "sku,warehouse,on_hand,counted_on\nA,main,9,2026-11-16\nB,main,9,2026-11-16\n"
    write_business(business.folder, inventory=counted)
    business = Business(business.folder)
    _plan(business)
    _plan(business, DAY.replace(day=17))
    before = business.ledger.head(), business.lake.versions()

    again = replay(business, RUN, "replenishment")
    assert (again.same, again.different) == ((ORDER,), {})
    assert (business.ledger.head(), business.lake.versions()) == before
    assert not list(business.state.glob("replay-*"))


def test_parameters_that_a_run_was_given_are_given_again(business, notebooks):
    asks = COUNTS_STOCK.replace('f"{there} are there."', 'f"{there} are there, asked of {sku or None}."')
    write_notebook(notebooks / "3_replenishment.ipynb", START.format(step="replenishment"), asks, FINISH)
    daily_plan.plan(business, DAY, {"sku": "A"}, lambda _: None)
    assert business.ledger.proposals(RUN)["title"].tolist() == ["12 are there, asked of A."]
    assert business.ledger.run(RUN)["parameters"] == {"sku": "A"}
    again = replay(business, RUN, "replenishment")
    assert (again.different, again.other) == ({}, ())


def test_other_bytes_are_told_with_the_first_field_that_differs(business, notebooks):
    _plan(business)
    write_notebooks(notebooks, value=60_000.0)
    again = replay(business, RUN, "replenishment")
    assert again.same == ()
    assert again.different == {ORDER: "approved_quantity was recorded as 12.0 and is now None."}, (
        "above the limit it would have waited"
    )
    (told,) = again.other
    assert told.startswith("3_replenishment.ipynb was ")
    assert told.endswith("other bytes may be the notebook's doing.")


def test_what_others_had_reserved_when_the_step_read_the_stock_is_counted_again(
    business, notebooks, monkeypatch
):
    write_notebook(
        notebooks / "3_replenishment.ipynb", START.format(step="replenishment"), COUNTS_STOCK, FINISH
    )
    real = daily_plan.run_notebook

    def run(notebook, *given, **more):
        if notebook.name.startswith("3"):
            at = now()
            taken = [Wanted("an order", "A", "main", 2)]
            business.ledger.reserve(RUN, "live", taken, at, at.replace(year=at.year + 1))
        real(notebook, *given, **more)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(daily_plan, "run_notebook", run)
        _plan(business)
    assert business.ledger.proposals(RUN)["title"].tolist() == ["10 are there."], "12 less 2"
    business.ledger.end_reservations(RUN, "an order")
    assert replay(business, RUN, "replenishment").different == {}


def test_a_step_that_began_from_the_plan_before_begins_from_it_again(business, notebooks):
    """Each plan keeps a way more than the one before; the third one changes nothing about the second."""
    cells = START.format(step="replenishment"), COUNTS_WAYS, SAYS_WAYS
    write_notebook(notebooks / "3_replenishment.ipynb", *cells, FINISH)
    for on_hand in (12, 9, 7):
        counted = f"sku,warehouse,on_hand,counted_on\nA,main,{on_hand},2026-11-16\nB,main,9,2026-11-16\n"
        write_business(business.folder, inventory=counted)
        _plan(business)
    second = RUN.replace("-1", "-2")
    steps = business.ledger.steps(second)["replenishment"]
    kept = business.lake.snapshot(steps["versions"]).planned_ways
    assert len(kept) == 2
    assert len(business.lake.snapshot(steps["began_from"]).planned_ways) == 1
    assert replay(business, second, "replenishment").different == {}


@pytest.mark.usefixtures("notebooks")
def test_a_plan_that_kept_no_policy_cannot_be_replayed_and_says_so(business, monkeypatch):
    with monkeypatch.context() as before:
        before.setattr(Business, "policy_text", lambda _: business.lake.snapshot({}).policy_text)
        _plan(business)
    with pytest.raises(WorkbenchError, match="before policies were kept"):
        replay(business, RUN, "replenishment")


def test_a_long_text_is_shown_where_it_begins_to_differ():
    long = "x" * 200
    assert difference({"lines": f"{long}12"}, {"lines": f"{long}13"}) == (
        f"lines was recorded as …{'x' * 39}12 and is now …{'x' * 39}13."
    )
    assert difference(None, {}) == "It is proposed now and was not then."
    assert difference({}, None) == "It was proposed then and is not now."


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("agent", daily_plan.STEPS)
def test_every_decision_of_the_demo_plan_comes_again_byte_by_byte(planned_demo, agent):
    again = replay(planned_demo, planned_demo.live()["run_id"], agent)
    assert len(again.same) >= 10
    assert again.different == {}
