"""Today's purchase orders as plain tables: what the order grid shows, where nobody can type."""

from __future__ import annotations

from html import escape

import numpy as np
import pandas as pd

from workbench.views.order_book import Ground
from workbench.views.order_limits import limits_broken
from workbench.views.order_records import sums
from workbench.views.tables_html import Heading, figure, key, share, table_html, text
from workbench.views.tables_html import code as coded
from workbench.views.words import DECISIONS

NOTHING_ORDERED = "Nothing needs to be ordered today."


def orders_html(lines: pd.DataFrame, orders: pd.DataFrame, ground: Ground, currency: str) -> str:
    """Orders by supplier against minimum and budget, and their lines; from `order_book`."""
    if orders.empty:
        return table_html(orders, {}, NOTHING_ORDERED)
    total = sums(orders, ground, currency)
    broken = (limits_broken(lines, ground, str(name), currency) for name in orders.index)
    said = dict.fromkeys(sentence for sentences in broken for sentence in sentences)
    return "\n".join(
        (
            f'<p class="wb"><b>{total["text"]}.</b> {total["note"]}</p>',
            *(f'<p class="wb">{escape(sentence)}</p>' for sentence in said),
            table_html(orders.reset_index(), _of_orders(currency), NOTHING_ORDERED),
            table_html(_finite(lines), _of_lines(currency), NOTHING_ORDERED),
        )
    )


def _of_orders(currency: str) -> dict[str, Heading]:
    return {
        "name": text("Supplier"),
        "proposal_id": text("Order"),
        "decision": Heading("Decision", write=lambda decision: DECISIONS[decision]),
        "lines": figure("Lines"),
        "quantity": figure("Quantity", "units"),
        "value": figure("Landed value", currency),
        "order_value": figure("Supplier's order value", currency),
        "minimum": figure("Minimum", currency),
        "missing": figure("Missing to it", currency),
        "pulled": figure("Pulled forward", "lines"),
        "pull_cost": figure("The pull costs", currency),
        "volume_m3": figure("Volume", "m³", 1),
    }


def _of_lines(currency: str) -> dict[str, Heading]:
    return {
        "supplier": text("Supplier"),
        "sku": key("SKU"),
        "warehouse": text("Warehouse"),
        "quantity": figure("Quantity", "units"),
        "order_multiple": figure("Packs of", "units"),
        "minimum_order_quantity": figure("Minimum", "units"),
        "landed_cost": figure("Unit, landed", currency, 2),
        "value": figure("Value", currency),
        "cover_before": figure("Cover before", "days"),
        "cover": figure("Cover", "days"),
        "covers": share("No stockout"),
        "bound_by": coded("Set by"),
    }


def _finite(lines: pd.DataFrame) -> pd.DataFrame:
    """What lasts for ever is a dash on the page."""
    shown = lines.sort_values(["value", "proposal_id", "position"], ascending=[False, True, True])
    return shown.replace({"cover": {np.inf: np.nan}, "cover_before": {np.inf: np.nan}})
