"""What is bought today: from whom, and against which budget."""

from __future__ import annotations

from datetime import date

import pandas as pd
import plotly.graph_objects as go

from workbench.views.figures.canvas import around, canvas, dated, label, nothing, paint, write_totals
from workbench.views.lines import lines_of
from workbench.views.look import ACCENT, AMBER, INK
from workbench.views.numerals import count, money, percent
from workbench.views.words import WAITING

STANDS = (("ordered", ACCENT, ""), ("waits for a person", AMBER, "/"))


def by_supplier(proposals: pd.DataFrame, suppliers: pd.DataFrame, currency: str) -> go.Figure:
    """Value of today's purchase orders by supplier; what waits is hatched."""
    title = "What is ordered, and from whom?"
    spent = spending(proposals)
    if spent.empty:
        return nothing(title, "Nothing needs to be ordered today.")
    table = spent.pivot_table(
        index="supplier", columns="stands", values="value", aggfunc="sum", fill_value=0.0
    )
    table = table.loc[table.sum(axis=1).sort_values(kind="stable").index]
    names = suppliers.set_index("supplier")["name"]
    labels = [label(names.get(code, code), 26) for code in table.index]
    figure = canvas(title, f"landed value of today's purchase orders, {currency}", across=True)
    for stands, colour, pattern in STANDS:
        if stands in table:
            figure.add_bar(
                y=labels,
                x=table[stands],
                name=stands,
                orientation="h",
                marker=paint(colour, pattern),
                hovertemplate="%{y}: %{x:,.0f} " + currency + f" {stands}<extra></extra>",
            )
    totals = dict(zip(labels, table.sum(axis=1), strict=True))
    return write_totals(figure.update_layout(barmode="stack"), totals)


def against_budget(proposals: pd.DataFrame, cash: pd.DataFrame, *, day: date, currency: str) -> go.Figure:
    """Today's purchase orders in one bar, with the day's budget as a line."""
    title = "Is it within the budget?"
    spent = spending(proposals)
    budget = budget_of(cash, day)
    sums = spent.groupby("stands")["value"].sum()
    total = float(sums.sum())
    figure = canvas(title, _verdict(total, budget, currency), across=True)
    for stands, colour, pattern in STANDS:
        value = float(sums.get(stands, 0.0))
        if value:
            figure.add_bar(
                y=[""],
                x=[value],
                width=0.36,
                name=f"{stands}: {money(value, currency)}",
                orientation="h",
                marker=paint(colour, pattern),
                hovertemplate=f"{money(value, currency)} {stands}<extra></extra>",
            )
    if budget is not None:
        figure.add_vline(
            x=budget,
            line={"color": INK, "width": 2},
            annotation={"text": f"budget {money(budget, currency)}", "font": {"size": 12, "color": INK}},
            annotation_position="top left",
        )
    top = max(total, budget or 0.0, 1.0)
    return figure.update_layout(barmode="stack").update_xaxes(range=[0, top * 1.08])


def spending(proposals: pd.DataFrame) -> pd.DataFrame:
    """Today's purchase orders by supplier; columns supplier, value, stands (ordered, or waits for a person).

    Rejected and expired orders, and those in the shadow, spend nothing.
    """
    lines = lines_of(proposals, "purchase_order")
    counted = lines[~lines["decision"].isin(["rejected", "expired", "shadowed"])]
    stands = counted["decision"].isin(WAITING).map({True: STANDS[1][0], False: STANDS[0][0]})
    value = counted["quantity"] * counted["landed_cost"]
    spent = pd.DataFrame({"supplier": counted["supplier"], "value": value, "stands": stands})
    return spent.groupby(["supplier", "stands"], as_index=False).agg(value=("value", "sum"))


def budget_of(cash: pd.DataFrame, day: date) -> float | None:
    """The budget that counts on a day, in base currency; None where no row says one."""
    valid = cash[cash["date"] <= pd.Timestamp(day)].sort_values("date")
    return None if valid.empty else float(valid["budget"].iloc[-1])


def _verdict(total: float, budget: float | None, currency: str) -> str:
    if budget is None:
        return f"{money(total, currency)} proposed; no budget is given for this day"
    if total > budget:
        return f"{money(total, currency)} proposed, {money(total - budget, currency)} above the budget"
    return f"{money(total, currency)} proposed, {percent(total / budget if budget else 0.0)} of the budget"


def arrivals(proposals: pd.DataFrame, currency: str) -> go.Figure:
    """When what is ordered today should arrive, in money a day."""
    title = "When does it arrive?"
    lines = lines_of(proposals, "purchase_order")
    lines = lines[~lines["decision"].isin(["rejected", "expired", "shadowed"])]
    if lines.empty:
        return nothing(title, "Nothing is ordered today, so nothing will arrive from it.")
    days = lines.assign(value=lines["quantity"] * lines["landed_cost"]).groupby("expected_on")
    sums, orders = days["value"].sum(), days["proposal_id"].nunique()
    figure = canvas(title, f"landed value by median day of arrival, {currency}")
    figure.add_bar(
        x=sums.index,
        y=sums,
        width=24 * 3600 * 1000 * 0.8,
        marker={"color": ACCENT},
        customdata=[count(n, "order", "orders") for n in orders],
        hovertemplate="%{x|%a %d %b}: %{y:,.0f} " + currency + ", %{customdata}<extra></extra>",
    )
    figure.update_xaxes(range=around(sums.index.min(), sums.index.max()))
    return dated(figure).update_yaxes(tickformat=",")
