"""What every section of the policy is made of: rules with a meaning, a unit, a source and limits."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

HOUSE = "house default"

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Amount = Annotated[float, Field(ge=0.0)]
Count = Annotated[int, Field(ge=0)]
Target = Annotated[float, Field(gt=0.0, lt=1.0)]
HeaderName = Annotated[str, Field(pattern="^[A-Za-z0-9-]+$")]
VariableName = Annotated[str, Field(pattern="^[A-Za-z_][A-Za-z0-9_]*$")]


def rule(default: Any, unit: str, meaning: str, source: str = HOUSE, **limits: Any) -> Any:
    """A value of the policy: what it is by default, its unit, its meaning, where it is from, its limits."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit, "source": source}, **limits)


class Section(BaseModel):
    """One `[section]` of the file: frozen, validated, without room for a key that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)
    own_names: ClassVar[tuple[str, ...]] = ()  # fields whose keys the business chooses itself

    @field_validator("*", mode="before")
    @classmethod
    def _others_by_default(cls, given: Any, info: ValidationInfo) -> Any:
        """A limit by agent or kind may name only those that differ; a name nobody knows is a mistake."""
        default = cls.model_fields[str(info.field_name)].default
        own = info.field_name in cls.own_names
        if own or not (isinstance(default, dict) and isinstance(given, dict)):
            return given
        unknown = sorted(set(given) - set(default))
        if unknown:
            raise ValueError(f"{', '.join(unknown)} is none of {', '.join(default)}")
        return {**default, **given}
