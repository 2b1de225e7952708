"""Every table that a plan needs beside sales, made up from order lines; each assumption is a sentence."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from workbench.policy import AssumptionsPolicy
from workbench.tables import INPUTS

ASSUMED_TABLES = [name for name, table in INPUTS.items() if not table.optional and name != "sales"]
WAREHOUSE = "main"
SUPPLIER = "supplier"


class Assumed(NamedTuple):
    """A table with what is assumed in it: column -> sentence."""

    frame: pd.DataFrame
    assumed: dict[str, str]


def assumed_tables(
    lines: pd.DataFrame, sales: pd.DataFrame, country: str, currency: str, policy: AssumptionsPolicy
) -> dict[str, Assumed]:
    """The required tables but sales, by name.

    `lines` has `sku`, `name`, `channel`, `region`, `ordered_at`, `units` (below 0: taken back) and `price`
    (of a unit; missing or 0: none told); `sales` are the daily sales made from them.
    """
    prices = _prices(lines, policy)
    return {
        "products": _products(lines),
        "channels": _channels(lines),
        "regions": _regions(lines),
        "warehouses": _warehouses(country),
        "suppliers": _suppliers(country, currency, policy),
        "offers": _offers(prices.frame, currency, policy),
        "prices": prices,
        "inventory": _inventory(lines, sales, policy),
    }


def _table(name: str, frame: pd.DataFrame, assumed: dict[str, str]) -> Assumed:
    """Rows in the order of the table's key, columns in the dictionary's."""
    table = INPUTS[name]
    columns = [column for column in table.names if column in frame]
    return Assumed(frame.sort_values(list(table.key), ignore_index=True)[columns], assumed)


def _products(lines: pd.DataFrame) -> Assumed:
    named = lines.assign(paid=(lines["price"] > 0) & (lines["units"] > 0)).dropna(subset="name")
    counts = named.groupby(["sku", "name"])["paid"].agg(["sum", "size"]).reset_index()
    best = counts.sort_values(["sku", "sum", "size", "name"], ascending=[True, False, False, True])
    names = best.drop_duplicates("sku").set_index("sku")["name"]
    skus = pd.Series(lines["sku"].unique(), dtype="str")
    frame = pd.DataFrame(
        {"sku": skus, "name": skus.map(names).astype("str").fillna(skus), "category": "uncategorised"}
    )
    assumed = {
        "name": "the name that stands most often beside its code in the sales file, else the code",
        "category": "one category for all, because the sales file names none",
        "weight_kg": f"{INPUTS['products']['weight_kg'].default} kg each",
        "volume_m3": f"{INPUTS['products']['volume_m3'].default} m³ each",
    }
    return _table("products", frame, assumed)


def _channels(lines: pd.DataFrame) -> Assumed:
    channels = pd.Series(lines["channel"].unique(), dtype="str")
    assumed = dict.fromkeys(["fee_rate", "fee_per_order_line"], "no fees")
    return _table("channels", pd.DataFrame({"channel": channels, "name": channels}), assumed)


def _regions(lines: pd.DataFrame) -> Assumed:
    frame = pd.DataFrame({"region": lines["region"].unique(), "warehouse": WAREHOUSE, "rank": 1})
    return _table("regions", frame, {"warehouse": f"one warehouse, {WAREHOUSE}, serves every region"})


def _warehouses(country: str) -> Assumed:
    frame = pd.DataFrame({"warehouse": [WAREHOUSE], "name": "Main warehouse", "country": country})
    assumed = {
        "warehouse": "one warehouse holds all stock",
        "country": f"{country}, the country that most lines come from (ZZ: not known)",
        "capacity_m3": "no limit of room",
        "orders_per_day": "no limit of orders",
        "handling_cost": "no cost of picking and packing",
    }
    return _table("warehouses", frame, assumed)


def _suppliers(country: str, currency: str, policy: AssumptionsPolicy) -> Assumed:
    frame = pd.DataFrame(
        {
            "supplier": [SUPPLIER],
            "name": "Assumed supplier",
            "country": country,
            "currency": currency,
            "order_weekdays": "0 1 2 3 4 5 6",
            "lead_time_days": policy.lead_time_days,
        }
    )
    assumed = {
        "supplier": "one supplier sells every product",
        "country": "the warehouse's country, so that no duty is due",
        "currency": "the base currency",
        "minimum_order_value": "no minimum",
        "order_weekdays": "takes orders on every day",
        "lead_time_days": f"{policy.lead_time_days:g} days from order to arrival",
        "payment_days": "paid on arrival",
    }
    return _table("suppliers", frame, assumed)


def _prices(lines: pd.DataFrame, policy: AssumptionsPolicy) -> Assumed:
    """Median price by SKU and channel: of the recent weeks, else of all, else the policy's."""
    key = ["sku", "channel"]
    told = lines[lines["price"] > 0]
    recent = told[told["ordered_at"] >= _recent_from(lines, policy)]
    frame = lines[key].drop_duplicates().set_index(key)
    frame["price"] = recent.groupby(key)["price"].median()
    frame["price"] = frame["price"].fillna(told.groupby(key)["price"].median()).fillna(policy.price).round(4)
    assumed = {
        "price": f"the median price of its sales in the last {policy.recent_weeks} weeks, else of all its "
        f"sales, else {policy.price:g}; taken to be without tax",
        "valid_from": "the same price since the first sale",
    }
    return _table("prices", frame.reset_index().assign(valid_from=_first_day(lines)), assumed)


def _offers(prices: pd.DataFrame, currency: str, policy: AssumptionsPolicy) -> Assumed:
    price = prices.groupby("sku")["price"].median()
    share = 1 - policy.margin
    frame = pd.DataFrame(
        {
            "supplier": SUPPLIER,
            "sku": price.index,
            "tier_from": 1,
            "valid_from": prices["valid_from"].min(),
            "unit_cost": (price * share).round(4).to_numpy(),
            "currency": currency,
        }
    )
    assumed = {
        "unit_cost": f"{share:.0%} of the price",
        "freight_per_unit": "no freight beside the unit cost",
        "minimum_order_quantity": "no minimum",
        "order_multiple": "single units can be bought",
        "tier_from": "one price for any quantity",
        "valid_from": "the same cost since the first sale",
        "currency": "the base currency",
    }
    return _table("offers", frame, assumed)


def _inventory(lines: pd.DataFrame, sales: pd.DataFrame, policy: AssumptionsPolicy) -> Assumed:
    """Stock for the policy's weeks at the mean sales of the recent weeks (8 sold in 8 weeks: 6 for 6)."""
    last = pd.Timestamp(sales["date"].max())
    since = max(_recent_from(lines, policy), _first_day(lines))
    weeks = ((last - since).days + 1) / 7
    recent = sales[sales["date"] >= since].groupby("sku")["units"].sum()
    skus = np.sort(lines["sku"].unique())
    on_hand = np.ceil(recent.reindex(skus, fill_value=0) / weeks * policy.cover_weeks).astype("int64")
    frame = pd.DataFrame({"sku": skus, "warehouse": WAREHOUSE, "on_hand": on_hand.to_numpy()})
    assumed = {
        "on_hand": f"{policy.cover_weeks:g} weeks of the mean sales of the last {policy.recent_weeks} weeks",
        "reserved": "nothing is promised to open orders",
        "backordered": "no order waits for stock",
        "counted_on": "the day after the last sale",
    }
    return _table("inventory", frame.assign(counted_on=last + pd.Timedelta(days=1)), assumed)


def _first_day(lines: pd.DataFrame) -> pd.Timestamp:
    return pd.Timestamp(lines["ordered_at"].min()).normalize()


def _recent_from(lines: pd.DataFrame, policy: AssumptionsPolicy) -> pd.Timestamp:
    last = pd.Timestamp(lines["ordered_at"].max()).normalize()
    return last - pd.Timedelta(weeks=policy.recent_weeks) + pd.Timedelta(days=1)
