import pytest

from workbench.errors import LedgerError
from workbench.views import guard
from workbench.views.guard import guarded


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
