import pytest

from workbench.views.approval_setting import setting_of
from workbench.views.approval_trial import Trial

PO = "PO-S01-20261116-1"


@pytest.fixture
def tried(business_of_two):
    queue = business_of_two.desk.queue()
    trial = Trial(setting_of(business_of_two), queue, business_of_two.desk.most_units)
    proposals = {proposal["proposal_id"]: proposal for proposal in queue.to_dict("records")}
    return lambda proposal_id, **typed: trial.of(
        proposals[proposal_id], {position[1:]: written for position, written in typed.items()}
    )


def test_a_quantity_is_valued_anew(tried):
    """1,200 units of 14.08 less in one line of four: 67,584 becomes 50,688."""
    told = tried(PO, _0="0")

    assert told["facts"] == [
        ["Value", "67\u202f584\xa0USD", "50\u202f688\xa0USD"],
        ["Quantity", "4\u202f800\xa0units", "3\u202f600\xa0units"],
    ]
    assert "of the budget of 90\u202f000\xa0USD" in told["budget"]


def test_a_dearer_tier_and_the_days_it_lasts_stand_beside_the_line(tried):
    """From 2,000 units on a unit costs 12.80 landed instead of 14.08."""
    assert tried(PO, _0="2400")["facts"][0][2] == "81\u202f408\xa0USD"


@pytest.mark.parametrize(
    ("written", "why"), [("601", "packs of 12"), ("-4", "no quantity"), ("", "no quantity")]
)
def test_what_is_no_quantity_is_refused_at_its_line(tried, written, why):
    told = tried(PO, _1=written)

    assert why in told["faults"]["1"][0]
    assert told["facts"] == []


def test_above_the_budget_is_said(tried):
    assert any("budget" in said for said in tried(PO, _0="12000")["warnings"])


def test_a_change_above_the_four_eyes_amount_says_that_it_will_wait(tried):
    assert any("four eyes" in said for said in tried(PO, _0="1212")["warnings"])
    assert not any("four eyes" in said for said in tried(PO, _0="0", _1="0", _2="0")["warnings"])


def test_no_line_left_is_said(tried):
    assert tried(PO, _0="0", _1="0", _2="0", _3="0")["warnings"] == [
        "Every line is 0; reject the proposal instead, with a reason."
    ]


def test_what_moves_stock_can_only_be_made_smaller(tried):
    transfer = "TR-MDT-RNO-20261116-1"

    assert "more than the 240" in tried(transfer, _0="250")["faults"]["0"][0]
    assert tried(transfer, _0="120")["facts"] == [["Quantity", "240\xa0units", "120\xa0units"]]
