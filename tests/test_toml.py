import tomllib

from hypothesis import given
from hypothesis import strategies as st

from workbench.toml import toml_key, toml_value

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
plain = texts | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(allow_nan=False) | st.dates()
values = plain | st.lists(plain, max_size=3).map(tuple) | st.dictionaries(texts, plain, max_size=3)


@given(texts, values)
def test_what_is_written_reads_back_the_same(key, value):
    read = tomllib.loads(f"{toml_key(key)} = {toml_value(value)}")
    assert read == {key: list(value) if isinstance(value, tuple) else value}
