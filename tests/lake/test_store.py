"""The lake: versions, identical content, pinned reads, paths, and what a crash leaves behind."""

import numpy as np
import pandas as pd
import pandera.errors
import pyarrow as pa
import pytest
from deltalake import write_deltalake
from hypothesis import given
from hypothesis import strategies as st

from workbench.demand.paths import matrix, with_paths
from workbench.errors import WorkbenchError
from workbench.lake.store import BATCH_ROWS, Lake, content_hash
from workbench.tables import INPUTS, TABLES, paths_dtype

SALES = INPUTS["sales"]


def sales(units=(2, 3, 1), days=("2026-11-13", "2026-11-14", "2026-11-14")):
    frame = pd.DataFrame({"date": pd.to_datetime(list(days)), "sku": ["A", "A", "B"], "units": units})
    frame = frame.assign(channel="shop", region="east", in_stock=[True, None, False])
    return frame[SALES.names].astype({c.name: c.dtype for c in SALES.columns})


def demand_paths(rows, paths=5, seed=1):
    keys = pd.DataFrame({"sku": [f"S{row:06d}" for row in range(rows)], "channel": "shop", "region": "east"})
    keys = keys.assign(date=pd.Timestamp("2026-11-16")).astype({"date": "datetime64[us]", "sku": "str"})
    values = np.random.default_rng(seed).poisson(3, (rows, paths)).astype(np.float32)
    return with_paths(keys.astype({"channel": "str", "region": "str"}), values)


def test_what_was_written_is_read_back_with_its_types(tmp_path):
    lake = Lake(tmp_path)
    assert lake.write("sales", sales()) == 0
    pd.testing.assert_frame_equal(lake.read("sales"), sales())


def test_identical_content_in_any_row_order_writes_nothing(tmp_path):
    lake = Lake(tmp_path)
    lake.write("sales", sales())
    assert lake.write("sales", sales().iloc[::-1]) == 0
    assert len(list((tmp_path / "sales").glob("*.parquet"))) == 1


def test_a_change_makes_a_version_and_the_old_one_stays_readable(tmp_path):
    lake = Lake(tmp_path)
    lake.write("sales", sales())
    assert lake.write("sales", sales(units=(2, 3, 4))) == 1
    assert lake.read("sales", 0)["units"].tolist() == [2, 3, 1]
    assert lake.read("sales")["units"].tolist() == [2, 3, 4]
    assert lake.versions() == {"sales": 1}


def test_going_back_to_earlier_content_is_a_version_of_its_own(tmp_path):
    lake = Lake(tmp_path)
    versions = [lake.write("sales", sales(units=units)) for units in [(1, 1, 1), (2, 2, 2), (1, 1, 1)]]
    assert versions == [0, 1, 2]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_can_be_empty(name, tmp_path):
    if any(column.dtype == "object" for column in TABLES[name].columns):
        pytest.skip("lives in the ledger alone")
    lake = Lake(tmp_path)
    assert [lake.write(name, TABLES[name].empty()) for _ in range(2)] == [0, 0]
    pd.testing.assert_frame_equal(lake.read(name), TABLES[name].empty())


@pytest.mark.parametrize("rows", [3, 2 * BATCH_ROWS + 7])
def test_paths_come_back_as_they_were(rows, tmp_path):
    lake, frame = Lake(tmp_path), demand_paths(rows)
    lake.write("demand_paths", frame)
    read = lake.read("demand_paths")
    assert read["paths"].dtype == paths_dtype(5)
    assert (matrix(read) == matrix(frame)).all()
    assert content_hash(read) == content_hash(frame)


def test_shuffled_paths_are_the_same_content(tmp_path):
    lake, frame = Lake(tmp_path), demand_paths(BATCH_ROWS + 3)
    lake.write("demand_paths", frame.sample(frac=1, random_state=1))
    assert lake.write("demand_paths", frame) == 0
    assert (matrix(lake.read("demand_paths")) == matrix(frame)).all()


def test_the_number_of_paths_may_change(tmp_path):
    lake = Lake(tmp_path)
    lake.write("demand_paths", demand_paths(4))
    assert lake.write("demand_paths", demand_paths(4, paths=8)) == 1
    assert matrix(lake.read("demand_paths")).shape == (4, 8)
    assert matrix(lake.read("demand_paths", 0)).shape == (4, 5)


def test_columns_beyond_the_dictionary_are_kept(tmp_path):
    lake = Lake(tmp_path)
    lake.write("sales", sales().assign(note="x"))
    assert lake.read("sales")["note"].tolist() == ["x"] * 3


def test_a_column_that_came_later_is_blank_in_older_versions(tmp_path):
    rows = pd.DataFrame({"sku": ["B", "A"], "name": ["b", "a"], "country_of_origin": "PT", "hs_code": "61"})
    older = rows.assign(launched_on=pd.Timestamp("2026-01-01").as_unit("us"), weight_kg=1.0, volume_m3=0.1)
    write_deltalake(tmp_path / "products", pa.Table.from_pandas(older, preserve_index=False))
    lake = Lake(tmp_path)
    found = lake.read("products")
    assert found["sku"].tolist() == ["A", "B"]
    assert (found["category"] == "uncategorised").all()  # as the gate fills a blank
    assert found["discontinued_on"].isna().all()
    typed = {column.name: column.dtype for column in INPUTS["products"].columns}
    newer = found[INPUTS["products"].names].astype(typed)
    assert lake.write("products", newer) == 1
    pd.testing.assert_frame_equal(lake.read("products"), newer)


def test_a_write_that_was_killed_leaves_the_last_version(tmp_path):
    lake = Lake(tmp_path)
    lake.write("sales", sales())
    whole = next((tmp_path / "sales").glob("*.parquet"))
    (tmp_path / "sales" / "part-00000-torn.parquet").write_bytes(whole.read_bytes()[:100])
    assert lake.read("sales")["units"].sum() == 6
    assert lake.write("sales", sales(units=(1, 1, 1))) == 1


def test_a_frame_that_breaks_its_entry_is_not_written(tmp_path):
    with pytest.raises(pandera.errors.SchemaErrors):
        Lake(tmp_path).write("sales", sales(units=(2, -3, 1)))
    assert Lake(tmp_path).versions() == {}


def test_names_and_versions_that_do_not_exist_are_refused_in_plain_words(tmp_path):
    lake = Lake(tmp_path)
    with pytest.raises(WorkbenchError, match="no table of the dictionary"):
        lake.write("sale", sales())
    with pytest.raises(WorkbenchError, match="has no table sales"):
        lake.read("sales")
    lake.write("sales", sales())
    with pytest.raises(WorkbenchError, match="has no version 7 of table sales"):
        lake.read("sales", 7)


def test_a_snapshot_stays_at_its_versions(tmp_path):
    lake = Lake(tmp_path)
    snapshot = lake.snapshot({"sales": lake.write("sales", sales())})
    lake.write("sales", sales(units=(9, 9, 9)))
    assert snapshot.sales["units"].tolist() == [2, 3, 1]
    assert snapshot.sales is snapshot.sales
    assert snapshot.versions == {"sales": 0}


def test_a_snapshot_has_an_empty_table_for_what_was_not_written(tmp_path):
    snapshot = Lake(tmp_path).snapshot({})
    pd.testing.assert_frame_equal(snapshot.lanes, INPUTS["lanes"].empty())
    with pytest.raises(AttributeError, match="lane is no table"):
        _ = snapshot.lane


@given(
    first=st.lists(st.integers(0, 3), min_size=3, max_size=3),
    second=st.lists(st.integers(0, 3), min_size=3, max_size=3),
)
def test_the_hash_tells_contents_apart(first, second):
    same = content_hash(sales(units=first)) == content_hash(sales(units=second))
    assert same == (first == second)


def test_the_hash_sees_a_missing_value():
    assert content_hash(sales()) != content_hash(sales().assign(in_stock=pd.array([True] * 3, "boolean")))


def test_a_narrowed_snapshot_has_only_the_rows_asked_for(tmp_path):
    lake = Lake(tmp_path)
    paths = demand_paths(2 * BATCH_ROWS + 7)
    versions = {"sales": lake.write("sales", sales()), "demand_paths": lake.write("demand_paths", paths)}
    one = lake.snapshot(versions).only("sku", "A", "A")
    assert one.sales["sku"].tolist() == ["A", "A"]
    assert one.stock.empty
    late = lake.snapshot(versions).only("date", pd.Timestamp("2026-11-14"), pd.Timestamp("2026-11-20"))
    assert late.sales["sku"].tolist() == ["A", "B"]
    last = lake.snapshot(versions).only("sku", "S032770", "S032770").demand_paths
    assert (matrix(last) == matrix(paths[paths["sku"] == "S032770"])).all()


def test_a_table_without_the_column_is_read_whole(tmp_path):
    lake = Lake(tmp_path)
    versions = {"sales": lake.write("sales", sales())}
    assert len(lake.snapshot(versions).only("warehouse", "W", "W").sales) == 3
