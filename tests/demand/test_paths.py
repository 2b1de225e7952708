"""Paths as a table and back, sums within a path, quantiles."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from workbench.demand.paths import KEYS, aggregate, matrix, quantiles, with_paths
from workbench.tables import TABLES


def table_of(paths):
    days = pd.date_range("2026-03-02", periods=len(paths), unit="us")
    keys = pd.DataFrame({"sku": "A", "channel": "shop", "region": "north", "date": days})
    return with_paths(keys.astype(dict.fromkeys(KEYS[:3], "str")), np.asarray(paths, dtype=np.float32))


@given(hnp.arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(20, 30)), elements=st.integers(0, 99)))
def test_a_table_gives_its_paths_back_even_when_its_rows_are_turned_round(paths):
    assert (matrix(table_of(paths)) == paths).all()
    assert (matrix(table_of(paths)[::-1]) == paths[::-1]).all()


def test_what_moves_against_each_other_cancels_in_the_sum():
    keys = pd.DataFrame({"sku": ["A", "A"]})
    assert aggregate(keys, np.array([[0, 9], [9, 0]], dtype=np.float32), ["sku"])[1].tolist() == [[9, 9]]


def test_quantiles_are_paths():
    demand = quantiles(table_of([np.arange(1, 101)]))
    row = demand.iloc[0]
    assert (row["q0025"], row["q0100"], row["q0500"], row["q0975"]) == (3, 10, 50, 98)
    assert row["mean"] == 50.5
    assert list(demand) == TABLES["demand"].names


def test_no_paths_give_no_demand():
    assert list(quantiles(TABLES["demand_paths"].empty())) == TABLES["demand"].names
    assert matrix(TABLES["demand_paths"].empty()).shape == (0, 0)
