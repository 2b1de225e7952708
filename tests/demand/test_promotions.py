"""The lift of promotions, from past ones to planned ones."""

import numpy as np
import pandas as pd
import pytest

from tests.demand.conftest import DAY, products_of, sales_of, table
from workbench.demand.history import read_history
from workbench.demand.promotions import discounts, lift
from workbench.policy import DemandPolicy

NOBODY = pd.DataFrame(columns=["sku", "channel", "region"], dtype="str")


def history_of(units, keys):
    return read_history(sales_of(units, keys), products_of(keys), NOBODY, pd.Timestamp(DAY), DemandPolicy())


def test_overlapping_promotions_count_once_at_the_deepest():
    keys = [("S0", "shop", "north"), ("S0", "web", "north")]
    rows = [
        {
            "sku": "S0",
            "channel": "shop",
            "valid_from": "2026-02-27",
            "valid_to": "2026-03-02",
            "discount": 0.2,
        },
        {"sku": "S0", "channel": "shop", "valid_from": "2026-03-01", "valid_to": None, "discount": 0.1},
    ]
    found = discounts(history_of(np.ones((2, 5)), keys), table("promotions", rows), 3)
    assert found[0].tolist() == pytest.approx([0, 0, 0.2, 0.2, 0.2, 0.2, 0.1, 0.1])
    assert not found[1].any()


def test_a_doubled_demand_at_half_price_is_a_lift_of_two_per_unit_of_discount():
    days = 140
    discount = np.zeros((20, days), dtype=np.float32)
    discount[:, 60:74] = 0.5
    units = np.where(discount > 0, 40, 20).astype(np.float32)
    all_days = np.ones_like(units, dtype=bool)
    found = lift(units, all_days, all_days, discount, np.arange(days) % 7, np.zeros(20, dtype=np.int64))
    assert found == pytest.approx(np.full(20, 2.0), rel=0.02)


def test_little_evidence_lends_the_lift_of_all_categories():
    days = 140
    discount = np.zeros((11, days), dtype=np.float32)
    discount[:10, 60:74] = 0.5
    discount[10, 60] = 0.1
    units = np.where(discount > 0, 40, 20).astype(np.float32)
    units[10] = 0
    all_days = np.ones_like(units, dtype=bool)
    category = np.array([0] * 10 + [1])
    found = lift(units, all_days, all_days, discount, np.arange(days) % 7, category)
    assert found[10] == pytest.approx(found[0], rel=0.05)


def test_without_promotions_there_is_no_lift():
    units = np.ones((2, 30), dtype=np.float32)
    all_days = units.astype(bool)
    assert not lift(units, all_days, all_days, units * 0, np.arange(30) % 7, np.array([0, 1])).any()
