"""Two notebooks that do nothing but what a step must, so that the life of a plan can be tested quickly."""

from pathlib import Path

import nbformat

from tests.lake.tiny_business import write_business
from workbench.policy import Policy
from workbench.runs import daily_plan
from workbench.runs.business import Business

STEPS = {"allocation": "2_allocation.ipynb", "replenishment": "3_replenishment.ipynb"}
START = """
from workbench.runs.step import open_step
from workbench.tables import proposals_table
step = open_step("{step}", folder=folder, date=date, run_id=run_id)
"""
NOTHING = "decided = step.decide(proposals_table([]))"
ORDER = """
decided = step.decide(proposals_table([] if step.tables.outstanding["sku"].isin(["A"]).any() else [{{
    "agent": "replenishment", "kind": "purchase_order", "subject": "PO-S1", "title": "Order 12 Apples.",
    "skus": ["A"], "quantity": 12, "value": {value}, "confidence": 0.9, "reason": "below_reorder_point",
    "if_nothing": "Apples run out on 20 November.", "money_at_risk": 40.0,
    "alternatives": [{{"action": "do nothing", "cost": 40.0}}], "evidence": ["5 on hand"],
    "lines": [{{
        "sku": "A", "supplier": "S1", "warehouse": "main", "quantity": 12, "order_multiple": 6,
        "minimum_order_quantity": 6, "unit_cost": 4.0, "currency": "USD", "landed_cost": 4.0, "value": 48.0,
        "expected_on": "2026-11-30", "protection_interval": 21.0, "covers": 0.9, "marginal_return": 5.0,
        "bound_by": "demand"}}],
}}]))
"""
FINISH = "step.finish()"


def write_notebook(path: Path, *cells: str) -> None:
    """A notebook with the parameters that the plan sets."""
    parameters = nbformat.v4.new_code_cell(
        'folder = ""\ndate = ""\nrun_id = ""\nsku = ""', metadata={"tags": ["parameters"]}
    )
    notebook = nbformat.v4.new_notebook(cells=[parameters, *map(nbformat.v4.new_code_cell, cells)])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nbformat.write(notebook, path)


def use_notebooks(monkeypatch, folder: Path, *, value: float = 48.0) -> Path:
    """Let the plan run toy notebooks; replenishment proposes one purchase order worth `value`."""
    monkeypatch.setattr(daily_plan, "NOTEBOOKS", write_notebooks(folder, value))
    monkeypatch.setattr(daily_plan, "STEPS", STEPS)
    return folder


def write_notebooks(folder: Path, value: float) -> Path:
    """The notebooks; replenishment proposes one purchase order worth `value`."""
    folder.mkdir(exist_ok=True)
    for step, name in STEPS.items():
        work = ORDER.format(value=value) if step == "replenishment" else NOTHING
        write_notebook(folder / name, START.format(step=step), work, FINISH)
    return folder


def toy_business(folder: Path) -> Business:
    """The tiny business with a policy file."""
    folder.mkdir(exist_ok=True)
    write_business(folder)
    (folder / "policy.toml").write_text(Policy().toml())
    return Business(folder)
