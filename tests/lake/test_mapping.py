"""mapping.toml: read, refused in plain words, and written so that it reads back the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import MappingError
from workbench.lake.mapping import EXPORT_COLUMNS, Mapping, OrderExport, Source

WORDS = st.text(min_size=1, max_size=20)
CONSTANTS = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.dates(), WORDS)


@st.composite
def sources(draw, kind=Source, names=("date", "sku", "channel", "units")):
    columns = draw(st.sets(st.sampled_from(names)))
    constants = draw(st.sets(st.sampled_from(names))) - columns
    extra = {}
    if kind is OrderExport:
        columns |= {"ordered_at", "sku", "units"}
        constants -= columns
        extra = {
            "cancellation_prefix": draw(WORDS),
            "not_products": draw(st.sampled_from(["", "^(POST|M)$"])),
        }
    return kind(
        file=draw(st.sampled_from(["a.csv", "ordner/b ö.parquet", 'q"uote.CSV'])),
        columns={name: draw(WORDS) for name in sorted(columns)},
        constants={name: draw(CONSTANTS) for name in sorted(constants)},
        assumed={name: draw(WORDS) for name in draw(st.sets(st.sampled_from(names)))},
        **extra,
    )


MAPPINGS = st.one_of(
    st.builds(lambda source: Mapping(tables={"sales": source}), sources()),
    st.builds(lambda export: Mapping(order_export=export), sources(OrderExport, EXPORT_COLUMNS)),
)


@given(mapping=MAPPINGS)
def test_a_mapping_reads_back_the_same(mapping, tmp_path_factory):
    folder = tmp_path_factory.mktemp("mapping")
    (folder / "mapping.toml").write_text(mapping.toml(), encoding="utf-8")
    assert Mapping.load(folder) == mapping
    assert Mapping.load(folder).toml() == mapping.toml()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[tables.sale]\nfile = "a.csv"', "sale is no input table; `workbench tables` lists them"),
        ('[tables.sales]\nfiel = "a.csv"', "tables.sales.fiel is not a key of the mapping"),
        ("[tables.sales]\ncolumns = {}", "tables.sales.file is missing"),
        ('[tables.sales]\nfile = "a.xls"', "name a .csv or .parquet file"),
        ('[tables.sales]\nfile = "a.csv"\ncolumns = { item = "x" }', "in sales, item is no column of ours"),
        ('[tables.returns]\nfile = "a.csv"\ncolumns = { channel_sku = "x" }', "channel_sku is no column"),
        (
            '[tables.sales]\nfile = "a.csv"\ncolumns = { sku = "x" }\nconstants = { sku = "A" }',
            "sku stands in columns and in constants; keep one of the two",
        ),
        ('[order_export]\nfile = "a.csv"', "name the file's header of ordered_at, sku, units"),
        ('[tables.sales\nfile = "a.csv"', "mapping.toml is not valid TOML"),
    ],
)
def test_a_mapping_that_cannot_be_used_is_refused_in_plain_words(text, told, tmp_path):
    (tmp_path / "mapping.toml").write_text(text)
    with pytest.raises(MappingError, match=r"mapping\.toml") as refused:
        Mapping.load(tmp_path)
    assert told in str(refused.value)


def test_all_faults_come_at_once(tmp_path):
    (tmp_path / "mapping.toml").write_text('[tables.sales]\nfile = "a.txt"\nextra = 1\n[table]')
    with pytest.raises(MappingError) as refused:
        Mapping.load(tmp_path)
    assert len(str(refused.value).splitlines()) == 3


def test_an_export_and_a_sales_file_exclude_each_other(tmp_path):
    export = 'file = "o.csv"\ncolumns = { ordered_at = "d", sku = "s", units = "u" }'
    (tmp_path / "mapping.toml").write_text(f'[order_export]\n{export}\n[tables.sales]\nfile = "s.csv"')
    with pytest.raises(MappingError, match="order_export fills sales already"):
        Mapping.load(tmp_path)


def test_a_pattern_that_does_not_compile_is_refused():
    with pytest.raises(ValueError, match="no regular expression"):
        OrderExport(file="o.csv", columns={"ordered_at": "d", "sku": "s", "units": "u"}, not_products="(POST")


def test_a_missing_mapping_says_how_to_get_one(tmp_path):
    with pytest.raises(MappingError, match="workbench init"):
        Mapping.load(tmp_path)
