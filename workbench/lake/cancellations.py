"""Which ordered units an export's cancellations take back."""

from __future__ import annotations

import pandas as pd

GROUP = ["who", "sku", "price"]


def taken_back(lines: pd.DataFrame, days: int) -> pd.Series[int]:
    """Units of every line that a cancellation takes back, or that it takes back itself; index as `lines`.

    `lines` has `who` (the customer; blank: unknown, matches nobody), `sku`, `price`, `ordered_at`, `units`,
    below 0 in a cancellation, and `region` and `channel`, which settle ties. A cancellation takes from the
    latest earlier lines of the same customer, SKU and price first, from none older than `days`, and from none
    more than is left of it.

    >>> same = {"who": "Ann", "sku": "A", "price": 2.0, "region": "Spain", "channel": "shop"}
    >>> days = pd.to_datetime(["2026-03-01", "2026-03-02", "2026-03-03"])
    >>> lines = pd.DataFrame({**same, "units": [6, 4, -5], "ordered_at": days})
    >>> taken_back(lines, days=3).tolist()
    [1, 4, 5]
    """
    pieces = _pieces(_levels(lines), pd.Timedelta(days=days))
    sums = [pieces.groupby(end)["units"].sum() for end in ("order", "cancellation")]
    taken: pd.Series[int] = pd.concat(sums).reindex(lines.index, fill_value=0).astype("int64")
    return taken


def _levels(lines: pd.DataFrame) -> pd.DataFrame:
    """Lines of the groups that have both kinds, in time, as a pile of units.

    An order puts its units on top, a cancellation takes from the top, as far as there is any: `level` is the
    height of the pile after the line.
    """
    known = lines[lines["who"].notna()]
    known = known.assign(line=known.index, back=known["units"] < 0)
    known["group"] = known.groupby(GROUP, dropna=False, sort=False).ngroup()
    both = known.groupby("group")["back"].agg(["any", "all"])
    known = known[known["group"].isin(both.index[both["any"] & ~both["all"]])]
    known = known.sort_values(["group", "ordered_at", "back", "units", "region", "channel"])
    height = known.groupby("group")["units"].cumsum()
    floor = height.groupby(known["group"]).cummin().clip(upper=0)
    return known.assign(level=height - floor, turn=range(len(known)))


def _pieces(piles: pd.DataFrame, limit: pd.Timedelta) -> pd.DataFrame:
    """What each cancellation takes from each order line: `order`, `cancellation` (index of both), `units`."""
    columns = ["group", "line", "turn", "ordered_at", "level", "units"]
    orders, back = piles.loc[~piles["back"], columns], piles.loc[piles["back"], columns]
    pairs = orders.merge(back, on="group", suffixes=("", "_back"), validate="many_to_many")
    late = pairs["ordered_at_back"] - pairs["ordered_at"] > limit
    pairs = pairs[(pairs["turn_back"] > pairs["turn"]) & ~late].sort_values(["turn", "turn_back"])
    # an order's units lie between two heights of the pile; the lowest level since says how many are left
    low, top = pairs["level"] - pairs["units"], pairs["level"]
    left = pairs.groupby("turn")["level_back"].cummin().clip(lower=low, upper=top) - low
    before = left.groupby(pairs["turn"]).shift().fillna(pairs["units"])
    return pd.DataFrame(
        {"order": pairs["line"], "cancellation": pairs["line_back"], "units": before - left}
    ).astype({"units": "int64"})
