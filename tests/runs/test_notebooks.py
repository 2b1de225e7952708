import nbformat
import pytest

from workbench.errors import ParameterError, StepFailed
from workbench.runs.notebooks import declared, parameters_for, run_notebook

DEFAULTS = 'folder = ""\ndate = ""\nrun_id = ""\nsku = "A"\ndays = 14\nrate = 0.5\nchosen = True'


def _notebook(path, *cells, parameters=DEFAULTS):
    tagged = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    notebook = nbformat.v4.new_notebook(cells=[tagged, *(nbformat.v4.new_code_cell(cell) for cell in cells)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)
    return path


def _run(tmp_path, *cells, timeout=60, **parameters):
    notebook = _notebook(tmp_path / "step.ipynb", *cells)
    run_notebook(notebook, tmp_path / "out.ipynb", parameters, timeout=timeout)
    return nbformat.read(tmp_path / "out.ipynb", as_version=4)


def test_the_parameters_a_notebook_declares_have_values_not_texts(tmp_path):
    assert declared(_notebook(tmp_path / "a.ipynb")) == {
        "folder": "",
        "date": "",
        "run_id": "",
        "sku": "A",
        "days": 14,
        "rate": 0.5,
        "chosen": True,
    }


def test_a_parameter_goes_to_the_notebooks_that_declare_it_with_the_declared_type(tmp_path):
    one = _notebook(tmp_path / "1.ipynb", parameters='folder = ""\nsku = ""')
    two = _notebook(tmp_path / "2.ipynb", parameters='folder = ""\ndays = 14\nrate = 0.5')
    values = parameters_for([one, two], {"sku": "7", "days": "21", "rate": "1"})
    assert values == [{"sku": "7"}, {"days": 21, "rate": 1.0}]


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "dais",
            "7",
            "No notebook of the plan takes the parameter 'dais'; they take: chosen, days, rate, sku",
        ),
        ("days", "many", "Parameter days is 'many'; give a value of type int"),
        ("days", "7.5", "give a value of type int"),
        ("days", "True", "give a value of type int"),
        ("days", "__import__('os').getpid()", "give a value of type int"),
        ("chosen", "1", "give a value of type bool"),
        ("x = 1; import os", "1", "No notebook of the plan takes"),
        ("folder", "elsewhere", "No notebook of the plan takes the parameter 'folder'"),
    ],
)
def test_a_parameter_that_is_not_declared_so_is_refused_first(tmp_path, name, value, sentence):
    with pytest.raises(ParameterError, match=sentence.replace("(", r"\(")):
        parameters_for([_notebook(tmp_path / "1.ipynb")], {name: value})


def test_all_faults_of_the_parameters_are_told_at_once(tmp_path):
    with pytest.raises(ParameterError) as caught:
        parameters_for([_notebook(tmp_path / "1.ipynb")], {"dais": "7", "rate": "fast"})
    assert len(str(caught.value).splitlines()) == 2


def test_an_executed_notebook_has_run_every_cell_with_its_parameters(tmp_path):
    executed = _run(tmp_path, "print(sku, days)", sku="B", days=3)
    assert executed.cells[-1].outputs[0].text == "B 3\n"
    assert not list(tmp_path.glob("*.partial.ipynb"))


@pytest.mark.parametrize("parameters", [{}, {"sku": "B"}])
def test_a_failing_cell_is_named_as_counted_in_the_source_and_leaves_nothing(tmp_path, parameters):
    with pytest.raises(StepFailed, match=r"step.ipynb, cell 3: ValueError: no rates for zone 9"):
        _run(tmp_path, "x = 1", 'raise ValueError("no rates for zone 9")', "x = 2", **parameters)
    assert not (tmp_path / "out.ipynb").exists()


def test_a_kernel_that_dies_fails_the_step(tmp_path):
    with pytest.raises(StepFailed, match=r"step.ipynb"):
        _run(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "x = 1")
    assert not (tmp_path / "out.ipynb").exists()


def test_a_cell_that_hangs_fails_the_step(tmp_path):
    with pytest.raises(StepFailed, match=r"step.ipynb"):
        _run(tmp_path, "import time; time.sleep(60)", timeout=1)
