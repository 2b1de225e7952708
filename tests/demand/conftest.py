"""Small made-up businesses whose demand is known, because the tests draw it."""

from datetime import UTC, date, datetime

import numpy as np
import pandas as pd
import pytest

from workbench.policy import DemandPolicy, Policy, RunPolicy
from workbench.tables import TABLES

DAY = date(2026, 3, 2)  # a Monday
AS_OF = datetime(2026, 3, 2, 4, tzinfo=UTC)
SERIES = ["sku", "channel", "region"]


def table(name, rows):
    """Rows as the dictionary's table; a column that is left out gets its default."""
    entry = TABLES[name]
    frame = pd.DataFrame(rows)
    for column in entry.columns:
        if column.name not in frame:
            frame[column.name] = pd.Series([column.default] * len(frame), dtype=column.dtype)
    return frame[entry.names].astype({column.name: column.dtype for column in entry.columns})


def sales_of(units, keys, *, end=DAY, in_stock=None):
    """The table `sales` of units (series, days) whose last day is the one before `end`; zeros have no row."""
    dates = pd.date_range(end=pd.Timestamp(end) - pd.Timedelta(days=1), periods=units.shape[1], unit="us")
    row, column = np.nonzero((units > 0) | (np.zeros_like(units, bool) if in_stock is None else ~in_stock))
    frame = pd.DataFrame(keys, columns=SERIES).iloc[row].reset_index(drop=True)
    frame = frame.assign(date=dates[column], units=units[row, column].astype("int64"))
    if in_stock is not None:
        frame["in_stock"] = pd.Series(in_stock[row, column], dtype="boolean")
    return table("sales", frame)


def keys_of(series, channels=("shop",), regions=("north",)):
    """Keys of so many series: SKUs S000, S001, … over channels and regions."""
    places = [(channel, region) for channel in channels for region in regions]
    return [(f"S{row // len(places):03d}", *places[row % len(places)]) for row in range(series)]


def products_of(keys, categories=("A",)):
    skus = sorted({sku for sku, _, _ in keys})
    rows = [
        {"sku": sku, "name": sku, "category": categories[i % len(categories)]} for i, sku in enumerate(skus)
    ]
    return table("products", rows)


def inputs(sales, products, **others):
    """The six tables of `forecast` in order; those that are not given are empty."""
    names = ("prices", "promotions", "calendar", "signals")
    return (sales, products, *(others.get(name, TABLES[name].empty()) for name in names))


def small_policy(**rules):
    """A policy of few paths and fits, in one process."""
    fixed = {"paths": 100, "prophet_series": 0, "prophet_aggregates": 0}
    return Policy(demand=DemandPolicy(**(fixed | rules)), run=RunPolicy(processes=1))


@pytest.fixture
def policy():
    return small_policy()
