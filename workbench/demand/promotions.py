"""What own promotions do: the lift of past ones, carried to planned ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from workbench.demand.history import Counts, History, Mask, Units, completed

PRIOR = 2.0  # evidence (expected units × discount²) at which a category's own lift counts half


def discounts(history: History, promotions: pd.DataFrame, horizon: int) -> Units:
    """Discount of every series and day, history and horizon: (series, days + horizon), a fraction.

    Promotions that overlap do not add up: the deepest counts.
    """
    width = len(history.days) + horizon
    if promotions.empty or not len(history.days):
        return np.broadcast_to(np.float32(0), (len(history.series), width))
    start = history.days[0]
    rows = history.series[["sku", "channel"]].reset_index(names="row")
    matched = promotions.merge(rows, on=["sku", "channel"], how="inner", validate="many_to_many")
    begins = (matched["valid_from"] - start).dt.days.clip(0, width)
    ends = (matched["valid_to"] - start).dt.days.fillna(width - 1).clip(-1, width - 1) + 1
    found = np.zeros((len(history.series), width), dtype=np.float32)
    columns = (matched["row"], begins.astype("int64"), ends.astype("int64"), matched["discount"])
    for row, begin, end, discount in zip(*columns, strict=True):
        np.maximum(found[row, begin:end], discount, out=found[row, begin:end])
    return found


def lift(units: Units, seen: Mask, alive: Mask, discount: Units, weekday: Counts, category: Counts) -> Units:
    """Extra demand per unit of discount of every series (series,), from past promotions.

    Demand on a promotion is base × (1 + lift × discount); least squares over a category's promotion days
    with the series' own level beside the promotion as base, drawn towards all categories' lift, and that
    towards none. All inputs (series, days) but weekday (days,) and category (series,).
    """
    rows = np.flatnonzero((discount > 0).any(axis=1))
    if not len(rows):
        return np.zeros(len(units), dtype=np.float32)
    promoted = discount[rows] > 0
    counted = seen[rows] & promoted
    base = completed(np.where(promoted, 0, units[rows]), seen[rows] & ~promoted, alive[rows], weekday)
    extra = np.where(counted, (units[rows] - base) * discount[rows], 0).sum(axis=1)
    evidence = np.where(counted, base * discount[rows] ** 2, 0).sum(axis=1)
    overall = max(float(extra.sum() / (evidence.sum() + PRIOR)), 0.0)
    groups = int(category.max()) + 1
    extras = np.bincount(category[rows], extra, groups)
    weights = np.bincount(category[rows], evidence, groups)
    by_category = np.maximum((extras + PRIOR * overall) / (weights + PRIOR), 0.0)
    return np.asarray(by_category[category], dtype=np.float32)
