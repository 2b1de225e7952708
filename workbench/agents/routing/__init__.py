"""Routing: which warehouse ships each open order line by which service, in one parcel or several."""

from workbench.agents.routing.agent import route
from workbench.agents.routing.frontier import frontier

__all__ = ["frontier", "route"]
