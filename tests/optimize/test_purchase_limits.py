import numpy as np
import pandas as pd

from workbench.optimize.purchase_limits import Blocks, Limits, programme


def options(units, gain):
    """Two lines of supplier S at 2.00 and 0.5 m³ a unit, sorted."""
    frame = pd.DataFrame({"line": [0, 1], "units": units, "gain": gain})
    return frame.assign(
        supplier="S",
        group="",
        warehouse="W",
        value=2.0 * frame["units"],
        order_value=2.0 * frame["units"],
        volume_m3=0.5 * frame["units"],
    )


def test_units_use_of_every_limit_what_one_unit_does_so_many_times():
    limits = Limits(budget=90, room={"W": 40.0}, minimum={"S": 20}, capacity={"S": 50}, container={"S": 7.0})
    blocks = Blocks.of(["S"], limits)
    of_one = programme(options([1, 1], [0.0, 0.0]), limits, blocks)
    found = of_one.at(np.array([0, 1, 1]), np.array([12, 5, 30]), np.array([7.0, 3.0, -1.0]))
    whole = programme(options([12, 30], [7.0, -1.0]), limits, blocks)
    # budget, room, capacity, minimum and a container's filling, the last two with their signs turned
    assert found.use.toarray()[0].tolist() == [24, 6, 12, -24, -6]
    assert found.use.toarray()[[0, 2]].tolist() == whole.use.toarray().tolist()
    assert found.volume.tolist() == [6, 2.5, 15]
    assert (found.line.tolist(), found.gain.tolist()) == ([0, 1, 1], [7, 3, -1])
    assert of_one.use.toarray()[0].tolist() == [2, 0.5, 1, -2, -0.5]
