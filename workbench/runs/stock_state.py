"""The stock that a run may give away: what it opens in the ledger, and what others have taken of it since."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from workbench.formulas.stock import WHERE
from workbench.ledger.giving import FROM, order_line
from workbench.ledger.ledger import Ledger
from workbench.ledger.reservations import BY_PLAN, Place, Wanted

STATE_MOVED = "state moved"
PLANS_AGAIN = 3  # times that a step plans again when stock moved under it; then a person decides
OF_THE_FILE = "reserved in the stock file"


def on_hand(stock: pd.DataFrame) -> list[tuple[str, str, int]]:
    """Units that are there: SKU, warehouse, units."""
    return list(zip(stock["sku"], stock["warehouse"], stock["on_hand"].tolist(), strict=True))


def promised(stock: pd.DataFrame, open_lines: pd.DataFrame) -> list[Wanted]:
    """What of it is spoken for: the order lines that name a warehouse, then what the file reserves beside.

    The lines are believed where they reserve more than the file says, as routing does; no more is promised
    than is there. Of 10 on hand and 5 reserved, a line of 3 holds 3 and the file 2.
    """
    lines = open_lines[open_lines["warehouse"].notna()].merge(
        stock[[*WHERE, "on_hand"]], on=WHERE, how="inner", validate="many_to_one"
    )
    lines = lines.sort_values(["order_id", "line"])
    before = lines.groupby(WHERE)["quantity"].cumsum() - lines["quantity"]
    lines = lines.assign(units=lines["quantity"].clip(upper=(lines["on_hand"] - before).clip(lower=0)))
    held = lines.groupby(WHERE)["units"].sum().reindex(pd.MultiIndex.from_frame(stock[WHERE]), fill_value=0)
    rest = (stock["reserved"] - held.to_numpy()).clip(lower=0)
    of_lines = zip(
        lines["order_id"], lines["line"], lines["sku"], lines["warehouse"], lines["units"], strict=True
    )
    of_file = zip(stock["sku"], stock["warehouse"], rest, strict=True)
    return [
        *(
            Wanted(order_line(order, line), sku, place, int(units))
            for order, line, sku, place, units in of_lines
            if units
        ),
        *(Wanted(OF_THE_FILE, sku, place, int(units)) for sku, place, units in of_file if units),
    ]


def versions_of(ledger: Ledger, run_id: str) -> dict[Place, int] | None:
    """State version of every place of a run's stock; None: it opened none."""
    left = ledger.stock_left(run_id)
    if left.empty:
        return None
    return dict(
        zip(zip(left["sku"], left["warehouse"], strict=True), left["state_version"].tolist(), strict=True)
    )


def moves_of_state(ledger: Ledger, run_id: str, step: str) -> int:
    """How often the stock has moved under a step of a run, so that it could not be recorded."""
    return len(_moves(ledger, run_id, step))


def last_move(ledger: Ledger, run_id: str, step: str) -> str:
    """The sentence that says how it last moved."""
    why: str = _moves(ledger, run_id, step)["detail"].iloc[-1]["why"]
    return why


def _moves(ledger: Ledger, run_id: str, step: str) -> pd.DataFrame:
    moves = ledger.events(STATE_MOVED, run_id)
    return moves[moves["subject"] == step]


def taken_by_others(ledger: Ledger, run_id: str) -> list[Wanted]:
    """What others than the run's own plan have reserved of its stock since it began, and still hold."""
    counting = ledger.reservations(run_id).query("ended.isna()")
    others = counting[~counting["reservation_key"].str.startswith(BY_PLAN)]
    columns = (others[name].tolist() for name in ("holder", "sku", "warehouse", "units"))
    return [Wanted(*row) for row in zip(*columns, strict=True)]


def without(stock: pd.DataFrame, taken: Sequence[Wanted]) -> pd.DataFrame:
    """The table `stock` less units that are taken."""
    if not taken:
        return stock
    units = pd.DataFrame(taken).groupby(WHERE)["units"].sum()
    less = units.reindex(pd.MultiIndex.from_frame(stock[WHERE]), fill_value=0).to_numpy()
    return stock.assign(
        **{name: stock[name] - less for name in ("on_hand", "available", "inventory_position")}
    )


def escalated(judged: pd.DataFrame, why: str) -> pd.DataFrame:
    """The judged proposals, with everything that takes units waiting for a person."""
    taking = judged["kind"].isin(FROM) & (judged["decision"] == "executed")
    reason = f"Stock moved under the plan more than {PLANS_AGAIN} times: {why} (state_moved)"
    return judged.assign(
        decision=judged["decision"].mask(taking, "escalated"),
        decision_reason=judged["decision_reason"].mask(taking, reason),
        rule=judged["rule"].mask(taking, "state_moved"),
    )
