"""An independent check of an assignment: its cost and whether it may be, from the tables alone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from workbench.policy import RoutingPolicy


def checked(
    tables: dict[str, pd.DataFrame], sent: pd.DataFrame, policy: RoutingPolicy, today: pd.Timestamp
) -> tuple[float, Counter[str]]:
    """Cost of the parcels that leave, money, and what they break, by kind.

    `sent`: order_id, line, parcel, warehouse, carrier, service; an order without a row is held.
    """
    lines = _joined(tables, sent)
    broken = Counter(
        {
            "unknown or doubled line": len(sent)
            - len(lines)
            + int(lines.duplicated(["order_id", "line"]).sum()),
            "parcel from two places": _two_places(lines),
            "order sent in part": _in_part(tables["open_lines"], lines),
            "too many parcels": int(
                (lines.groupby("order_id")["parcel"].nunique() > policy.max_parcels).sum()
            ),
            "warehouse not of the region": _foreign(tables["regions"], lines),
            "more than the stock": _short(tables["stock"], lines),
        }
    )
    parcels = lines.groupby(["order_id", "parcel"], as_index=False).agg(
        region=("region", "first"),
        warehouse=("warehouse", "first"),
        carrier=("carrier", "first"),
        service=("service", "first"),
        weight=("weight", "sum"),
        volume=("volume", "sum"),
        lines=("line", "size"),
    )
    promised = tables["open_lines"].groupby("order_id")["promised_on"].min()
    size = tables["open_lines"].groupby("order_id").size()
    parcels = parcels.assign(
        promised=parcels["order_id"].map(promised), share=parcels["lines"] / parcels["order_id"].map(size)
    )
    by_place = parcels.groupby("warehouse").size()
    limits = tables["warehouses"].set_index("warehouse")["orders_per_day"].fillna(np.inf)
    broken["more than a warehouse's day"] = int(
        (by_place.to_numpy() > limits.reindex(by_place.index).to_numpy()).sum()
    )
    by_service = parcels.groupby(["warehouse", "carrier", "service"]).size()
    day = tables["services"].set_index(["carrier", "service"])["parcels_per_day"].fillna(np.inf)
    broken["more than a service's day"] = int(
        (by_service.to_numpy() > day.reindex(by_service.index.droplevel("warehouse")).to_numpy()).sum()
    )
    cost = _cost(tables, parcels, policy, today)
    broken["no price"] = int(cost.isna().sum())
    return float(cost.sum()), +broken


def _joined(tables: dict[str, pd.DataFrame], sent: pd.DataFrame) -> pd.DataFrame:
    about = tables["open_lines"][["order_id", "line", "region", "sku", "quantity"]]
    lines = sent[["order_id", "line", "parcel", "warehouse", "carrier", "service"]].merge(
        about, on=["order_id", "line"]
    )
    lines = lines.merge(tables["products"][["sku", "weight_kg", "volume_m3"]], on="sku")
    return lines.assign(
        weight=lines["quantity"] * lines["weight_kg"], volume=lines["quantity"] * lines["volume_m3"]
    )


def _two_places(lines: pd.DataFrame) -> int:
    ways = lines.drop_duplicates(["order_id", "parcel", "warehouse", "carrier", "service"])
    return int(ways.duplicated(["order_id", "parcel"]).sum())


def _in_part(open_lines: pd.DataFrame, lines: pd.DataFrame) -> int:
    wanted = open_lines.groupby("order_id").size()
    found = lines.groupby("order_id").size()
    return int((found != wanted.reindex(found.index)).sum())


def _foreign(regions: pd.DataFrame, lines: pd.DataFrame) -> int:
    served = set(zip(regions["region"], regions["warehouse"], strict=True))
    return sum(pair not in served for pair in zip(lines["region"], lines["warehouse"], strict=True))


def _short(stock: pd.DataFrame, lines: pd.DataFrame) -> int:
    taken = lines.groupby(["sku", "warehouse"])["quantity"].sum()
    there = stock.set_index(["sku", "warehouse"])["on_hand"].reindex(taken.index).fillna(0)
    return int((taken > there).sum())


def _cost(
    tables: dict[str, pd.DataFrame], parcels: pd.DataFrame, policy: RoutingPolicy, today: pd.Timestamp
) -> pd.Series:
    """Freight by zone and band, handling, CO2 equivalent and expected lateness of every parcel, money."""
    rows = parcels.merge(tables["zones"], on=["carrier", "warehouse", "region"], how="left")
    rows = rows.merge(tables["services"], on=["carrier", "service"], how="left")
    rows = rows.merge(tables["warehouses"][["warehouse", "handling_cost"]], on="warehouse", how="left")
    extra = {"dimensional_kg_per_m3": 0.0, "surcharge_share": 0.0, "surcharge": 0.0}
    rows = rows.assign(**{name: 0.0 for name in extra if name not in rows})
    grams = np.rint(np.maximum(rows["weight"], rows["volume"] * rows["dimensional_kg_per_m3"]) * 1000)
    freight, surcharged = np.full(len(rows), np.nan), np.zeros(len(rows), dtype=bool)
    where = rows.groupby(["carrier", "service", "zone"]).indices
    for card, bands in tables["rates"].groupby(["carrier", "service", "zone"]):
        mine = where.get(card, np.empty(0, dtype=np.int64))
        names = ["weight_from_kg", "weight_to_kg", "charge", "surcharged"]
        for low, high, charge, whole in bands[names].itertuples(index=False):
            held = mine[(grams[mine] >= round(low * 1000)) & (grams[mine] < round(high * 1000))]
            freight[held], surcharged[held] = charge, whole
    freight = np.where(surcharged, freight, freight * (1 + rows["surcharge_share"]) + rows["surcharge"])
    co2e = rows["co2e_per_parcel"] + rows["co2e_per_kg"] * rows["weight"]
    slack = (rows["promised"] - today).dt.days - rows["days"]
    missed = 1 - rows["on_time_rate"]
    late = missed ** (slack.clip(lower=0) + 1) / rows["on_time_rate"] + (-slack).clip(lower=0)
    late = late.where(slack.notna(), 0.0)
    handling = rows["handling_cost"] * rows["lines"]
    lateness = late * rows["share"] * policy.lateness_cost_per_day
    return freight + handling + co2e * policy.co2e_price + lateness
