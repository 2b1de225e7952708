"""Callbacks of widgets: an exception in one is invisible in a page, so each is wrapped to say it.

`AnsweringWidget` is what a page talks to: one message in, one answer out.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets
from IPython import get_ipython

from workbench.errors import WorkbenchError
from workbench.views.numerals import sentence as written

log = logging.getLogger(__name__)


def guarded(callback: Callable[..., None], say: Callable[[str], None]) -> Callable[..., None]:
    """The callback, which tells `say` what went wrong instead of failing where nobody sees it.

    A fault that a person can mend is said in its own sentence. Any other is logged with its traceback where
    the server was started; outside a kernel, as in a test, it is raised as well.
    """

    def run(*given: Any) -> None:
        try:
            callback(*given)
        except WorkbenchError as refusal:
            say(str(refusal))
        except Exception as fault:
            say(f"Something went wrong ({type(fault).__name__}); reload the page to see what was recorded.")
            if get_ipython() is None:
                raise
            log.exception("a callback of a page failed")

    return run


class AnsweringWidget(anywidget.AnyWidget):
    """A widget whose page asks and is always answered: `answer` has text, tone and the question's number.

    What is asked is done by `act`, whose sentence is the text; a refusal or a fault is said in its place.
    """

    answer: traitlets.Dict[str, Any] = traitlets.Dict().tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self.on_msg(lambda _widget, message, _buffers: self.hear(message))

    def act(self, message: Mapping[str, Any]) -> str:
        """Do what the page asks; the sentence that answers."""
        raise NotImplementedError

    def draw(self) -> None:
        """Bring the page up to date before it is answered, whatever came of the question."""

    def catch_up(self) -> None:
        """Bring the page up to date with what others have done since."""

    def hear(self, message: Mapping[str, Any]) -> None:
        """Do what the page asks, and answer; a beat asks whether somebody is there."""
        if message.get("ask") == "beat":
            self.send({"beats": True})
            guarded(self.catch_up, self.warn)()
            return
        said = {"text": "", "tone": "good"}

        def refuse(refusal: str) -> None:
            said.update(text=written(refusal), tone="wrong")

        def act() -> None:
            said["text"] = self.act(message)

        try:
            guarded(act, refuse)()
        finally:
            guarded(self.draw, refuse)()
            self.answer = {**said, "number": message.get("number", 0)}

    def warn(self, sentence: str) -> None:
        """Say what went wrong that nobody asked for; the last question keeps its number."""
        self.answer = {"text": written(sentence), "tone": "wrong", "number": self.answer.get("number", 0)}
