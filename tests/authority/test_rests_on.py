import pytest

from workbench.authority.rests_on import own_limits, policy_read
from workbench.policy import Policy
from workbench.tables import AGENTS, LEVELS

EVERY = set(AGENTS)
AFTER_ALLOCATION = {"allocation", "replenishment", "routing"}


@pytest.mark.parametrize(
    ("section", "values", "touched"),
    [
        ("people", {"four_eyes_amount": 1.0}, set()),
        ("identity", {"header": "X-Other"}, set()),
        ("scorecard", {"response_minutes": 9.0}, set()),
        ("business", {"name": "Other"}, set()),
        ("run", {"processes": 1}, set()),
        ("release", {"times": ["09:00"]}, set()),
        ("autonomy", {"bar": 0.5}, set()),
        ("run", {"seed": 1}, EVERY),
        ("business", {"base_currency": "EUR"}, EVERY),
        ("release", {"confirm_days": {"transfer": 9}}, EVERY),
        ("demand", {"paths": 50}, EVERY),
        ("allocation", {"cover_days": 7}, AFTER_ALLOCATION),
        ("authority", {"buffer_share_limit": 0.1}, AFTER_ALLOCATION),
        ("autonomy", {"levels": {"transfer": "recommend"}}, AFTER_ALLOCATION),
        ("replenishment", {"review_days": 5}, {"replenishment"}),
        ("authority", {"purchase_order_limit": 9.0}, {"replenishment"}),
        ("authority", {"confidence": {"replenishment": 0.9}}, {"replenishment"}),
        ("routing", {"max_parcels": 1}, {"routing"}),
        ("carriers", {"tries": 1}, {"routing"}),
        ("authority", {"outage_share_limit": 0.5}, {"routing"}),
    ],
)
def test_a_change_of_the_policy_touches_those_whose_tables_or_limits_it_is_behind(section, values, touched):
    before, after = policy_read(Policy()), policy_read(Policy.model_validate({section: values}))
    assert {agent for agent in AGENTS if before[agent] != after[agent]} == touched


def test_an_agents_own_limits_are_its_section_and_what_its_rules_name():
    limits = own_limits(Policy(), "allocation")
    assert set(limits) == {"allocation", "buffer_share_limit", "confidence"}
    assert (limits["buffer_share_limit"], limits["confidence"]) == (0.2, 0.6)


def test_every_level_is_told_apart():
    levels = [Policy.model_validate({"autonomy": {"levels": {"shipment": level}}}) for level in LEVELS]
    assert len({policy_read(policy)["routing"] for policy in levels}) == len(LEVELS)
