"""Large changes need a second pair of eyes: who has changed something does not approve it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from workbench.authority.people import instead, who_may
from workbench.authority.quantities import Line, standing_lines, worth
from workbench.errors import LedgerError
from workbench.policy import Policy

Proposal = Mapping[Any, Any]


def own_change(policy: Policy, person: str, proposal: Proposal, day: date) -> str | None:
    """Why another person must approve what stands, which this person has changed; None: none need."""
    if proposal["decision"] != "amended" or proposal["decided_by"] != person:
        return None
    return _above_amount(policy, person, proposal, standing_lines(proposal), day)


def needs_another(policy: Policy, person: str, proposal: Proposal, lines: list[Line], day: date) -> bool:
    """Whether what a person changes to these lines needs another one's approval.

    Raises LedgerError when it does and nobody else may: it would wait for ever.
    """
    fault = _above_amount(policy, person, proposal, lines, day)
    if fault and set(who_may(policy, str(proposal["agent"]), _at_most(proposal, lines), day)) <= {person}:
        raise LedgerError(f"{proposal['proposal_id']}: {fault}")
    return fault is not None


def not_in_bulk(policy: Policy, proposal: Proposal) -> str | None:
    """Why a proposal is looked at by itself and not approved together with others; None: it may be."""
    if proposal["decision"] == "amended":
        return f"{proposal['decided_by']} has changed it; look at it by itself."
    amount, value = policy.people.four_eyes_amount, float(proposal["value"])
    if value <= amount:
        return None
    currency = policy.business.base_currency
    return (
        f"It is worth {value:,.2f} {currency}; above {amount:,.2f} {currency} (people.four_eyes_amount) "
        "it is decided by itself."
    )


def _above_amount(
    policy: Policy, person: str, proposal: Proposal, lines: list[Line], day: date
) -> str | None:
    amount, value = policy.people.four_eyes_amount, worth(proposal, lines)
    if value <= amount:
        return None
    currency = policy.business.base_currency
    return (
        f"{person} has changed it, and it is worth {value:,.2f} {currency}; above {amount:,.2f} {currency} "
        "(people.four_eyes_amount) another person must approve it. "
        f"{instead(policy, str(proposal['agent']), _at_most(proposal, lines), day, but=person)}"
    )


def _at_most(proposal: Proposal, lines: list[Line]) -> float:
    """What a limit must reach: a proposal counts as proposed and as changed."""
    return max(float(proposal["value"]), worth(proposal, lines))
