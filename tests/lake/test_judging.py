"""No row is lost on its way through a sheet, whatever the dirt."""

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.lake.sheets import UTC, judged
from tests.lake.tiny_business import DAY
from workbench.lake.judging import passed
from workbench.lake.quarantine import rows_of
from workbench.lake.references import Known
from workbench.tables import validate

CELLS = {
    "date": ["2026-11-13", "2026-11-14", "2026-11-16", "2026-02-30", "13.11.2026", "soon", "", "1026-11-13"],
    "sku": ["A", "B", " A ", "Z", ""],
    "channel": ["shop", "etsy", ""],
    "region": ["east", "west", "mars"],
    "units": ["1", "2", "0", "-1", "1.5", "1.234,5", "12 pcs", "", "999999", "nan", "1e3"],
    "in_stock": ["true", "0", "", "perhaps"],
}
ROWS = st.lists(st.tuples(*[st.sampled_from(values) for values in CELLS.values()]), max_size=30)
WORTH = pd.Series({"A": 10.0, "B": 3.0})


def known_keys():
    known = Known("USD")
    for table, key, values in [
        ("products", "sku", ["A", "B"]),
        ("channels", "channel", ["shop"]),
        ("regions", "region", ["east", "west"]),
    ]:
        frame = pd.DataFrame({key: values}, dtype="str")
        known.add(table, frame, frame)
    return known


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, broken=st.booleans(), blank=st.booleans())
def test_rows_in_are_used_or_quarantined_or_out_of_scope(rows, broken, blank, tmp_path):
    lines = [",".join(CELLS), *(",".join(row) for row in rows)]
    lines += ["2026-11-13,A"] * broken + [",,,,,"] * blank
    sheet = judged(tmp_path, "sales", "\n".join(lines) + "\n", known_keys())
    counts, sales, quarantine = sheet.counts(), passed(sheet, None), rows_of(sheet, WORTH, UTC)
    assert counts["rows_in"] == len(rows) + broken + blank
    assert counts["rows_in"] == counts["used"] + counts["quarantined"] + counts["out_of_scope"]
    assert len(validate("sales", sales)) == counts["used"]
    assert validate("quarantine", quarantine)["row"].nunique() == counts["quarantined"]
    assert (sales["date"] < pd.Timestamp(DAY)).all()


@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows, seed, tmp_path):
    shuffled = list(rows)
    seed.shuffle(shuffled)
    first, second = (
        passed(judged(tmp_path, "sales", "\n".join([",".join(CELLS), *map(",".join, some), ""])), None)
        for some in (rows, shuffled)
    )
    pd.testing.assert_frame_equal(first, second)
