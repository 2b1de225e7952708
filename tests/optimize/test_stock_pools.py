"""Reserved units belong to the lines that reserved them; the others share what is free."""

import pandas as pd

from workbench.optimize.stock_pools import pools


def lines(*rows):
    return pd.DataFrame(rows, columns=["sku", "quantity", "warehouse"])


def stock(on_hand, reserved):
    return pd.DataFrame({"sku": ["A"], "warehouse": ["W"], "on_hand": [on_hand], "reserved": [reserved]})


def units(found, line, place=0):
    return found.units[found.pool[line, place]]


def test_a_reservation_is_apart_from_what_is_free():
    """10 on hand, 3 reserved, 2 of them for the first line: it draws on 2, the other on the free 7."""
    found = pools(lines(("A", 2, "W"), ("A", 7, None)), stock(10, 3), ["V", "W"])
    assert (units(found, 0, 1), units(found, 1, 1)) == (2, 7)
    assert found.covered.tolist() == [[False, True], [False, True]]


def test_a_line_takes_nothing_that_others_have_reserved():
    found = pools(lines(("A", 2, "W"), ("A", 8, None)), stock(10, 3), ["W"])
    assert found.covered.ravel().tolist() == [True, False]


def test_lines_that_reserve_more_than_the_stock_says_are_believed():
    found = pools(lines(("A", 6, "W"), ("A", 4, None)), stock(10, 0), ["W"])
    assert (units(found, 0), units(found, 1)) == (6, 4)


def test_nobody_can_reserve_more_than_there_is():
    found = pools(lines(("A", 6, "W"), ("A", 6, "W"), ("A", 1, None)), stock(10, 12), ["W"])
    assert (units(found, 0), units(found, 2)) == (10, 0)
    assert found.covered.ravel().tolist() == [True, True, False]


def test_a_sku_without_stock_is_covered_nowhere():
    found = pools(lines(("B", 1, None)), stock(10, 0), ["W"])
    assert not found.covered.any()
