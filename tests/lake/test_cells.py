"""Cells say the same whatever type the file gave them."""

import pandas as pd
import pytest

from workbench.lake.cells import numbers, texts


def test_texts_are_trimmed_and_whole_numbers_lose_their_point():
    found = pd.Series([" 85123A ", 489434, 17850.0, "13085.0", "00123", "", None, "nan"], dtype="object")
    assert texts(found).tolist()[:5] == ["85123A", "489434", "17850", "13085", "00123"]
    assert texts(found)[5:].isna().all()
    assert texts(found).dtype == "str"


@pytest.mark.parametrize(
    ("found", "said"), [("12", 12.0), (" -3 ", -3.0), ("2,55", 2.55), ("1e3", 1000.0), (7, 7.0)]
)
def test_numbers_are_read(found, said):
    assert numbers(pd.Series([found], dtype="object"))[0] == said


@pytest.mark.parametrize("found", ["a dozen", "1,200", "inf", "nan", "", None])
def test_what_is_no_number_is_missing(found):
    assert numbers(pd.Series([found], dtype="object")).isna().all()


def test_index_and_length_stay():
    found = pd.Series(["b", "a", "b"], index=[7, 3, 9])
    assert texts(found).to_dict() == {7: "b", 3: "a", 9: "b"}
    assert numbers(pd.Series([], dtype="object")).dtype == "float64"
