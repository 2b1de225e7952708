from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from workbench.agents.replenishment.market import not_saved
from workbench.policy import ReplenishmentPolicy


def test_a_unit_left_is_held_for_another_review_and_spares_no_shortage_so_much_likelier():
    # landed at 36.50 and 0.25 a year it costs 0.025 a day: 0.25 over ten days, beside a shortage of 4
    lines = pd.DataFrame({"landed_cost": [36.5, 36.5], "review": [10, 10], "shortage": [4.0, 4.0]})
    run = SimpleNamespace(left_again=np.array([0.5, 0.0]))
    found = not_saved(lines, run, ReplenishmentPolicy(holding_rate=0.25))
    assert found == pytest.approx([0.5 * (4 + 0.25), 0.0])
