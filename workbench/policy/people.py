"""Who is there, and who may decide what agents leave to people."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, field_validator, model_validator

from workbench.policy.authority import CONFIDENCE
from workbench.policy.section import Amount, Section, rule

HeaderName = Annotated[str, Field(pattern="^[A-Za-z0-9-]+$")]
VariableName = Annotated[str, Field(pattern="^[A-Za-z_][A-Za-z0-9_]*$")]


class Delegation(Section):
    """A member who stands in for another until a day."""

    giver: str = rule(..., "", "whose roles, own ones only")
    taker: str = rule(..., "", "has them too")
    until: date = rule(..., "business day", "this day included")


class PeoplePolicy(Section):
    """Who may decide what agents leave to people."""

    own_names: ClassVar[tuple[str, ...]] = ("roles", "members")

    four_eyes_amount: Amount = rule(
        25_000.0, "money", "what a person has changed and is worth more, another person must approve"
    )
    roles: dict[str, dict[str, Amount]] = rule(
        {"planner": dict.fromkeys(CONFIDENCE, 1_000_000.0)},
        "money by agent",
        "a proposal up to this may be decided; of an agent that is not named: none",
    )
    members: dict[str, tuple[str, ...]] = rule(
        {}, "roles by person", "who may decide; where nobody is named business.planner has every role"
    )
    delegations: tuple[Delegation, ...] = rule((), "", "who stands in for whom")

    @field_validator("roles", mode="before")
    @classmethod
    def _limits_of_roles(cls, given: Any) -> Any:
        for role, limits in given.items() if isinstance(given, dict) else ():
            if not isinstance(limits, dict):
                raise ValueError(f"{role} = {limits!r} is a limit without a role; write it under one")
            unknown = sorted(set(limits) - set(CONFIDENCE))
            if unknown:
                raise ValueError(f"{role}: {', '.join(unknown)} is none of {', '.join(CONFIDENCE)}")
        return given

    @field_validator("members")
    @classmethod
    def _names(cls, members: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        for name in members:
            if name != name.strip() or not name:
                raise ValueError(f"{name!r} is blank or has blanks around it; write the name alone")
            if name in (*CONFIDENCE, "workbench"):
                raise ValueError(f"{name} is not a person; the workbench signs its own decisions so")
        return members

    @model_validator(mode="after")
    def _all_known(self) -> Self:
        faults = [
            f"members: {name} has the role {role}, which is none of {', '.join(self.roles)}"
            for name, roles in self.members.items()
            for role in roles
            if role not in self.roles
        ]
        held = {role for roles in self.members.values() for role in roles}
        faults += [
            f"roles.{role} has no person; give it to somebody in people.members or take it out"
            for role in self.roles
            if self.members and role not in held
        ]
        for given in self.delegations:
            faults += [
                f"delegations: {name} is no member; add the name to people.members or take it out"
                for name in (given.giver, given.taker)
                if name not in self.members
            ]
            if given.giver == given.taker:
                faults.append(f"delegations: {given.giver} stands in for nobody else; name another taker")
        if faults:
            raise ValueError("; ".join(faults))
        return self


class IdentityPolicy(Section):
    """Who is there when somebody decides."""

    source: Literal["one_person", "header", "variable"] = rule(
        "one_person", "", "who decides: the planner, or whom the header or the variable below names"
    )
    header: HeaderName = rule(
        "X-Forwarded-User", "HTTP header", "that the proxy before `workbench serve` sets to who signed in"
    )
    secret_header: HeaderName = rule(
        "X-Workbench-Secret", "HTTP header", "that the proxy sets to the secret it shares with this machine"
    )
    secret_variable: VariableName = rule(
        "WORKBENCH_PROXY_SECRET", "environment variable", "that holds the secret where pages are served"
    )
    variable: VariableName = rule(
        "JUPYTERHUB_USER", "environment variable", "that holds who started this notebook server"
    )
