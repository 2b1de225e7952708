from datetime import date

import numpy as np
import pandas as pd

from tests.agents.test_replenishment import MONDAY, demand, stock, wanted
from tests.rows import table
from workbench.agents.replenishment.wanted import wanted_of

REGIONS = table("regions", {"region": "east", "warehouse": "W", "rank": 1})


def of(*products, days=7):
    paths = wanted(*(demand(units, sku, days=days) for units, sku in ((1.0, "A"), (2.0, "B"))))
    rows = table(
        "products",
        *({"sku": sku, "name": sku} | product for sku, product in zip("AB", products, strict=True)),
    )
    return wanted_of(paths, REGIONS, table("stock", stock()).iloc[:0], rows, date(2026, 11, 16))


def test_weeks_come_again_until_the_last_day_on_sale():
    found = of({"discontinued_on": MONDAY + pd.Timedelta(days=8)}, {})
    coming = found.coming(0, 2, 10)[:, :, 0]
    assert coming[:, 0].tolist() == [1.0] * 9 + [0.0]
    assert coming[:, 1].tolist() == [2.0] * 10
    assert found.coming(1, 2, 10)[9, 0, 0] == 2.0


def test_nothing_is_wanted_of_what_went_off_sale_before_today():
    found = of({"discontinued_on": MONDAY - pd.Timedelta(days=1)}, {"discontinued_on": MONDAY})
    assert found.coming(0, 2, 3)[:, :, 0].T.tolist() == [[0.0, 0.0, 0.0], [2.0, 0.0, 0.0]]


def test_some_items_keep_their_own_days():
    found = of({"discontinued_on": MONDAY}, {}).of(np.array([1]))
    assert found.coming(0, 1, 9)[:, 0, 0].tolist() == [2.0] * 9
