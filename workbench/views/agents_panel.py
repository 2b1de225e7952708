"""The agents' panel: what each may do by itself, a button that stops it, and the levels it has earned."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd
import traitlets

from workbench.authority import Desk
from workbench.errors import LedgerError
from workbench.policy import Policy
from workbench.views import show
from workbench.views.guard import AnsweringWidget, guarded
from workbench.views.progress import on_the_way
from workbench.views.widget_source import source_of
from workbench.views.words import spoken

Record = dict[str, Any]


class AgentsPanel(AnsweringWidget):
    """The agents as a desk sees them, as a widget for JupyterLab and Voilà.

    The page only asks; who may stop, resume or promote an agent is checked by the desk.
    """

    _esm = source_of("agents_panel")
    agents: traitlets.List[Record] = traitlets.List().tag(sync=True)

    def __init__(self, desk: Desk, policy: Policy) -> None:
        super().__init__()
        self._desk = desk
        self._policy = policy
        self.draw()
        desk.watch(guarded(self.draw, self.warn))

    def draw(self) -> None:
        """Read the desk again: somebody else may have pressed a button meanwhile."""
        rows = self._desk.agents()
        rows = rows.assign(**on_the_way(rows, self._policy))
        self.agents = [_record(str(agent), own) for agent, own in rows.groupby("agent", sort=False)]

    def act(self, message: Mapping[str, Any]) -> str:
        """Stop or resume an agent, or accept a level; what is no message of our page is refused."""
        asked, agent = message.get("ask"), str(message.get("agent", ""))
        reason = str(message.get("reason", "")).strip()
        if asked in ("stop", "resume") and not reason:
            raise LedgerError("Say in your own words why; the reason is kept.")
        if asked == "stop":
            self._desk.stop(agent, reason)
            return f"{spoken(agent)} is stopped: what it would do by itself waits, what has not left stays."
        if asked == "resume":
            self._desk.resume(agent, reason)
            return f"{spoken(agent)} goes on, at the level that it had."
        if asked == "promote":
            self._desk.promote(agent, str(message.get("kind", "")))
            return f"{spoken(agent)} has its next level from now on."
        raise LedgerError("Nothing was changed: stop, resume or promote is what can be asked.")


def _record(agent: str, rows: pd.DataFrame) -> Record:
    return {
        "agent": agent,
        "name": spoken(agent),
        "stopped": bool(rows["stopped"].any()),
        "kinds": [_kind(row) for row in rows.to_dict("records")],
    }


def _kind(row: Mapping[Hashable, Any]) -> Record:
    texts = {name: str(row[name]) for name in ("kind", "counted", "bar", "missing")}
    return texts | {
        "name": spoken(row["kind"]),
        "level": spoken(row["level"]),
        "proposed": spoken(row["proposed"]) if row["proposed"] else "",
    }


def agents(desk: Desk, policy: Policy) -> None:
    """Show the agents of a desk, with their buttons."""
    show.put(AgentsPanel(desk, policy))
