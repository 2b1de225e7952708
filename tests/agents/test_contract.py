"""What every agent promises: a pure function from tables to valid proposals."""

import inspect
import json

import numpy as np
import pandas as pd
import pytest

from workbench.agents.allocation import allocate
from workbench.agents.demand_sensing import sense_demand
from workbench.agents.replenishment import replenish, situation_of
from workbench.agents.routing import route
from workbench.policy import Policy
from workbench.tables import LINES_OF_KIND, PROPOSALS, TABLES, validate


def replenishment(*tables, doubtful=(), **told):
    """The agent with what makes its tables a situation."""
    return replenish(situation_of(*tables, **told), policy=told["policy"], doubtful=doubtful)


replenishment.__signature__ = inspect.signature(situation_of)
# every agent with the kinds of proposals that the small business draws from it
AGENTS = {
    "demand_sensing": (sense_demand, {"adopt_forecast", "act_on_spike"}),
    "allocation": (allocate, {"channel_share", "transfer"}),
    "replenishment": (replenishment, {"purchase_order", "unconfirmed_release"}),
    "routing": (route, {"shipment", "hold_orders"}),
}


@pytest.fixture(params=AGENTS)
def agent(request):
    """An agent's name, function, and the names of the tables that it takes, in order."""
    return with_tables(request.param)


def with_tables(name):
    function, _ = AGENTS[name]
    given = inspect.signature(function).parameters.values()
    return name, function, [one.name for one in given if one.kind is one.POSITIONAL_OR_KEYWORD]


@pytest.fixture(scope="module")
def policy():
    return Policy.model_validate({"allocation": {"attention_min_gain": 0.0, "overflow_cost": 4.0}})


def run(agent, business, policy, as_of, **told):
    _, function, names = agent
    return function(*(business[name] for name in names), policy=policy, as_of=as_of, **{"seed": 3} | told)


def bytes_of(proposals):
    return proposals.to_json(orient="split", date_format="iso")


def test_it_has_something_to_propose(agent, business, policy, as_of):
    proposals = run(agent, business, policy, as_of)
    assert AGENTS[agent[0]][1] <= set(proposals["kind"])
    assert set(proposals["agent"]) == {agent[0]}


def test_inputs_are_untouched(agent, business, policy, as_of):
    before = {name: business[name].copy(deep=True) for name in agent[2]}
    run(agent, business, policy, as_of)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(business[name], frame)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_order_of_rows_does_not_matter(agent, business, policy, as_of, seed):
    rng = np.random.default_rng(seed)
    shuffled = {name: business[name].iloc[rng.permutation(len(business[name]))] for name in agent[2]}
    assert bytes_of(run(agent, shuffled, policy, as_of)) == bytes_of(run(agent, business, policy, as_of))


def test_empty_in_gives_empty_out_with_the_same_columns(agent, business, policy, as_of):
    nothing = run(agent, {name: TABLES[name].empty() for name in agent[2]}, policy, as_of)
    assert nothing.empty
    assert list(nothing.columns) == list(run(agent, business, policy, as_of).columns)


def test_the_same_seed_gives_the_same_bytes(agent, business, policy, as_of):
    state = np.random.get_state()[1].tolist()
    first, second = (bytes_of(run(agent, business, policy, as_of, seed=11)) for _ in range(2))
    assert first == second
    assert np.random.get_state()[1].tolist() == state


def test_every_proposal_keeps_to_the_dictionary(agent, business, policy, as_of):
    proposals = validate("proposals", run(agent, business, policy, as_of))
    assert list(proposals.columns[: len(PROPOSALS.names)]) == PROPOSALS.names
    assert proposals["subject"].is_unique
    assert (proposals["proposal_id"] == proposals["subject"]).all()


def test_every_line_keeps_to_its_table(agent, business, policy, as_of):
    for proposal in run(agent, business, policy, as_of).to_dict("records"):
        made = TABLES[LINES_OF_KIND[proposal["kind"]]]
        lines = pd.DataFrame(proposal["lines"], columns=[*made.names[1:], "buffer_share"])
        lines = lines.assign(proposal_id=proposal["proposal_id"])
        validate(made.name, lines.astype({column.name: column.dtype for column in made.columns}))
        assert {line["sku"] for line in proposal["lines"]} <= set(proposal["skus"])


def test_every_proposal_can_be_read_and_stored(agent, business, policy, as_of):
    for proposal in run(agent, business, policy, as_of).to_dict("records"):
        for sentence in (proposal["title"], proposal["if_nothing"], *proposal["evidence"]):
            assert sentence[0].isupper() or sentence[0].isdigit()
            assert sentence.endswith(".")
        assert proposal["skus"] == sorted(set(proposal["skus"]))
        assert all(set(other) == {"action", "cost"} for other in proposal["alternatives"])
        costs = {other["action"]: other["cost"] for other in proposal["alternatives"]}
        assert len(costs) == len(proposal["alternatives"]) >= 2
        assert np.isfinite(list(costs.values())).all()
        json.dumps({name: proposal[name] for name in ("lines", "alternatives", "evidence", "skus")})


def test_a_doubtful_sku_holds_up_no_other(agent, business, policy, as_of):
    for proposal in run(agent, business, policy, as_of, doubtful=["A"]).to_dict("records"):
        alone = proposal["skus"] == ["A"]
        assert alone or "A" not in proposal["skus"] or proposal["subject"].endswith("-check")


def test_no_buffer_moves_by_more_than_the_limit_inside_the_guardrail(business, policy, as_of):
    proposals = run(with_tables("allocation"), business, policy, as_of)
    limit = policy.authority.buffer_share_limit
    inside = proposals[proposals["buffer_share"] <= limit]
    moved: dict[tuple[str, str], float] = {}
    for line in (line for lines in inside["lines"] for line in lines):
        where = line.get("from_warehouse") or line["warehouse"]
        moved[line["sku"], where] = moved.get((line["sku"], where), 0.0) + line.get("buffer_share", 0.0)
    assert moved
    assert all(share <= limit + 1e-9 for share in moved.values())
