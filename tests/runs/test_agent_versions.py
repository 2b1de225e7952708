import shutil

import pytest

from workbench.runs.agent_versions import PACKAGE, code_version, sources
from workbench.tables import AGENTS


def test_an_agent_is_made_of_its_own_files_and_of_what_these_import():
    files = sources("replenishment")
    assert "agents/replenishment/orders.py" in files
    assert "formulas/landed_cost.py" in files
    assert not any(name.startswith(("agents/routing", "views", "runs")) for name in files)
    assert "demand/engine.py" in sources("demand_sensing")


@pytest.mark.parametrize(
    ("changed", "others"),
    [
        ("formulas/landed_cost.py", {"replenishment"}),
        ("agents/routing/shipments.py", {"routing"}),
        ("cli.py", set()),
    ],
)
def test_a_changed_line_is_another_version_of_the_agents_that_are_built_on_it(tmp_path, changed, others):
    copy = shutil.copytree(PACKAGE, tmp_path / "workbench", ignore=shutil.ignore_patterns("__pycache__"))
    before = {agent: sources(agent, copy) for agent in AGENTS}
    with (copy / changed).open("a") as file:
        file.write("# another line\n")
    assert {agent for agent in AGENTS if sources(agent, copy) != before[agent]} == others


def test_the_same_code_has_the_same_version():
    versions = {agent: code_version(agent) for agent in AGENTS}
    code_version.cache_clear()
    assert versions == {agent: code_version(agent) for agent in AGENTS}
    assert len(set(versions.values())) == len(AGENTS)
