import pandas as pd
import pytest

from tests.lake.tiny_business import DAY
from tests.rows import table
from tests.runs.test_step import RUN, TRANSFER
from tests.runs.toy_plan import toy_business
from workbench.errors import StateMoved, StepFailed
from workbench.ledger.reservations import Wanted
from workbench.runs import daily_plan
from workbench.runs.business import now
from workbench.runs.step import open_step
from workbench.runs.stock_state import OF_THE_FILE, moves_of_state, on_hand, promised
from workbench.tables import proposals_table

STOCK = {"sku": "A", "warehouse": "main", "on_hand": 5, "reserved": 0, "available": 5, "backordered": 0} | {
    "in_transfer": 0,
    "on_order": 0,
    "inventory_position": 5,
}


@pytest.fixture
def business(tmp_path):
    """The tiny business with a run of its day begun, whose stock is open: 5 units of A at main."""
    business = toy_business(tmp_path / "business")
    counted = {name: STOCK[name] for name in ("sku", "warehouse", "on_hand", "reserved", "backordered")}
    stock = table("inventory", counted | {"counted_on": pd.Timestamp(DAY)})
    versions = {"stock": business.lake.write("stock", table("stock", STOCK))}
    versions["inventory"] = business.lake.write("inventory", stock)
    business.ledger.open_stock(RUN, [("A", "main", 5)], [], now())
    business.ledger.start_run(RUN, DAY, "inputs", versions, business.policy.digest(), now())
    return business


def _step(business):
    return open_step("allocation", folder=str(business.folder), run_id=RUN)


def _taken_by_another(business, key):
    wanted = [Wanted("O1/1", "A", "main", 1)]
    assert business.ledger.reserve(RUN, key, wanted, now(), pd.Timestamp.max.tz_localize("UTC")) is None


def test_what_order_lines_hold_comes_first_and_what_the_file_reserves_beside_is_held_too():
    stock = pd.DataFrame(
        {"sku": ["A", "B", "C"], "warehouse": "W", "on_hand": [10, 4, 7], "reserved": [5, 1, 0]}
    )
    lines = pd.DataFrame(
        {
            "order_id": ["O1", "O2", "O3", "O4", "O5"],
            "line": 1,
            "sku": ["A", "B", "B", "C", "X"],
            "warehouse": ["W", "W", "W", None, "W"],
            "quantity": [3, 3, 3, 2, 1],
        }
    )
    assert on_hand(stock) == [("A", "W", 10), ("B", "W", 4), ("C", "W", 7)]
    assert promised(stock, lines) == [
        Wanted("O1/1", "A", "W", 3),
        Wanted("O2/1", "B", "W", 3),
        Wanted("O3/1", "B", "W", 1),  # 4 are there, whatever the lines say
        Wanted(OF_THE_FILE, "A", "W", 2),
    ]
    assert promised(stock, lines.iloc[:0]) == [
        Wanted(OF_THE_FILE, "A", "W", 5),
        Wanted(OF_THE_FILE, "B", "W", 1),
    ]


def test_a_step_reserves_what_it_carries_out_and_sees_what_others_took(business):
    _taken_by_another(business, "live")
    step = _step(business)
    assert step.tables.stock["on_hand"].tolist() == [4]
    assert step.tables.stock["available"].tolist() == [4]
    assert step.decide(proposals_table([TRANSFER]))["decision"].tolist() == ["executed"]
    assert business.ledger.stock_left(RUN)["units_left"].tolist() == [2]


def test_stock_that_moves_under_a_step_stops_it_three_times_and_then_a_person_decides(business):
    for number in range(3):
        step = _step(business)
        _taken_by_another(business, f"live {number}")
        with pytest.raises(StateMoved, match="Plan again"):
            step.decide(proposals_table([TRANSFER]))
        assert business.ledger.proposals(RUN).empty
        assert moves_of_state(business.ledger, RUN, "allocation") == number + 1
    step = _step(business)
    _taken_by_another(business, "live 3")
    decided = step.decide(proposals_table([TRANSFER]))
    assert decided["decision"].tolist() == ["escalated"]
    assert decided["decision_reason"].item().startswith("Stock moved under the plan more than 3 times")
    assert business.ledger.stock_left(RUN)["units_left"].tolist() == [1]


def test_the_plan_runs_a_step_again_only_when_stock_moved_under_it(business, monkeypatch):
    started = []

    def run(*_arguments, **_more):
        started.append(len(started))
        step = _step(business)
        if len(started) < 3:
            _taken_by_another(business, f"live {len(started)}")
        try:
            step.decide(proposals_table([TRANSFER]))
        except StateMoved as moved:
            raise StepFailed(str(moved)) from moved
        step.finish()

    monkeypatch.setattr(daily_plan, "run_notebook", run)
    assert daily_plan._run_step(business, RUN, "allocation", {}).startswith("1 proposals, 0 wait")
    assert len(started) == 3

    def fail(*_arguments, **_more):
        started.append(len(started))
        raise StepFailed("another fault")

    monkeypatch.setattr(daily_plan, "run_notebook", fail)
    with pytest.raises(StepFailed, match="another fault"):
        daily_plan._run_step(business, RUN, "replenishment", {})
    assert len(started) == 4
