"""Files as found: row numbers, rows that do not fit, files that cannot be read."""

import pytest

from workbench.errors import GateStop
from workbench.lake.reading import read


def raw(folder, data, name="f.csv"):
    (folder / name).write_bytes(data)
    return read(folder / name, name)


def test_rows_keep_their_number_beside_broken_and_blank_ones(tmp_path):
    found = raw(tmp_path, b"a,b\n1,2\n3\n\n4,5,6\n7,8\n")
    assert found.cells.to_dict("index") == {2: {"a": "1", "b": "2"}, 6: {"a": "7", "b": "8"}}
    assert found.broken.to_numpy().tolist() == [[3, "3"], [5, "4,5,6"]]
    assert (found.blank, found.rows) == (1, 5)


def test_a_quoted_cell_may_hold_anything(tmp_path):
    found = raw(tmp_path, b'a,b\n"1,5","two\nlines"\n"say ""x""",2\n')
    assert found.cells.to_numpy().tolist() == [["1,5", "two\nlines"], ['say "x"', "2"]]
    assert found.cells.index.tolist() == [2, 3]


def test_nothing_is_guessed_from_the_text(tmp_path):
    found = raw(tmp_path, b"a,b,c,d\n001,NA,null,1e3\n")
    assert found.cells.iloc[0].tolist() == ["001", "NA", "null", "1e3"]


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("f.csv", b"", "f.csv has no bytes; export it again."),
        ("f.csv", b"\x00\x81", "f.csv is no text file"),
        ("f.parquet", b"PAR1", "f.parquet cannot be read"),
    ],
)
def test_what_cannot_be_read_stops_with_a_sentence(name, data, told, tmp_path):
    with pytest.raises(GateStop, match=told):
        raw(tmp_path, data, name)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(GateStop, match=r"orders\.csv is missing; put it into the folder"):
        read(tmp_path / "x.csv", "orders.csv")
