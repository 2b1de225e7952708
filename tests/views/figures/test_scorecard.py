"""What the figures of the record draw, and what they say when there is nothing to draw."""

import pytest

from tests.views.small_record import decided, outcomes, proposed
from workbench.policy import ScorecardPolicy
from workbench.views.figures import scorecard as figures
from workbench.views.scorecard import record

TARGETS = ScorecardPolicy()
EMPTY = "No decision has matured yet."


@pytest.fixture
def rows():
    return record(proposed(), decided())


def said(figure):
    return " ".join(note.text for note in figure.layout.annotations)


def test_accuracy_is_drawn_with_its_interval_and_the_bar():
    figure = figures.right(outcomes(), 0.88, EMPTY)
    dots = figure.data[0]
    assert list(dots.x) == pytest.approx([100 * 5 / 6])
    assert dots.x[0] - dots.error_x.arrayminus[0] == pytest.approx(43.65, abs=0.01)
    assert figure.layout.shapes[0].x0 == pytest.approx(88)


def test_claims_stand_beside_what_came_true_with_their_counts():
    dots = figures.calibration(outcomes(), EMPTY).data[1]
    assert (list(dots.x), list(dots.y)) == (pytest.approx([90]), pytest.approx([100 * 5 / 6]))
    assert [text.strip() for text in dots.text] == ["6"]


def test_regret_is_drawn_in_money_with_how_many_were_wrong():
    figure = figures.regret(outcomes(), "USD", EMPTY)
    assert list(figure.data[0].x) == [110.0]
    assert figure.data[1].text[0].strip() == "110\xa0USD, 1\xa0was wrong"


def test_escalations_and_what_was_left_alone_are_drawn_against_their_targets(rows):
    assert sorted(figures.escalations(rows, TARGETS).data[0].x) == pytest.approx([10, 10])
    figure = figures.untouched(rows, TARGETS)
    assert dict(zip(figure.data[0].y, figure.data[0].x, strict=True)) == pytest.approx(
        {"Allocation": 75.0, "Replenishment": 100 * 5 / 6}
    )
    assert figure.layout.shapes[0].x0 == 85


def test_the_wait_of_every_answer_is_drawn(rows):
    figure = figures.answers(rows, TARGETS)
    assert list(figure.data[0].x) == [4.0]
    assert figure.data[1].text[0] == "4.0 min"
    least, most = figure.layout.xaxis.range  # powers of ten; the target is 5 minutes
    assert 10**least < 4 / 2
    assert 10**most > 5 * 2


def test_every_figure_says_why_it_is_empty(rows):
    nothing = outcomes(rights=())
    for figure in (
        figures.right(nothing, 0.88, EMPTY),
        figures.calibration(nothing, EMPTY),
        figures.regret(nothing, "USD", EMPTY),
    ):
        assert said(figure) == EMPTY
    assert "No agent has proposed anything" in said(figures.untouched(rows.head(0), TARGETS))
    assert "No decision was left to a person" in said(figures.escalations(rows[~rows["escalated"]], TARGETS))
    assert "No question has been answered" in said(figures.answers(rows[rows["minutes"].isna()], TARGETS))
