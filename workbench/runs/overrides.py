"""What planners changed in past forecasts, and whether sales have since proved them right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pandas as pd

from workbench.demand.history import SERIES
from workbench.demand.value_added import as_table, compared
from workbench.policy import DemandPolicy
from workbench.runs.business import Business

CASE = [*SERIES, "date"]


def with_overrides(
    value_added: pd.DataFrame,
    business: Business,
    sales: pd.DataFrame,
    *,
    day: date,
    rules: DemandPolicy,
) -> pd.DataFrame:
    """The table `value_added` with the step override, over all series; where none has come true, without it.

    The same days as the backtest's are looked at. Compared are the forecasts that a planner changed, day by
    day, with what the engine had proposed for the very same: `wape_before` is the engine's error there.
    """
    cases = override_cases(business, sales, day=day, days=rules.backtest_days * rules.backtest_windows)
    if cases.empty:
        return value_added
    columns = (cases[name].to_numpy(dtype="float64") for name in ("override", "engine", "sold"))
    return pd.concat([value_added, as_table([compared("all", "override", *columns)])], ignore_index=True)


def override_cases(business: Business, sales: pd.DataFrame, *, day: date, days: int) -> pd.DataFrame:
    """Every day of the last `days` that a planner's change of a forecast was for, a row a plan and series.

    Columns sku, channel, region, date, engine, override, sold (units). A proposal's quantity is for the whole
    horizon: it falls on days as the plan's `demand` does. Days out of stock or not on record tell nothing and
    are left out, and so are lines that the planner left as they were.
    """
    manifests = business.ledger.manifests()
    recent = manifests[manifests["date"].between(pd.Timestamp(day - timedelta(days=days)), pd.Timestamp(day))]
    parts = [_by_day(business, run_id) for run_id in recent["run_id"]]
    cases = pd.concat(parts) if parts else _by_day(business, None)
    past = cases["date"] < pd.Timestamp(day)
    return _with_sales(cases[past & (cases["date"] <= sales["date"].max())], sales)


def _by_day(business: Business, run_id: str | None) -> pd.DataFrame:
    """The forecasts that were changed in a plan, by day of its horizon."""
    lines = _changed_lines(business.ledger.proposals(run_id)) if run_id else []
    changed = pd.DataFrame(lines, columns=[*SERIES, "engine", "override"])
    changed = changed[changed["engine"] != changed["override"]]
    versions = business.versions(run_id) if run_id and len(changed) else {}
    demand = business.lake.snapshot(versions).demand[[*CASE, "mean"]]
    cases = changed.merge(demand, on=SERIES, how="left", validate="one_to_many").dropna(subset="date")
    of_series = cases.groupby(SERIES)["mean"]
    total = of_series.transform("sum")
    share = (cases["mean"] / total).where(total > 0, 1 / of_series.transform("size"))
    cases = cases.assign(engine=cases["engine"] * share, override=cases["override"] * share)
    return cases[[*CASE, "engine", "override"]]


def _changed_lines(proposals: pd.DataFrame) -> list[dict[str, Any]]:
    """Lines of forecasts that a planner changed: as the engine had proposed them, and as decided."""
    changed = proposals[(proposals["agent"] == "demand_sensing") & (proposals["decision"] == "changed")]
    return [
        {**{name: line[name] for name in SERIES}, "engine": line["quantity"], "override": decided}
        for proposal in changed.to_dict("records")
        for line, decided in zip(proposal["lines"], _decided(proposal), strict=True)
    ]


def _decided(proposal: Mapping[Any, Any]) -> list[float]:
    """Quantities as decided, line by line; a change of the sum alone scales all lines alike."""
    if isinstance(proposal["decided_lines"], list):
        return [line["quantity"] for line in proposal["decided_lines"]]
    factor = proposal["approved_quantity"] / proposal["quantity"] if proposal["quantity"] else 0.0
    return [line["quantity"] * factor for line in proposal["lines"]]


def _with_sales(cases: pd.DataFrame, sales: pd.DataFrame) -> pd.DataFrame:
    """The cases with the units sold; what has no row of sales sold nothing."""
    known = sales.assign(out=sales["in_stock"].eq(False).fillna(False))
    sold = known.groupby(CASE, as_index=False).agg(sold=("units", "sum"), out=("out", "any"))
    found = cases.merge(sold, on=CASE, how="left", validate="many_to_one")
    told = ~found["out"].fillna(False).astype(bool)
    return found[told].drop(columns="out").fillna({"sold": 0}).reset_index(drop=True)
