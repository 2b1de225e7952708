"""The queue as plain records: sent to the page once, and filtered, summed and written out there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from workbench.authority.people import refusal
from workbench.views.approval_setting import Record, Setting
from workbench.views.numerals import clock, money, sentence, units
from workbench.views.words import BY_A_PERSON, DECISIONS, WAITING, spoken


def in_sight(queue: pd.DataFrame) -> pd.DataFrame:
    """The part of a plan's proposals that a person deals with: what waits, and what people decided since.

    Once released a decision is history.
    """
    decided = queue["decision"].isin(BY_A_PERSON) & ~queue["released"].astype(bool)
    return queue[queue["decision"].isin(WAITING) | decided]


def row(proposal: Mapping[Any, Any], setting: Setting) -> Record:
    """One proposal as a row of the queue; amounts are numbers, instants milliseconds since 1970."""
    waits = proposal["decision"] in WAITING
    return {
        "id": proposal["proposal_id"],
        "agent": spoken(proposal["agent"]),
        "kind": spoken(proposal["kind"]),
        "supplier": supplier_of(proposal),
        "rule": spoken(text(proposal.get("rule"))),
        "skus": list(proposal["skus"]),
        "title": sentence(proposal["title"]),
        "under": under(proposal),
        "why": sentence(_why(proposal, setting)),
        "waits": waits,
        "risk": round(float(proposal["money_at_risk"]), 2),
        "value": round(float(proposal["value"]), 2),
        "units": round(float(proposal["quantity"]), 2),
        "snoozed": milliseconds(proposal.get("snoozed_until")),
        "expires": milliseconds(proposal.get("expires_at")),
        "alone": alone(proposal, setting) if waits else "",
    }


def alone(proposal: Mapping[Any, Any], setting: Setting) -> str:
    """Why the desk would refuse a proposal among others; empty where it may be settled together with them."""
    if refusal(setting.policy, setting.person, proposal, setting.day):
        return "You may not decide these; each says why."
    if proposal["decision"] == "amended":
        return "Somebody has changed these: they are approved one by one."
    amount = setting.policy.people.four_eyes_amount
    if proposal["value"] > amount:
        limit = money(amount, setting.currency)
        return f"Worth more than {limit} each (four eyes): they are approved one by one."
    return ""


def _why(proposal: Mapping[Any, Any], setting: Setting) -> str:
    """The rule that sent it to a person; once somebody has decided, what became of it."""
    if proposal["decision"] == "escalated":
        return text(proposal["decision_reason"])
    return " · ".join(
        said for said in (stands(proposal, setting.time_zone), text(proposal["decision_reason"])) if said
    )


def under(proposal: Mapping[Any, Any]) -> str:
    """Who proposes what, in small print."""
    return f"{spoken(proposal['agent'])} · {spoken(proposal['kind'])}"


def supplier_of(proposal: Mapping[Any, Any]) -> str:
    """Whom a proposal buys from; empty where it buys nothing."""
    named = text(proposal.get("supplier"))
    of_lines = (line.get("supplier") for line in proposal["lines"])
    return named or next((str(supplier) for supplier in of_lines if supplier), "")


def stands(proposal: Mapping[Any, Any], time_zone: str) -> str:
    """What has become of it, by whom and when."""
    decision = proposal["decision"]
    if decision == "escalated":
        return "Waits for a person"
    amount = proposal["approved_quantity"]
    changed = f" to {units(amount)}" if decision == "changed" and not pd.isna(amount) else ""
    when = clock(proposal["decided_at"], time_zone)
    return f"{spoken(DECISIONS[decision])}{changed}, by {proposal['decided_by']} at {when}"


def milliseconds(instant: Any) -> int | None:
    """An instant as JavaScript counts it; None for none.

    >>> milliseconds(pd.Timestamp("1970-01-01T00:01Z")), milliseconds(pd.NaT)
    (60000, None)
    """
    return None if pd.isna(instant) else int(pd.Timestamp(instant).timestamp() * 1000)


def text(value: Any) -> str:
    """A text that may be missing."""
    return "" if value is None or pd.isna(value) else str(value)


def as_shown(name: str, value: str) -> str:
    """A value of an address as the queue has it: agents and rules are spoken, all else is as it is.

    >>> as_shown("agent", "demand_sensing"), as_shown("sku", "A_1")
    ('Demand sensing', 'A_1')
    """
    return spoken(value) if name in ("agent", "rule") else value
