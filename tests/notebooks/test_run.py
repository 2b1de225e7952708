"""Notebooks run headless from the first cell to the last, and show plainly what a page would show."""

import nbformat
import papermill
import pytest

from tests.conftest import PROJECT
from tests.views.small_plan import publish
from workbench.runs.business import Business

NOTEBOOKS = PROJECT / "notebooks"
PLOTLY = "application/vnd.plotly.v1+json"
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("business") / "small"
    publish(folder)
    return folder


def run(name, folder, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBENCH_HEADLESS", "1")
    made = tmp_path / "executed.ipynb"
    papermill.execute_notebook(
        NOTEBOOKS / name,
        made,
        parameters={"folder": str(folder)},
        kernel_name="python3",
        cwd=str(tmp_path),
        progress_bar=False,
        execution_timeout=300,
    )
    return nbformat.read(made, as_version=4)


def shown(notebook):
    """Everything that was displayed: a list of MIME bundles."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [output["data"] for output in outputs if "data" in output]


def text(notebook):
    return "\n".join(str(bundle.get("text/html", "")) for bundle in shown(notebook))


def test_the_overview_shows_tiles_figures_and_tables(folder, tmp_path, monkeypatch):
    made = run("dashboards/overview.ipynb", folder, tmp_path, monkeypatch)

    assert sum(PLOTLY in bundle for bundle in shown(made)) == 4
    assert "At risk in what waits" in text(made)
    assert "Order 4800 units" in text(made)
    assert "<script>document" not in text(made)


def test_the_overview_stands_before_the_first_plan(tmp_path, monkeypatch):
    empty = tmp_path / "new"
    empty.mkdir()
    (empty / "policy.toml").touch()
    made = run("dashboards/overview.ipynb", empty, tmp_path, monkeypatch)

    assert "No plan has been published yet" in text(made)


@pytest.mark.parametrize("name", ["1_demand_sensing", "2_allocation", "3_replenishment", "4_routing"])
def test_a_step_explores_the_live_plan_without_widgets_and_records_nothing(
    name, folder, tmp_path, monkeypatch
):

    before = Business(folder).ledger.head()
    made = run(f"{name}.ipynb", folder, tmp_path, monkeypatch)

    assert not [bundle for bundle in shown(made) if WIDGET in bundle]
    assert any(PLOTLY in bundle for bundle in shown(made))
    assert "exploring" in text(made)
    assert Business(folder).ledger.head() == before
