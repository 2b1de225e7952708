"""The weights of routing that a person has picked for a day, as parameters of every plan of that day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from workbench.authority.routing_weights import WEIGHTS, last_pick, weighed
from workbench.policy import Policy
from workbench.runs.business import Business
from workbench.runs.step import Step


def with_pick(
    business: Business, day: date, given: Mapping[str, str], say: Callable[[str], None]
) -> Mapping[str, str]:
    """The parameters of a plan with the weights that were picked for its day where none are `given`."""
    picked = last_pick(business.ledger, day)
    if picked is None:
        return given
    weights = ", ".join(f"{name} {text}" for name, text in picked["weights"].items())
    say(f"Routing as {picked['by']} picked for the day ({weights}): {picked['reason']}")
    return {**picked["weights"], **given}


def routing_policy(step: Step, lateness_cost_per_day: str, co2e_price: str) -> Policy:
    """The policy that a step routes by: with these weights, or where empty those that its run was given."""
    asked = dict(zip(WEIGHTS, (lateness_cost_per_day, co2e_price), strict=True))
    given = step.business.ledger.run(step.run_id)["parameters"]
    return weighed(step.policy, {**given, **{name: text for name, text in asked.items() if text}})
