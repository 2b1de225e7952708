"""Ways from a warehouse to a region: every service with its zone and days, and whether it works now."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pandas as pd

from workbench.policy import BusinessPolicy


def ways(
    services: pd.DataFrame,
    zones: pd.DataFrame,
    disruptions: pd.DataFrame,
    business: BusinessPolicy,
    as_of: datetime,
) -> pd.DataFrame:
    """One row a warehouse, region, carrier and service, sorted so.

    `hand_over`: today before the service's cut-off hour in the business's time zone, else tomorrow;
    `delivered_on`: `days` later; `carrier_down`, `warehouse_down`: a disruption holds at `as_of`; `back_on`:
    the business day on which it ends, blank where there is none or its end is not known.
    """
    # every service of a carrier serves each of the carrier's zones
    rows = zones.merge(services, on="carrier", how="inner", validate="many_to_many")
    local = as_of.astimezone(ZoneInfo(business.time_zone))
    hour = local.hour + local.minute / 60 + local.second / 3600
    late = (rows["cut_off_hour"] <= hour).astype("int64")
    rows["hand_over"] = (pd.Timestamp(local.date()) + pd.to_timedelta(late, unit="D")).dt.as_unit("us")
    rows["delivered_on"] = (rows["hand_over"] + pd.to_timedelta(rows["days"], unit="D")).dt.as_unit("us")
    carriers, places = (disrupted(disruptions, kind, business, as_of) for kind in ("carrier", "warehouse"))
    rows["carrier_down"] = rows["carrier"].isin(carriers.index)
    rows["warehouse_down"] = rows["warehouse"].isin(places.index)
    ends = pd.DataFrame(
        {
            "carrier": carriers.reindex(rows["carrier"]).to_numpy(),
            "place": places.reindex(rows["warehouse"]).to_numpy(),
        }
    )
    unknown = (rows["carrier_down"] & ends["carrier"].isna()) | (
        rows["warehouse_down"] & ends["place"].isna()
    )
    rows["back_on"] = pd.to_datetime(ends.max(axis=1).mask(unknown)).dt.as_unit("us")
    return rows.sort_values(["warehouse", "region", "carrier", "service"], ignore_index=True)


def disrupted(
    disruptions: pd.DataFrame, kind: str, business: BusinessPolicy, as_of: datetime
) -> pd.Series[pd.Timestamp]:
    """What of a kind does not work now, and the business day on which that ends, blank if unknown."""
    instant = pd.Timestamp(as_of)
    now = disruptions[
        (disruptions["kind"] == kind)
        & (disruptions["starts_at"] <= instant)
        & (disruptions["ends_at"].isna() | (disruptions["ends_at"] > instant))
    ]
    ends = now["ends_at"].dt.tz_convert(business.time_zone).dt.tz_localize(None).dt.normalize()
    unknown = ends.isna().groupby(now["name"]).any()
    last: pd.Series[pd.Timestamp] = ends.groupby(now["name"]).max().mask(unknown).dt.as_unit("us")
    return last
