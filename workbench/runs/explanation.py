"""The whole story of a decision: what it rested on, what spoke for it, who did what, and how it came true."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from workbench.lake.store import Snapshot
from workbench.ledger.canonical import plain
from workbench.ledger.door import PICKED
from workbench.release.exports import exported
from workbench.runs.business import Business
from workbench.runs.decision_list import proposal_of
from workbench.runs.standing import MADE_OF
from workbench.tables import INPUTS, LINES_OF_KIND, TABLES

Row = Mapping[Any, Any]


def explain(business: Business, proposal_id: str) -> dict[str, list[str]]:
    """The story of a proposal of any plan, as sentences under headings, in the order in which it happened.

    Raises ParameterError when there is no such proposal.
    """
    proposal = proposal_of(business, proposal_id)
    story = _Story(business, proposal)
    return {
        "What was proposed": list(story.proposed()),
        "Lines": [_listed(line, proposal["kind"]) for line in proposal["lines"]] or ["None."],
        "What spoke for it": [*proposal["evidence"], f"If nothing is done: {proposal['if_nothing']}"],
        "Alternatives": [
            f"{choice['action']}: costs {story.money(choice['cost'])}" for choice in proposal["alternatives"]
        ],
        "What it rests on": list(story.inputs()),
        "In doubt": list(story.doubts()) or ["No row behind it is in quarantine, nothing was assumed."],
        "Who decided what": list(story.decisions()),
        "Stock that it reserves": list(story.reservations()) or ["None."],
        "What left the building": list(story.releases()) or ["Nothing yet."],
        "How it came true": list(story.outcome()) or ["It has not been judged yet."],
    }


class _Story:
    """One proposal and where its parts are read from."""

    def __init__(self, business: Business, proposal: Row) -> None:
        self._ledger = business.ledger
        self._lake = business.lake
        self._proposal = proposal
        self._id = str(proposal["proposal_id"])
        self._run = business.ledger.run(str(proposal["run_id"]))
        self._steps = self._steps_until(str(proposal["agent"]))
        self._step = self._steps.get(str(proposal["agent"]), {})
        self._directory = business.run_directory(self._run)
        self._currency = business.policy.business.base_currency
        versions = dict(self._run["versions"])
        for detail in self._steps.values():
            versions |= detail["versions"]
        self._tables: Snapshot = business.lake.snapshot(versions)

    def _steps_until(self, agent: str) -> dict[str, dict[str, Any]]:
        steps = self._ledger.steps(self._run["run_id"])
        names = list(steps)
        return {name: steps[name] for name in names[: names.index(agent) + 1 if agent in names else None]}

    def money(self, amount: float) -> str:
        return f"{amount:,.2f} {self._currency}"

    def proposed(self) -> Iterator[str]:
        proposal = self._proposal
        yield str(proposal["title"])
        code = self._step.get("code", "not kept")
        yield (
            f"{self._id}, a {proposal['kind']} by {proposal['agent']} (code {code}) in run "
            f"{self._run['run_id']}, recorded {_moment(proposal['recorded_at'])}, policy "
            f"{self._run['policy']}, inputs {self._run['inputs']}."
        )
        yield (
            f"{proposal['quantity']:,.10g} units worth {self.money(proposal['value'])}, confidence "
            f"{100 * proposal['confidence']:.4g} %, reason {proposal['reason']}, "
            f"{self.money(proposal['money_at_risk'])} at risk."
        )

    def inputs(self) -> Iterator[str]:
        """Every table that the step read, with its version, and how new it was."""
        for name in self._step.get("read", sorted(self._run["versions"])):
            if name not in self._tables.versions:
                continue
            maker = next((step for step, made in self._steps.items() if name in made["versions"]), None)
            yield (
                f"{name}, version {self._tables.versions[name]}"
                f"{self._as_of(name) if maker is None else f', made by {maker}'}"
            )

    def _as_of(self, name: str) -> str:
        """The newest day in it; of a table without days, and of an empty one, when the lake took it in."""
        dated_by = TABLES[name].dated_by
        newest = pd.NaT if dated_by is None else getattr(self._tables, name)[dated_by].max()
        if pd.isna(newest):
            return f", taken in {_moment(self._lake.written_at(name, self._tables.versions[name]))}"
        return f", as of {newest:%Y-%m-%d}"

    def doubts(self) -> Iterator[str]:
        """Rows in quarantine that touch its SKUs or no SKU in particular, and what was assumed."""
        behind = self._behind()
        quarantine = self._tables.quarantine
        touched = quarantine["sku"].isna() | quarantine["sku"].isin(self._proposal["skus"])
        for row in quarantine[touched & quarantine["table"].isin(behind)].to_dict("records"):
            yield (
                f"{row['file']} row {row['row']}, {row['column']}: found {row['found']!r}, {row['problem']}; "
                f"{row['remedy']}"
            )
        assumed = self._tables.assumptions
        for row in assumed[assumed["table"].isin(behind)].to_dict("records"):
            yield f"Assumed of {row['table']}.{row['column']}: {row['assumed']}"

    def _behind(self) -> set[str]:
        made_of: dict[str, Iterable[str]] = dict(MADE_OF)
        for detail in self._steps.values():
            made_of |= detail["made_of"]
        read = self._step.get("read", self._run["versions"])
        return {source for name in read for source in made_of.get(name, (name,))} & set(INPUTS)

    def decisions(self) -> Iterator[str]:
        if self._proposal["agent"] == "routing":
            yield from self._picks()
        for row in self._ledger.decisions(self._id).to_dict("records"):
            given = {name: value for name, value in plain(row).items() if value not in (None, "")}
            units = f", {given['approved_quantity']:,.10g} units" if "approved_quantity" in given else ""
            code = f" ({given['reason_code']})" if "reason_code" in given else ""
            why = f": {given['reason']}" if "reason" in given else ""
            yield f"{_moment(row['decided_at'])}: {row['decision']} by {row['decided_by']}{units}{why}{code}"

    def _picks(self) -> Iterator[str]:
        """Who had picked the weights that the run was given."""
        given, picks = self._run["parameters"], self._ledger.events(PICKED)
        for row in picks[picks["happened_at"] <= self._proposal["recorded_at"]].to_dict("records"):
            weights = row["detail"]["weights"]
            if row["subject"] == f"{self._run['date']:%Y-%m-%d}" and weights.items() <= given.items():
                named = ", ".join(f"{name} {text}" for name, text in weights.items())
                by, why = row["detail"]["by"], row["detail"]["reason"]
                yield f"{_moment(row['happened_at'])}: routes picked by {by} ({named}): {why}"

    def reservations(self) -> Iterator[str]:
        every = self._ledger.reservations(self._run["run_id"])
        for row in every[every["holder"] == self._id].to_dict("records"):
            ended = f", {row['ended']}" if isinstance(row["ended"], str) else ""
            yield f"{row['units']:,} of {row['sku']} at {row['warehouse']}{ended}"

    def releases(self) -> Iterator[str]:
        kind = str(self._proposal["kind"])
        every = self._ledger.releases(run_id=self._run["run_id"])
        for row in every[every["proposal_id"] == self._id].to_dict("records"):
            which = f"{row['release_id']}, line {row['line']}"
            yield f"{_moment(row['released_at'])}, {which}: {_listed(row['content'], kind)}"
        for line in exported(self._directory, kind, self._id):
            yield f"In the export: {_listed(line, kind)}"

    def outcome(self) -> Iterator[str]:
        every = self._ledger.outcomes()
        for row in every[every["proposal_id"] == self._id].to_dict("records"):
            yield (
                f"Judged {'correct' if row['correct'] else 'wrong'} {_moment(row['judged_at'])}: it cost "
                f"{self.money(row['realised_cost'])}, the best alternative ({row['best_action']}) would have "
                f"cost {self.money(row['best_cost'])}; regret {self.money(row['regret'])}."
            )


def _moment(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def _listed(record: Row, kind: str) -> str:
    """What a record holds, its blanks left out, in the order of the dictionary's table of the kind's lines.

    >>> _listed({"channel": "shop", "quantity": 2 / 3, "sku": "A"}, "adopt_forecast")
    'sku A, channel shop, quantity 0.666667'
    """
    known = {name: value for name, value in plain(record).items() if value not in (None, "")}
    order = [name for name in TABLES[LINES_OF_KIND[kind]].names if name in known]
    return ", ".join(f"{name} {_short(known[name])}" for name in dict.fromkeys([*order, *known]))


def _short(value: Any) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
