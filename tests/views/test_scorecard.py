import re
from datetime import date

import pandas as pd
import pytest

from tests.views.small_record import decided, maturing, outcomes, proposed
from workbench.policy import Policy
from workbench.views import scorecard

TODAY = date(2026, 11, 16)
POLICY = Policy()


@pytest.fixture
def rows():
    return scorecard.record(proposed(), decided())


def by_label(tiles):
    return {tile.label: tile for tile in tiles}


def test_what_a_person_was_asked_or_took_back_was_touched(rows):
    assert rows.loc[rows["escalated"], "proposal_id"].tolist() == ["P0", "P6"]
    assert rows["touched"].sum() == 2


def test_the_first_answer_counts_as_the_time_to_respond(rows):
    minutes = rows.set_index("proposal_id")["minutes"]
    assert minutes["P0"] == 4
    assert minutes.drop("P0").isna().all()


def test_what_an_agent_did_and_a_person_took_back_was_touched():
    first = decided().query("proposal_id == 'P1'")
    back = pd.concat([decided(), first.assign(decision="undone", decided_by="Ann")])
    rows = scorecard.record(proposed(), back).set_index("proposal_id")
    assert rows.loc["P1", "touched"]
    assert not rows.loc["P1", "escalated"]


def test_accuracy_stands_with_its_interval():
    (row,) = scorecard.accuracy(outcomes()).to_dict("records")
    assert (row["n"], row["right"], row["regret"]) == (6, 5, 110.0)
    assert (row["low"], row["high"]) == pytest.approx((0.4365, 0.9699), abs=1e-4)  # 5 of 6, Wilson


def test_confidence_is_compared_with_what_came_true_by_tenths():
    judged = pd.concat([outcomes(claimed=0.95), outcomes(rights=(True, False), claimed=0.45)])
    bins = scorecard.reliability(judged)
    assert bins["n"].tolist() == [2, 6]
    assert bins["share"].tolist() == pytest.approx([0.5, 5 / 6])
    # 2 × 0.05 and 6 × (0.95 - 0.8333), over 8
    assert scorecard.calibration_error(judged) == pytest.approx((0.1 + 0.7) / 8)


def test_full_confidence_falls_into_the_last_tenth():
    assert scorecard.reliability(outcomes(claimed=1.0))["claimed"].tolist() == [1.0]


def test_escalations_are_told_by_rule_and_as_a_share_of_all(rows):
    found = scorecard.by_rule(rows)
    assert found.to_dict("list") == {
        "rule": ["buffer_share_limit", "purchase_order_limit"],
        "n": [1, 1],
        "share": [0.1, 0.1],
    }


def test_the_tiles_say_what_is_healthy(rows):
    tiles = by_label(scorecard.tiles_of(rows, outcomes(), maturing("transfer"), POLICY, TODAY))
    assert tiles["Decisions that were right"].value == "83.3"
    assert tiles["Decisions that were right"].tone == "mind"  # the bar lies inside the interval
    assert (tiles["Left untouched"].value, tiles["Left untouched"].tone) == ("80.0", "mind")
    assert (tiles["Escalated"].value, tiles["Escalated"].tone) == ("20.0", "mind")
    assert (tiles["Time to answer"].value, tiles["Time to answer"].unit) == ("4.0", "min")
    assert tiles["Regret"].value == "110"
    assert (tiles["Still to be judged"].value, tiles["Still to be judged"].unit) == ("1", "decision")
    # P3 would have cost 150 and a person made it 130
    assert (tiles["People's changes"].value, tiles["People's changes"].unit) == ("20", "USD saved")


def test_before_anything_has_matured_the_tiles_say_when_it_may():
    nothing = outcomes(rights=())
    rows = scorecard.record(proposed().head(0), decided().head(0))
    tiles = scorecard.tiles_of(rows, nothing, maturing("transfer", "channel_share"), POLICY, TODAY)
    tiles = by_label(tiles)
    assert tiles["Decisions that were right"].value == "–"
    assert tiles["Left untouched"].note == "nothing has been proposed yet"
    assert (tiles["Still to be judged"].value, tiles["Still to be judged"].unit) == ("2", "decisions")
    assert "Mon 30 Nov 2026 (channel share, transfer)" in tiles["Still to be judged"].note
    assert "Mon 30 Nov 2026" in scorecard.nothing_judged(maturing("transfer"), TODAY)
    assert scorecard.nothing_judged(maturing(), TODAY) == "No decision has matured yet."


def test_what_could_have_matured_long_ago_is_said_to_mature_with_the_next_plan():
    assert "Thu 31 Dec 2026" in scorecard.first_to_mature(maturing("transfer"), date(2026, 12, 31))


def test_the_table_of_levels_says_what_is_missing():
    progress = pd.DataFrame(
        {
            "agent": "replenishment",
            "kind": ["purchase_order", "transfer", "shipment", "channel_share"],
            "level": ["guarded", "guarded", "autonomous", "recommend"],
            "stopped": [False, True, False, False],
            "matured": [72, 100, 300, 200],
            "low": [0.91, 0.93, 0.95, 0.1],
            "missing": pd.Series([28, 0, None, None], dtype="Int64"),
        }
    )
    html = scorecard.autonomy_html(progress, POLICY)
    assert "72 of 100" in html
    assert "91.0\xa0% against 88\xa0%" in html
    assert "28\xa0more, if all are right" in html
    assert "nothing: a person may promote it" in html
    assert "stopped by a person" in html
    assert "the highest level" in html
    assert "too far from the bar" in html


def test_the_table_of_accuracy_says_why_it_is_empty():
    html = scorecard.accuracy_html(outcomes(rights=()), "USD", "No decision has matured yet.")
    assert "No decision has matured yet." in html
    assert "44 – 97\xa0%" in scorecard.accuracy_html(outcomes(), "USD", "")


def test_the_page_of_one_agent_counts_its_decisions_alone(rows):
    assert len(scorecard.of_agent(rows, "allocation")) == 4
    assert len(scorecard.of_agent(rows, "")) == len(scorecard.of_agent(rows, "<b>nobody")) == 10
    assert "allocation alone" in scorecard.whose_html("allocation")
    assert scorecard.whose_html("<b>nobody") == ""


def test_the_shadow_stands_beside_what_people_did():
    """Of 4 proposals 3 could be compared, 2 were done to the unit; 1,500 worth 1,200 as people did them."""
    row = {"agent": "replenishment", "kind": "purchase_order", "proposals": 4, "n": 3, "right": 2}
    rows = pd.DataFrame([row | {"proposed": 1_500.0, "done": 1_200.0}])
    cells = re.findall(r'<td class="wb-number">(.*?)</td>', scorecard.shadow_html(rows, "USD"))
    # 2 of 3, Wilson: 0.208 to 0.939
    assert [" ".join(cell.split()) for cell in cells] == [
        *("4", "3", "66.7 %", "21 – 94 %", "1 500", "1 200", "−300")
    ]
    assert "compared with the next day" in scorecard.shadow_html(rows.assign(n=0), "USD")
    assert "at the level shadow" in scorecard.shadow_html(rows[:0], "USD")
