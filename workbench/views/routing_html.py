"""What routing decided, as plain tables: plans to pick from, who waits, what is late, split or was close."""

from __future__ import annotations

from html import escape

import pandas as pd

from workbench.agents.routing.holds import WHY_HELD
from workbench.views.frontier_records import more
from workbench.views.numerals import count, money, number
from workbench.views.tables_html import Heading, date, figure, share, table_html, text

WHY_LATE = {
    "rerouted_outage": "its carrier is down, and no other way that is worth its cost arrives sooner",
    "cheapest_way": "no way that is worth its cost arrives sooner",
}
NO_WHOLE = "no warehouse can send all of it"
NONE_SPLIT = "Every order that leaves goes in one parcel, and of none a split was the next best way."
WAY = ["warehouse", "carrier", "service"]


def frontier_html(plans: pd.DataFrame, currency: str) -> str:
    """The plans of `routing_frontier`, with the two values of the policy that make each."""
    headings = {
        "named": text("Plan"),
        "lateness_cost_per_day": figure("lateness_cost_per_day", currency, 2),
        "co2e_price": figure("co2e_price", f"{currency} per kg", 2),
        "cost": figure("Cost", currency),
        "cost_more": Heading("against today's", currency, more, right=True),
        "co2e_kg": figure("CO2e", "kg"),
        "co2e_more": Heading("against today's", "kg", more, right=True),
        "order_days_late": figure("Late", "days"),
        "parcels": figure("Parcels"),
        "orders_held": figure("Held"),
        "split_rate": share("Split"),
    }
    own = plans[plans["current"]].reindex(columns=["cost", "co2e_kg"]).sum()
    named = plans["plan"].astype("str") + plans["current"].map({True: " (today's)", False: ""})
    shown = plans.assign(
        named=named, cost_more=plans["cost"] - own["cost"], co2e_more=plans["co2e_kg"] - own["co2e_kg"]
    )
    how = (
        '<p class="wb wb-quiet">Cost is freight and handling; late are the order days expected after the '
        "promises. To pick a plan for the day, open this notebook in JupyterLab or as a page; for good, set "
        "its <code>lateness_cost_per_day</code> and <code>co2e_price</code> under <code>[routing]</code> in "
        "the business's policy.toml.</p>"
    )
    return table_html(shown, headings, "No order waits to be shipped.") + (how if len(plans) else "")


def waiting_html(shipments: pd.DataFrame, proposals: pd.DataFrame) -> str:
    """The orders on hold, by what they wait for, and each one; `shipments` are shipment lines."""
    held = _with_reason(shipments[shipments["warehouse"].isna()], proposals)
    held = held.assign(why=held["reason"].map(WHY_HELD).fillna(held["reason"]))
    common = {"why": text("Why they wait"), "quantity": figure("Quantity", "units")}
    when = {"expected_on": date("Could be delivered from")}
    each = held.groupby(["order_id", "why"], as_index=False).agg(
        sku=("sku", ", ".join), quantity=("quantity", "sum"), expected_on=("expected_on", "max")
    )
    together = each.groupby(["why", "sku"], as_index=False).agg(
        orders=("order_id", "size"), quantity=("quantity", "sum"), expected_on=("expected_on", "min")
    )
    together = together.sort_values(["orders", "sku"], ascending=[False, True])
    each = each.sort_values(["expected_on", "quantity", "order_id"], ascending=[True, False, True])
    sku, none = {"sku": text("SKUs of the order")}, "No order waits."
    if each.empty:
        return table_html(each, {}, none)
    return "\n".join(
        (
            table_html(together, sku | {"orders": figure("Orders")} | common | when, none),
            '<p class="wb wb-quiet">Each of them:</p>',
            table_html(each, {"order_id": text("Order")} | sku | common | when, none),
        )
    )


def late_html(shipments: pd.DataFrame, proposals: pd.DataFrame) -> str:
    """The orders that will miss their promise, the latest first."""
    late = _with_reason(shipments[shipments["warehouse"].notna() & (shipments["days_late"] > 0)], proposals)
    late = late.assign(
        why=late["reason"].map(WHY_LATE).fillna(late["reason"]),
        promised_on=late["expected_on"] - pd.to_timedelta(late["days_late"], unit="D"),
        way=_way(late),
    )
    parcels = late.drop_duplicates(["order_id", "parcel"])
    headings = {
        "order_id": text("Order"),
        "way": text("Leaves by"),
        "promised_on": date("Promised"),
        "expected_on": date("Expected"),
        "days_late": figure("Late", "days"),
        "why": text("Why"),
    }
    ranked = parcels.sort_values(["days_late", "order_id"], ascending=[False, True])
    return table_html(ranked, headings, "Every order that leaves keeps its promise.")


def split_html(orders: pd.DataFrame, currency: str) -> str:
    """The orders that leave in several parcels, beside one, and those that nearly did; `orders` as from
    `split_or_whole`."""
    if orders.empty:
        return table_html(orders, {}, NONE_SPLIT)
    split, nearly = orders[orders["parcels"] > 1], orders[orders["parcels"] == 1]
    ranked = split.sort_values(["more", "order_id"], ascending=[False, True])
    common = {"order_id": text("Order"), "ways": text("Leaves by")}
    cost = {"cost": figure("Freight and handling", currency, 2)}
    told = table_html(
        ranked.fillna({"other_ways": NO_WHOLE}),
        common
        | cost
        | {
            "other_ways": text("In one parcel"),
            "other_cost": figure("would be", currency, 2),
            "more": figure("Split saves", currency, 2),
        },
        "Every order that leaves goes in one parcel.",
    )
    close = table_html(
        nearly.sort_values(["more", "order_id"]),
        common
        | cost
        | {
            "other_ways": text("In several parcels"),
            "other_cost": figure("would be", currency, 2),
            "more": figure("One parcel saves", currency, 2),
        },
        "Of no order in one parcel a split was the next best way.",
        most=25,
    )
    return "\n".join((_saved(split, nearly, currency), told, _quiet("Nearly split:"), close))


def _saved(split: pd.DataFrame, nearly: pd.DataFrame, currency: str) -> str:
    """What splitting and not splitting saves in all."""
    could = split["more"].notna()
    saved, kept = (money(rows["more"].sum(), currency, 2) for rows in (split, nearly))
    return _quiet(
        f"{count(len(split), 'order is', 'orders are')} split. {number(could.sum())} of them could leave in "
        f"one parcel: splitting saves {saved} there. One parcel saves {kept} where a split was the next best "
        "way. Savings count freight, handling, CO2e, lateness and the prices of scarce units and places."
    )


def _quiet(sentence: str) -> str:
    return f'<p class="wb wb-quiet">{escape(sentence)}</p>'


def decided_html(shipments: pd.DataFrame, currency: str) -> str:
    """Parcels with their next best way and the prices that decided between the two, largest prices first."""
    sent = shipments.dropna(subset=["warehouse"])
    parcels = sent.assign(way=_way(sent)).groupby(["order_id", "parcel"], as_index=False)
    told = parcels.agg(
        way=("way", "first"),
        cost=("cost", "sum"),
        runner_up=("runner_up", "first"),
        runner_up_cost=("runner_up_cost", "first"),
        stock_price=("stock_price", "first"),
        capacity_price=("capacity_price", "first"),
    )
    headings = {
        "order_id": text("Order"),
        "way": text("Leaves by"),
        "cost": figure("Freight and handling", currency, 2),
        "runner_up": text("Next best way"),
        "runner_up_cost": figure("costs more by", currency, 2),
        "stock_price": figure("Price of its units", currency, 2),
        "capacity_price": figure("of its place", currency, 2),
    }
    paid = told["stock_price"] + told["capacity_price"]
    by = ["paid", "cost", "order_id", "parcel"]
    ranked = told.assign(paid=paid).sort_values(by, ascending=[False, False, True, True])
    return table_html(ranked, headings, "No open order can be shipped today.", most=25)


def rate_sources_html(sources: pd.DataFrame) -> str:
    """Where the rates of carriers with a live service come from, in a sentence each."""
    headings = {"carrier": text("Carrier"), "told": text("Its rates")}
    return table_html(sources, headings, "No carrier is asked for its rates: the rate cards serve.")


def _with_reason(lines: pd.DataFrame, proposals: pd.DataFrame) -> pd.DataFrame:
    return lines.merge(
        proposals[["proposal_id", "reason"]], on="proposal_id", how="left", validate="many_to_one"
    )


def _way(lines: pd.DataFrame) -> pd.Series[str]:
    """Warehouse, carrier and service as they are told."""
    return lines["warehouse"] + " " + lines["carrier"] + " " + lines["service"]
