"""The calendar as arrays: which event falls on which day where."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.demand.history import Counts, Mask

OFTEN = 12  # days a year from which an event is a regular of the month, not an occasion


class Events(NamedTuple):
    """Events by day, from the first day of history to the end of the horizon.

    `occasions` (occasions, regions, days) are rare ones such as Easter, `regulars` (regulars, regions, days)
    those of every month such as paydays; `region` (series,) says which region each series lies in; `days` are
    the dates.
    """

    occasions: Mask
    regulars: Mask
    region: Counts
    days: pd.DatetimeIndex

    @property
    def weekday(self) -> Counts:
        """Day of the week, 0 = Monday (days,)."""
        return np.asarray(self.days.day_of_week, dtype=np.int64)

    def occasion(self, shift: int) -> NDArray[np.int16]:
        """Number of the occasion `shift` days later, from 1; 0 where there is none (regions, days).

        Of several on one day the rarest counts.

        >>> days = pd.date_range("2026-12-24", periods=3)
        >>> on = np.array([[[False, True, False]]])
        >>> Events(on, on[:0], np.zeros(1, dtype=np.int64), days).occasion(1).tolist()
        [[1, 0, 0]]
        """
        found = np.zeros((self.regulars.shape[1], len(self.days)), dtype=np.int16)
        for number in np.argsort(-self.occasions.sum(axis=(1, 2)), kind="stable"):
            found[self.occasions[number]] = number + 1
        ahead = np.zeros_like(found)
        if shift >= 0:
            ahead[:, : len(self.days) - shift] = found[:, shift:]
        else:
            ahead[:, -shift:] = found[:, :shift]
        return ahead


def events(calendar: pd.DataFrame, series: pd.DataFrame, days: pd.DatetimeIndex) -> Events:
    """The table `calendar` over `days`, for the regions of `series`."""
    regions = sorted(series["region"].unique())
    here = calendar[calendar["region"].isin(regions)]
    known = here[here["date"].isin(days)]
    dated = here[["event", "date"]].drop_duplicates()
    names = sorted(dated["event"].unique())  # of all days, so that another day numbers nothing anew
    on = np.zeros((len(names), len(regions), len(days)), dtype=bool)
    on[
        pd.Index(names).get_indexer(known["event"]),
        pd.Index(regions).get_indexer(known["region"]),
        days.get_indexer(pd.DatetimeIndex(known["date"])),
    ] = True
    span = (dated["date"].max() - dated["date"].min()).days + 1 if len(dated) else 0
    a_year = dated["event"].value_counts().reindex(names).to_numpy() * 365 / max(span, 365)
    region = np.asarray(pd.Index(regions).get_indexer(series["region"]), dtype=np.int64)
    return Events(on[a_year < OFTEN], on[a_year >= OFTEN], region, days)
