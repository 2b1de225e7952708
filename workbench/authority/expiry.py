"""When what waits in a plan expires: the next plan is due and proposes anew what is still open."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from workbench.policy import BusinessPolicy


def expires_at(business: BusinessPolicy, day: date, now: datetime) -> datetime:
    """When the plan of a day is replaced; one long overdue is so at the next hour of plans."""
    coming = (business.as_of(business.day(now) + timedelta(days=days)) for days in (0, 1))
    return max(business.as_of(day + timedelta(days=1)), min(at for at in coming if at > now))
