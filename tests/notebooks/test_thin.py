"""Notebooks are thin: they load, call one agent, show and save; everything else lives in the package."""

import ast

import nbformat
import pytest

from tests.conftest import PROJECT

STEPS = sorted((PROJECT / "notebooks").glob("[0-9]_*.ipynb"))
DASHBOARDS = sorted((PROJECT / "notebooks" / "dashboards").glob("*.ipynb"))
READ = [path for path in DASHBOARDS if path.stem != "approvals"]
EVERY = [*STEPS, *DASHBOARDS]
WRITTEN_ELSEWHERE = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.If, ast.Try, ast.With)

names = pytest.mark.parametrize("path", EVERY, ids=lambda path: path.stem)
step_names = pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)


def cells(path):
    return nbformat.read(path, as_version=4).cells


def code(path):
    return [cell for cell in cells(path) if cell.cell_type == "code"]


def tagged(path):
    return [cell for cell in code(path) if "parameters" in cell.metadata.get("tags", [])]


def test_every_step_of_the_plan_has_its_notebook():
    assert [path.stem for path in STEPS] == [
        "1_demand_sensing",
        "2_allocation",
        "3_replenishment",
        "4_routing",
    ]
    assert [path.stem for path in DASHBOARDS] == ["approvals", "item", "overview", "scorecard"]


@names
def test_it_is_valid_and_stored_without_outputs(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)

    assert all(not cell.outputs and cell.execution_count is None for cell in code(path))


@names
def test_cells_are_named_for_good(path):
    ids = [cell.id for cell in cells(path)]

    assert len(set(ids)) == len(ids)
    assert all(not any(character.isdigit() for character in name) for name in ids)


@names
def test_it_opens_with_a_title_and_then_its_parameters(path):
    first, second = cells(path)[:2]

    assert first.source.startswith("# ")
    assert tagged(path) == [second]


@names
def test_parameters_are_plain_literals(path):
    (cell,) = tagged(path)

    for statement in ast.parse(cell.source).body:
        assert isinstance(statement, ast.Assign)
        assert isinstance(statement.value, ast.Constant)


@names
def test_no_logic_is_written_in_a_notebook(path):
    nodes = [node for cell in code(path) for node in ast.walk(ast.parse(cell.source))]

    assert not [node for node in nodes if isinstance(node, WRITTEN_ELSEWHERE)]


@names
def test_no_threshold_is_written_in_a_notebook(path):
    nodes = [node for cell in code(path) for node in ast.walk(ast.parse(cell.source))]
    numbers = [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, int | float)]

    assert not [number for number in numbers if not isinstance(number, bool)]


@step_names
def test_a_step_takes_the_same_parameters_and_ends_by_saying_that_it_is_whole(path):
    given = {target.id for s in ast.parse(tagged(path)[0].source).body for target in s.targets}

    assert {"folder", "date", "run_id"} <= given
    assert code(path)[-1].source == "step.finish()"
    assert sum(cell.source.count("step.decide(") for cell in code(path)) == 1
    assert (
        sum(cell.source.count("approvals(\n") + cell.source.count("approvals(s") for cell in code(path)) == 1
    )


@pytest.mark.parametrize("path", READ, ids=lambda path: path.stem)
def test_pages_that_are_only_read_have_nothing_that_decides_and_cannot_write(path):
    source = "\n".join(cell.source for cell in code(path))

    for name in ("approvals(", "desk.approve", "desk.reject", "widgets"):
        assert name not in source
    assert "business = Business(folder, read_only=True)" in source
