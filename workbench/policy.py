"""Every limit, target and price of risk, with unit and source, as one frozen model read from one TOML file.

A number that a business would argue about stands here and nowhere in code. An unknown key is an error.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from workbench.errors import PolicyError

HOUSE = "house default"


def _rule(default: Any, unit: str, meaning: str, source: str = HOUSE, **limits: Any) -> Any:
    return Field(default, description=meaning, json_schema_extra={"unit": unit, "source": source}, **limits)


class _Section(BaseModel):
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


Share = Annotated[float, Field(ge=0.0, le=1.0)]
Amount = Annotated[float, Field(ge=0.0)]
Count = Annotated[int, Field(ge=0)]
Target = Annotated[float, Field(gt=0.0, lt=1.0)]
HeaderName = Annotated[str, Field(pattern="^[A-Za-z0-9-]+$")]
VariableName = Annotated[str, Field(pattern="^[A-Za-z_][A-Za-z0-9_]*$")]


class BusinessPolicy(_Section):
    """Who plans, in what money and time."""

    name: str = _rule("My business", "", "name shown on every page")
    planner: str = _rule(
        "planner", "", "the one person who decides on this machine; a name in people.members"
    )
    base_currency: str = _rule("USD", "ISO 4217", "currency of every amount", pattern="^[A-Z]{3}$")
    time_zone: str = _rule("UTC", "IANA name", "zone that business days are counted in")
    plan_hour: int = _rule(4, "hour of the local day", "when the daily plan is made", ge=0, le=23)

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("give an IANA name such as Europe/Berlin") from error
        return name

    def as_of(self, day: date) -> datetime:
        """The UTC instant at which the plan of a business day is made.

        >>> BusinessPolicy(time_zone="America/Chicago").as_of(date(2026, 11, 16)).isoformat()
        '2026-11-16T10:00:00+00:00'
        """
        local = datetime.combine(day, time(self.plan_hour), ZoneInfo(self.time_zone))
        return local.astimezone(UTC)

    def day(self, instant: datetime) -> date:
        """The business day that an instant falls on."""
        return instant.astimezone(ZoneInfo(self.time_zone)).date()


class GatePolicy(_Section):
    """When inputs are fit to plan on."""

    max_age_days: Count = _rule(2, "days", "oldest sales, inventory or order lines against the plan's day")
    max_shrink: Share = _rule(
        0.4, "fraction of rows", "a file shorter than last time by this much or more stops"
    )
    shrink_min_rows: Count = _rule(
        10, "rows", "an optional table that had fewer rows than this last time may shrink freely"
    )
    max_years: Annotated[int, Field(gt=0)] = _rule(
        20, "years", "a date further than this from the plan's day is a typing error"
    )
    max_units: Annotated[int, Field(gt=0)] = _rule(
        100_000, "units", "a quantity above this in one row is a typing error"
    )
    quarantine_window_days: Count = _rule(
        56, "days", "a quarantined row this young caps the decisions that rest on its SKU"
    )


class DemandPolicy(_Section):
    """How demand is forecast."""

    horizon_days: Annotated[int, Field(ge=7, le=180)] = _rule(28, "days", "days ahead")
    paths: Annotated[int, Field(ge=20)] = _rule(300, "paths", "sample paths")
    min_history_days: Count = _rule(56, "days", "a series with less history is never seen")
    recent_days: Annotated[int, Field(ge=7)] = _rule(
        28, "days", "recent weeks that are compared with the past"
    )
    never_seen_band: Annotated[float, Field(gt=0.5, lt=1.0)] = _rule(
        0.999, "probability", "recent weeks outside this band of their own paths are never seen"
    )
    prophet_series: Count = _rule(2, "series", "best sellers that Prophet is tried on, beside the aggregates")
    backtest_days: Annotated[int, Field(ge=7)] = _rule(28, "days", "length of one backtest window")
    backtest_windows: Annotated[int, Field(ge=1)] = _rule(2, "windows", "backtest windows")
    calibration_windows: Annotated[int, Field(ge=1)] = _rule(
        8, "windows", "backtest windows of the fast models that the paths' width is read off"
    )
    prophet_aggregates: Count = _rule(
        8, "aggregates", "regions and channel × category, largest first, that Prophet is fitted to"
    )
    history_days: Annotated[int, Field(ge=56)] = _rule(1095, "days", "older sales are not used")
    hole_days: Count = _rule(
        21, "days", "no sale of the whole business for longer is a hole in the records, not zero demand"
    )
    one_off_factor: Annotated[float, Field(ge=1.0)] = _rule(
        3.0, "times the largest day before", "a lone day of sales beyond this counts as this much"
    )
    slow_below: Amount = _rule(0.3, "units per day", "a series that sells less is slow")
    fast_from: Amount = _rule(3.0, "units per day", "a series that sells this or more is fast")
    error_cost: Amount = _rule(
        0.25, "fraction of the price after fees", "cost of a unit forecast too much or too little"
    )
    tolerance: Amount = _rule(
        0.01, "fraction of the forecast's value", "a forecast this close to the best alternative was right"
    )
    spike_echo: Amount = _rule(0.5, "units per unit above expectation", "mean demand that follows a spike")
    spike_half_life: Annotated[float, Field(gt=0.0)] = _rule(
        1.0, "days", "in which the demand that follows a spike fades by half"
    )
    spike_alarms_per_month: Amount = _rule(1.0, "alarms", "false alarms accepted over all series in a month")


class AllocationPolicy(_Section):
    """How stock is spread over channels and warehouses."""

    oversell_risk: Share = _rule(0.02, "probability", "chance that a channel sells more than it is given")
    cover_days: Annotated[int, Field(ge=1)] = _rule(14, "days", "demand that a share or a move is judged on")
    transfer_min_gain: Amount = _rule(50.0, "money", "a lane's moves of a day must bring at least this")
    share_min_gain: Amount = _rule(
        50.0, "money", "a channel's changed shares at a warehouse must bring at least this"
    )
    attention_min_gain: Amount = _rule(
        150.0, "money", "a step beyond the guardrail must bring at least this to be worth a person's minute"
    )
    redirect_notice_days: Count = _rule(
        7, "days", "before an order is due, the last on which its supplier can still send it elsewhere"
    )
    redirect_cost_per_order: Amount = _rule(
        40.0, "money per order and destination", "supplier's and own work on an order that goes elsewhere"
    )
    redirect_cost_per_unit: Amount = _rule(
        0.15, "money per unit", "more that a supplier asks for a unit that goes elsewhere"
    )
    overflow_cost: Amount = _rule(
        1.0,
        "money per unit and rank",
        "more to serve a region from its next warehouse than from the one before",
    )
    unit_cost_share: Share = _rule(
        0.6, "fraction of the mean price", "cost of a unit, which is spared where it does not sell"
    )
    broken_share: Share = _rule(
        0.1,
        "fraction of units that find no stock",
        "were promised before it was known, and cost the channel's broken promise",
    )
    tolerance: Amount = _rule(
        0.05, "fraction of what it brings", "a plan this close to the best alternative was right"
    )


class ReplenishmentPolicy(_Section):
    """What stock should cost and serve."""

    aim: Literal["economics", "fill_rate", "cycle_service"] = _rule(
        "economics", "", "orders weigh margin and penalty against holding, or reach one of the targets below"
    )
    fill_rate_target: Target = _rule(
        0.95, "fraction of demand", "met from stock between an order's arrival and the next one's"
    )
    cycle_service_target: Target = _rule(
        0.9, "probability", "that no unit is short between an order's arrival and the next one's"
    )
    review_days: Annotated[int, Field(ge=1)] = _rule(7, "days", "from one look at a supplier to the next")
    holding_rate: Amount = _rule(0.25, "fraction of landed cost a year", "capital, room, insurance, ageing")
    capital_rate: Amount = _rule(
        0.1, "fraction of unit cost a year", "what a supplier's credit is worth; part of the holding rate"
    )
    stockout_penalty: Amount = _rule(0.5, "fraction of the margin", "goodwill lost with a lost sale")
    lost_share: Share = _rule(1.0, "fraction", "unmet demand that is lost; the rest waits as a backorder")
    lead_time_weight: Amount = _rule(4.0, "receipts", "weight of the promised lead time beside the receipts'")
    lead_time_country_weight: Amount = _rule(
        8.0,
        "receipts",
        "weight of the promise beside the receipts of the other suppliers of a country",
    )
    default_margin: Annotated[float, Field(ge=0.0, lt=1.0)] = _rule(
        0.4, "fraction of price", "margin of a product without a price"
    )
    lead_time_spread: Amount = _rule(
        0.25,
        "fraction of the promised lead time",
        "standard deviation of a lead time that no receipt tells of",
    )
    lead_time_receipts: Annotated[int, Field(ge=1)] = _rule(
        40, "receipts", "newest deliveries of a supplier that its lead time is learnt from"
    )
    forward_buy_days: Count = _rule(
        56, "days of demand", "most that is bought ahead for the sake of its price"
    )
    obsolete_days: Annotated[int, Field(ge=1)] = _rule(
        365, "days", "what has not sold by then is written off"
    )
    obsolete_loss: Share = _rule(0.5, "fraction of landed cost", "loss on a unit that is written off")
    container_fill: Share = _rule(
        0.9, "fraction of its m³", "least that the last container of an order holds"
    )
    tolerance: Amount = _rule(
        0.05, "fraction of the order's value", "an order this close to the best alternative was right"
    )
    overdue_quantile: Target = _rule(
        0.975,
        "probability",
        "an order that is out for longer than its lead time is with this chance is overdue",
    )
    overdue_days: Count = _rule(
        7, "days", "an order overdue for longer than this is judged as one that did not come in time"
    )


class RoutingPolicy(_Section):
    """What a promise and the climate are worth beside freight."""

    lateness_cost_per_day: Amount = _rule(4.0, "money per order and day", "cost of a day after the promise")
    co2e_price: Amount = _rule(0.1, "money per kg", "price put on CO2 equivalent", "EU ETS, about 80 EUR/t")
    max_parcels: Annotated[int, Field(ge=1)] = _rule(3, "parcels per order", "most parcels of one order")
    hold_cost_per_day: Amount = _rule(6.0, "money per order and day", "cost of an order that waits")
    unserved_cost: Amount = _rule(
        50.0, "money per order", "an order waits only where that saves this over its cheapest plan"
    )
    on_time_weight: Annotated[float, Field(gt=0)] = _rule(
        200.0, "parcels", "that a service's on-time rate is believed to have been counted in"
    )
    transit_weight: Amount = _rule(
        20.0, "parcels", "weight of a service's transit times beside the parcels of a zone"
    )
    tolerance: Amount = _rule(
        0.05, "fraction of the cost", "a shipment this close to the best alternative was right"
    )


class CarriersPolicy(_Section):
    """How patiently live carriers are asked for their rates."""

    timeout_seconds: Annotated[float, Field(gt=0)] = _rule(5.0, "seconds", "longest wait for an answer")
    tries: Annotated[int, Field(ge=1)] = _rule(
        3, "tries", "how often one request is sent before it is given up"
    )
    first_pause_seconds: Amount = _rule(
        0.5, "seconds", "pause before the second try; it doubles before each further one"
    )
    cut_off_failures: Annotated[int, Field(ge=1)] = _rule(
        5, "failures", "in a row, after which a carrier is cut off and its rate card serves"
    )
    cut_off_minutes: Amount = _rule(15.0, "minutes", "a carrier stays cut off, then it is tried again")


# a proposal below its agent's probability escalates; these are all the agents there are
CONFIDENCE = {"demand_sensing": 0.5, "allocation": 0.6, "replenishment": 0.6, "routing": 0.6}


class AuthorityPolicy(_Section):
    """What an agent may do by itself."""

    purchase_order_limit: Amount = _rule(
        50_000.0, "money per supplier and day", "purchase orders above this escalate", "the mission"
    )
    buffer_share_limit: Share = _rule(
        0.2, "fraction of a buffer and day", "moves above this escalate", "the mission"
    )
    outage_share_limit: Share = _rule(
        0.3, "fraction of open orders", "an outage that touches this or more escalates", "the mission"
    )
    confidence: dict[str, Share] = _rule(
        CONFIDENCE, "probability by agent", "a proposal below this escalates"
    )


Level = Literal["shadow", "recommend", "guarded", "autonomous"]


class AutonomyPolicy(_Section):
    """How far agents may go by themselves, and what that must be earned with."""

    levels: dict[str, Level] = _rule(
        {
            "adopt_forecast": "guarded",
            "act_on_spike": "guarded",
            "channel_share": "guarded",
            "transfer": "guarded",
            "redirect": "guarded",
            "purchase_order": "guarded",
            "shipment": "guarded",
            "hold_orders": "guarded",
            "unconfirmed_release": "guarded",
        },
        "level by kind of decision",
        "where it starts: shadow, recommend, guarded or autonomous",
    )
    bar: Share = _rule(0.88, "fraction correct", "the next level needs accuracy surely at this or above")
    least_decisions: Annotated[int, Field(ge=1)] = _rule(
        100, "matured decisions", "fewest that a level is earned with, and newest that drift is looked for in"
    )
    drift_decisions: Annotated[int, Field(ge=1)] = _rule(
        20, "matured decisions", "fewest that drift is told from"
    )
    autonomous_confidence: Share = _rule(
        0.4, "probability", "a proposal below this escalates even where its agent is autonomous"
    )


class Delegation(_Section):
    """A member who stands in for another until a day."""

    giver: str = _rule(..., "", "whose roles, own ones only")
    taker: str = _rule(..., "", "has them too")
    until: date = _rule(..., "business day", "this day included")


class PeoplePolicy(_Section):
    """Who may decide what agents leave to people."""

    own_names: ClassVar[tuple[str, ...]] = ("roles", "members")

    four_eyes_amount: Amount = _rule(
        25_000.0, "money", "what a person has changed and is worth more, another person must approve"
    )
    roles: dict[str, dict[str, Amount]] = _rule(
        {"planner": dict.fromkeys(CONFIDENCE, 1_000_000.0)},
        "money by agent",
        "a proposal up to this may be decided; of an agent that is not named: none",
    )
    members: dict[str, tuple[str, ...]] = _rule(
        {}, "roles by person", "who may decide; where nobody is named business.planner has every role"
    )
    delegations: tuple[Delegation, ...] = _rule((), "", "who stands in for whom")

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


class ScorecardPolicy(_Section):
    """What the agents' record is measured against."""

    untouched_target: Share = _rule(
        0.85, "fraction of decisions", "at least so many are carried out as proposed, without a person"
    )
    escalated_low: Share = _rule(
        0.08, "fraction of decisions", "fewer escalations than this: limits may be too wide"
    )
    escalated_high: Share = _rule(
        0.15, "fraction of decisions", "more escalations than this: people do the agents' work"
    )
    response_minutes: Amount = _rule(5.0, "minutes", "from an escalation to a person's decision, median")


class ReleasePolicy(_Section):
    """When what people approve leaves, and when it must have shown up in a file."""

    times: tuple[Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")], ...] = _rule(
        ("12:00", "16:00"), "HH:MM, local", "releases beside the daily plan's, while `workbench serve` runs"
    )

    confirm_days: dict[str, Count] = _rule(
        {"purchase_order": 5, "redirect": 5, "transfer": 3, "shipment": 2, "channel_share": 1},
        "days by kind",
        "a release that no file confirms by then escalates as unconfirmed",
    )


class RunPolicy(_Section):
    """How a plan is run."""

    seed: int = _rule(20261116, "", "seed of every random number")
    processes: Annotated[int, Field(ge=1)] = _rule(2, "processes", "that work at once on one machine")
    cell_timeout: Annotated[int, Field(gt=0)] = _rule(
        600, "seconds", "a cell that runs longer fails its step"
    )


class IdentityPolicy(_Section):
    """Who is there when somebody decides."""

    source: Literal["one_person", "header", "variable"] = _rule(
        "one_person", "", "who decides: the planner, or whom the header or the variable below names"
    )
    header: HeaderName = _rule(
        "X-Forwarded-User", "HTTP header", "that the proxy before `workbench serve` sets to who signed in"
    )
    secret_header: HeaderName = _rule(
        "X-Workbench-Secret", "HTTP header", "that the proxy sets to the secret it shares with this machine"
    )
    secret_variable: VariableName = _rule(
        "WORKBENCH_PROXY_SECRET", "environment variable", "that holds the secret where pages are served"
    )
    variable: VariableName = _rule(
        "JUPYTERHUB_USER", "environment variable", "that holds who started this notebook server"
    )


class AssumptionsPolicy(_Section):
    """What is assumed where an own file says nothing, and how `workbench init` reads order lines."""

    cancellation_days: Count = _rule(
        3, "days", "a cancellation this soon takes its order out of sales; a later one is a return"
    )
    free_units: Count = _rule(
        100, "units in a line", "more than this at price 0 is looked at by a person before it counts"
    )
    product_code_share: Share = _rule(
        0.95, "fraction of rows", "so many must look like a product code before the others count as none"
    )
    cancellation_prefix_share: Share = _rule(
        0.9, "fraction of lines", "so many must take units back before letters in front of orders mark that"
    )
    max_age_days: Count = _rule(
        7, "days", "the gate.max_age_days that a new folder begins with: its files are exported by hand"
    )
    margin: Share = _rule(0.4, "fraction of price", "margin that the unit cost is made up from")
    price: Amount = _rule(10.0, "money per unit", "price of a product that the file tells no price of")
    lead_time_days: Amount = _rule(14.0, "days", "from order to arrival at the assumed supplier")
    cover_weeks: Amount = _rule(6.0, "weeks of recent sales", "stock made up for a product")
    co2e_per_parcel: Amount = _rule(1.0, "kg", "CO2 equivalent of a parcel by a service that tells none")
    co2e_per_kg: Amount = _rule(0.5, "kg per kg", "CO2 equivalent of its weight by a service that tells none")
    recent_weeks: Annotated[int, Field(ge=1)] = _rule(8, "weeks", "sales that count as recent for the above")


class Policy(_Section):
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
            raise PolicyError("\n".join(_sentence(path.name, fault) for fault in error.errors())) from error

    def digest(self) -> str:
        """Hash of every value; two policies that differ anywhere differ here."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()[:16]

    def toml(self) -> str:
        """The policy as the text of its file, every value with unit, meaning and source beside it."""
        sections = ((name, getattr(self, name)) for name in type(self).model_fields)
        return "\n".join(_section_toml(name, section) for name, section in sections)


def _section_toml(name: str, section: _Section) -> str:
    lines = [f"[{name}]  # {type(section).__doc__}"]
    below: list[str] = []
    for key, value, note in _noted(section):
        if key in section.own_names:
            below += _own_toml(f"{name}.{key}", value, note, _unit(section, key))
        elif key == "delegations":
            for item in value:
                below += ["", f"[[{name}.{key}]]  # {type(item).__doc__}"]
                below += [
                    f"{field} = {_toml_value(given)}  # {means}" for field, given, means in _noted(item)
                ]
        else:
            lines.append(f"{key} = {_toml_value(value)}  # {note}")
    return "\n".join([*lines, *below, ""])


def _noted(section: _Section) -> Iterator[tuple[str, Any, str]]:
    """Every field with its value, and its meaning, unit and source."""
    for key, field in type(section).model_fields.items():
        extra = cast("dict[str, str]", field.json_schema_extra)
        note = "; ".join(part for part in (field.description, extra["unit"], extra["source"]) if part)
        yield key, getattr(section, key), note


def _unit(section: _Section, key: str) -> str:
    return cast("dict[str, str]", type(section).model_fields[key].json_schema_extra)["unit"]


def _own_toml(name: str, value: dict[str, Any], note: str, unit: str) -> list[str]:
    """A table of names that the business chose, each name a line, or a table of its own."""
    if all(isinstance(item, dict) for item in value.values()) and value:
        return [
            line
            for key, item in value.items()
            for line in _own_toml(f"{name}.{_toml_key(key)}", item, note, unit)
        ]
    entries = [f"{_toml_key(key)} = {_toml_value(item)}  # {unit}" for key, item in value.items()]
    return ["", f"[{name}]  # {note}", *entries]


def _toml_key(name: str) -> str:
    return name if re.fullmatch("[A-Za-z0-9_-]+", name) else _toml_value(name)


def _toml_value(value: Any) -> str:
    if isinstance(value, dict):
        return (
            "{ " + ", ".join(f"{_toml_key(key)} = {_toml_value(item)}" for key, item in value.items()) + " }"
        )
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml_value(item) for item in value) + "]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value)


def _sentence(file: str, fault: Any) -> str:
    where = ".".join(str(part) for part in fault["loc"])
    if fault["type"] == "extra_forbidden":
        return f"{file}: {where} is not a key of the policy; correct its spelling or take it out."
    said = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "missing":
        return f"{file}: {where} is missing; give it."
    if isinstance(fault["input"], dict):
        return f"{file}: {where + '.' if where and not said.startswith(where) else ''}{said}."
    return f"{file}: {where} is {fault['input']!r}; {said}."
