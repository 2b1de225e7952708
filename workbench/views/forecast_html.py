"""The forecast as plain tables: which model serves which series, and what runs away with what stock."""

from __future__ import annotations

from datetime import datetime

import pandas as pd

from workbench.views.numerals import clock
from workbench.views.tables_html import Heading, code, figure, key, share, table_html, text

SERIES = {"sku": key("SKU"), "name": text("Product"), "channel": text("Channel"), "region": text("Region")}
SOON = (4, 24, 72)  # hours after the plan


def models_html(demand_models: pd.DataFrame, products: pd.DataFrame) -> str:
    """For every series the model that serves it and what it beat, the best sellers first."""
    headings = SERIES | {
        "recent": figure("Recent sales", "units a day", 1),
        "model": code("Served by"),
        "error": share("Error of weekly sums"),
        "runner_up": code("It beat"),
        "runner_up_error": share("Error of that"),
        "history_days": figure("History", "days"),
        "censored_days": figure("Out of stock", "days"),
        "seen": text("Pattern"),
    }
    never_seen = demand_models["never_seen"].map({True: "never seen", False: "known"})
    rows = _named(demand_models.assign(seen=never_seen), products)
    ranked = rows.sort_values(["recent", "sku", "channel", "region"], ascending=[False, True, True, True])
    return table_html(ranked, headings, "No forecast has been made yet.")


def blend_html(blend: pd.DataFrame) -> str:
    """How far each source is believed where series and aggregates disagree."""
    headings = {
        "source": code("Source of the aggregates"),
        "weight": share("Weight"),
        "weekly_error": share("Error of weekly sums"),
    }
    return table_html(blend, headings, "Nothing could be tried on the past: the series' own forecasts stand.")


def spikes_html(
    spikes: pd.DataFrame, projection: pd.DataFrame, products: pd.DataFrame, time_zone: str
) -> str:
    """What runs away, and what the SKU's stock in all warehouses is expected to be soon."""

    def local(instant: datetime) -> str:
        return clock(instant, time_zone)

    headings = {name: heading for name, heading in SERIES.items() if name != "region"} | {
        "since": Heading("Since", "local time", local),
        "found_at": Heading("Found", "local time", local),
        "orders": figure("Orders that told"),
        "units": figure("Ordered", "units"),
        "expected": figure("Expected", "units", 1),
        "delay": figure("A tripled rate is found in", "minutes"),
        **{f"in_{hours}": figure(f"Stock in {hours} h", "units") for hours in SOON},
    }
    soon = projection[projection["hours"].isin(SOON)]
    stock = soon.pivot_table(index="sku", columns="hours", values="mean", aggfunc="sum")
    stock = stock.reindex(columns=list(SOON)).set_axis([f"in_{hours}" for hours in SOON], axis="columns")
    rows = _named(spikes, products).join(stock, on="sku", validate="many_to_one")
    return table_html(rows, headings, "Nothing runs away: every series keeps to what was expected of it.")


def _named(rows: pd.DataFrame, products: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(name=rows["sku"].map(products.set_index("sku")["name"]))
