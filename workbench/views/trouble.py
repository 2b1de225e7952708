"""What is out of the ordinary in the inputs: outages, late suppliers, duties about to change."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from workbench.views.numerals import NOTHING, count, number, percent, units
from workbench.views.numerals import day as written
from workbench.views.tables_html import table_html, text
from workbench.views.words import spoken

Trouble = tuple[str, str, str]
LATE = "Supplier late"


def trouble(
    disruptions: pd.DataFrame,
    purchase_orders: pd.DataFrame,
    receipts: pd.DataFrame,
    tariffs: pd.DataFrame,
    suppliers: pd.DataFrame,
    *,
    day: date,
    days: int,
) -> pd.DataFrame:
    """One row a trouble, columns what, about, says: what comes within so many days, or came in as many."""
    today, names = pd.Timestamp(day), suppliers.set_index("supplier")["name"]
    parts = [
        _disrupted(disruptions, today, days),
        _duties(tariffs, today, days),
        _late(purchase_orders, receipts, names, today, days),
    ]
    return pd.DataFrame([row for part in parts for row in part], columns=["what", "about", "says"])


def _disrupted(disruptions: pd.DataFrame, today: pd.Timestamp, days: int) -> list[Trouble]:
    start = disruptions["starts_at"].dt.tz_localize(None)
    end = disruptions["ends_at"].dt.tz_localize(None)
    seen = (start <= today + timedelta(days=days)) & (end.isna() | (end >= today))
    rows = disruptions[seen].sort_values(["kind", "name", "starts_at"]).to_dict("records")
    return [
        (
            f"{spoken(row['kind'])} disrupted",
            row["name"],
            f"From {_instant(row['starts_at'])} to {_instant(row['ends_at'])}. {row['note']}".strip(),
        )
        for row in rows
    ]


def _late(
    purchase_orders: pd.DataFrame, receipts: pd.DataFrame, names: pd.Series, today: pd.Timestamp, days: int
) -> list[Trouble]:
    """Suppliers with goods overdue, or of whose recent deliveries more than half came late; slowest first."""
    known = _overdue(purchase_orders, today).join(_slow(receipts, today, days), how="outer")
    known = known[known["missing"].notna() | known["is_slow"].eq(True)]
    ranked = known.reset_index().sort_values(["median", "supplier"], ascending=[False, True])
    return [
        (LATE, str(names.get(row["supplier"], row["supplier"])), _lateness(row, days))
        for row in ranked.to_dict("records")
    ]


def _overdue(purchase_orders: pd.DataFrame, today: pd.Timestamp) -> pd.DataFrame:
    """By supplier: units missing after the day they were promised for, and the oldest such day."""
    missing = purchase_orders["quantity"] - purchase_orders["quantity_received"]
    due = purchase_orders.assign(missing=missing)[(purchase_orders["promised_on"] < today) & (missing > 0)]
    return due.groupby("supplier").agg(missing=("missing", "sum"), oldest=("promised_on", "min"))


def _slow(receipts: pd.DataFrame, today: pd.Timestamp, days: int) -> pd.DataFrame:
    """By supplier: deliveries of the last days, how many came late, and the median of days late."""
    recent = receipts[receipts["received_on"] >= today - timedelta(days=days)].dropna(subset=["promised_on"])
    orders = recent.groupby(["supplier", "purchase_order_id"])[["received_on", "promised_on"]].max()
    days_late = (orders["received_on"] - orders["promised_on"]).dt.days
    by_supplier = orders.assign(late=days_late > 0, days_late=days_late).groupby("supplier")
    slow = by_supplier.agg(orders=("late", "size"), late=("late", "sum"), median=("days_late", "median"))
    return slow.assign(is_slow=slow["late"] * 2 > slow["orders"])


def _lateness(row: Mapping[Any, Any], days: int) -> str:
    says = []
    if row["is_slow"] is True:
        says.append(
            f"{number(row['late'])} of {count(row['orders'], 'delivery', 'deliveries')} in the last {days} "
            f"days came late, at the median by {count(row['median'], 'day', 'days')}."
        )
    if pd.notna(row["missing"]):
        says.append(f"{units(row['missing'])} overdue, the oldest promised for {written(row['oldest'])}.")
    return " ".join(says)


def _duties(tariffs: pd.DataFrame, today: pd.Timestamp, days: int) -> list[Trouble]:
    coming = tariffs[
        (tariffs["valid_from"] > today) & (tariffs["valid_from"] <= today + timedelta(days=days))
    ]
    until = tariffs[["origin", "destination", "hs_prefix", "valid_to", "duty_rate"]]
    before = coming.merge(
        until.assign(valid_from=until["valid_to"] + timedelta(days=1)).drop(columns="valid_to"),
        on=["origin", "destination", "hs_prefix", "valid_from"],
        how="left",
        suffixes=("", "_before"),
        validate="one_to_one",
    )
    return [
        (
            "Duty changes",
            f"{row['origin']} to {row['destination']}, HS {row['hs_prefix']}",
            f"{_rate(row['duty_rate_before'])} until then, {_rate(row['duty_rate'])} from "
            f"{written(row['valid_from'])}.",
        )
        for row in before.sort_values(["valid_from", "origin", "hs_prefix"]).to_dict("records")
    ]


def _rate(rate: float) -> str:
    return NOTHING if pd.isna(rate) else percent(rate, 1)


def _instant(instant: pd.Timestamp) -> str:
    return "an unknown end" if pd.isna(instant) else f"{written(instant)}, {instant:%H:%M} UTC"


def trouble_html(found: pd.DataFrame) -> str:
    """What is out of the ordinary, as a table."""
    headings = {"what": text("What"), "about": text("Where"), "says": text("What is known")}
    return table_html(found, headings, "Nothing is: no outage, no late supplier, no duty about to change.")
