"""Hand-over by cut-off hour and time zone, disruptions, and prices by weight band."""

from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pytest

from workbench.optimize.ways import disrupted, ways
from workbench.policy import BusinessPolicy
from workbench.tables import TABLES

CHICAGO = BusinessPolicy(time_zone="America/Chicago")
# 15:30 in Chicago
AFTERNOON = datetime(2026, 11, 16, 21, 30, tzinfo=UTC)
NONE_DOWN = TABLES["disruptions"].empty()


def services(**changes):
    row = {
        "carrier": "C",
        "service": "S",
        "cut_off_hour": 16.0,
        "days": 2,
        "on_time_rate": 0.9,
        "parcels_per_day": np.nan,
        "co2e_per_parcel": 0.0,
        "co2e_per_kg": 0.0,
    }
    return pd.DataFrame([row | changes])


ZONES = pd.DataFrame([{"carrier": "C", "warehouse": "W", "region": "north", "zone": "1"}])


def down(*rows):
    names = ["kind", "name", "starts_at", "ends_at"]
    frame = pd.DataFrame(rows, columns=names).assign(note="")
    types = {c.name: c.dtype for c in TABLES["disruptions"].columns}
    return frame.astype({"starts_at": "datetime64[us, UTC]", "ends_at": "datetime64[us, UTC]"}).astype(types)


@pytest.mark.parametrize(
    ("cut_off", "leaves"), [(16.0, "2026-11-16"), (15.5, "2026-11-17"), (14, "2026-11-17")]
)
def test_what_is_routed_at_the_cut_off_hour_or_later_leaves_tomorrow(cut_off, leaves):
    way = ways(services(cut_off_hour=cut_off), ZONES, NONE_DOWN, CHICAGO, AFTERNOON).iloc[0]
    assert way["hand_over"] == pd.Timestamp(leaves)
    assert way["delivered_on"] == pd.Timestamp(leaves) + pd.Timedelta(days=2)


def test_the_cut_off_hour_is_local():
    in_utc = ways(services(), ZONES, NONE_DOWN, BusinessPolicy(), AFTERNOON).iloc[0]
    assert in_utc["hand_over"] == pd.Timestamp("2026-11-17")


def test_a_disruption_counts_from_its_start_to_its_end():
    rows = [
        ("carrier", "C", "2026-11-16T21:30Z", "2026-11-18T08:00Z"),
        ("warehouse", "W", "2026-11-16T22:00Z", None),
        ("carrier", "D", "2026-11-01T00:00Z", "2026-11-16T21:30Z"),
    ]
    way = ways(services(), ZONES, down(*rows), CHICAGO, AFTERNOON).iloc[0]
    assert (way["carrier_down"], way["warehouse_down"]) == (True, False)
    assert way["back_on"] == pd.Timestamp("2026-11-18")
    assert disrupted(down(*rows), "carrier", CHICAGO, AFTERNOON).index.tolist() == ["C"]


def test_an_end_that_is_not_known_leaves_the_day_open():
    rows = [
        ("carrier", "C", "2026-11-16T00:00Z", "2026-11-18T08:00Z"),
        ("warehouse", "W", "2026-11-16T00:00Z", None),
    ]
    way = ways(services(), ZONES, down(*rows), CHICAGO, AFTERNOON).iloc[0]
    assert way["carrier_down"]
    assert way["warehouse_down"]
    assert pd.isna(way["back_on"])
