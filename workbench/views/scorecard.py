"""The agents' record in numbers: how often right, how often left alone, and how sure they were of it."""

from __future__ import annotations

from datetime import date
from html import escape

import numpy as np
import pandas as pd

from workbench.formulas.proportions import wilson
from workbench.policy import Policy, ScorecardPolicy
from workbench.tables import AGENTS
from workbench.views.numerals import NOTHING, count, day, number, percent
from workbench.views.progress import on_the_way
from workbench.views.tables_html import Heading, code, figure, table_html
from workbench.views.tiles import Tile
from workbench.views.words import spoken

BINS = 10  # of claimed confidence
ANSWERS = ("approved", "amended", "changed", "rejected")
NOT_YET = "no decision has matured yet"
OF_KIND = {"agent": code("Agent"), "kind": code("Kind of decision")}


def record(proposed: pd.DataFrame, decided: pd.DataFrame) -> pd.DataFrame:
    """What became of every proposal: the columns of `proposed` with escalated, touched and minutes.

    `escalated`: a person was asked; `touched`: it was not carried out as the agent proposed by the agent
    alone; `minutes` from the question to the first answer, blank without one.
    """
    first = decided.drop_duplicates("proposal_id").set_index("proposal_id")
    answers = decided[decided["decision"].isin(ANSWERS)].drop_duplicates("proposal_id")
    answered = answers.set_index("proposal_id")["decided_at"]
    waited = answered.reindex(proposed["proposal_id"]) - first["decided_at"].reindex(proposed["proposal_id"])
    escalated = proposed["proposal_id"].map(first["decision"]) != "executed"
    undone = proposed["proposal_id"].isin(decided.loc[decided["decision"] == "undone", "proposal_id"])
    return proposed.assign(
        escalated=escalated,
        touched=escalated | undone,
        minutes=waited.dt.total_seconds().to_numpy() / 60,
    )


def of_agent(frame: pd.DataFrame, agent: str) -> pd.DataFrame:
    """The rows of one agent; all of them where it names none."""
    return frame[frame["agent"] == agent] if agent in AGENTS else frame


def whose_html(agent: str) -> str:
    """Whose record the page shows, where it is not that of all."""
    if agent not in AGENTS:
        return ""
    every = '<a href="scorecard.ipynb">show all agents</a>'
    return f'<p class="wb wb-quiet">The record of {escape(spoken(agent).lower())} alone; {every}.</p>'


def accuracy(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Matured decisions by agent and kind: n, right, share, and the ends `low` and `high` of its interval."""
    counted = outcomes.groupby(["agent", "kind"], as_index=False).agg(
        n=("correct", "size"), right=("correct", "sum"), regret=("regret", "sum"), best=("best_cost", "sum")
    )
    return with_interval(counted)


def with_interval(counted: pd.DataFrame) -> pd.DataFrame:
    """Counts `right` of `n` with their share and the ends of its 95 % Wilson interval."""
    ends = [wilson(int(right), int(n)) for right, n in zip(counted["right"], counted["n"], strict=True)]
    low, high = np.array(ends).reshape(-1, 2).T
    return counted.assign(share=counted["right"] / counted["n"], low=low, high=high)


def reliability(outcomes: pd.DataFrame) -> pd.DataFrame:
    """Matured decisions by tenth of claimed confidence: claimed (mean), n, right, share, low and high."""
    tenth = np.minimum((outcomes["confidence"] * BINS).astype("int64"), BINS - 1)
    counted = outcomes.groupby(tenth).agg(
        claimed=("confidence", "mean"), n=("correct", "size"), right=("correct", "sum")
    )
    return with_interval(counted.reset_index(drop=True))


def calibration_error(outcomes: pd.DataFrame) -> float:
    """Expected calibration error, a fraction: mean distance of claimed and come true, weighted by count.

    Naeini, Cooper & Hauskrecht (2015), Obtaining Well Calibrated Probabilities Using Bayesian Binning. Two
    decisions claimed at 90 % of which one was right are 0.4 off.

    >>> judged = pd.DataFrame({"confidence": [0.9, 0.9], "correct": [True, False]})
    >>> round(calibration_error(judged), 3)
    0.4
    """
    bins = reliability(outcomes)
    return float((bins["n"] * (bins["claimed"] - bins["share"]).abs()).sum() / bins["n"].sum())


def by_rule(rows: pd.DataFrame) -> pd.DataFrame:
    """Escalated proposals by the rule that sent them: rule, n and share (of all proposals)."""
    asked = rows[rows["escalated"]]
    rules = asked["rule"].where(asked["rule"] != "", "not said")
    counts = rules.value_counts().sort_index(kind="stable").sort_values(ascending=False, kind="stable")
    return pd.DataFrame(
        {"rule": counts.index, "n": counts.to_numpy(), "share": counts.to_numpy() / len(rows)}
    )


def tiles_of(
    rows: pd.DataFrame, outcomes: pd.DataFrame, maturing: pd.DataFrame, policy: Policy, today: date
) -> list[Tile]:
    """The tiles: `rows` as from `record`, `maturing` what is still to be judged with `matures_on`."""
    return [
        *_judged_tiles(outcomes, policy),
        *_people_tiles(rows, policy.scorecard),
        _override_tile(outcomes, policy.business.base_currency),
        _waiting_tile(maturing, today),
    ]


def first_to_mature(maturing: pd.DataFrame, today: date) -> str:
    """When the next decision can be judged, in words; every plan begins with judging.

    >>> soon = pd.DataFrame({"kind": ["transfer"], "matures_on": [pd.Timestamp(2026, 11, 30)]})
    >>> first_to_mature(soon, date(2026, 11, 16))
    'the first may be judged with the plan of Mon 30 Nov 2026 (transfer)'
    """
    if maturing.empty:
        return "nothing has been proposed yet"
    next_day = _next_day(maturing, today)
    kinds = sorted(maturing.loc[maturing["matures_on"] <= next_day, "kind"].unique())
    named = ", ".join(spoken(kind).lower() for kind in kinds)
    return f"the first may be judged with the plan of {day(next_day)} ({named})"


def _next_day(maturing: pd.DataFrame, today: date) -> pd.Timestamp:
    """The first day from today on whose plan may judge something."""
    return pd.Timestamp(max(maturing["matures_on"].min(), pd.Timestamp(today)))


def nothing_judged(maturing: pd.DataFrame, today: date) -> str:
    """What a figure says before a decision has matured."""
    if maturing.empty:
        return "No decision has matured yet."
    return f"No decision has matured yet; the first may on {day(_next_day(maturing, today))}."


def _judged_tiles(outcomes: pd.DataFrame, policy: Policy) -> list[Tile]:
    bar, currency = policy.autonomy.bar, policy.business.base_currency
    if outcomes.empty:
        names = ("Decisions that were right", "Claimed against come true", "Regret")
        return [Tile(name, NOTHING, "", NOT_YET) for name in names]
    n, right = len(outcomes), int(outcomes["correct"].sum())
    low, high = wilson(right, n)
    best, regret = float(outcomes["best_cost"].abs().sum()), float(outcomes["regret"].sum())
    claimed, came = outcomes["confidence"].mean(), right / n
    return [
        Tile(
            "Decisions that were right",
            number(100 * right / n, 1),
            f"% of {number(n)}",
            f"surely {number(100 * low)} to {percent(high)} (95 %); the bar is {percent(bar)}",
            "good" if low >= bar else "wrong" if high < bar else "mind",
        ),
        Tile(
            "Claimed against come true",
            number(100 * calibration_error(outcomes), 1),
            "points apart",
            f"{percent(claimed)} claimed on average, {percent(came)} came true",
        ),
        Tile(
            "Regret",
            number(regret),
            currency,
            f"more than the best alternatives cost, {percent(regret / best, 1) if best else NOTHING} of it",
        ),
    ]


def _people_tiles(rows: pd.DataFrame, targets: ScorecardPolicy) -> list[Tile]:
    if rows.empty:
        names = ("Left untouched", "Escalated", "Time to answer")
        return [Tile(name, NOTHING, "", "nothing has been proposed yet") for name in names]
    untouched, escalated = 1 - rows["touched"].mean(), rows["escalated"].mean()
    band = f"{number(100 * targets.escalated_low)} to {percent(targets.escalated_high)}"
    outside = not targets.escalated_low <= escalated <= targets.escalated_high
    answers = rows["minutes"].dropna()
    asked = int(rows["escalated"].sum())
    answered = f"{number(len(answers))} of {number(asked)} answered"
    return [
        Tile(
            "Left untouched",
            number(100 * untouched, 1),
            f"% of {number(len(rows))}",
            f"carried out as proposed, without a person; at least {percent(targets.untouched_target)} wanted",
            "good" if untouched >= targets.untouched_target else "mind",
        ),
        Tile(
            "Escalated",
            number(100 * escalated, 1),
            "%",
            f"{number(asked)} to a person; {band} is healthy",
            "mind" if outside else "good",
        ),
        Tile(
            "Time to answer",
            number(answers.median(), 1) if len(answers) else NOTHING,
            "min" if len(answers) else "",
            f"median, {number(targets.response_minutes)} wanted; {answered}" if len(answers) else answered,
            "mind" if len(answers) and answers.median() > targets.response_minutes else "",
        ),
    ]


def _override_tile(outcomes: pd.DataFrame, currency: str) -> Tile:
    changed = outcomes.dropna(subset="decided_cost")
    if changed.empty:
        return Tile("People's changes", NOTHING, "", "nothing that a person changed or refused has matured")
    saved = float((changed["realised_cost"] - changed["decided_cost"]).sum())
    return Tile(
        "People's changes",
        number(abs(saved)),
        f"{currency} {'saved' if saved >= 0 else 'lost'}",
        f"by {count(len(changed), 'change or refusal', 'changes and refusals')} that has come true",
        "good" if saved >= 0 else "mind",
    )


def _waiting_tile(maturing: pd.DataFrame, today: date) -> Tile:
    told = first_to_mature(maturing, today)
    unit = "decision" if len(maturing) == 1 else "decisions"
    return Tile("Still to be judged", number(len(maturing)), unit, told)


def accuracy_html(outcomes: pd.DataFrame, currency: str, empty: str) -> str:
    """Accuracy and regret by agent and kind."""
    headings = {
        **OF_KIND,
        **_counted("Matured", "Right"),
        "regret": figure("Regret", currency),
        "best": figure("Cost of the best alternatives", currency),
    }
    rows = accuracy(outcomes)
    return table_html(rows.assign(interval=_intervals(rows)), headings, empty)


def _counted(counted: str, share: str) -> dict[str, Heading]:
    """Headings of how many were counted, the share that was right, and its interval."""
    return {
        "n": figure(counted),
        "share": Heading(share, write=lambda value: percent(value, 1), right=True),
        "interval": Heading("95 % interval", right=True),
    }


def _intervals(rows: pd.DataFrame) -> list[str]:
    """The ends of every row's interval, in words."""
    return [
        f"{number(100 * low)} – {percent(high)}" for low, high in zip(rows["low"], rows["high"], strict=True)
    ]


def shadow_html(rows: pd.DataFrame, currency: str) -> str:
    """What agents proposed in the shadow beside what people did; `rows` as from `runs.shadowed`."""
    headings = {
        **OF_KIND,
        "proposals": figure("Proposed in the shadow"),
        **_counted("Compared with what people did", "Done as proposed"),
        "proposed": figure("Worth as proposed", currency),
        "done": figure("Worth as done", currency),
        "more": figure("People spent more", currency),
    }
    told = with_interval(rows[rows["n"] > 0].reset_index(drop=True))
    told = told.assign(interval=_intervals(told), more=told["done"] - told["proposed"])
    if len(rows) and told.empty:
        return table_html(told, headings, "What stands in the shadow is compared with the next day's files.")
    return table_html(told, headings, "No agent has proposed anything at the level shadow.")


def autonomy_html(progress: pd.DataFrame, policy: Policy) -> str:
    """Level by agent and kind, and what is missing to the next; `progress` as from the authority."""
    stands = np.where(progress["stopped"], "stopped by a person", progress["level"].map(spoken))
    headings = {
        **OF_KIND,
        "stands": Heading("Level"),
        "counted": Heading("Matured since its last change", right=True),
        "bar": Heading("Surely right, against the bar", right=True),
        "missing": Heading("Missing to the next level"),
    }
    return table_html(progress.assign(stands=stands, **on_the_way(progress, policy)), headings, "")
