"""Days on which a supplier takes no orders: single days, spans, and the public holidays of a country."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from holidays import country_holidays

from workbench.errors import TableError

REMEDY = (
    "give days as 2026-12-25, spans as 2026-12-24/2027-01-01 and countries as CN for their public holidays, "
    "with spaces between"
)


def closed_days(supplier: str, text: str, first: date, last: date) -> frozenset[date]:
    """The days from `first` to `last` that `text` names. Source of public holidays: the package holidays.

    >>> found = closed_days("S", "2026-12-24/2026-12-26 US", date(2026, 11, 16), date(2026, 12, 31))
    >>> [f"{day:%m-%d}" for day in sorted(found)]
    ['11-26', '12-24', '12-25', '12-26']

    Raises TableError for words that are none of these, and for a country whose holidays are not known.
    """
    try:
        found = {day for word in text.split() for day in _named(word, first, last)}
    except (ValueError, NotImplementedError) as error:
        raise TableError("suppliers", f"supplier {supplier}", "closed_days", text, REMEDY) from error
    return frozenset(found)


def _named(word: str, first: date, last: date) -> Iterator[date]:
    if word.isalpha():
        known = country_holidays(word, years=range(first.year, last.year + 1))
        yield from (day for day in known if first <= day <= last)
        return
    begin, _, end = word.partition("/")
    day, until = max(date.fromisoformat(begin), first), min(date.fromisoformat(end or begin), last)
    while day <= until:
        yield day
        day += timedelta(days=1)
