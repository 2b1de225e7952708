import pytest

from workbench.views.approval_compared import compared


@pytest.fixture
def order(business):
    return business.desk.queue().set_index("proposal_id", drop=False).loc["PO-S01-20261116-1"].to_dict()


def test_what_is_as_before_says_so(order, setting):
    assert compared(order, dict(order), setting) == [["Nothing", "as before", "as before"]]


def test_only_what_changed_is_told_then_and_now(order, setting):
    first, *others = order["lines"]
    now = order | {"quantity": 4_200.0, "lines": [first | {"quantity": 600}, *others]}

    assert compared(order, now, setting) == [
        ["Quantity", "4\u202f800\xa0units", "4\u202f200\xa0units"],
        ["SKU-001 · Desk lamp RNO", "1\u202f200\xa0units", "600\xa0units"],
    ]


def test_a_line_that_has_gone_or_come_is_a_dash_on_one_side(order, setting):
    first, *others = order["lines"]
    came = first | {"sku": "SKU-009", "quantity": 24}
    rows = compared(order, order | {"lines": [came, *others]}, setting)

    assert ["SKU-009 RNO", "–", "24\xa0units"] in rows
    assert ["SKU-001 · Desk lamp RNO", "1\u202f200\xa0units", "–"] in rows
