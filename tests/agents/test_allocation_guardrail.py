"""10,000 random buffers, through agent, authority and ledger: the policy's share moves by itself, no more."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

from tests.agents.allocating import AS_OF, EAGER, INPUTS, MONDAY, business
from tests.rows import table
from workbench.agents.allocation import allocate
from workbench.authority import judge
from workbench.demand.paths import with_paths
from workbench.ledger.ledger import Ledger
from workbench.policy import Policy

BUFFERS = 5_000  # a seed
WAREHOUSES = ("E", "W")
PATHS = 20
RUN = "20261116-1"


def random_business(seed):
    """SKUs at two warehouses with lanes both ways: stock, fences, demand of two channels, all at random."""
    rng = np.random.default_rng(seed)
    skus = [f"S{number:04d}" for number in range(BUFFERS // len(WAREHOUSES))]
    stock = pd.DataFrame([(sku, place) for sku in skus for place in WAREHOUSES], columns=["sku", "warehouse"])
    size = len(stock)
    available = rng.choice([0, 1, 4, 5, 9, 20, 100], size) + rng.integers(0, 30, size)
    stock = stock.assign(on_hand=available, available=available, inventory_position=available)
    stock = stock.assign(reserved=0, backordered=rng.choice([0, 0, 0, 2], size), in_transfer=0, on_order=0)
    shares = stock[["sku", "warehouse"]].merge(pd.DataFrame({"channel": ["market", "shop"]}), how="cross")
    fences = rng.integers(0, 1 + np.repeat(available, 2) // rng.choice([2, 3, 9], 2 * size))
    keys = pd.DataFrame({"region": ["east", "west"]}).merge(pd.DataFrame({"sku": skus}), how="cross")
    keys = keys.merge(pd.DataFrame({"channel": ["market", "shop"]}), how="cross").assign(date=MONDAY)
    mean = rng.gamma(0.7, 25.0, len(keys))
    demand = with_paths(keys, rng.poisson(mean[:, None], (len(keys), PATHS)).astype(np.float32))
    prices = pd.DataFrame({"sku": skus}).merge(pd.DataFrame({"channel": ["market", "shop"]}), how="cross")
    given = business()
    template = given["prices"].iloc[:1].drop(columns=["sku", "channel", "price"])
    prices = prices.assign(price=rng.uniform(5, 90, len(prices))).merge(template, how="cross")
    back = given["lanes"].iloc[:1].assign(from_warehouse="W", to_warehouse="E")
    return given | {
        "stock": stock,
        "channel_shares": shares.assign(quantity=fences),
        "demand_paths": demand,
        "lanes": pd.concat([given["lanes"], back], ignore_index=True),
        "prices": prices,
        "products": table("products", *({"sku": sku, "name": sku} for sku in skus)),
    }


def moved(proposals):
    """Units that leave an item or are fenced anew there, and units that a fence loses."""
    out, lost = Counter(), Counter()
    for proposal in proposals.to_dict("records"):
        for line in proposal["lines"]:
            if proposal["kind"] == "transfer":
                out[line["sku"], line["from_warehouse"]] += line["quantity"]
            else:
                more = line["quantity"] - line["quantity_before"]
                out[line["sku"], line["warehouse"]] += max(more, 0)
                lost[line["sku"], line["warehouse"], line["channel"]] += max(-more, 0)
    return out, lost


def largest_share(proposals, tables):
    """Largest share of any buffer that these move; the buffer is what stood there in the morning."""
    out, lost = moved(proposals)
    available = tables["stock"].set_index(["sku", "warehouse"])["available"].to_dict()
    fences = tables["channel_shares"].set_index(["sku", "warehouse", "channel"])["quantity"].to_dict()
    shares = [units / available[place] for place, units in out.items() if units]
    shares += [units / fences[fence] for fence, units in lost.items() if units]
    return max(shares, default=0.0)


@pytest.mark.parametrize(("seed", "limit"), [(1, 0.2), (2, 0.05)])
def test_no_more_than_the_policys_share_of_a_buffer_moves_without_an_approval_in_the_ledger(
    tmp_path, seed, limit
):
    policy = Policy(
        allocation=EAGER, authority={"buffer_share_limit": limit, "confidence": {"allocation": 0.0}}
    )
    tables = random_business(seed)
    proposals = allocate(*(tables[name] for name in INPUTS), policy=policy, as_of=AS_OF)
    judged = judge(proposals, policy, doubtful={}, assumed=(), earlier=pd.DataFrame())
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    ledger.start_run(RUN, MONDAY.date(), "inputs", {}, "policy", AS_OF)
    ledger.record(RUN, judged, AS_OF)
    ledger.publish(RUN, {}, AS_OF)

    stands = ledger.proposals(RUN)
    by_itself = stands[stands["decision"] == "executed"]
    assert len(moved(by_itself)[0]) > 500  # much moves
    assert largest_share(by_itself, tables) <= limit + 1e-9

    # what is beyond waits, says what it would bring, and moves once a person has approved it
    beyond = stands[stands["reason"] == "beyond_guardrail"]
    assert len(beyond) > 100
    assert (beyond["decision"] == "escalated").all()
    assert (beyond["buffer_share"] > limit).all()
    assert (beyond["money_at_risk"] > 0).all()
    ledger.decide(beyond["proposal_id"].iloc[0], "approved", "Ann", AS_OF)
    stands = ledger.proposals(RUN)
    done = stands[stands["decision"].isin(["executed", "approved"])]
    assert largest_share(done, tables) > limit
    assert largest_share(done[done["decision"] == "executed"], tables) <= limit + 1e-9
