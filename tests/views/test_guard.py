import pytest

from workbench.errors import LedgerError
from workbench.views import guard
from workbench.views.guard import AnsweringWidget, guarded


def refuse():
    raise LedgerError("Ana was first.")


def break_down():
    raise KeyError("sku")


def test_a_refusal_is_said_in_its_own_sentence():
    said = []

    guarded(refuse, said.append)()

    assert said == ["Ana was first."]


def test_a_fault_is_said_and_raised_where_no_page_shows_it():
    said = []

    with pytest.raises(KeyError):
        guarded(break_down, said.append)()

    assert "KeyError" in said[0]


def test_in_a_kernel_a_fault_is_said_and_logged(monkeypatch, caplog):
    monkeypatch.setattr(guard, "get_ipython", object)
    said = []

    guarded(break_down, said.append)()

    assert "reload" in said[0]
    assert "KeyError" in caplog.text


def test_arguments_are_passed_on():
    heard = []

    guarded(lambda *given: heard.extend(given), print)(1, 2)

    assert heard == [1, 2]


class Echo(AnsweringWidget):
    def act(self, message):
        return message["does"]()


@pytest.mark.parametrize(
    ("does", "text", "tone"), [(lambda: "Done.", "Done.", "good"), (refuse, "Ana was first.", "wrong")]
)
def test_a_question_is_answered_by_its_number(does, text, tone):
    widget = Echo()

    widget.hear({"does": does, "number": 4})

    assert widget.answer == {"text": text, "tone": tone, "number": 4}


def test_a_question_that_breaks_down_is_answered_too():
    widget = Echo()

    with pytest.raises(KeyError):
        widget.hear({"does": break_down, "number": 5})

    assert (widget.answer["tone"], widget.answer["number"]) == ("wrong", 5)


def test_what_nobody_asked_keeps_the_last_questions_number():
    widget = Echo()
    widget.hear({"does": lambda: "Done.", "number": 6})

    widget.warn("Somebody else decided.")

    assert widget.answer == {"text": "Somebody else decided.", "tone": "wrong", "number": 6}
