import shutil

import pytest
from typer.testing import CliRunner

from tests.lake.tiny_business import DAY
from tests.ledger.making import order, publish
from tests.runs.toy_plan import toy_business, use_notebooks
from workbench.cli import app
from workbench.cli.speaking import visible
from workbench.runs import daily_plan
from workbench.runs.business import Business, now

RUN = "20261116-1"
ORDER = f"PO-S1-{RUN}"


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A plan in which one purchase order waits, for it is worth more than 50,000."""
    folder = tmp_path_factory.mktemp("decided")
    with pytest.MonkeyPatch.context() as monkeypatch:
        use_notebooks(monkeypatch, folder / "notebooks", value=60_000.0)
        business = toy_business(folder / "business")
        daily_plan.plan(business, DAY, {}, lambda _: None)
        yield business.folder


@pytest.fixture
def folder(planned, tmp_path):
    shutil.copytree(planned, tmp_path / "business")
    return tmp_path / "business"


def _say(folder, *words):
    return CliRunner().invoke(app, ["decisions", *words, "--folder", str(folder)])


def _stands(folder):
    proposals = Business(folder).ledger.proposals("20261116-1")
    return proposals.set_index("proposal_id").loc[ORDER]


@pytest.mark.parametrize(
    ("words", "listed"),
    [
        ([], True),
        (["--agent", "replenishment", "--state", "waiting", "--supplier", "S1", "--sku", "A"], True),
        (["--rule", "purchase_order_limit"], True),
        (["--run", "20261116-1"], True),
        (["--agent", "routing"], False),
        (["--state", "decided"], False),
        (["--supplier", "S2"], False),
        (["--sku", "B"], False),
        (["--rule", "confidence"], False),
    ],
)
def test_proposals_are_listed_and_narrowed(planned, words, listed):
    outcome = _say(planned, "list", *words)
    assert outcome.exit_code == 0, outcome.output
    assert (f"{ORDER}  escalated (purchase_order_limit)  Order 12 Apples." in outcome.output) == listed
    assert f"{int(listed)} proposals, {40 * listed:.2f} USD at risk." in outcome.output


def test_a_decision_is_made_undone_and_made_otherwise_by_the_person_of_this_machine(folder):
    approved = _say(folder, "approve", ORDER, "--reason", "as agreed", "--code", "as_agreed")
    assert (approved.exit_code, approved.output) == (0, f"{ORDER}: approved by planner.\n")
    assert _say(folder, "undo", ORDER).exit_code == 0
    changed = _say(folder, "change", ORDER, "1=18", "--reason", "pack of 6 more")
    assert (changed.exit_code, changed.output) == (0, f"{ORDER}: changed by planner.\n")
    row = _stands(folder)
    assert (row["approved_quantity"], row["decision_reason"]) == (18.0, "pack of 6 more")
    assert _say(folder, "undo", ORDER).exit_code == 0
    assert _say(folder, "reject", ORDER, "--reason", "too much").exit_code == 0
    assert _stands(folder)["decision"] == "rejected"


@pytest.fixture
def together(tmp_path):
    """What a folder's planner decided in one go on orders of S1 and S2, with a third decided apart."""
    business = toy_business(tmp_path / "business")

    def decided(value_of_second, by="planner"):
        publish(business.ledger, order(), order("S2", value=value_of_second), order("S3"))
        standing = business.ledger.proposals(RUN).set_index("proposal_id")["decision_id"].to_dict()
        apart = {f"PO-S3-{RUN}": standing.pop(f"PO-S3-{RUN}")}
        for seen in (standing, apart):
            business.ledger.decide_all("approved", seen, by, now())
        return business.folder

    return decided


def _decisions(folder):
    return Business(folder).ledger.proposals(RUN).set_index("proposal_id")["decision"].to_dict()


def test_what_was_decided_together_is_undone_together(together):
    folder = together(1200.0)
    undone = _say(folder, "undo", ORDER, "--together", "--reason", "too early")
    assert (undone.exit_code, undone.output) == (0, f"Undone together: 2.\n{ORDER}: undone by planner.\n")
    assert _decisions(folder) == {
        ORDER: "undone",
        f"PO-S2-{RUN}": "undone",
        f"PO-S3-{RUN}": "approved",
    }


def test_what_was_decided_together_is_undone_as_a_whole_or_not_at_all(together):
    folder = together(1_000_000.01, by="chief")
    head = Business(folder).ledger.head()
    refused = _say(folder, "undo", ORDER, "--together")
    assert refused.exit_code == 1
    assert f"PO-S2-{RUN}: planner may decide on proposals of replenishment up to" in refused.output
    assert "Nothing was decided." in refused.output
    assert Business(folder).ledger.head() == head


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["approve", "PO-S9-20261116-1"], 1, "is no proposal of this plan"),
        (["approve", ORDER, "--code", "mood"], 1, "'mood' is no reason code; give one of"),
        (["change", ORDER, "1=13"], 1, "13 units do not fit packs of 6"),
        (["change", ORDER, "2=12"], 1, "There is no line"),
        (["change", ORDER, "twelve"], 2, "'twelve' is no change; give LINE=UNITS"),
        (["reject", ORDER], 1, "say why it is rejected"),
        (["undo", ORDER], 1, "there is nothing to undo"),
        (["undo", ORDER, "--together"], 1, "there is nothing to undo"),
        (["snooze", ORDER, "soon"], 2, "The time is 'soon'; give HH:MM"),
        (["snooze", ORDER, "2026-01-01T10:00"], 1, "cannot be put off until 2026-01-01"),
        (["explain", "PO-S9-20261116-1"], 2, "There is no proposal 'PO-S9-20261116-1'"),
        (["replay"], 2, "Give the id of a proposal, or --all."),
        (["replay", ORDER, "--all"], 2, "Give the id of a proposal, or --all."),
        (["replay", "--all", "--run", "20261116-9"], 2, "has no proposals"),
        (["list", "--agent", "magic"], 2, "There is no agent 'magic'; give one of demand_sensing"),
        (["list", "--run", "20261116-2"], 1, "There is no run '20261116-2'"),
        (["list", "--state", "open"], 2, "The state is 'open'; give waiting or decided."),
    ],
)
def test_what_cannot_be_done_exits_with_its_code_and_a_sentence_and_records_nothing(
    planned, words, code, sentence
):
    head = Business(planned).ledger.head()
    outcome = _say(planned, *words)
    assert outcome.exit_code == code, outcome.output
    assert sentence in outcome.output
    assert Business(planned).ledger.head() == head


def test_where_nobody_is_known_nothing_is_decided(folder, monkeypatch):
    monkeypatch.delenv("JUPYTERHUB_USER", raising=False)
    with (folder / "policy.toml").open("r+") as file:
        text = file.read().replace('source = "one_person"', 'source = "variable"')
        file.seek(0)
        file.write(text)
        file.truncate()
    outcome = _say(folder, "approve", ORDER)
    assert outcome.exit_code == 1
    assert "Nobody is known here" in outcome.output
    assert _stands(folder)["decision"] == "escalated"


def test_the_whole_story_is_told(folder):
    _say(folder, "approve", ORDER, "--reason", "as agreed")
    CliRunner().invoke(app, ["release", "--folder", str(folder)])
    told = _say(folder, "explain", ORDER).output
    for part in (
        "a purchase_order by replenishment (code ",
        "policy " + Business(folder).policy.digest(),
        "12 units worth 60,000.00 USD, confidence 90 %",
        "sku A, supplier S1, warehouse main, quantity 12",
        "5 on hand",
        "If nothing is done: Apples run out on 20 November.",
        "do nothing: costs 40.00 USD",
        "outstanding, version 0, taken in 20",
        "escalated by replenishment: Purchase orders of this day to S1 come to 60,000.00 USD; above 50",
        "approved by planner, 12 units: as agreed",
        "20261116-1-R1, line 0: ",
        f"In the export: proposal_id {ORDER}, sku A",
        "It has not been judged yet.",
    ):
        assert part in told, part


def test_a_replay_says_how_many_come_to_the_same_bytes(planned):
    for words in (["--all"], [ORDER]):
        outcome = _say(planned, "replay", *words)
        assert (outcome.exit_code, outcome.output) == (0, "1 of 1 decisions come to the same bytes.\n")


def test_a_replay_by_other_code_says_so(planned, monkeypatch):
    monkeypatch.setattr("workbench.runs.replay.code_version", lambda _agent: "another")
    outcome = _say(planned, "replay", ORDER)
    assert "here is another: other bytes may be the code's doing" in outcome.output

    notebook = daily_plan.NOTEBOOKS / "3_replenishment.ipynb"
    whole = notebook.read_text()
    notebook.write_text(whole.replace("step.decide", "step.decided"))
    outcome = _say(planned, "replay", ORDER)
    notebook.write_text(whole)
    assert outcome.exit_code == 1
    assert f"{ORDER}: It cannot be computed with what there is now: 3_replenishment.ipynb" in outcome.output
    assert "0 of 1 decisions come to the same bytes." in outcome.output


def test_what_a_text_holds_never_steers_the_terminal():
    hostile = "a\x1b[31mb\x9b2Jc\u202ed\u200be\x00f\ud800g\rh"
    assert visible(hostile) == r"a\x1b[31mb\x9b2Jc\u202ed\u200be\x00f\ud800g\rh"
    assert visible("Größe: 12 × 5, 3 €\nMug 🙂") == "Größe: 12 × 5, 3 €\nMug 🙂"
