"""Which forecasts to adopt, which spikes to act on, and which patterns the engine has never seen."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from workbench.agents.demand_sensing.outlook import PAIR, SERIES, Outlook, outlook_of
from workbench.agents.demand_sensing.unadopted import Worlds, in_all, sold_out
from workbench.demand.paths import KEYS, aggregate, matrix
from workbench.policy import Policy
from workbench.tables import WITHOUT_ORDER, proposals_table

AS_LATELY = "keep planning on the recent weeks (do nothing)"
RUNNER_UP = "use each series' runner-up model"
HALF_WAY = "go half of the way from the recent weeks to the forecast"
AS_FORECAST = "keep the forecast as it is (do nothing)"


def sense_demand(
    demand_paths: pd.DataFrame,
    demand_models: pd.DataFrame,
    spikes: pd.DataFrame,
    prices: pd.DataFrame,
    channels: pd.DataFrame,
    *,
    policy: Policy,
    as_of: datetime,
    seed: int = 0,
    doubtful: Collection[str] = (),
) -> pd.DataFrame:
    """Proposals: a channel's routine forecasts (AF), new or runaway ones (NS), and spikes to act on (SP).

    A forecast's cost in a path is what its units too many or too few cost; the alternatives are the recent
    weeks going on (doing nothing) and the runner-up model, or half of the way where there is none. `doubtful`
    SKUs, whose inputs are in question, get a routine proposal of their own (AF-…-check). Beside the common
    columns: `in_all`, what comes without it of all its lines together.
    """
    if demand_paths.empty:
        return proposals_table([]).assign(in_all=pd.Series(dtype="object"))
    outlook = outlook_of(demand_paths, demand_models, prices, channels, policy, as_of)
    spiking = pd.MultiIndex.from_frame(outlook.series[PAIR]).isin(pd.MultiIndex.from_frame(spikes[PAIR]))
    unseen = outlook.of(outlook.series["never_seen"] & ~spiking)
    routine = outlook.of(~outlook.series["never_seen"] & ~spiking)
    acting = _spikes(outlook, spikes, demand_paths, as_of, seed)
    return proposals_table([*_routine(routine, doubtful), *_unseen(unseen), *acting])


def _routine(outlook: Outlook, doubtful: Collection[str]) -> Iterator[dict[str, Any]]:
    in_question = outlook.series["sku"].isin(list(doubtful))
    for channel in sorted(outlook.series["channel"].unique()):
        here = outlook.series["channel"] == channel
        for rows, suffix in ((here & ~in_question, ""), (here & in_question, "-check")):
            if rows.any():
                subject, what = f"AF-{channel}{suffix}", f"the forecasts of {channel}"
                yield _adopt(outlook.of(rows), subject, what, "routine", never_seen=False)


def _unseen(outlook: Outlook) -> Iterator[dict[str, Any]]:
    """One proposal for a new SKU in all channels, one for each SKU and channel that runs away."""
    series = outlook.series
    shortest = outlook.policy.demand.min_history_days
    new = series.groupby("sku")["history_days"].transform("max") < shortest
    subject = "NS-" + series["sku"].where(new, series["sku"] + "-" + series["channel"])
    for name in sorted(subject.unique()):
        part = outlook.of(subject == name)
        first = part.series.iloc[0]
        if new[subject == name].all():
            what, reason = f"a first forecast of the new product {first['sku']}", "new_product"
        else:
            what, reason = f"the forecast of {first['sku']} in {first['channel']}", "outside_band"
        yield _adopt(part, name, what, reason, never_seen=True)


def _adopt(outlook: Outlook, subject: str, what: str, reason: str, *, never_seen: bool) -> dict[str, Any]:
    series, policy = outlook.series, outlook.policy
    adopted = outlook.cost(series["mean"])
    alternatives = other_plans(outlook, series["mean"])
    judged = _judged(adopted, alternatives, policy.demand.tolerance * outlook.value)
    more = np.quantile(alternatives[AS_LATELY] - adopted, WITHOUT_ORDER, method="inverted_cdf")
    spread = " · ".join(f"{amount:,.0f}" for amount in more)
    units, usual = float(series["mean"].sum()), float(series["usual"].sum())
    days, money = policy.demand.horizon_days, policy.business.base_currency
    return judged | {
        "agent": "demand_sensing",
        "kind": "adopt_forecast",
        "subject": subject,
        "title": f"Adopt {what}: {units:,.0f} units in the next {days} days, {_against(units, usual)}.",
        "skus": sorted(series["sku"].unique()),
        "quantity": units,
        "value": outlook.value,
        "reason": reason,
        "if_nothing": (
            f"Planning goes on with the recent weeks' sales, {usual:,.0f} units in {days} days; units too "
            f"many or too few are then expected to cost {judged['money_at_risk']:,.0f} {money} more "
            f"({spread} at P10 · P50 · P90)."
        ),
        "in_all": in_all(outlook.apart.sum(axis=0), outlook.cost(series["usual"])),
        "evidence": _evidence(outlook, adopted),
        "never_seen": never_seen,
        "lines": outlook.lines(series["mean"], outlook.apart, outlook.out),
    }


def other_plans(outlook: Outlook, forecast: pd.Series[float]) -> dict[str, Worlds]:
    """What planning otherwise than on `forecast` (series,) costs in each path, by action; money.

    Where no series has a runner-up, as of a new product, half of the way to the forecast is the other choice.
    """
    series = outlook.series
    plans = {AS_LATELY: outlook.cost(series["usual"])}
    if series["runner_up"].notna().any():
        worse = (series["runner_up_error"] / series["error"]).fillna(1.0).replace(np.inf, 1.0)
        plans[RUNNER_UP] = outlook.cost(forecast, worse)
    else:
        plans[HALF_WAY] = outlook.cost((series["usual"] + forecast) / 2)
    return plans


def _evidence(outlook: Outlook, adopted: Worlds) -> list[str]:
    series, total = outlook.series, outlook.sums.sum(axis=0)
    low, high = np.quantile(total, (0.1, 0.9))
    serving = series["model"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    named = ", ".join(f"{model} {count}" for model, count in serving.items())
    masked = int(series["censored_days"].sum())
    young = int((series["history_days"] < outlook.policy.demand.min_history_days).sum())
    sentences = [
        f"In 80 % of the paths {low:,.0f} to {high:,.0f} units are wanted over the horizon.",
        f"Chosen on backtests, so many of {len(series)} series are served by: {named}.",
        f"Units too many or too few are expected to cost {adopted.mean():,.0f} "
        f"{outlook.policy.business.base_currency} with this forecast.",
    ]
    if masked:
        sentences.append(
            f"{masked} days out of stock, over all series, were not taken for days without demand."
        )
    if young:
        sentences.append(f"{young} series have too short a history and lean on their category.")
    return sentences


def _spikes(
    outlook: Outlook, spikes: pd.DataFrame, demand_paths: pd.DataFrame, as_of: datetime, seed: int
) -> Iterator[dict[str, Any]]:
    today = demand_paths[demand_paths["date"] == pd.Timestamp(outlook.policy.business.day(as_of))]
    keys, first_day = aggregate(today[KEYS], matrix(today), PAIR)
    ordered = spikes.sort_values(PAIR)
    streams = np.random.SeedSequence(seed).spawn(len(ordered))
    for spike, stream in zip(ordered.to_dict("records"), streams, strict=True):
        pair = [spike[name] for name in PAIR]
        own = (keys[PAIR] == pair).all(axis=1)
        here = (outlook.series[PAIR] == pair).all(axis=1)
        known = first_day[own].ravel() if own.any() else np.zeros(1)
        band = float(np.quantile(known, outlook.policy.demand.never_seen_band))
        rows = demand_paths[(demand_paths[PAIR] == pair).all(axis=1)]
        yield _act(outlook.of(here), rows, spike, band, np.random.default_rng(stream))


def _act(
    outlook: Outlook,
    demand_paths: pd.DataFrame,
    spike: Mapping[Hashable, Any],
    band: float,
    rng: np.random.Generator,
) -> dict[str, Any]:
    """Raise the forecast by what usually follows; how much does follow is as uncertain as an exponential."""
    series, policy = outlook.series, outlook.policy
    excess = max(float(spike["units"]) - float(spike["expected"]), 0.0)
    echo = policy.demand.spike_echo * excess
    follows = rng.exponential(echo, outlook.sums.shape[1])
    wanted = outlook.sums.sum(axis=0) + follows
    loss, price = (float(series[name].mean()) if len(series) else 0.0 for name in ("loss", "price"))
    base = float(series["mean"].sum())
    act, nothing, again = (loss * np.abs(wanted - base - more) for more in (echo, 0.0, excess))
    alternatives = {
        AS_FORECAST: nothing,
        again_by(excess): again,
    }
    judged = _judged(act, alternatives, policy.demand.tolerance * price * (base + echo))
    share = series["mean"] / base if base > 0 else series["mean"] * 0 + 1 / max(len(series), 1)
    forecast, more = series["mean"].to_numpy(np.float64), np.outer(share, follows)
    out = sold_out(demand_paths, series[SERIES], forecast, more)
    who, days = f"{spike['sku']} in {spike['channel']}", policy.demand.horizon_days
    return judged | {
        "agent": "demand_sensing",
        "kind": "act_on_spike",
        "subject": f"SP-{spike['sku']}-{spike['channel']}",
        "title": (
            f"Act on the spike of {who}: expect {echo:,.0f} units more than the forecast's {base:,.0f} in "
            f"the next {days} days."
        ),
        "skus": [spike["sku"]],
        "quantity": base + echo,
        "value": echo * price,
        "reason": "spike",
        "if_nothing": (
            f"Stock stays planned for {base:,.0f} units while {base + echo:,.0f} are expected; the "
            f"difference is expected to cost {judged['money_at_risk']:,.0f} {policy.business.base_currency}."
        ),
        "in_all": in_all(wanted - base, nothing),
        "evidence": _spike_evidence(spike, who, band, policy),
        "never_seen": float(spike["units"]) > band,
        "lines": outlook.lines(series["mean"] + share * echo, outlook.sums + more - forecast[:, None], out),
    }


def again_by(excess: float) -> str:
    """The alternative to expect the units above expectation once more."""
    return f"expect as much again ({excess:,.0f} units)"


def _spike_evidence(spike: Mapping[Hashable, Any], who: str, band: float, policy: Policy) -> list[str]:
    minutes = (spike["found_at"] - spike["since"]) / pd.Timedelta(minutes=1)
    rules = policy.demand
    return [
        f"{spike['units']:,.0f} units of {who} were ordered since {spike['since']:%Y-%m-%d %H:%M} UTC, "
        f"where {spike['expected']:,.1f} were expected.",
        f"It was found at {spike['found_at']:%H:%M:%S} UTC by {spike['orders']:,} orders in {minutes:,.0f} "
        f"min, which come once in {1 / max(spike['chance'], 1e-9):,.0f} times if nothing has changed.",
        f"For all of today the {rules.never_seen_band:.1%} band of the forecast ends at {band:,.0f} units.",
        f"On average {rules.spike_echo:.0%} of the units above expectation are taken to follow.",
    ]


def _judged(chosen: Worlds, alternatives: Mapping[str, Worlds], tolerance: float) -> dict[str, Any]:
    """What a proposal says of its own merit; the first alternative is doing nothing."""
    costs = list(alternatives.values())
    ranked = sorted(alternatives.items(), key=lambda item: float(item[1].mean()))
    return {
        "confidence": _confidence(chosen, costs, tolerance),
        "money_at_risk": max(float(costs[0].mean() - chosen.mean()), 0.0),
        "alternatives": [{"action": name, "cost": round(float(cost.mean()), 2)} for name, cost in ranked],
    }


def _confidence(chosen: Worlds, alternatives: list[Worlds], tolerance: float) -> float:
    """Share of paths in which the chosen plan costs no more than the best alternative, within the tolerance.

    >>> _confidence(np.array([1.0, 5.0]), [np.array([2.0, 3.0]), np.array([4.0, 4.0])], 1.0)  # 5 > 3 + 1
    0.5
    """
    return float(np.mean(chosen <= np.min(alternatives, axis=0) + tolerance))


def _against(units: float, usual: float) -> str:
    if usual <= 0:
        return "where nothing was sold lately"
    return f"{units / usual - 1:+.0%} against the recent weeks"
