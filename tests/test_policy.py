from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import PolicyError
from workbench.policy import BusinessPolicy, Policy


def _load(tmp_path, text):
    path = tmp_path / "policy.toml"
    path.write_text(text)
    return Policy.load(path)


@given(st.text(alphabet=st.characters(exclude_categories=["C"]), max_size=30), st.floats(0, 1e9))
def test_a_policy_written_and_read_again_is_the_same(tmp_path_factory, name, limit):
    policy = Policy.model_validate({"business": {"name": name}, "authority": {"purchase_order_limit": limit}})
    assert _load(tmp_path_factory.mktemp("policy"), policy.toml()) == policy


def test_every_value_in_the_file_stands_beside_its_meaning_and_source():
    values = [line for line in Policy().toml().splitlines() if " = " in line]
    assert len(values) > 30
    assert all("  # " in line for line in values)


def test_all_faults_are_told_at_once(tmp_path):
    with pytest.raises(PolicyError) as caught:
        _load(tmp_path, "[gate]\nmax_shrnk = 0.4\n[authority]\noutage_share_limit = 3\n")
    told = str(caught.value)
    assert "gate.max_shrnk is not a key of the policy" in told
    assert "authority.outage_share_limit is 3" in told


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[business]\ntime_zone = 'Mars/Base'\n", "give an IANA name"),
        ("[business]\ntime_zone = ''\n", "give an IANA name"),
        ("[gate\n", "not valid TOML"),
        ("[business]\nbase_currency = 'dollars'\n", "business.base_currency is 'dollars'"),
    ],
)
def test_a_policy_that_cannot_be_used_says_why(tmp_path, text, sentence):
    with pytest.raises(PolicyError, match=sentence):
        _load(tmp_path, text)


def test_a_missing_policy_is_named(tmp_path):
    with pytest.raises(PolicyError, match=r"policy.toml is missing"):
        Policy.load(tmp_path / "policy.toml")


def test_a_plan_is_made_at_the_local_hour_on_both_sides_of_a_clock_change():
    business = BusinessPolicy(time_zone="America/Chicago")
    assert business.as_of(date(2026, 7, 1)).hour == 9
    assert business.as_of(date(2026, 12, 1)).hour == 10
    assert business.day(business.as_of(date(2026, 12, 1))) == date(2026, 12, 1)


def test_two_policies_that_differ_anywhere_have_different_digests():
    other = Policy.model_validate({"routing": {"co2e_price": 0.2}})
    assert other.digest() != Policy().digest()
    assert Policy().digest() == Policy().digest()
