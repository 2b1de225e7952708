"""One text for one value: what is hashed, stored and compared is canonical JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd

# sorted keys and no spaces: equal values give equal text; takes values in the types that JSON knows
TEXT = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def canonical(value: Any) -> str:
    """The value as JSON with sorted keys and without spaces; equal values give equal text.

    Raises ValueError for an infinite number.

    >>> canonical({"sku": "A", "quantity": 2, "expected_on": None})
    '{"expected_on":null,"quantity":2,"sku":"A"}'
    """
    return TEXT(plain(value))


def plain(value: Any) -> Any:
    """The value in the types that JSON knows: NumPy scalars as numbers, dates as ISO text, NaN as None."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(item) for item in value]
    if pd.isna(value):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return value.item() if isinstance(value, np.generic) else value


def instant(value: datetime) -> str:
    """A UTC instant as text that sorts by time. Raises ValueError without a time zone.

    >>> instant(datetime(2026, 11, 16, 10, 0, tzinfo=UTC))
    '2026-11-16T10:00:00.000000+00:00'
    """
    if value.tzinfo is None:
        raise ValueError(f"{value} has no time zone; instants are UTC")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


def day(value: date) -> str:
    """A business day as text.

    >>> day(date(2026, 11, 16))
    '2026-11-16'
    """
    return value.isoformat()[:10]
