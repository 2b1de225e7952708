"""Routing: which warehouse ships each open order line by which service, in one parcel or several."""

from workbench.agents.routing.agent import proposed, route
from workbench.agents.routing.frontier import frontier
from workbench.agents.routing.hindsight import held, shipped
from workbench.agents.routing.splits import split_or_whole

__all__ = ["frontier", "held", "proposed", "route", "shipped", "split_or_whole"]
