"""Numbers and days as people read them: thin spaces between thousands, a unit beside every figure."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

THIN = "\u202f"  # between thousands; like the next one it never breaks over two lines
SPACE = "\u00a0"  # between a number and its unit
MINUS = "\u2212"
NOTHING = "–"
_WITH_COMMAS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?!\d)")
_PERCENT = re.compile(r"(?<=\d) ?%")
_DAY = re.compile(r"(?<![\w-])\d{4}-\d{2}-\d{2}(?![\w-])")
_RULE = re.compile(r"\([a-z]+(?:_[a-z]+)+\)")


def number(value: float, digits: int = 0) -> str:
    """A number with thin spaces; what is not known is a dash.

    >>> number(12345.6), number(-0.04), number(float("nan"))
    ('12\u202f346', '0', '–')
    """
    if pd.isna(value):
        return NOTHING
    rounded = round(float(value), digits)
    text = f"{abs(rounded):,.{digits}f}".replace(",", THIN)
    return f"{MINUS}{text}" if rounded < 0 else text


def sentence(text: object) -> str:
    """A sentence that an agent recorded, its numbers, days and rules as pages write them.

    >>> sentence("Order 6,072 units for 39,828.50 USD, of A,100 too.")
    'Order 6\u202f072 units for 39\u202f828.50 USD, of A,100 too.'
    >>> sentence("99% by 2026-12-04, not P-2026-12-04 (buffer_share_limit).")
    '99\xa0% by 4\xa0Dec\xa02026, not P-2026-12-04 (buffer share limit).'
    """
    told = _WITH_COMMAS.sub(lambda found: found[0].replace(",", THIN), str(text))
    told = _RULE.sub(lambda found: found[0].replace("_", " "), _PERCENT.sub(f"{SPACE}%", told))
    return _DAY.sub(lambda found: _written(found[0]), told)


def _written(text: str) -> str:
    """A day as it is read within a sentence; what is none stays."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{found.day} {found:%b %Y}".replace(" ", SPACE)


def units(value: float) -> str:
    """A quantity with its unit.

    >>> units(1), units(1440)
    ('1\xa0unit', '1\u202f440\xa0units')
    """
    text = number(value)
    return f"{text}{SPACE}{'unit' if text == '1' else 'units'}"


def money(value: float, currency: str, digits: int = 0) -> str:
    """An amount with its currency.

    >>> money(51230.4, "USD")
    '51\u202f230\xa0USD'
    """
    return f"{number(value, digits)}{SPACE}{currency}"


def percent(share: float, digits: int = 0) -> str:
    """A fraction as a percentage; what is not known is a dash.

    >>> percent(0.7149), percent(float("nan"))
    ('71\xa0%', '–')
    """
    return NOTHING if pd.isna(share) else f"{number(share * 100, digits)}{SPACE}%"


def count(value: float, one: str, many: str) -> str:
    """A count with its noun.

    >>> count(1, "order waits", "orders wait"), count(1200, "order waits", "orders wait")
    ('1\xa0order waits', '1\u202f200\xa0orders wait')
    """
    text = number(value)
    return f"{text}{SPACE}{one if text == '1' else many}"


def day(value: date) -> str:
    """A business day with its weekday.

    >>> day(date(2026, 11, 16))
    'Mon 16 Nov 2026'
    """
    return NOTHING if pd.isna(value) else f"{value:%a} {value.day} {value:%b %Y}"


def clock(instant: datetime, time_zone: str) -> str:
    """The local time of an instant.

    >>> from datetime import UTC
    >>> clock(datetime(2026, 11, 16, 10, 0, tzinfo=UTC), "America/Chicago")
    '04:00'
    """
    return f"{instant.astimezone(ZoneInfo(time_zone)):%H:%M}"


def age(passed: timedelta) -> str:
    """How long ago, in the largest unit that fits: minutes below two hours, hours below two days.

    >>> age(timedelta(minutes=7)), age(timedelta(hours=3, minutes=20)), age(timedelta(days=5, hours=2))
    ('7\xa0min old', '3\xa0h old', '5\xa0days old')
    """
    minutes = max(0, int(passed.total_seconds() // 60))
    if minutes < 120:
        return f"{minutes}{SPACE}min old"
    if minutes < 48 * 60:
        return f"{minutes // 60}{SPACE}h old"
    return f"{minutes // (24 * 60)}{SPACE}days old"
