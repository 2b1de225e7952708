"""What of the policy an agent's proposals rest on: its own limits, and what the tables that it reads rest on.

People, identity, the scorecard, hours of planning and release are no part of it: who may decide is asked at
every decision, and the rest changes no proposal.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from workbench.policy import Policy
from workbench.tables import AGENT_OF, AGENTS

SECTIONS = {
    "demand_sensing": ("demand",),
    "allocation": ("allocation",),
    "replenishment": ("replenishment",),
    "routing": ("routing", "carriers"),
}
# limits of the section `authority` that the rules name, by the agent whose proposals they hold for
LIMITS = {
    "demand_sensing": (),
    "allocation": ("buffer_share_limit",),
    "replenishment": ("purchase_order_limit",),
    "routing": ("outage_share_limit",),
}
# whose demand and transfers are in the tables that an agent reads
BEFORE_IT = {
    "demand_sensing": (),
    "allocation": ("demand_sensing",),
    "replenishment": ("demand_sensing", "allocation"),
    "routing": ("demand_sensing", "allocation"),
}


def own_limits(policy: Policy, agent: str) -> dict[str, Any]:
    """An agent's own sections of the policy and the limits that it acts within."""
    limits = policy.authority.model_dump(include=set(LIMITS[agent]))
    sections = {name: getattr(policy, name).model_dump() for name in SECTIONS[agent]}
    return {**sections, **limits, "confidence": policy.authority.confidence[agent]}


def policy_read(policy: Policy) -> dict[str, str]:
    """Hash by agent of all that its proposals rest on: where it differs, they would not be the same."""
    return {agent: digest([_common(policy), *_read(policy, agent)]) for agent in AGENTS}


def digest(values: Any) -> str:
    """Hash of plain values, whatever the order of their keys."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


def _read(policy: Policy, agent: str) -> list[Any]:
    return [(own_limits(policy, name), _levels(policy, name)) for name in (*BEFORE_IT[agent], agent)]


def _levels(policy: Policy, agent: str) -> dict[str, Any]:
    """Where its kinds of decision start, and what an autonomous agent may do."""
    started = {kind: level for kind, level in policy.autonomy.levels.items() if AGENT_OF[kind] == agent}
    return started | {"autonomous_confidence": policy.autonomy.autonomous_confidence}


def _common(policy: Policy) -> dict[str, Any]:
    """What stands behind every table: money, days, the gate, what is assumed, chance, and what is overdue."""
    return {
        "business": policy.business.model_dump(exclude={"name", "planner"}),
        "gate": policy.gate.model_dump(),
        "assumptions": policy.assumptions.model_dump(),
        "seed": policy.run.seed,
        "confirm_days": policy.release.confirm_days,
    }
