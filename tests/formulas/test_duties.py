from datetime import date

import pandas as pd
import pytest

from workbench.errors import TableError
from workbench.formulas.duties import duty_rates, next_change, refuse_overlaps

DAY = date(2026, 11, 16)


def tariffs(*rows):
    columns = ["origin", "destination", "hs_prefix", "valid_from", "valid_to", "duty_rate"]
    frame = pd.DataFrame(rows, columns=columns)
    days = {name: pd.to_datetime(frame[name]).astype("datetime64[us]") for name in ("valid_from", "valid_to")}
    return frame.assign(**days).astype({"hs_prefix": "str"})


def goods(*rows):
    return pd.DataFrame(rows, columns=["origin", "destination", "hs_code"]).astype("str")


T_SHIRT = goods(("CN", "US", "6109.10"))


def test_the_longest_prefix_counts():
    rows = tariffs(
        ("CN", "US", "61", "2024-01-01", None, 0.12), ("CN", "US", "6109", "2024-01-01", None, 0.16)
    )
    assert duty_rates(T_SHIRT, rows, DAY) == pytest.approx([0.16])


def test_no_duty_without_a_border_or_a_matching_row():
    rows = tariffs(("CN", "US", "61", "2024-01-01", None, 0.12), ("US", "US", "61", "2024-01-01", None, 0.5))
    asked = goods(("US", "US", "6109"), ("CN", "US", "9503"), ("VN", "US", "6109"), ("CN", "US", ""))
    assert duty_rates(asked, rows, DAY).tolist() == [0, 0, 0, 0]


def test_a_rate_holds_from_its_first_to_its_last_day():
    rows = tariffs(("CN", "US", "61", "2026-11-16", "2026-11-20", 0.12))
    by_day = [duty_rates(T_SHIRT, rows, date(2026, 11, day))[0] for day in (15, 16, 20, 21)]
    assert by_day == [0, 0.12, 0.12, 0]


def test_a_later_row_replaces_one_without_an_end():
    rows = tariffs(
        ("CN", "US", "6109", "2026-11-23", None, 0.25), ("CN", "US", "61.09", "2024-01-01", None, 0.10)
    )
    assert duty_rates(T_SHIRT, rows, date(2026, 11, 22)) == pytest.approx([0.10])
    assert duty_rates(T_SHIRT, rows, date(2026, 11, 23)) == pytest.approx([0.25])


def test_the_next_change_is_named_with_its_day_and_rate():
    rows = tariffs(
        ("CN", "US", "6109", "2024-01-01", "2026-11-22", 0.10),
        ("CN", "US", "6109", "2026-11-23", None, 0.25),
        ("CN", "US", "6109", "2027-01-01", None, 0.30),
    )
    change = next_change(T_SHIRT, rows, DAY).iloc[0]
    assert change["next_duty_rate"] == 0.25
    assert change["next_duty_from"] == pd.Timestamp("2026-11-23")


def test_a_duty_that_ends_changes_to_none_on_the_day_after():
    rows = tariffs(("CN", "US", "6109", "2024-01-01", "2026-11-30", 0.10))
    change = next_change(T_SHIRT, rows, DAY).iloc[0]
    assert (change["next_duty_rate"], change["next_duty_from"]) == (0, pd.Timestamp("2026-12-01"))


def test_a_renewal_at_the_same_rate_is_no_change():
    rows = tariffs(
        ("CN", "US", "6109", "2024-01-01", "2026-11-22", 0.1), ("CN", "US", "6109", "2026-11-23", None, 0.1)
    )
    assert next_change(T_SHIRT, rows, DAY).isna().all(axis=None)


@pytest.mark.parametrize(
    ("second", "third"),
    [
        (("CN", "US", "61", "2024-01-01", None, 0.2), None),
        (("CN", "US", "6.1", "2024-06-30", None, 0.2), None),
        (("CN", "US", "61", "2024-03-01", None, 0.2), ("CN", "VN", "61", "2024-03-01", None, 0.2)),
    ],
)
def test_two_rows_of_one_route_and_prefix_for_one_day_are_named(second, third):
    first = ("CN", "US", "61", "2024-01-01", "2024-06-30", 0.12)
    with pytest.raises(TableError, match=r"tariffs, origin CN, destination US, hs_prefix 6.*end one"):
        refuse_overlaps(tariffs(*(row for row in (first, second, third) if row)))


def test_a_row_without_an_end_holds_until_the_next_begins_and_that_is_no_overlap():
    refuse_overlaps(
        tariffs(
            ("CN", "US", "61", "2024-01-01", None, 0.12),
            ("CN", "US", "61", "2025-01-01", "2025-06-30", 0.2),
            ("CN", "US", "61", "2025-07-01", None, 0.1),
            ("CN", "US", "6109", "2025-07-01", None, 0.1),
        )
    )
