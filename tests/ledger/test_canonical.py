import json
from datetime import date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.ledger.canonical import canonical, instant, plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(JSON)
def test_a_value_is_what_it_was_after_being_written_and_read(value):
    assert json.loads(canonical(value)) == value
    assert plain(value) == value


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_does_not_matter(value):
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_values_of_numpy_and_pandas_read_like_plain_ones():
    value = {"a": np.int64(2), "b": np.float32(0.5), "c": np.array([1, 2]), "d": pd.Timestamp("2026-11-16")}
    assert plain(value) == {"a": 2, "b": 0.5, "c": [1, 2], "d": "2026-11-16T00:00:00"}
    assert plain({"day": date(2026, 11, 16)}) == {"day": "2026-11-16"}


@pytest.mark.parametrize("missing", [float("nan"), pd.NaT, pd.NA, None, np.float64("nan")])
def test_what_is_missing_is_null(missing):
    assert canonical([missing]) == "[null]"


def test_an_infinite_number_is_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical({"cost": float("inf")})


def test_instants_of_another_zone_are_written_in_utc_and_without_a_zone_refused():
    eight = datetime(2026, 11, 16, 8, tzinfo=timezone(timedelta(hours=-6)))
    assert instant(eight) == "2026-11-16T14:00:00.000000+00:00"
    with pytest.raises(ValueError, match="no time zone"):
        instant(datetime(2026, 11, 16, 8))  # noqa: DTZ001
