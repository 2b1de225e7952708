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


PEOPLE = """
[people.roles.buyer]
replenishment = 10_000
[people.members]
planner = ["buyer"]
"Robin \\"R\\" (lead)" = []
"""


def test_people_are_written_and_read_again(tmp_path):
    policy = _load(
        tmp_path,
        PEOPLE
        + "[[people.delegations]]\ngiver = 'planner'\ntaker = 'Robin \"R\" (lead)'\nuntil = 2026-12-31\n",
    )
    assert policy.people.roles == {"buyer": {"replenishment": 10_000.0}}
    assert policy.people.delegations[0].until == date(2026, 12, 31)
    assert _load(tmp_path, policy.toml()) == policy


@given(
    st.dictionaries(st.text(min_size=1).map(lambda name: "x" + name + "x"), st.just(["planner"]), min_size=1)
)
def test_any_name_of_a_person_can_be_written_and_read_again(tmp_path_factory, members):
    try:
        policy = Policy.model_validate(
            {"people": {"members": members}, "business": {"planner": min(members)}}
        )
    except ValueError:  # half of a surrogate pair is no text
        return
    assert _load(tmp_path_factory.mktemp("policy"), policy.toml()) == policy


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[people.roles]\nreplenishment = 10_000\n", "replenishment = 10000 is a limit without a role"),
        (
            PEOPLE + "[people.roles.lead]\nbuying = 5\n",
            "people.roles.lead: buying is none of demand_sensing",
        ),
        (PEOPLE + "[people.roles.lead]\n", "roles.lead has no person; give it to somebody in people.members"),
        (PEOPLE + "Ann = ['lead']\n", "members: Ann has the role lead, which is none of buyer"),
        (PEOPLE + "' Ann' = []\n", "' Ann' is blank or has blanks around it"),
        (PEOPLE + "routing = []\n", "routing is not a person"),
        (PEOPLE.replace("planner", "Ann"), "business.planner is 'planner', who is no member"),
        (
            PEOPLE + "[[people.delegations]]\ngiver = 'Ann'\ntaker = 'planner'\nuntil = 2026-12-31\n",
            "Ann is no member",
        ),
        (PEOPLE + "[[people.delegations]]\ngiver = 'planner'\nuntil = 2026-12-31\n", "taker is missing"),
        (
            PEOPLE + "[[people.delegations]]\ngiver = 'planner'\ntaker = 'planner'\nuntil = 2026-12-31\n",
            "nobody else",
        ),
        (
            PEOPLE + "[[people.delegations]]\ngiver = 'planner'\ntaker = 'x'\nuntil = 'May'\n",
            "until is 'May'",
        ),
        ("[people]\nfour_eyes = 3\n", "people.four_eyes is not a key of the policy"),
    ],
)
def test_people_that_cannot_be_are_refused_with_what_to_change(tmp_path, text, sentence):
    with pytest.raises(PolicyError) as caught:
        _load(tmp_path, text)
    assert sentence in str(caught.value)
