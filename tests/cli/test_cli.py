import pytest
from typer.testing import CliRunner

from tests.runs.toy_plan import toy_business, use_notebooks
from workbench.cli import app
from workbench.cli.agents import shadow_compared
from workbench.runs import daily_plan

run = CliRunner().invoke


@pytest.fixture
def folder(tmp_path, monkeypatch):
    use_notebooks(monkeypatch, tmp_path / "notebooks")
    return toy_business(tmp_path / "business").folder


def _plan(folder, *more, day="2026-11-16"):
    return run(app, ["plan", "--folder", str(folder), "--date", day, *more])


def test_a_published_plan_exits_with_0_and_a_second_start_with_5(folder):
    first = _plan(folder)
    assert first.exit_code == 0, first.output
    assert "Plan 20261116-1 is published." in first.output
    assert "replenishment: 1 proposals" in first.output
    assert "carried out: 1, worth 48 USD" in first.output
    second = _plan(folder)
    assert second.exit_code == 5
    assert "published already, as 20261116-1" in second.output


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-p", "skoo=A"], "No notebook of the plan takes the parameter 'skoo'"),
        (["-p", "sku"], "--parameter is 'sku'; give NAME=VALUE."),
        (["--nonsense"], "No such option"),
    ],
)
def test_bad_parameters_exit_with_2(folder, arguments, sentence):
    outcome = _plan(folder, *arguments)
    assert outcome.exit_code == 2
    assert sentence in outcome.output


def test_a_day_that_does_not_exist_exits_with_2(folder):
    outcome = _plan(folder, day="2026-02-30")
    assert outcome.exit_code == 2
    assert "--date is '2026-02-30'; give a day as YYYY-MM-DD." in outcome.output


def test_files_that_are_too_old_exit_with_3_from_check_and_from_plan(folder):
    for command in ("check", "plan"):
        outcome = run(app, [command, "--folder", str(folder), "--date", "2026-12-24"])
        assert outcome.exit_code == 3, outcome.output
        assert "sales.csv" in outcome.output


def test_a_plan_in_the_making_makes_the_second_exit_with_4(folder):
    with daily_plan._alone(daily_plan.Business(folder)):
        assert _plan(folder).exit_code == 4
        assert run(app, ["release", "--folder", str(folder)]).exit_code == 4


def test_a_failed_step_exits_with_1_and_names_notebook_cell_and_error(folder):
    notebook = daily_plan.NOTEBOOKS / "2_allocation.ipynb"
    notebook.write_text(notebook.read_text().replace("step.finish()", "int('x')"))
    outcome = _plan(folder)
    assert outcome.exit_code == 1
    assert "2_allocation.ipynb, cell 4: ValueError: invalid literal for int()" in outcome.output


def test_a_folder_or_policy_that_is_not_there_exits_with_1_and_a_sentence(tmp_path):
    outcome = run(app, ["check", "--folder", str(tmp_path / "nowhere")])
    assert outcome.exit_code == 1
    assert "There is no business folder" in outcome.output
    outcome = run(app, ["check", "--folder", str(tmp_path)])
    assert outcome.exit_code == 1
    assert "policy.toml is missing" in outcome.output


def test_nothing_approved_means_nothing_to_release(folder):
    _plan(folder)
    outcome = run(app, ["release", "--folder", str(folder)])
    assert outcome.exit_code == 0
    assert "Nothing has been approved since the last release." in outcome.output


def test_pages_are_not_served_behind_a_proxy_whose_secret_is_not_here(tmp_path, monkeypatch):
    (tmp_path / "policy.toml").write_text('[identity]\nsource = "header"\n')
    monkeypatch.delenv("WORKBENCH_PROXY_SECRET", raising=False)
    outcome = run(app, ["serve", "--folder", str(tmp_path)])
    assert outcome.exit_code == 2
    assert "WORKBENCH_PROXY_SECRET holds no secret" in outcome.output


def test_a_folder_is_made_from_one_file_and_can_be_checked(tmp_path):
    sales = tmp_path / "sales.csv"
    rows = [f"2026-{month:02d}-{day:02d},A,{day % 3}" for month in (8, 9, 10) for day in range(1, 29)]
    sales.write_text("\n".join(["date,sku,units", *rows]))
    made = run(app, ["init", str(tmp_path / "own"), "--sales", str(sales)])
    assert made.exit_code == 0, made.output
    assert "Assumed in inventory" in made.output
    checked = run(app, ["check", "--folder", str(tmp_path / "own"), "--date", "2026-10-29"])
    assert checked.exit_code == 0, checked.output


def test_the_dictionary_is_printed():
    outcome = run(app, ["tables"])
    assert outcome.exit_code == 0
    assert "#### `products` (input)" in outcome.output
    assert "| `unit_cost` | float64 | money in currency per unit |" in outcome.output


def test_a_delegation_that_has_ended_is_named_by_check_and_by_plan(folder):
    with (folder / "policy.toml").open("a") as file:
        file.write('[[people.delegations]]\ngiver = "Ann"\ntaker = "planner"\nuntil = 2026-11-15\n')
    text = (folder / "policy.toml").read_text()
    members = '[people.members]\nplanner = ["planner"]\nAnn = ["planner"]\n'
    lines = [line for line in text.splitlines() if not line.startswith("[people.members]")]
    (folder / "policy.toml").write_text("\n".join([*lines, ""]).replace("[[people", f"{members}[[people"))
    told = "planner stood in for Ann until 2026-11-15 and does no longer; take the entry out of"
    checked = run(app, ["check", "--folder", str(folder), "--date", "2026-11-16"])
    assert told in checked.output
    assert told in _plan(folder).output
    assert told not in run(app, ["check", "--folder", str(folder), "--date", "2026-11-15"]).output


def test_an_agent_is_stopped_from_the_shell_and_goes_on(folder):
    refused = run(app, ["agents", "stop", "replenishment", "--folder", str(folder)])
    assert (refused.exit_code, "say who stops it, and why" in refused.output) == (1, True)
    because = ["--reason", "prices are wrong", "--folder", str(folder)]
    assert run(app, ["agents", "stop", "replenishment", *because]).exit_code == 0
    told = run(app, ["agents", "levels", "--folder", str(folder)]).output
    assert "replenishment purchase_order: guarded, stopped" in told
    assert "1 proposals, 1 wait for a person" in _plan(folder).output
    assert run(app, ["agents", "resume", "replenishment", *because]).exit_code == 0
    refused = run(app, ["agents", "promote", "replenishment", "purchase_order", "--folder", str(folder)])
    assert "No promotion of replenishment on purchase_order is proposed" in refused.output


def test_what_stood_in_the_shadow_is_printed_beside_what_people_did(folder):
    policy = folder / "policy.toml"
    policy.write_text(policy.read_text().replace('purchase_order = "guarded"', 'purchase_order = "shadow"'))
    _plan(folder)
    told = run(app, ["agents", "levels", "--folder", str(folder)]).output
    assert "purchase_order in the shadow: 1 proposed; it is compared with the next day's files." in told


def test_the_shadow_is_compared_in_counts_with_their_interval_and_in_money():
    """8 of 10: 80 %, and by Wilson 49 to 94 %."""
    row = {"agent": "routing", "kind": "shipment", "proposals": 12, "n": 10, "right": 8}
    assert shadow_compared(row | {"proposed": 1_200.0, "done": 900.0}, "USD") == (
        "routing shipment in the shadow: 12 proposed, 10 compared with what people did, 80.0% done as "
        "proposed (49% to 94% with 95 %); worth 1,200 USD as proposed, 900 USD as done."
    )
