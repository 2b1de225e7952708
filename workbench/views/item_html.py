"""The page of one product as HTML: the field to choose it with, and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import Any

import pandas as pd

from workbench.policy import BusinessPolicy
from workbench.views.item import Choice
from workbench.views.lines import standing_lines
from workbench.views.notices import alone, notice
from workbench.views.numerals import SPACE, clock, day
from workbench.views.tables_html import Heading, code, figure, share, table_html, text, told
from workbench.views.tables_html import date as written
from workbench.views.words import DECISIONS, WAITING

OFFERED = 2000  # products in the list that helps with typing; others open as well when typed


def picker(choice: Choice, products: pd.DataFrame) -> str:
    """A field that finds products by code or name while one types, and opens this page for one."""
    listed = products.head(OFFERED)
    options = "".join(
        f'<option value="{escape(sku)}">{escape(name)}</option>'
        for sku, name in zip(listed["sku"], listed["name"], strict=True)
    )
    return (
        '<form class="wb wb-asking" method="get"><label for="wb-sku">Product</label>'
        f'<input id="wb-sku" name="sku" list="wb-skus" value="{escape(choice.sku)}" maxlength="100" '
        'autocomplete="off" placeholder="code or name" required>'
        f'<datalist id="wb-skus">{options}</datalist><button>Open</button></form>'
    )


def heading(choice: Choice, products: pd.DataFrame) -> str:
    """What the product is; where there is none to show, why, and nothing else of the page."""
    if choice.refusal:
        return alone(notice("No product to show.", choice.refusal, "mind"))
    row = products[products["sku"] == choice.sku].to_dict("records")[0]
    origin = "" if pd.isna(row["country_of_origin"]) else f" · made in {row['country_of_origin']}"
    under = escape(f"{choice.sku} · {row['category']}{origin}")
    return (
        f'<div class="wb wb-item-head"><span class="wb-item-name">{escape(row["name"])}</span>'
        f'<span class="wb-quiet">{under}</span></div>'
    )


def stock_html(stock: pd.DataFrame, warehouses: pd.DataFrame) -> str:
    """Stock positions by warehouse."""
    headings = {"warehouse": _named("Warehouse", warehouses, "warehouse")} | {
        name: figure(said, "units")
        for name, said in {
            "on_hand": "On hand",
            "reserved": "Reserved",
            "available": "Available",
            "backordered": "Backordered",
            "in_transfer": "In transfer",
            "on_order": "On order",
            "inventory_position": "Inventory position",
        }.items()
    }
    return _titled("Where it stands", table_html(stock, headings, "It stands nowhere."))


def arrivals_html(
    inbound: pd.DataFrame, warehouses: pd.DataFrame, suppliers: pd.DataFrame, today: date
) -> str:
    """What is on the way, the next to arrive first; what is overdue says so."""
    late = inbound["promised_on"] < pd.Timestamp(today)
    known = inbound["confirmed"].map({True: "confirmed", False: "not in a file yet"})
    rows = inbound.assign(state=known.where(~late, "overdue")).sort_values(["promised_on", "reference"])
    headings = {
        "promised_on": written("Due"),
        "quantity": figure("Quantity", "units"),
        "warehouse": _named("To", warehouses, "warehouse"),
        "kind": code("By"),
        "supplier": _named("From", suppliers, "supplier"),
        "reference": text("Reference"),
        "state": text("State"),
    }
    return _titled("What is on the way", table_html(rows, headings, "Nothing is on the way."))


def channels_html(
    promises: pd.DataFrame,
    shares: pd.DataFrame,
    prices: pd.DataFrame,
    channels: pd.DataFrame,
    warehouses: pd.DataFrame,
    today: date,
    currency: str,
) -> str:
    """What each channel may promise today by warehouse, what is its own, and at which price it sells."""
    now = promises[promises["date"] == pd.Timestamp(today)]
    valid = prices[prices["valid_from"] <= pd.Timestamp(today)].sort_values("valid_from")
    price = valid.drop_duplicates("channel", keep="last")[["channel", "price"]]
    own = shares[["warehouse", "channel", "quantity"]].rename(columns={"quantity": "share"})
    rows = now.merge(price, on="channel", how="left", validate="many_to_one").merge(
        own, on=["warehouse", "channel"], how="left", validate="one_to_one"
    )
    headings = {
        "channel": _named("Channel", channels, "channel"),
        "warehouse": _named("From", warehouses, "warehouse"),
        "units": figure("May promise today", "units"),
        "share": figure("Its own share", "units"),
        "pooled": figure("Of all channels", "units"),
        "kept": figure("Kept for others", "units"),
        "price": figure("Price", currency, 2),
        "reason": text("Rests on"),
    }
    return _titled("What may be promised today", table_html(rows, headings, "No channel lists it."))


def offers_html(
    offers: pd.DataFrame, suppliers: pd.DataFrame, warehouses: pd.DataFrame, currency: str
) -> str:
    """Offers with what a unit costs in the warehouse, the cheapest first."""
    rows = offers.sort_values(["landed_cost", "supplier", "warehouse", "tier_from"])
    headings = {
        "supplier": _named("Supplier", suppliers, "supplier"),
        "warehouse": _named("To", warehouses, "warehouse"),
        "tier_from": figure("From", "units"),
        "minimum_order_quantity": figure("Minimum", "units"),
        "order_multiple": figure("Packs of", "units"),
        "unit_cost": figure("Unit cost", digits=2),
        "currency": text("In"),
        "freight_per_unit": figure("Freight", currency, 2),
        "duty_rate": share("Duty"),
        "landed_cost": figure("Landed", currency, 2),
        "next_duty_from": written("Duty changes"),
        "next_landed_cost": figure("Landed then", currency, 2),
    }
    return _titled("What it costs", table_html(rows, headings, "Nobody offers it."))


def decisions_html(
    decided: pd.DataFrame, sku: str, live: Mapping[str, Any] | None, business: BusinessPolicy, currency: str
) -> str:
    """What was decided on it, by whom and when: what waits, then the newest; of the live plan and before."""
    here = (live or {}).get("run_id")
    rows = decided.assign(
        plan=["live plan" if run == here else f"plan {run}" for run in decided["run_id"]],
        units=[_units_of(proposal, sku) for proposal in decided.to_dict("records")],
    )

    def instant(at: pd.Timestamp) -> str:
        local = at.to_pydatetime()
        return f"{day(business.day(local))}, {clock(local, business.time_zone)}".replace(" ", SPACE)

    headings = {
        "decided_at": Heading("When", write=instant),
        "decided_by": code("By"),
        "decision": Heading("Decision", write=lambda decision: str(DECISIONS.get(decision, decision))),
        "title": told("What was proposed"),
        "units": figure("Of it", "units"),
        "money_at_risk": figure("At risk", currency),
        "decision_reason": told("Why"),
        "plan": text("Plan"),
    }
    rows = rows.iloc[(~rows["decision"].isin(WAITING)).argsort(kind="stable")]
    return table_html(rows, headings, "No agent has proposed anything for it.")


def _units_of(proposal: Mapping[Any, Any], sku: str) -> float:
    return sum(
        float(line.get("quantity") or 0) for line in standing_lines(proposal) if line.get("sku") == sku
    )


def _named(heading: str, table: pd.DataFrame, key: str) -> Heading:
    names = table.set_index(key)["name"].to_dict()
    return Heading(heading, write=lambda value: str(names.get(value, value)))


def _titled(title: str, table: str) -> str:
    return f'<h3 class="wb wb-title">{title}</h3>{table}'
