"""What adopted forecasts and spikes acted on cost, once it is known what was wanted."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from workbench.agents.demand_sensing.agent import AS_FORECAST, again_by, other_plans
from workbench.agents.demand_sensing.outlook import PAIR, SERIES, Outlook, outlook_of
from workbench.formulas.hindsight import Hindsight
from workbench.policy import Policy


def hindsight(
    proposals: pd.DataFrame,
    wanted: pd.DataFrame,
    demand_models: pd.DataFrame,
    spikes: pd.DataFrame,
    prices: pd.DataFrame,
    channels: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
) -> dict[str, Hindsight]:
    """Costs of one run's forecasts and spikes by proposal.

    `proposals` as from the ledger, with `instead`: the lines that a person decided (none: nothing was done),
    None where it was done as proposed. `wanted` is shaped as demand_paths, over the plan's horizon, and has
    one path: what came true. The other tables are those of the run. Costs are counted as `sense_demand`
    counts them in one of its paths.
    """
    outlook = outlook_of(wanted, demand_models, prices, channels, policy, as_of)
    found = {}
    for proposal in proposals.to_dict("records"):
        judge = _spike if proposal["kind"] == "act_on_spike" else _forecast
        found[str(proposal["proposal_id"])] = judge(proposal, outlook, spikes)
    return found


def _forecast(proposal: Mapping[Hashable, Any], outlook: Outlook, _spikes: pd.DataFrame) -> Hindsight:
    here, forecast = _of_lines(outlook, proposal["lines"])
    decided, instead = None, proposal["instead"]
    if instead is not None:
        decided = _cost(here, _of_lines(here, instead)[1] if instead else here.series["usual"])
    others = {action: float(cost[0]) for action, cost in other_plans(here, forecast).items()}
    tolerance = outlook.policy.demand.tolerance * float(proposal["value"])
    return Hindsight(_cost(here, forecast), others, tolerance, decided)


def _spike(proposal: Mapping[Hashable, Any], outlook: Outlook, spikes: pd.DataFrame) -> Hindsight:
    """A spike is counted over all regions together, at the mean loss and price of its series."""
    pair = [proposal["lines"][0][name] for name in PAIR]
    spike = spikes[(spikes[PAIR] == pair).all(axis=1)].iloc[0]
    here = outlook.of((outlook.series[PAIR] == pair).all(axis=1))
    loss, price = (float(here.series[name].mean()) for name in ("loss", "price"))
    wanted, expected = float(here.sums.sum()), float(proposal["quantity"])
    excess = max(float(spike["units"]) - float(spike["expected"]), 0.0)
    base = expected - outlook.policy.demand.spike_echo * excess

    def cost(units: float) -> float:
        return loss * abs(wanted - units)

    decided, instead = None, proposal["instead"]
    if instead is not None:
        decided = cost(sum(line["quantity"] for line in instead) if instead else base)
    others = {AS_FORECAST: cost(base), again_by(excess): cost(base + excess)}
    return Hindsight(cost(expected), others, outlook.policy.demand.tolerance * price * expected, decided)


def _of_lines(outlook: Outlook, lines: list[Mapping[str, Any]]) -> tuple[Outlook, pd.Series[float]]:
    """The series of some lines, and what the lines say of them."""
    quantity = pd.DataFrame(lines).set_index(SERIES)["quantity"].astype("float64")
    keys = pd.MultiIndex.from_frame(outlook.series[SERIES])
    here = keys.isin(quantity.index)
    said = quantity.reindex(keys[here]).reset_index(drop=True)
    return outlook.of(np.asarray(here, dtype=np.bool_)), said


def _cost(outlook: Outlook, plan: pd.Series[float]) -> float:
    return float(outlook.cost(plan)[0])
