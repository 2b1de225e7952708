"""Who plans, on which inputs, and how a plan is run."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator

from workbench.policy.section import Amount, Count, Section, Share, rule


class BusinessPolicy(Section):
    """Who plans, in what money and time."""

    name: str = rule("My business", "", "name shown on every page")
    planner: str = rule("planner", "", "the one person who decides on this machine; a name in people.members")
    base_currency: str = rule("USD", "ISO 4217", "currency of every amount", pattern="^[A-Z]{3}$")
    time_zone: str = rule("UTC", "IANA name", "zone that business days are counted in")
    plan_hour: int = rule(4, "hour of the local day", "when the daily plan is made", ge=0, le=23)

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


class GatePolicy(Section):
    """When inputs are fit to plan on."""

    max_age_days: Count = rule(2, "days", "oldest sales, inventory or order lines against the plan's day")
    max_shrink: Share = rule(
        0.4, "fraction of rows", "a file shorter than last time by this much or more stops"
    )
    shrink_min_rows: Count = rule(
        10, "rows", "an optional table that had fewer rows than this last time may shrink freely"
    )
    max_years: Annotated[int, Field(gt=0)] = rule(
        20, "years", "a date further than this from the plan's day is a typing error"
    )
    max_units: Annotated[int, Field(gt=0)] = rule(
        100_000, "units", "a quantity above this in one row is a typing error"
    )
    quarantine_window_days: Count = rule(
        56, "days", "a quarantined row this young caps the decisions that rest on its SKU"
    )


class AssumptionsPolicy(Section):
    """What is assumed where an own file says nothing, and how `workbench init` reads order lines."""

    cancellation_days: Count = rule(
        3, "days", "a cancellation this soon takes its order out of sales; a later one is a return"
    )
    free_units: Count = rule(
        100, "units in a line", "more than this at price 0 is looked at by a person before it counts"
    )
    product_code_share: Share = rule(
        0.95, "fraction of rows", "so many must look like a product code before the others count as none"
    )
    cancellation_prefix_share: Share = rule(
        0.9, "fraction of lines", "so many must take units back before letters in front of orders mark that"
    )
    max_age_days: Count = rule(
        7, "days", "the gate.max_age_days that a new folder begins with: its files are exported by hand"
    )
    margin: Share = rule(0.4, "fraction of price", "margin that the unit cost is made up from")
    price: Amount = rule(10.0, "money per unit", "price of a product that the file tells no price of")
    lead_time_days: Amount = rule(14.0, "days", "from order to arrival at the assumed supplier")
    cover_weeks: Amount = rule(6.0, "weeks of recent sales", "stock made up for a product")
    co2e_per_parcel: Amount = rule(1.0, "kg", "CO2 equivalent of a parcel by a service that tells none")
    co2e_per_kg: Amount = rule(0.5, "kg per kg", "CO2 equivalent of its weight by a service that tells none")
    recent_weeks: Annotated[int, Field(ge=1)] = rule(8, "weeks", "sales that count as recent for the above")


class RunPolicy(Section):
    """How a plan is run."""

    seed: int = rule(20261116, "", "seed of every random number")
    processes: Annotated[int, Field(ge=1)] = rule(2, "processes", "that work at once on one machine")
    cell_timeout: Annotated[int, Field(gt=0)] = rule(600, "seconds", "a cell that runs longer fails its step")
