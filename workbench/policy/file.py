"""A section of the policy as the text of its file, and the faults of a file as sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from workbench.policy.section import Section
from workbench.toml import toml_key, toml_value


def section_toml(name: str, section: Section) -> str:
    """A section as the lines of its file, every value with meaning, unit and source beside it."""
    lines = [f"[{name}]  # {type(section).__doc__}"]
    below: list[str] = []
    for key, value, note in _noted(section):
        if key in section.own_names:
            below += _own_toml(f"{name}.{key}", value, note, _unit(section, key))
        elif key == "delegations":
            for item in value:
                below += ["", f"[[{name}.{key}]]  # {type(item).__doc__}"]
                below += [f"{field} = {toml_value(given)}  # {means}" for field, given, means in _noted(item)]
        else:
            lines.append(f"{key} = {toml_value(value)}  # {note}")
    return "\n".join([*lines, *below, ""])


def _noted(section: Section) -> Iterator[tuple[str, Any, str]]:
    """Every field with its value, and its meaning, unit and source."""
    for key, field in type(section).model_fields.items():
        extra = cast("dict[str, str]", field.json_schema_extra)
        note = "; ".join(part for part in (field.description, extra["unit"], extra["source"]) if part)
        yield key, getattr(section, key), note


def _unit(section: Section, key: str) -> str:
    return cast("dict[str, str]", type(section).model_fields[key].json_schema_extra)["unit"]


def _own_toml(name: str, value: dict[str, Any], note: str, unit: str) -> list[str]:
    """A table of names that the business chose, each name a line, or a table of its own."""
    if all(isinstance(item, dict) for item in value.values()) and value:
        return [
            line
            for key, item in value.items()
            for line in _own_toml(f"{name}.{toml_key(key)}", item, note, unit)
        ]
    entries = [f"{toml_key(key)} = {toml_value(item)}  # {unit}" for key, item in value.items()]
    return ["", f"[{name}]  # {note}", *entries]


def sentence(file: str, fault: Any) -> str:
    """A fault that pydantic found, as what stands where in the file and what to change."""
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{file}: {where} is not a key of the policy; correct its spelling or take it out."
    said = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "missing":
        return f"{file}: {where} is missing; give it."
    if isinstance(fault["input"], dict):
        return f"{file}: {where + '.' if where and not said.startswith(where) else ''}{said}."
    return f"{file}: {where} is {fault['input']!r}; {said}."
