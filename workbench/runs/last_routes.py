"""What the routing of a run begins from: the plan before, where only orders and stock have moved since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.authority.routing_weights import WEIGHTS
from workbench.optimize.last_plan import NO_PLAN, LastPlan
from workbench.runs.plan_before import run_before
from workbench.runs.step import Step

# what an order's ways and their costs rest on: where any of it has changed, all are to be weighed anew
FIXED = ("products", "warehouses", "regions", "services", "zones", "rates", "deliveries", "disruptions")
SCARCITY = "scarcity_prices"
KEPT = (SCARCITY, "planned_ways")


def last_routes(step: Step) -> LastPlan:
    """Prices and ways of the plan published before the step's run; none if they are not to begin from.

    They are where both plans are of the same day, policy, weights and tables but for orders, stock and
    arrivals. Their versions are recorded with the step.
    """
    business, run_id = step.business, step.run_id
    before = run_before(business, run_id)
    if before is None:
        return NO_PLAN
    run, own_run = business.ledger.run(before), business.ledger.run(run_id)
    old, own = business.versions(before), own_run["versions"]
    same = _weighed_by(run) == _weighed_by(own_run)
    if not same or any(old.get(name) != own.get(name) for name in FIXED) or not old.keys() >= set(KEPT):
        return NO_PLAN
    kept = step.begin_from({name: old[name] for name in KEPT})
    return LastPlan(kept.scarcity_prices, kept.planned_ways)


def last_scarcity(step: Step) -> pd.DataFrame:
    """Table `scarcity_prices` of the plan published before the step's run, whatever has changed since; empty
    without one. Its version is recorded with the step."""
    before = run_before(step.business, step.run_id)
    versions = {} if before is None else step.business.versions(before)
    kept = {SCARCITY: versions[SCARCITY]} if SCARCITY in versions else {}
    return step.begin_from(kept).scarcity_prices


def _weighed_by(run: Mapping[str, Any]) -> list[Any]:
    """The day and all that orders were weighed by in a run."""
    return [run["date"], run["policy"], *(run["parameters"].get(name, "") for name in WEIGHTS)]
