import json
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest

from tests.conftest import PROJECT
from tests.lake.failing_carrier import Carrier, serving
from tests.lake.tiny_business import DAY, write_business
from tests.runs.toy_plan import FINISH, START, STEPS, toy_business, use_notebooks, write_notebook
from workbench.errors import AlreadyPublished, AlreadyRunning, GateStop, ParameterError, StepFailed
from workbench.runs import daily_plan
from workbench.runs.business import Business


@pytest.fixture
def notebooks(tmp_path, monkeypatch):
    return use_notebooks(monkeypatch, tmp_path / "notebooks")


@pytest.fixture
def business(tmp_path):
    return toy_business(tmp_path / "business")


def _plan(business, given=None, day=DAY):
    said = []
    published = daily_plan.plan(business, day, given or {}, said.append)
    return published, said


def _exported(business):
    live = business.ledger.run(business.live()["run_id"])
    return json.loads((business.run_directory(live) / "plan.json").read_text(encoding="utf-8"))


@pytest.mark.usefixtures("notebooks")
def test_a_plan_is_published_once_and_released_and_exported(business):
    published, said = _plan(business)
    assert business.live()["run_id"] == published.run_id == "20261116-1"
    assert published.summary["executed"] == 1
    assert published.summary["waiting"] == 0
    assert [text[:3] for text in said[1:]] == ["1/2", "2/2"]
    names = {path.name for path in published.directory.iterdir()}
    assert {*STEPS.values(), "plan.json", "plan.xlsx"} <= names
    assert not any("partial" in name for name in names)
    assert business.ledger.releases()["proposal_id"].tolist() == ["PO-S1-20261116-1"]

    with pytest.raises(AlreadyPublished, match="published already, as 20261116-1"):
        _plan(business)
    assert len(business.ledger.manifests()) == 1


@pytest.mark.usefixtures("notebooks")
def test_live_carriers_are_asked_before_the_agents_run_and_what_happened_is_said(business):
    files = {
        "services": "carrier,service,days\nFAST,GROUND,3\n",
        "zones": "carrier,warehouse,region,zone\nFAST,main,east,near\n",
        "rates": "carrier,service,zone,weight_from_kg,weight_to_kg,charge\nFAST,GROUND,near,0,2,5\n",
    }
    with serving(Carrier()) as carrier:
        live = (
            f'[carriers.FAST]\nurl = "{carrier.url}"\n[addresses.warehouses.main]\ncountry_code = "US"\n'
            '[addresses.regions.east]\ncountry_code = "US"\n'
        )
        write_business(business.folder, live, **files)
        _, said = _plan(business)
    assert said[1] == "Rates of FAST: all 1 are its live service's."
    assert business.snapshot().rates["charge"].tolist() == [2.999]
    assert business.snapshot().rate_sources["live"].tolist() == [1]


@pytest.mark.usefixtures("notebooks")
def test_a_publication_that_was_killed_before_its_release_is_completed_by_the_next_start(
    business, monkeypatch
):
    with monkeypatch.context() as killed:
        killed.setattr(daily_plan, "_let_out", lambda *_: None)
        published, _ = _plan(business)
    assert business.ledger.releases().empty
    with pytest.raises(AlreadyPublished):
        _plan(business)
    assert len(business.ledger.releases()) == 1
    assert (published.directory / "plan.json").exists()


@pytest.mark.usefixtures("notebooks")
def test_what_was_released_yesterday_is_on_order_today(business):
    _plan(business)
    next_day = DAY.replace(day=17)
    _plan(business, day=next_day)
    snapshot = business.snapshot()
    apples = snapshot.stock.set_index(["sku", "warehouse"]).loc[("A", "main")]
    assert apples["on_order"] == 12
    assert apples["inventory_position"] == 5 - 1 + 12
    assert snapshot.inbound["confirmed"].tolist() == [False]
    assert len(business.ledger.releases()) == 1, "the toy orders only what is not outstanding"


@pytest.mark.usefixtures("notebooks")
def test_earlier_decisions_are_judged_by_the_newest_files_before_the_plan_is_made(business, monkeypatch):
    asked = []

    def judge(of, files, day):
        asked.append((of.live(), files.sales["date"].max().date(), day))
        return 3

    monkeypatch.setattr(daily_plan, "judge_matured", judge)
    _, said = _plan(business)
    assert said[1] == "Judged 3 earlier decisions by what has come true since."
    assert asked == [(None, DAY - timedelta(days=1), DAY)]


def test_a_failed_step_is_named_and_the_next_start_goes_on_there(business, notebooks):
    third = notebooks / "3_replenishment.ipynb"
    whole = third.read_text()
    write_notebook(third, START.format(step="replenishment"), "1 / 0", FINISH)
    with pytest.raises(StepFailed, match=r"3_replenishment.ipynb, cell 3: ZeroDivisionError"):
        _plan(business)
    assert business.live() is None

    third.write_text(whole)
    published, said = _plan(business)
    assert published.run_id == "20261116-1"
    assert [text for text in said if "had finished" in text] == ["1/2 allocation: had finished"]


@pytest.mark.parametrize("ending", ["import sys; sys.exit(0)", "raise SystemExit", "import os; os._exit(0)"])
def test_a_notebook_that_ends_early_is_a_fault_whatever_papermill_says(business, notebooks, ending):
    write_notebook(notebooks / "2_allocation.ipynb", START.format(step="allocation"), ending, FINISH)
    with pytest.raises(StepFailed, match=r"2_allocation.ipynb"):
        _plan(business)
    assert business.live() is None


@pytest.mark.usefixtures("notebooks")
def test_of_two_starts_the_second_says_that_one_is_running(business):
    with (
        daily_plan._alone(business),
        pytest.raises(AlreadyRunning, match="is being made in business right now"),
    ):
        _plan(business)


@pytest.mark.usefixtures("notebooks")
def test_inputs_that_are_not_fit_stop_the_plan_and_the_last_one_stands(business):
    published, _ = _plan(business)
    (business.folder / "inventory.csv").unlink()
    with pytest.raises(GateStop, match=r"inventory.csv"):
        _plan(business, day=DAY.replace(day=17))
    assert business.live()["run_id"] == published.run_id


@pytest.mark.usefixtures("notebooks")
def test_a_misspelt_parameter_is_refused_before_anything_starts(business):
    with pytest.raises(ParameterError, match="'skoo'"):
        _plan(business, {"skoo": "A"})
    assert not business.state.exists()


@pytest.mark.usefixtures("notebooks")
def test_a_plan_with_another_parameter_is_another_plan(business):
    _plan(business)
    published, _ = _plan(business, {"sku": "A"})
    assert published.run_id == "20261116-2"


def test_a_purchase_order_above_the_limit_waits_and_leaves_after_approval(business, tmp_path, monkeypatch):
    use_notebooks(monkeypatch, tmp_path / "dear", value=50_000.01)
    published, _ = _plan(business)
    assert published.summary["waiting"] == 1
    assert business.ledger.releases().empty
    assert daily_plan.release_approved(business, lambda _: None) is None

    business.desk.approve("PO-S1-20261116-1", {0: 18.0}, "two weeks of Advent")
    business.desk.undo("PO-S1-20261116-1")
    business.desk.approve("PO-S1-20261116-1", {0: 18.0}, "two weeks of Advent")
    released = daily_plan.release_approved(business, lambda _: None)
    assert released.proposal_ids == ("PO-S1-20261116-1",)
    assert business.ledger.releases()["content"].iloc[0]["quantity"] == 18
    orders = (published.directory / "purchase_orders.csv").read_text()
    assert "PO-S1-20261116-1" in orders
    assert ",18," in orders


def test_what_was_approved_and_not_released_leaves_before_the_next_plan_is_made(
    business, tmp_path, monkeypatch
):
    use_notebooks(monkeypatch, tmp_path / "dear", value=50_000.01)
    _plan(business)
    business.desk.approve("PO-S1-20261116-1")
    _plan(business, day=DAY.replace(day=17))
    assert business.ledger.releases()["proposal_id"].tolist() == ["PO-S1-20261116-1"]
    assert business.snapshot().inbound["quantity"].tolist() == [12]


SCRIPT = """
import sys
from datetime import date
from pathlib import Path
from workbench.runs import daily_plan
from workbench.runs.business import Business
daily_plan.NOTEBOOKS = Path(sys.argv[2])
daily_plan.STEPS = {"allocation": "2_allocation.ipynb", "replenishment": "3_replenishment.ipynb"}
daily_plan.plan(Business(sys.argv[1]), date(2026, 11, 16), {}, lambda text: print(text, flush=True))
"""


def test_after_a_kill_the_next_start_resumes_at_the_step_that_had_not_finished(business, notebooks):
    second = notebooks / STEPS["replenishment"]
    whole = second.read_text()
    write_notebook(second, START.format(step="replenishment"), "import time; time.sleep(120)", FINISH)
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(business.folder), str(notebooks)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )
    for line in process.stdout:
        if line.startswith("1/2"):
            break
    with pytest.raises(AlreadyRunning):
        _plan(business)
    time.sleep(0.5)  # into the second notebook
    process.send_signal(signal.SIGKILL)
    process.wait()

    second.write_text(whole)
    published, said = _plan(Business(business.folder))
    assert published.run_id == "20261116-1"
    assert [text for text in said if "had finished" in text] == ["1/2 allocation: had finished"]
    assert len(_exported(business)["proposals"]) == 1
