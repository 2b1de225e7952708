"""What is planted in the demo beside its dirty rows: the parameters of every situation of data/README.md."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd


class Burst(NamedTuple):
    """A product that goes viral on one channel on the evening before the plan."""

    sku: str
    channel: str
    price: float
    unit_cost: float
    units_per_day: float  # what the SKU sold on all channels before
    share: float  # of it on that channel
    starts: str  # local time
    minutes: int
    orders: int
    tail_orders: int  # from then to midnight


class Pause(NamedTuple):
    """A supplier that got no order for some weeks: the next one is large."""

    supplier: str
    weeks: int


class Late(NamedTuple):
    """A supplier whose deliveries take longer than they did."""

    supplier: str
    since: str
    factor: float


class Tariff(NamedTuple):
    """A duty that changes next week."""

    origin: str
    hs_prefix: str
    starts: str
    duty_rate: float


VIRAL = Burst("LIT-007", "tiktok", 24.0, 4.6, 36.0, 0.77, "2026-11-15 19:00", 90, 5_000, 400)
VIRAL_STOCK = {"RNO": 310, "DFW": 260, "MDT": 420, "CMH": 60}

OUTAGE_CARRIER = "MERIDIAN"
OUTAGE_STARTS = "2026-11-16T08:10:00Z"
OUTAGE_NOTE = "Line-haul stopped by a strike at the hubs; no pick-ups until further notice."

LATE_SUPPLIER = Late("S07", "2026-08-20", 1.55)
BIG_ORDER = Pause("S01", 3)
TARIFF = Tariff("CN", "4820", "2026-11-23", 0.23)

# no history at all, and a week of it
NEW_PRODUCTS = {"KIT-030": "2026-11-18", "BEA-029": "2026-11-09"}
NEW_STOCK = {"RNO": 120, "DFW": 110, "MDT": 180}

# slow sellers that carry every dirty row that is about a product of ours
DOUBTFUL = ("GAR-022", "GAR-026")

# units sold a day where a situation needs to know; the rest is drawn
RATES = {
    VIRAL.sku: VIRAL.units_per_day,
    "KIT-030": 14.0,
    "BEA-029": 18.0,
    "OUT-004": 22.0,
    "PET-012": 26.0,
    "TBL-018": 5.0,
    **dict.fromkeys(DOUBTFUL, 0.06),
}
# stock in the wrong warehouse: one is moved, the other is served from next door for less than a move costs
MISPLACED = {
    "OUT-004": {"RNO": 4, "DFW": 160, "MDT": 620, "CMH": 0},
    "PET-012": {"RNO": 6, "DFW": 170, "MDT": 8, "CMH": 330},
}
# all that was ordered last was keyed for one warehouse; its supplier can still send it elsewhere
MISDIRECTED, KEYED_FOR = "GAR-002", "MDT"
# accepted by eBay although no warehouse has it and nothing is on its way
UNSERVABLE = "TBL-018"
UNSERVABLE_CHANNEL = "ebay"
UNSERVABLE_UNITS = {"west": 1, "central": 1, "east": 2}

HOSTILE_NAMES = {"KIT-013": "<script>alert(1)</script> Stockpot", "STA-011": "=SUM(A1:A9) Dot Planner"}

PROTECTED = sorted({*RATES, *NEW_PRODUCTS, *MISPLACED, *HOSTILE_NAMES, UNSERVABLE})


def disruptions() -> pd.DataFrame:
    """The table `disruptions`: the carrier that is out, and one that ended in spring."""
    return pd.DataFrame(
        {
            "kind": ["carrier", "carrier"],
            "name": ["SWIFTLINE", OUTAGE_CARRIER],
            "starts_at": ["2026-03-02T11:00:00Z", OUTAGE_STARTS],
            "ends_at": ["2026-03-03T23:00:00Z", None],
            "note": ["Snow closed the Columbus hub.", OUTAGE_NOTE],
        }
    )


def changed(tariffs: pd.DataFrame) -> pd.DataFrame:
    """The tariffs with the announced one."""
    row = {
        "origin": TARIFF.origin,
        "destination": "US",
        "hs_prefix": TARIFF.hs_prefix,
        "valid_from": TARIFF.starts,
        "duty_rate": TARIFF.duty_rate,
    }
    return pd.concat([tariffs, pd.DataFrame([row])], ignore_index=True)
