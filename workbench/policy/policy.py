"""The whole policy of a business, read from and written to one TOML file."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path
from typing import Self

from pydantic import ValidationError, model_validator

from workbench.errors import PolicyError
from workbench.policy.agents import (
    AllocationPolicy,
    CarriersPolicy,
    DemandPolicy,
    ReplenishmentPolicy,
    RoutingPolicy,
)
from workbench.policy.authority import AuthorityPolicy, AutonomyPolicy, ReleasePolicy, ScorecardPolicy
from workbench.policy.business import AssumptionsPolicy, BusinessPolicy, GatePolicy, RunPolicy
from workbench.policy.file import section_toml, sentence
from workbench.policy.people import IdentityPolicy, PeoplePolicy
from workbench.policy.section import Section


class Policy(Section):
    """The whole policy of a business."""

    business: BusinessPolicy = BusinessPolicy()
    gate: GatePolicy = GatePolicy()
    demand: DemandPolicy = DemandPolicy()
    allocation: AllocationPolicy = AllocationPolicy()
    replenishment: ReplenishmentPolicy = ReplenishmentPolicy()
    routing: RoutingPolicy = RoutingPolicy()
    carriers: CarriersPolicy = CarriersPolicy()
    authority: AuthorityPolicy = AuthorityPolicy()
    autonomy: AutonomyPolicy = AutonomyPolicy()
    people: PeoplePolicy = PeoplePolicy()
    scorecard: ScorecardPolicy = ScorecardPolicy()
    release: ReleasePolicy = ReleasePolicy()
    run: RunPolicy = RunPolicy()
    identity: IdentityPolicy = IdentityPolicy()
    assumptions: AssumptionsPolicy = AssumptionsPolicy()

    @model_validator(mode="after")
    def _planner_is_a_member(self) -> Self:
        if self.people.members and self.business.planner not in self.people.members:
            raise ValueError(
                f"business.planner is {self.business.planner!r}, who is no member; "
                "name one of people.members, or add the planner there"
            )
        return self

    @classmethod
    def load(cls, path: Path) -> Policy:
        """Read a policy file.

        Raises PolicyError with every fault of the file at once.
        """
        try:
            return cls.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise PolicyError(
                f"{path.name} is missing; write one with `workbench init`, or copy the demo's."
            ) from error
        except tomllib.TOMLDecodeError as error:
            raise PolicyError(f"{path.name} is not valid TOML: {error}.") from error
        except ValidationError as error:
            raise PolicyError("\n".join(sentence(path.name, fault) for fault in error.errors())) from error

    def digest(self) -> str:
        """Hash of every value; two policies that differ anywhere differ here."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def toml(self) -> str:
        """The policy as the text of its file, every value with unit, meaning and source beside it."""
        sections = ((name, getattr(self, name)) for name in type(self).model_fields)
        return "\n".join(section_toml(name, section) for name, section in sections)
