"""Order times as shops export them, text or not, as local times of the business."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pandas as pd

from workbench.lake.cells import by_value

_SLASHED = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?!\d)[ T,]*(.*)")
_DOTTED = re.compile(r"^\d{1,2}\.\d{1,2}\.\d")  # nobody writes the month first so
_OFFSET = re.compile(r"\d\s*(?:Z|UTC|[+-]\d{2}:?\d{2})$")
# year, month and day, or a day and a year about the name of a month; nothing with a part left out
_WHOLE = re.compile(
    r"^\d{4}[-/.]\d{1,2}[-/.]\d|^\d{8}(?!\d)|\d\D*[a-z]{3}\D*\d{4}|[a-z]{3}\D*\d{1,2}\D+\d{4}", re.I
)


def local_times(found: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Times as `datetime64[us]` on the business's own clock; what is no date, or could be two, becomes blank.

    A time without an offset is taken to be on that clock already. Whether 1/12 is in January or in December
    is decided on the whole column (`day_first`).

    >>> found = pd.Series(["2024-01-05 23:30:00 -0500", "13/1/2024 8:26", "soon"])
    >>> local_times(found, ZoneInfo("UTC")).dt.strftime("%d %b %H:%M").tolist()
    ['06 Jan 04:30', '13 Jan 08:26', nan]
    """
    if isinstance(found.dtype, pd.DatetimeTZDtype):
        times: pd.Series = found.dt.tz_convert(zone).dt.tz_localize(None)
    elif pd.api.types.is_datetime64_dtype(found.dtype):
        times = found
    else:
        times = by_value(found, lambda values: _parse(values.astype("str").str.strip(), zone))
    return times.astype("datetime64[us]")


def day_first(texts: pd.Series) -> bool | None:
    """Whether 1/12/2010 is the first of December, as most of a column's texts say; None where none says it.

    >>> day_first(pd.Series(["1/12/2010", "12/13/2010"])), day_first(pd.Series(["1/12/2010"]))
    (False, None)
    """
    written = texts.dropna().astype("str").drop_duplicates()
    parts = written.str.extract(_SLASHED)[[0, 1]].dropna().astype("int64")
    days_in_front, days_behind = (parts > 12).sum()
    if days_in_front == days_behind:
        return True if written.str.match(_DOTTED).any() else None
    return bool(days_in_front > days_behind)


def _parse(texts: pd.Series, zone: ZoneInfo) -> pd.Series:
    """Texts parsed, what is no date left out; the index is theirs."""
    slashed = texts.str.match(_SLASHED)
    days_lead = day_first(texts)
    rearranged = _year_first(texts[slashed], days_lead) if days_lead is not None else texts[:0]
    dated = pd.concat([rearranged, texts[~slashed & texts.str.contains(_WHOLE)]])
    with_offset = dated.str.contains(_OFFSET)
    instants = _to_datetime(dated[with_offset], utc=True).dt.tz_convert(zone).dt.tz_localize(None)
    times: pd.Series = pd.concat([instants, _to_datetime(dated[~with_offset], utc=False)])
    return times


def _year_first(texts: pd.Series, days_lead: bool) -> pd.Series:
    """13/1/2024 8:26 as 2024-01-13 8:26; left out where there is no such month."""
    parts = texts.str.extract(_SLASHED)
    day, month = (parts[0], parts[1]) if days_lead else (parts[1], parts[0])
    year = parts[2].where(parts[2].str.len() == 4, "20" + parts[2])
    rearranged = year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2) + " " + parts[3]
    return rearranged[month.astype("float64") <= 12].str.strip()


def _to_datetime(texts: pd.Series, *, utc: bool) -> pd.Series:
    """ISO 8601 first: the general parser would read 2010-01-12 8:26 as December where days lead."""
    parsed = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=utc)
    rest = parsed.isna()
    general = pd.to_datetime(texts[rest], format="mixed", errors="coerce", utc=utc)
    return pd.concat([parsed[~rest], general])
