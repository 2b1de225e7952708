"""Every limit, target and price of risk, with unit and source, as one frozen model read from one TOML file.

A number that a business would argue about stands here and nowhere in code. An unknown key is an error.
"""

from workbench.policy.agents import (
    AllocationPolicy,
    CarriersPolicy,
    DemandPolicy,
    ReplenishmentPolicy,
    RoutingPolicy,
)
from workbench.policy.authority import AuthorityPolicy, AutonomyPolicy, ReleasePolicy, ScorecardPolicy
from workbench.policy.business import AssumptionsPolicy, BusinessPolicy, GatePolicy, RunPolicy
from workbench.policy.people import Delegation, IdentityPolicy, PeoplePolicy
from workbench.policy.policy import Policy

__all__ = [
    "AllocationPolicy",
    "AssumptionsPolicy",
    "AuthorityPolicy",
    "AutonomyPolicy",
    "BusinessPolicy",
    "CarriersPolicy",
    "Delegation",
    "DemandPolicy",
    "GatePolicy",
    "IdentityPolicy",
    "PeoplePolicy",
    "Policy",
    "ReleasePolicy",
    "ReplenishmentPolicy",
    "RoutingPolicy",
    "RunPolicy",
    "ScorecardPolicy",
]
