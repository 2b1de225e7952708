"""Which orders an outage touches: those planned with the carrier, and those that have no other."""

import numpy as np
import pandas as pd

from workbench.optimize.open_orders import OpenOrders
from workbench.optimize.outages import outage_shares


class Serves:
    """Stands for the costs of all ways: who could serve which order."""

    def __init__(self, possible):
        self.possible = possible

    def carriers(self, orders):
        assert orders == len(self.possible)
        names = sorted({name for each in self.possible for name in each})
        return {name: np.array([name in each for each in self.possible]) for name in names}


def orders(planned, possible):
    """Orders by the carriers planned for their lines, and by those that could serve them."""
    return OpenOrders(
        lines=pd.DataFrame(
            [(order, carrier) for order, carriers in enumerate(planned) for carrier in carriers],
            columns=["order", "carrier"],
        ),
        orders=pd.DataFrame(index=range(len(planned))),
        parcels=None,
        pools=None,
        costs=Serves(possible),
        parcels_from=None,
        parcels_by=None,
    )


def test_planned_or_only_service_counts_and_a_mere_possibility_does_not():
    case = orders(planned=[["X"], [None], [None], ["Y", "X"]], possible=["XY", "X", "XY", "XY"])
    carrier, share = outage_shares(case, ["X"])
    assert carrier.tolist() == ["X", "X", "", "X"]
    assert share.tolist() == [0.75, 0.75, 0.0, 0.75]


def test_an_order_that_two_outages_touch_stands_under_the_larger():
    case = orders(planned=[["X", "Y"], ["Y"], [None], [None]], possible=["XYZ"] * 4)
    carrier, share = outage_shares(case, ["Y", "X"])
    assert carrier.tolist() == ["Y", "Y", "", ""]
    assert share.tolist() == [0.5, 0.5, 0.0, 0.0]


def test_a_plan_that_an_order_cannot_follow_still_counts():
    """It has no option at all, and was planned with the carrier that is out."""
    carrier, _ = outage_shares(orders(planned=[["X"], [None]], possible=["", "Y"]), ["X"])
    assert carrier.tolist() == ["X", ""]
