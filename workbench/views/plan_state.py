"""Which plan is live, how old it is, and why none newer: the line on top of every page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from html import escape
from typing import Any

import pandas as pd

from workbench.authority.identity import Identity
from workbench.ledger.runs import GATE_STOPPED
from workbench.policy import BusinessPolicy
from workbench.views.notices import NO_PLAN, notice
from workbench.views.numerals import age, clock, day


def plan_html(
    live: Mapping[str, Any] | None,
    events: pd.DataFrame,
    business: BusinessPolicy,
    now: datetime,
    identity: Identity | None = None,
) -> str:
    """The plan's day, when it was published, whether it is today's and its age; and who is there.

    `live` is its row of the table `manifests`; `events` tell whether the gate stopped a newer one.
    """
    if live is None:
        return NO_PLAN + _stop_notice(events, "No plan is live.")
    planned, published = pd.Timestamp(live["date"]).date(), pd.Timestamp(live["published_at"]).to_pydatetime()
    today = business.day(now)
    when = clock(published, business.time_zone)
    if business.day(published) != planned:
        when = f"{day(business.day(published))}, {when}"
    tone, word = ("good", "live") if planned >= today else ("mind", "live, not of today")
    line = (
        f'<div class="wb wb-plan"><strong>{escape(business.name)}</strong>'
        f"<span>Plan of {day(planned)}, published {when}, {age(now - published)}</span>"
        f'<span class="wb-flag wb-{tone}">{word}</span>{_who_html(identity)}</div>'
    )
    since = events[events["happened_at"] > live["published_at"]]
    return line + _stop_notice(since, f"The plan of {day(planned)} stands until a newer one is published.")


def _who_html(identity: Identity | None) -> str:
    if identity is None:
        return ""
    return f"<span>{escape(identity.why or f'Signed in: {identity.person}')}</span>"


def step_html(planned: date, business: BusinessPolicy, *, exploring: bool) -> str:
    """Whose day a notebook works on, and whether what it does counts."""
    word = "exploring: only what you approve or reject is recorded" if exploring else "part of the plan"
    return (
        f'<div class="wb wb-plan"><strong>{escape(business.name)}</strong><span>{day(planned)}</span>'
        f'<span class="wb-flag">{word}</span></div>'
    )


def _stop_notice(events: pd.DataFrame, stands: str) -> str:
    stopped = events[events["kind"] == GATE_STOPPED].sort_values("happened_at")
    if stopped.empty:
        return ""
    last = stopped.to_dict("records")[-1]
    why = "\n".join(str(sentence) for sentence in last["detail"].get("stops", []))
    return notice(f"The gate stopped the plan of {last['subject']}.", f"{why}\n{stands}", "wrong")
