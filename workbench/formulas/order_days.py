"""The days on which a supplier takes orders."""

from __future__ import annotations

from datetime import date

import pandas as pd

from workbench.errors import TableError


def order_days(suppliers: pd.DataFrame, *, day: date, review_days: int) -> pd.DataFrame:
    """`takes_orders` (today?) and `review`, days to the next order, for every supplier, in its order.

    The next order goes out on the first of the supplier's weekdays that is `review_days` or more away: seen
    on a Monday with a review of 7 days, a supplier that takes orders on Mondays and Thursdays (0 and 3) is
    next asked in 7 days, one that takes them on Thursdays in 10.

    >>> suppliers = pd.DataFrame({"supplier": ["A", "B"], "order_weekdays": ["0 3", "3"]})
    >>> order_days(suppliers, day=date(2026, 11, 16), review_days=7).to_dict("list")
    {'takes_orders': [True, False], 'review': [7, 10]}

    Raises TableError for weekdays that are none.
    """
    weekdays = [
        _weekdays(name, text)
        for name, text in zip(suppliers["supplier"], suppliers["order_weekdays"], strict=True)
    ]
    today = day.weekday()
    return pd.DataFrame(
        {
            "takes_orders": [today in days for days in weekdays],
            "review": [review_days + min((d - today - review_days) % 7 for d in days) for days in weekdays],
        },
        index=suppliers.index,
    ).astype({"takes_orders": "bool", "review": "int64"})


def _weekdays(supplier: str, text: str) -> set[int]:
    words = str(text).split()
    if not words or not all(word in "0123456" and len(word) == 1 for word in words):
        remedy = "give weekdays from 0 (Monday) to 6 with spaces between, such as '0 3'"
        raise TableError("suppliers", f"supplier {supplier}", "order_weekdays", text, remedy)
    return {int(word) for word in words}
