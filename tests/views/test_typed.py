import pytest

from workbench.errors import LedgerError
from workbench.views.typed import quantities, quantity


@pytest.mark.parametrize("written", ["", "many", "-1", "nan", "inf", None, []])
def test_what_is_no_quantity_is_refused_in_words(written):
    with pytest.raises(LedgerError, match="no quantity"):
        quantity(written)


def test_quantities_come_by_position_and_none_where_nothing_was_typed():
    assert quantities({"0": "12", "3": "0"}) == {0: 12.0, 3: 0.0}
    assert quantities({}) is None
