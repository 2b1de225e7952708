"""Proposals found by what they are about, from the live plan or another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from workbench.errors import ParameterError
from workbench.ledger.decisions import WAITING
from workbench.runs.business import Business
from workbench.tables import AGENTS


@dataclass(frozen=True)
class Sought:
    """What proposals are sought; what is empty does not narrow. `state`: waiting or decided."""

    agent: str = ""
    state: str = ""
    supplier: str = ""
    sku: str = ""
    rule: str = ""


def found(queue: pd.DataFrame, sought: Sought) -> pd.DataFrame:
    """The proposals of a queue that are sought, in its order.

    Raises ParameterError for an agent or a state that there is not.
    """
    if sought.agent and sought.agent not in AGENTS:
        raise ParameterError(f"There is no agent {sought.agent!r}; give one of {', '.join(AGENTS)}.")
    if sought.state not in ("", "waiting", "decided"):
        raise ParameterError(f"The state is {sought.state!r}; give waiting or decided.")
    fits = [_fits(proposal, sought) for proposal in queue.to_dict("records")]
    return queue[pd.Series(fits, queue.index, dtype=bool)].reset_index(drop=True)


def _fits(proposal: dict[Any, Any], sought: Sought) -> bool:
    waits = proposal["decision"] in WAITING
    return (
        sought.agent in ("", proposal["agent"])
        and sought.state in ("", "waiting" if waits else "decided")
        and (not sought.supplier or sought.supplier in suppliers(proposal))
        and (not sought.sku or sought.sku in proposal["skus"])
        and sought.rule in ("", proposal.get("rule"))
    )


def suppliers(proposal: dict[Any, Any]) -> set[str]:
    """Whom a proposal would buy from."""
    return {line["supplier"] for line in proposal["lines"] if line.get("supplier")}


def proposal_of(business: Business, proposal_id: str) -> dict[Any, Any]:
    """A proposal of any plan with its last decision. Raises ParameterError when there is none."""
    run_id = "-".join(proposal_id.split("-")[-2:])
    proposals = business.ledger.proposals(run_id)
    rows: list[dict[Any, Any]] = proposals[proposals["proposal_id"] == proposal_id].to_dict("records")
    if not rows:
        raise ParameterError(
            f"There is no proposal {proposal_id!r}; take its id from `workbench decisions list`."
        )
    return rows[0]
