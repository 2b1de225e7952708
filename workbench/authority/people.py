"""Who may decide what: roles, limits in money, and who stands in for whom until when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from workbench.errors import LedgerError
from workbench.policy import Policy
from workbench.tables import REASON_CODES

Proposal = Mapping[Any, Any]


def roles_of(policy: Policy, person: str, day: date) -> set[str]:
    """A person's own roles, and those of everybody whom the person stands in for on a day.

    Who stands in passes nothing on. Where the policy names nobody, its planner has every role.
    """
    members = policy.people.members or {policy.business.planner: tuple(policy.people.roles)}
    givers = {
        given.giver for given in policy.people.delegations if given.taker == person and day <= given.until
    }
    return {role for name in {person, *givers} for role in members.get(name, ())}


def limit_of(policy: Policy, person: str, agent: str, day: date) -> float:
    """Money up to which a person may decide on an agent's proposals on a day; 0: none at all.

    >>> limit_of(Policy(), "planner", "routing", date(2026, 11, 16))
    1000000.0
    """
    roles = roles_of(policy, person, day)
    return max((policy.people.roles[role].get(agent, 0.0) for role in roles), default=0.0)


def who_may(policy: Policy, agent: str, value: float, day: date) -> list[str]:
    """The members who may decide on an agent's proposal that is worth so much."""
    members = policy.people.members or [policy.business.planner]
    limits = {name: limit_of(policy, name, agent, day) for name in members}
    return [name for name, limit in limits.items() if limit > 0 and value <= limit]


def refusal(policy: Policy, person: str, proposal: Proposal, day: date) -> str | None:
    """Why a person may not decide on a proposal (its `agent` and `value`); None: the person may."""
    if not person:
        return "Nobody is known here, so nothing can be decided; come in under your own name."
    agent, value = str(proposal["agent"]), float(proposal["value"])
    limit = limit_of(policy, person, agent, day)
    if limit > 0 and value <= limit:
        return None
    what, currency = agent.replace("_", " "), policy.business.base_currency
    if limit > 0:
        why = (
            f"{person} may decide on proposals of {what} up to {limit:,.2f} {currency}; "
            f"this one is worth {value:,.2f} {currency}."
        )
    elif policy.people.members and person not in policy.people.members:
        why = f"{person} is none of the policy's people.members."
    else:
        why = f"{person} has no role that may decide on proposals of {what}."
    return " ".join([why, *_ended(policy, person, day), instead(policy, agent, value, day, but=person)])


def instead(policy: Policy, agent: str, value: float, day: date, *, but: str) -> str:
    """A sentence on who else may decide; where nobody may, on what the policy lacks."""
    others = [name for name in who_may(policy, agent, value, day) if name != but]
    if others:
        return f"{' or '.join(others)} may."
    return f"Nobody else may; give somebody else in people.members a role with such a limit for {agent}."


def expired_delegations(policy: Policy, day: date) -> list[str]:
    """Sentences on delegations that gave power until a day before this one; they give none any more."""
    return [
        f"policy.toml: {given.taker} stood in for {given.giver} until {given.until} and does no longer; "
        "take the entry out of people.delegations, or give it a later day in `until`."
        for given in policy.people.delegations
        if given.until < day
    ]


def _ended(policy: Policy, person: str, day: date) -> Iterator[str]:
    for given in policy.people.delegations:
        if given.taker == person and given.until < day:
            yield f"Standing in for {given.giver} ended on {given.until} (people.delegations)."


def known(code: str) -> str | None:
    """A reason code that a person gives, None for none. Raises LedgerError for another."""
    if code and code not in REASON_CODES:
        raise LedgerError(f"{code!r} is no reason code; give one of {', '.join(REASON_CODES)}.")
    return code or None
