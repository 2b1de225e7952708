import numpy as np
import pandas as pd
import pytest

from workbench.optimize.supplier_choice import cover_ends, late_days, roles


def choice(*rows, item=0):
    frame = pd.DataFrame(rows, columns=["supplier", "cost", "lead_time"]).assign(item=item, review=7)
    return roles(frame)


def test_the_cheapest_is_the_main_source_and_names_its_fallback():
    found = choice(("A", 11.0, 12.0), ("B", 10.0, 14.0))
    assert found["role"].tolist() == ["fast", "main"]
    assert found["fallback"].tolist() == [1, 0]
    assert np.isinf(found["premium"]).all()


def test_a_faster_source_serves_what_the_main_one_cannot_reach_at_a_premium():
    found = choice(("A", 10.0, 40.0), ("B", 12.0, 30.0), ("C", 11.0, 45.0))
    assert found["role"].tolist() == ["main", "fast", "rejected"]
    assert found["premium"].tolist() == [2, np.inf, np.inf]


def test_the_premium_counts_only_where_the_next_fast_order_comes_in_time():
    assert choice(("A", 10.0, 40.0), ("B", 12.0, 34.0))["premium"].tolist() == [np.inf, np.inf]


def test_a_dearer_source_that_is_no_faster_is_rejected():
    assert choice(("A", 11.0, 14.0), ("B", 10.0, 14.0))["role"].tolist() == ["rejected", "main"]


def test_an_order_lasts_until_the_next_and_a_fast_one_until_the_main_one_comes():
    lines = pd.DataFrame(
        {"role": ["main", "fast"], "fallback": [1, 0], "review": 7, "takes_orders": [True, True]}
    )
    lead_times = np.array([[14, 14, 14], [9, 3, 20]])
    ends = cover_ends(lines, lead_times, lead_times + 7)
    assert ends.tolist() == [[21, 21, 21], [14, 10, 20]]
    away = cover_ends(lines.assign(takes_orders=[False, True]), lead_times, lead_times + 7)
    assert away.tolist() == [[21, 21, 21], [16, 10, 27]]


def test_a_next_order_that_overtakes_leaves_nothing_to_cover():
    lines = pd.DataFrame({"role": ["main"], "fallback": [-1], "review": 7, "takes_orders": [True]})
    assert cover_ends(lines, np.array([[14, 20]]), np.array([[23, 17]])).tolist() == [[23, 20]]


def test_a_single_source_has_no_fallback():
    assert choice(("A", 10.0, 40.0)).iloc[0].to_dict() == {"role": "main", "premium": np.inf, "fallback": -1}


def test_items_are_compared_among_themselves():
    found = choice(("A", 10.0, 5.0), ("A", 99.0, 5.0), item=[0, 1])
    assert found["role"].tolist() == ["main", "main"]


def test_a_steady_lead_time_carries_no_risk():
    assert late_days(np.array([[7, 7, 7]])).tolist() == [0]
    assert late_days(np.array([[5, 5, 20]])) == pytest.approx([10])
