"""A few people with roles, and plans made under their policy."""

from functools import partial

from tests.ledger import making
from workbench.policy import Policy

EVERYTHING = {"demand_sensing": 1e6, "allocation": 1e6, "replenishment": 1e6, "routing": 1e6}
PEOPLE = {
    "four_eyes_amount": 200_000.0,
    "roles": {
        "planner": EVERYTHING,
        "buyer": {"replenishment": 10_000.0},
        "lead": {"replenishment": 100_000.0},
    },
    "members": {
        "planner": ["planner"],
        "Ann": ["planner"],
        "Bob": ["planner"],
        "Cem": ["buyer"],
        "Dee": ["lead"],
        "Eva": [],
    },
    "delegations": [{"giver": "Dee", "taker": "Cem", "until": "2026-11-15"}],
}
POLICY = Policy.model_validate({"people": PEOPLE})
publish = partial(making.publish, policy=POLICY)


def policy(**changes):
    """The same with another four-eyes amount, other delegations and so on."""
    return Policy.model_validate({"people": PEOPLE | changes})
