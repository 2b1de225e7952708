"""Deliveries as parcels with days: a day not over counts for nobody."""

from datetime import date

import pandas as pd

from workbench.optimize.seen_parcels import seen_parcels


def test_days_are_counted_to_the_delivery_or_to_yesterday():
    deliveries = pd.DataFrame(
        [
            ("O1", "C", "S", "main", "east", "2026-11-10", "2026-11-13"),
            ("O2", "C", "S", "main", "east", "2026-11-10", None),
            ("O3", "C", "S", "main", "west", "2026-11-10", "2026-11-16"),
            ("O4", "C", "S", "main", "east", "2026-11-16", None),
        ],
        columns=["order_id", "carrier", "service", "warehouse", "region", "handed_over_on", "delivered_on"],
    ).astype({"handed_over_on": "datetime64[us]", "delivered_on": "datetime64[us]"})
    zones = pd.DataFrame({"carrier": ["C"], "warehouse": ["main"], "region": ["east"], "zone": ["near"]})
    seen = seen_parcels(deliveries, zones, date(2026, 11, 16))
    assert seen["zone"].tolist() == ["near", "near", ""]
    assert seen["days"].tolist() == [3, 5, 5]
    assert seen["delivered"].tolist() == [True, False, False]
