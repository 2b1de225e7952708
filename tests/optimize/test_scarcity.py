"""Prices as a table, and back into the places of other orders."""

import numpy as np
import pandas as pd
import pytest

from workbench.optimize.contest import Prices
from workbench.optimize.scarcity import price_table, start_prices
from workbench.tables import TABLES, validate


class Case:
    """Two SKUs at two warehouses, one service; pools are free and reserved units by turns."""

    def __init__(self, skus):
        self.lines = pd.DataFrame({"sku": skus})
        self.pools = type("Pools", (), {"units": np.zeros(len(skus) * 4)})()
        places = pd.DataFrame({"warehouse": ["E", "W"]})
        services = pd.DataFrame({"carrier": ["C"], "service": ["S"]})
        self.costs = type("Costs", (), {"places": places, "services": services})()
        self.parcels_by = np.zeros((2, 1))


PRICES = Prices(
    pool=np.array([3.0, 9.0, 0.0, 0.0, 0.0, 0.0, 4.0, 0.0]),  # A at E, and B at W; 9.0 is of reserved units
    warehouse=np.array([0.0, 1.5]),
    service=np.array([[0.5], [0.0]]),
)


def test_what_has_a_price_is_named_and_reserved_units_are_not():
    found = validate("scarcity_prices", price_table(Case(["A", "B"]), PRICES))
    assert found.to_numpy().tolist() == [
        ["", "E", "C", "S", 0.5],
        ["", "W", "", "", 1.5],
        ["A", "E", "", "", 3.0],
        ["B", "W", "", "", 4.0],
    ]


def test_prices_find_their_places_again_among_other_skus():
    start = start_prices(Case(["B", "Z"]), price_table(Case(["A", "B"]), PRICES))
    assert start.pool.tolist() == [0, 0, 4.0, 0, 0, 0, 0, 0]
    assert start.warehouse.tolist() == PRICES.warehouse.tolist()
    assert start.service.ravel().tolist() == pytest.approx(PRICES.service.ravel().tolist())


def test_no_table_is_no_start():
    assert start_prices(Case(["A"]), TABLES["scarcity_prices"].empty()) is None
