"""What agents may do by themselves, what that is measured by, and when it leaves."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from workbench.policy.section import Amount, Count, Section, Share, rule

# a proposal below its agent's probability escalates; these are all the agents there are
CONFIDENCE = {"demand_sensing": 0.5, "allocation": 0.6, "replenishment": 0.6, "routing": 0.6}


class AuthorityPolicy(Section):
    """What an agent may do by itself."""

    purchase_order_limit: Amount = rule(
        50_000.0, "money per supplier and day", "purchase orders above this escalate", "the mission"
    )
    buffer_share_limit: Share = rule(
        0.2, "fraction of a buffer and day", "moves above this escalate", "the mission"
    )
    outage_share_limit: Share = rule(
        0.3, "fraction of open orders", "an outage that touches this or more escalates", "the mission"
    )
    confidence: dict[str, Share] = rule(CONFIDENCE, "probability by agent", "a proposal below this escalates")


Level = Literal["shadow", "recommend", "guarded", "autonomous"]


class AutonomyPolicy(Section):
    """How far agents may go by themselves, and what that must be earned with."""

    levels: dict[str, Level] = rule(
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
    bar: Share = rule(0.88, "fraction correct", "the next level needs accuracy surely at this or above")
    least_decisions: Annotated[int, Field(ge=1)] = rule(
        100, "matured decisions", "fewest that a level is earned with, and newest that drift is looked for in"
    )
    drift_decisions: Annotated[int, Field(ge=1)] = rule(
        20, "matured decisions", "fewest that drift is told from"
    )
    autonomous_confidence: Share = rule(
        0.4, "probability", "a proposal below this escalates even where its agent is autonomous"
    )


class ScorecardPolicy(Section):
    """What the agents' record is measured against."""

    untouched_target: Share = rule(
        0.85, "fraction of decisions", "at least so many are carried out as proposed, without a person"
    )
    escalated_low: Share = rule(
        0.08, "fraction of decisions", "fewer escalations than this: limits may be too wide"
    )
    escalated_high: Share = rule(
        0.15, "fraction of decisions", "more escalations than this: people do the agents' work"
    )
    response_minutes: Amount = rule(5.0, "minutes", "from an escalation to a person's decision, median")


class ReleasePolicy(Section):
    """When what people approve leaves, and when it must have shown up in a file."""

    times: tuple[Annotated[str, Field(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")], ...] = rule(
        ("12:00", "16:00"), "HH:MM, local", "releases beside the daily plan's, while `workbench serve` runs"
    )

    confirm_days: dict[str, Count] = rule(
        {"purchase_order": 5, "redirect": 5, "transfer": 3, "shipment": 2, "channel_share": 1},
        "days by kind",
        "a release that no file confirms by then escalates as unconfirmed",
    )
