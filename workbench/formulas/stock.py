"""Stock positions: what the files say, with what was released since and is in no file yet."""

from __future__ import annotations

import pandas as pd

from workbench.errors import TableError
from workbench.tables import TABLES

WHERE = ["sku", "warehouse"]
ORDER_LINE = ["purchase_order_id", *WHERE]


def positions(
    inventory: pd.DataFrame,
    transfers: pd.DataFrame,
    purchase_orders: pd.DataFrame,
    order_lines: pd.DataFrame,
    outstanding: pd.DataFrame,
) -> pd.DataFrame:
    """The table `stock`, in units, at the start of the business day.

    inventory_position = on_hand + in_transfer + on_order - reserved - backordered (Snyder & Shen,
    Fundamentals of Supply Chain Theory, section 3.1): 10 there, 3 promised, 5 bought gives 12.
    A released transfer has left its warehouse; a released shipment has left with its reservation or its
    backorder; a redirected order arrives elsewhere; an overdue release counts no longer.
    """
    counted = outstanding[~outstanding["overdue"]]
    moved = counted[counted["kind"] == "transfer"]
    bought = counted[counted["kind"] == "purchase_order"]
    shipped = _shipped(counted, order_lines)
    still_due = still_to_arrive(purchase_orders, outstanding)
    terms = {
        "on_hand": [
            (inventory, "warehouse", "on_hand", 1),
            (moved, "from_warehouse", "quantity", -1),
            (shipped, "from_warehouse", "quantity", -1),
        ],
        "reserved": [
            (inventory, "warehouse", "reserved", 1),
            (shipped[shipped["reserved_at"].notna()], "reserved_at", "quantity", -1),
        ],
        "backordered": [
            (inventory, "warehouse", "backordered", 1),
            (shipped[shipped["reserved_at"].isna()], "from_warehouse", "quantity", -1),
        ],
        "in_transfer": [
            (transfers, "to_warehouse", "quantity", 1),
            (moved, "to_warehouse", "quantity", 1),
        ],
        "on_order": [
            (still_due, "warehouse", "quantity", 1),
            (bought, "to_warehouse", "quantity", 1),
        ],
    }
    columns = {name: _sum(parts).clip(lower=0) for name, parts in terms.items()}
    stock = pd.DataFrame(columns).fillna(0).astype("int64").rename_axis(WHERE).sort_index().reset_index()
    # what is promised elsewhere cannot exceed what is there
    stock["reserved"] = stock[["reserved", "on_hand"]].min(axis=1)
    stock["available"] = stock["on_hand"] - stock["reserved"]
    stock["inventory_position"] = (
        stock["on_hand"] + stock["in_transfer"] + stock["on_order"] - stock["reserved"] - stock["backordered"]
    )
    return stock.astype({"sku": "str", "warehouse": "str"})[TABLES["stock"].names]


def inbound(
    transfers: pd.DataFrame, purchase_orders: pd.DataFrame, outstanding: pd.DataFrame, *, time_zone: str
) -> pd.DataFrame:
    """The table `inbound`: every unit still to arrive, with the day it was promised for.

    `time_zone` is the policy's: a release counts as ordered on the business day of its instant.
    """
    counted = outstanding[~outstanding["overdue"]]
    due = still_to_arrive(purchase_orders, outstanding).rename(columns={"purchase_order_id": "reference"})
    due = due.assign(kind="purchase_order", confirmed=True)
    moving = transfers.assign(
        reference=transfers["transfer_id"],
        kind="transfer",
        warehouse=transfers["to_warehouse"],
        promised_on=transfers["expected_on"],
        confirmed=True,
        redirected=False,
    )
    released = counted[counted["kind"].isin(["purchase_order", "transfer"])]
    released = released.assign(
        warehouse=released["to_warehouse"],
        promised_on=released["expected_on"],
        ordered_on=released["released_at"].dt.tz_convert(time_zone).dt.tz_localize(None).dt.normalize(),
        confirmed=False,
        redirected=False,
    )
    table = TABLES["inbound"]
    parts = [part.reindex(columns=table.names) for part in (due[due["quantity"] > 0], moving, released)]
    rows = pd.concat([part.astype({c.name: c.dtype for c in table.columns}) for part in parts])
    return rows.sort_values(list(table.key), ignore_index=True)


def still_to_arrive(purchase_orders: pd.DataFrame, outstanding: pd.DataFrame) -> pd.DataFrame:
    """Open purchase orders as released redirects have them, `quantity` the units still to arrive.

    `redirected` says of a line whether a redirect touches it that no file has confirmed. A redirect moves no
    more than is still to arrive at its first warehouse: of 100 ordered for E, 40 redirected to W and 70
    received at E, 30 arrive at W. Raises TableError for a redirect of a line that is on no order.
    """
    due = (purchase_orders["quantity"] - purchase_orders["quantity_received"]).clip(lower=0)
    orders = purchase_orders.assign(quantity=due, redirected=False)
    moves = outstanding[(outstanding["kind"] == "redirect") & ~outstanding["overdue"]]
    if moves.empty:
        return orders
    moves = moves.rename(
        columns={"reference": "purchase_order_id", "from_warehouse": "warehouse", "quantity": "wanted"}
    )
    moves = moves[["proposal_id", *ORDER_LINE, "to_warehouse", "wanted"]].merge(
        orders, on=ORDER_LINE, how="left", validate="many_to_one"
    )
    _refuse_unknown(moves)
    before = moves.groupby(ORDER_LINE)["wanted"].cumsum() - moves["wanted"]
    units = moves["wanted"].clip(upper=(moves["quantity"] - before).clip(lower=0))
    leaves = moves.assign(quantity=-units, redirected=True)
    joins = moves.assign(quantity=units, redirected=True, warehouse=moves["to_warehouse"])
    rows = pd.concat([orders, leaves, joins])[orders.columns]
    # the order's own row comes first, and says what else is known of the line
    summed = rows.groupby(ORDER_LINE, sort=False).agg(
        {name: "first" for name in orders.columns if name not in ORDER_LINE}
        | {"quantity": "sum", "redirected": "any"}
    )
    return summed.reset_index()[orders.columns].astype(orders.dtypes.to_dict())


def _refuse_unknown(moves: pd.DataFrame) -> None:
    unknown = moves[moves["quantity"].isna()]
    if len(unknown):
        row = unknown.sort_values(["proposal_id", *ORDER_LINE]).iloc[0]
        raise TableError(
            "outstanding",
            f"{row['proposal_id']}, {row['sku']}",
            "reference",
            row["purchase_order_id"],
            f"redirect a line of purchase_orders: the order has no such SKU for {row['warehouse']}",
        )


def open_lines(order_lines: pd.DataFrame, outstanding: pd.DataFrame) -> pd.DataFrame:
    """The table `open_lines`: accepted order lines, less the units that released shipments carry."""
    line = ["order_id", "line"]
    shipped = outstanding[(outstanding["kind"] == "shipment") & ~outstanding["overdue"]]
    shipped = shipped.rename(columns={"reference": "order_id", "line": "position", "reference_line": "line"})
    gone = shipped.groupby(line)["quantity"].sum().rename("gone").reset_index()
    waiting = order_lines[order_lines["status"] == "open"].merge(
        gone, on=line, how="left", validate="one_to_one"
    )
    waiting["quantity"] -= waiting["gone"].fillna(0).astype("int64")
    waiting = waiting[waiting["quantity"] > 0].drop(columns="gone")
    return waiting.sort_values(line, ignore_index=True)


def channel_shares(channel_stock: pd.DataFrame, outstanding: pd.DataFrame) -> pd.DataFrame:
    """The table `channel_shares`: the files' ring-fenced units, a released share in place of the file's."""
    released = outstanding[(outstanding["kind"] == "channel_share") & ~outstanding["overdue"]]
    released = released.rename(columns={"to_warehouse": "warehouse"})
    released = released.sort_values(["released_at", "proposal_id", "line"])
    key = list(TABLES["channel_shares"].key)
    rows = pd.concat([channel_stock, released])[TABLES["channel_shares"].names]
    return rows.drop_duplicates(key, keep="last").sort_values(key, ignore_index=True)


def _shipped(counted: pd.DataFrame, order_lines: pd.DataFrame) -> pd.DataFrame:
    """Released shipments with the warehouse that holds their reservation."""
    reserved = order_lines.loc[order_lines["status"] == "open", ["order_id", "line", "warehouse"]]
    return counted[counted["kind"] == "shipment"].merge(
        reserved.rename(
            columns={"order_id": "reference", "line": "reference_line", "warehouse": "reserved_at"}
        ),
        on=["reference", "reference_line"],
        how="left",
        validate="many_to_one",
    )


def _sum(parts: list[tuple[pd.DataFrame, str, str, int]]) -> pd.Series[float]:
    """Signed sum of quantities by SKU and warehouse."""
    rows = [
        pd.DataFrame({"sku": frame["sku"], "warehouse": frame[where], "units": sign * frame[quantity]})
        for frame, where, quantity, sign in parts
    ]
    return pd.concat(rows).groupby(WHERE, sort=True)["units"].sum()
