import pandas as pd

from workbench.views.approval_accuracy import NONE_MATURED, measured

PROPOSAL = {"agent": "routing", "kind": "shipment"}


def outcomes(*correct, kind="shipment"):
    return pd.DataFrame({"agent": "routing", "kind": kind, "correct": list(correct)})


def test_without_a_matured_decision_it_says_so():
    assert measured(PROPOSAL, outcomes(True, kind="hold_orders")) == NONE_MATURED


def test_the_share_of_right_decisions_has_its_interval():
    """8 of 10 is 80 %, and Wilson's 95 % interval of it 49 to 94 %."""
    said = measured(PROPOSAL, outcomes(*[True] * 8, *[False] * 2))

    assert said == "measured: 80\xa0% of 10\xa0such decisions right, 49\xa0% to 94\xa0%"
