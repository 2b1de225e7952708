"""How a day's orders are routed where a person has picked another plan than the policy's own weights make.

The pick is an event of the ledger. It holds for the day that it was made for: every plan of that day made
from then on is given its weights as parameters, which the run records.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workbench.errors import LedgerError, ParameterError
from workbench.ledger.door import PICKED
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy

WEIGHTS = ("lateness_cost_per_day", "co2e_price")  # of the policy's section `routing`


def pick(
    ledger: Ledger, run_id: str, weights: Mapping[str, float], person: str, at: datetime, reason: str
) -> None:
    """Record who picks which weights (money per order and day, money per kg) for the day of a live plan.

    Raises LedgerError without a reason, for a plan that is not live, and for what is no weight.
    """
    live = ledger.live()
    if live is None or live["run_id"] != run_id:
        raise LedgerError("Nothing was picked: this plan is not the live one; open the page again.")
    if not reason.strip():
        raise LedgerError("Say in your own words why another plan is picked; the reason is kept.")
    if set(weights) != set(WEIGHTS) or any(_fault(value) for value in weights.values()):
        raise LedgerError(f"Nothing was picked: give {' and '.join(WEIGHTS)} as numbers of 0 or more.")
    texts = {name: repr(float(weights[name])) for name in WEIGHTS}
    detail = {"weights": texts, "by": person, "reason": reason.strip()}
    ledger.log(PICKED, f"{live['date']:%Y-%m-%d}", detail, at, run_id)


def last_pick(ledger: Ledger, day: date) -> dict[str, Any] | None:
    """What was picked last for a day: `weights` as parameters of a run, `by` and `reason`; None: nothing."""
    events = ledger.events(PICKED)
    picks = events[events["subject"] == f"{day:%Y-%m-%d}"]["detail"]
    return dict(picks.iloc[-1]) if len(picks) else None


def weighed(policy: Policy, given: Mapping[str, str]) -> Policy:
    """The policy with the weights that a run was given; one that is not given, or empty, stays.

    Raises ParameterError, all faults at once, for what is no number of 0 or more.

    >>> weighed(Policy(), {"co2e_price": "2.5"}).routing.co2e_price
    2.5
    """
    texts = {name: given[name] for name in WEIGHTS if given.get(name)}
    faults = [
        f"Parameter {name} is {text!r}; give a number of 0 or more, as in policy.toml."
        for name, text in texts.items()
        if _fault(text)
    ]
    if faults:
        raise ParameterError("\n".join(faults))
    routing = policy.routing.model_copy(update={name: float(text) for name, text in texts.items()})
    return policy.model_copy(update={"routing": routing})


def _fault(value: Any) -> bool:
    """Whether something is no weight."""
    try:
        return not 0 <= float(value) < math.inf
    except (TypeError, ValueError):
        return True
