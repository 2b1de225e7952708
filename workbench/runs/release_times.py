"""Releasing what people approve at the policy's times of the day, while the dashboards are served."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from threading import Event
from zoneinfo import ZoneInfo

from workbench.errors import AlreadyRunning, LedgerError
from workbench.runs.business import Business, now
from workbench.runs.daily_plan import release_approved

AGAIN = 60.0  # seconds until the next try while a plan is being made


def next_release(times: Sequence[str], time_zone: str, instant: datetime) -> datetime | None:
    """The first of the local `times` (HH:MM) after an instant; None without times.

    >>> from datetime import UTC
    >>> afternoon = datetime(2026, 11, 16, 19, tzinfo=UTC)
    >>> next_release(["12:00", "16:30"], "America/Chicago", afternoon).isoformat()
    '2026-11-16T16:30:00-06:00'
    """
    local = instant.astimezone(ZoneInfo(time_zone))
    days = (local.date(), local.date() + timedelta(days=1))
    moments = [
        datetime.combine(day, time.fromisoformat(text), local.tzinfo) for day in days for text in times
    ]
    return min((moment for moment in moments if moment > local), default=None)


def keep_releasing(business: Business, stop: Event, say: Callable[[str], None]) -> None:
    """Release at the policy's times until `stop` is set; returns at once where the policy names none."""
    policy = business.policy
    while due := next_release(policy.release.times, policy.business.time_zone, now()):
        if stop.wait((due - now()).total_seconds()):
            return
        while not _released(business, say):
            if stop.wait(AGAIN):
                return


def _released(business: Business, say: Callable[[str], None]) -> bool:
    """Whether it was this release's turn; not while a plan is being made. What the ledger refuses is said."""
    try:
        released = release_approved(business, say)
    except AlreadyRunning:
        return False
    except LedgerError as refused:  # as under a login that may not release; the next time comes all the same
        say(str(refused))
        return True
    if released is not None:
        say(f"Released {len(released.proposal_ids)} decisions as {released.release_id}.")
    return True
