"""Routing: which warehouse ships each open order line by which service, in one parcel or several."""

from workbench.agents.routing.agent import route

__all__ = ["route"]
