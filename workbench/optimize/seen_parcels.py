"""Parcels of the table `deliveries` as transit times are learnt from them."""

from __future__ import annotations

from datetime import date

import pandas as pd


def seen_parcels(deliveries: pd.DataFrame, zones: pd.DataFrame, today: date) -> pd.DataFrame:
    """Carrier, service, zone, days since hand-over and whether it was delivered, of every parcel until today.

    One still on its way has been so until yesterday: today may still bring it. A lane without a zone has the
    zone "", so that its parcels tell of their service all the same.
    """
    known = deliveries[deliveries["handed_over_on"] < pd.Timestamp(today)]
    rows = known.merge(zones, on=["carrier", "warehouse", "region"], how="left", validate="many_to_one")
    delivered = rows["delivered_on"] < pd.Timestamp(today)
    until = rows["delivered_on"].where(delivered, pd.Timestamp(today) - pd.Timedelta(days=1))
    days = (until - rows["handed_over_on"]).dt.days.astype("int64")
    seen = rows[["carrier", "service", "zone"]].assign(days=days, delivered=delivered)
    return seen.fillna({"zone": ""})
