"""A channel's codes as SKUs: multipacks count their units, a bundle becomes a row for each of its SKUs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from workbench.lake.faults import Finding
from workbench.lake.sheet import Sheet

LISTING = ["channel", "channel_sku"]
# what is counted, by table
UNITS = {"sales": "units", "order_lines": "quantity"}
LINES_IN_A_LINE = 1000  # the second SKU of a bundle in line 3 becomes line 3001: the same every day


def bundle_findings(listings: Sheet) -> Iterator[Finding]:
    """Rows of a listing whose other rows are in quarantine: a bundle without a part would sell the rest."""
    values = listings.frame
    good = listings.good()
    rows = good.index[_in(good, values[values.index.isin(listings.bad())])]
    yield Finding(rows, "channel_sku", "broken bundle", "mend the other rows of this listing")


def listing_findings(values: pd.DataFrame, listings: Sheet | None) -> Iterator[Finding]:
    """Channel SKUs that no listing maps."""
    written = values.dropna(subset=LISTING)
    unmapped = ~_in(written, listings.good() if listings else None)
    quarantined = unmapped & _in(written, listings.frame if listings else None)
    unlisted = written.index[unmapped & ~quarantined]
    yield Finding(unlisted, "channel_sku", "unlisted", "correct it, or add it to listings")
    mend = "mend its row of listings"
    yield Finding(written.index[quarantined], "channel_sku", "partner quarantined", mend)


def translate(name: str, values: pd.DataFrame, listings: pd.DataFrame) -> pd.DataFrame:
    """Rows by SKU instead of by channel SKU; those of `sales` that meet in one key are summed.

    Two sold packs of six are 12 units; a bundle of A and B sold once is one of each.
    """
    units = UNITS[name]
    parts = listings[[*LISTING, "sku", "units"]].rename(columns={"units": "units_in_pack"})
    rows = values.merge(parts, on=LISTING, how="inner", validate="many_to_many")
    rows[units] = rows[units] * rows["units_in_pack"]
    if name == "order_lines":
        return _numbered(rows)
    key = ["date", "sku", "channel", "region"]
    # what can be bought in one listing can be bought
    return rows.groupby(key, as_index=False).agg({units: "sum", "in_stock": "max"})


def _in(rows: pd.DataFrame, listings: pd.DataFrame | None) -> NDArray[np.bool_]:
    """Whether the channel and its code stand in the listings."""
    if listings is None or listings.empty:
        return np.zeros(len(rows), dtype=bool)
    return pd.MultiIndex.from_frame(rows[LISTING]).isin(pd.MultiIndex.from_frame(listings[LISTING]))


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    """The first SKU of a bundle keeps the line's number; the others get one that no order reaches."""
    rows = rows.sort_values(["order_id", "line", "sku"])
    part = rows.groupby(["order_id", "line"]).cumcount()
    return rows.assign(line=rows["line"].where(part == 0, rows["line"] * LINES_IN_A_LINE + part))
