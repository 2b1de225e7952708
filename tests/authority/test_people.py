from datetime import date, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.authority.people import POLICY, policy
from workbench.authority.people import expired_delegations, limit_of, refusal, who_may
from workbench.policy import Policy

DAY = date(2026, 11, 16)
NAMES = ["Ann", "Bob", "Cem", "Dee"]
AGENTS = ["demand_sensing", "allocation", "replenishment", "routing"]
amounts = st.floats(0.0, 1e7, allow_nan=False)


@st.composite
def policies(draw):
    """Any roles, people and delegations; every role is somebody's."""
    roles = draw(
        st.dictionaries(
            st.sampled_from("rstu"), st.dictionaries(st.sampled_from(AGENTS), amounts), min_size=1
        )
    )
    members = {name: draw(st.lists(st.sampled_from(sorted(roles)), unique=True)) for name in NAMES}
    members["planner"] = sorted(roles)
    pairs = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda pair: pair[0] != pair[1])
    days = st.dates(DAY - timedelta(3), DAY + timedelta(3))
    delegations = [
        {"giver": giver, "taker": taker, "until": until}
        for (giver, taker), until in draw(st.lists(st.tuples(pairs, days), max_size=3))
    ]
    people = {"roles": roles, "members": members, "delegations": delegations}
    return Policy.model_validate({"people": people})


def own_limit(chosen, person, agent):
    return max(
        (chosen.people.roles[role].get(agent, 0.0) for role in chosen.people.members[person]), default=0.0
    )


def asked(agent="replenishment", value=5_000.0):
    return {"agent": agent, "value": value}


@given(policies(), st.sampled_from(NAMES), st.sampled_from(AGENTS), amounts)
def test_nobody_decides_beyond_the_own_limit_and_those_of_who_is_stood_in_for(chosen, person, agent, value):
    standing_in = [
        own_limit(chosen, given.giver, agent)
        for given in chosen.people.delegations
        if given.taker == person and given.until >= DAY
    ]
    most = max([own_limit(chosen, person, agent), *standing_in])
    assert limit_of(chosen, person, agent, DAY) == most
    assert (refusal(chosen, person, asked(agent, value), DAY) is None) == (most > 0 and value <= most)
    assert (person in who_may(chosen, agent, value, DAY)) == (most > 0 and value <= most)


@given(policies(), st.sampled_from(NAMES), st.sampled_from(AGENTS))
def test_delegations_end(chosen, person, agent):
    after = DAY + timedelta(4)
    assert limit_of(chosen, person, agent, after) == own_limit(chosen, person, agent)
    assert len(expired_delegations(chosen, after)) == len(chosen.people.delegations)


@given(policies(), st.text(), st.sampled_from(AGENTS), amounts)
def test_who_is_no_member_decides_nothing(chosen, person, agent, value):
    assume(person not in chosen.people.members)
    assert limit_of(chosen, person, agent, DAY) == 0
    assert refusal(chosen, person, asked(agent, value), DAY)


def test_a_refusal_names_who_the_limit_the_value_and_who_may():
    assert refusal(POLICY, "Dee", asked(value=100_000.01), DAY) == (
        "Dee may decide on proposals of replenishment up to 100,000.00 USD; this one is worth "
        "100,000.01 USD. planner or Ann or Bob may."
    )
    assert refusal(POLICY, "Eva", asked("routing"), DAY) == (
        "Eva has no role that may decide on proposals of routing. planner or Ann or Bob may."
    )
    assert "Mallory is none of the policy's people.members" in refusal(POLICY, "Mallory", asked(), DAY)
    assert "Nobody is known here" in refusal(POLICY, "", asked(), DAY)


def test_where_nobody_else_may_the_policy_is_told_what_it_lacks():
    assert (
        "Nobody else may; give somebody else in people.members a role with such a limit for replenishment"
        in refusal(POLICY, "Dee", asked(value=2e6), DAY)
    )


def test_a_delegation_holds_through_its_last_day_and_a_refusal_after_it_says_that_it_ended():
    assert limit_of(POLICY, "Cem", "replenishment", date(2026, 11, 15)) == 100_000.0
    assert limit_of(POLICY, "Cem", "replenishment", DAY) == 10_000.0
    told = refusal(POLICY, "Cem", asked(value=50_000.0), DAY)
    assert "Standing in for Dee ended on 2026-11-15 (people.delegations)." in told
    assert expired_delegations(POLICY, date(2026, 11, 15)) == []
    (sentence,) = expired_delegations(POLICY, DAY)
    assert sentence == (
        "policy.toml: Cem stood in for Dee until 2026-11-15 and does no longer; take the entry out of "
        "people.delegations, or give it a later day in `until`."
    )


def test_who_stands_in_passes_nothing_on():
    chain = [
        {"giver": "Dee", "taker": "Cem", "until": DAY},
        {"giver": "Cem", "taker": "Eva", "until": DAY},
    ]
    assert limit_of(policy(delegations=chain), "Eva", "replenishment", DAY) == 10_000.0


def test_where_the_policy_names_nobody_its_planner_has_every_role():
    assert limit_of(Policy(), "planner", "allocation", DAY) == 1_000_000.0
    assert limit_of(Policy(), "Ann", "allocation", DAY) == 0.0


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_worth_no_number_is_nobodys_to_decide(value):
    assert refusal(POLICY, "Ann", asked(value=value), DAY)
