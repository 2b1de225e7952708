"""The days on which a supplier takes orders."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from workbench.errors import TableError
from workbench.formulas.closed_days import closed_days

LONGEST = 366  # days after the review that a supplier may be closed before its calendar counts as a mistake


def order_days(suppliers: pd.DataFrame, *, day: date, review_days: int) -> pd.DataFrame:
    """`takes_orders` (today?), `review`, days to the next order, and `opens`, days to the first one possible.

    For every supplier, in its order; `opens` is 0 where orders are taken today.

    The next order goes out on the first of the supplier's weekdays that is `review_days` or more away and
    none of its `closed_days`: seen on a Monday with a review of 7 days, a supplier that takes orders on
    Mondays and Thursdays (0 and 3) is next asked in 7 days, one that takes them on Thursdays in 10, and in 17
    where that Thursday is a holiday (Thanksgiving).

    >>> suppliers = pd.DataFrame({"supplier": ["A", "B", "C"], "order_weekdays": ["0 3", "3", "3"]})
    >>> suppliers = suppliers.assign(closed_days=["", "", "US"])
    >>> order_days(suppliers, day=date(2026, 11, 16), review_days=7).to_dict("list")
    {'takes_orders': [True, False, False], 'review': [7, 10, 17], 'opens': [0, 3, 3]}

    Raises TableError for weekdays or closed days that are none, and for a supplier that never opens.
    """
    columns = (suppliers[name].astype("str") for name in ("supplier", "order_weekdays", "closed_days"))
    calendars = [
        _Calendar(name, weekdays, closed, day, review_days)
        for name, weekdays, closed in zip(*columns, strict=True)
    ]
    return pd.DataFrame(
        {
            "takes_orders": [day in calendar for calendar in calendars],
            "review": [calendar.first_from(review_days) for calendar in calendars],
            "opens": [calendar.first_from(0) for calendar in calendars],
        },
        index=suppliers.index,
    ).astype({"takes_orders": "bool", "review": "int64", "opens": "int64"})


class _Calendar:
    """Order days of one supplier."""

    def __init__(self, supplier: str, weekdays: str, closed: str, day: date, review_days: int) -> None:
        self.supplier, self.text = supplier, closed
        self.weekdays = _weekdays(supplier, weekdays)
        self.day, self.review_days = day, review_days
        last = day + timedelta(days=review_days + LONGEST)
        self.closed = closed_days(supplier, closed, day, last)

    def __contains__(self, day: date) -> bool:
        return day.weekday() in self.weekdays and day not in self.closed

    def first_from(self, days: int) -> int:
        """Days to the first day on which orders are taken that is `days` or more away."""
        for ahead in range(days, self.review_days + LONGEST):
            if self.day + timedelta(days=ahead) in self:
                return ahead
        remedy = f"leave it a day within {LONGEST} days on which it takes orders"
        raise TableError("suppliers", f"supplier {self.supplier}", "closed_days", self.text, remedy)


def _weekdays(supplier: str, text: str) -> set[int]:
    words = str(text).split()
    if not words or not all(word in "0123456" and len(word) == 1 for word in words):
        remedy = "give weekdays from 0 (Monday) to 6 with spaces between, such as '0 3'"
        raise TableError("suppliers", f"supplier {supplier}", "order_weekdays", text, remedy)
    return {int(word) for word in words}
