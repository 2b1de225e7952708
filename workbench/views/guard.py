"""Callbacks of widgets: an exception in one is invisible in a page, so each is wrapped to say it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from IPython import get_ipython

from workbench.errors import WorkbenchError

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
