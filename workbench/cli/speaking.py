"""How the commands speak: sentences on two streams, and an exit code for every fault a person can mend."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any
from unicodedata import category

import typer
from rich.console import Console

from workbench.errors import AlreadyPublished, AlreadyRunning, GateStop, ParameterError, WorkbenchError

EXIT_CODES = {
    0: "done; of `plan`: published",
    1: (
        "any other fault; a failed step names notebook, cell and error; a refused decision says why; "
        "`verify` and `replay` name what does not fit"
    ),
    2: "bad parameters",
    3: "the gate stopped it and the last plan stands",
    4: "a plan is being made in this folder already",
    5: "published already for this date and these inputs",
}
CODE_OF = {ParameterError: 2, GateStop: 3, AlreadyRunning: 4, AlreadyPublished: 5}

HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # kinds of characters that steer a terminal or cannot be seen


def visible(text: str) -> str:
    """A text in which nothing steers the terminal or hides: such characters are shown as they are written.

    >>> visible("Mug" + chr(27) + "[31m" + chr(0x202E))
    'Mug\\\\x1b[31m\\\\u202e'
    """
    return "".join(
        character if character == "\n" or category(character) not in HIDDEN else ascii(character)[1:-1]
        for character in text
    )


class _Screen(Console):
    """A terminal on which names, notes and reasons are shown and never obeyed."""

    def print(self, *objects: Any, **how: Any) -> None:
        super().print(*(visible(str(thing)) for thing in objects), **how)


out = _Screen(highlight=False, soft_wrap=True, markup=False)
err = _Screen(highlight=False, soft_wrap=True, markup=False, stderr=True)

Folder = Annotated[str, typer.Option("--folder", help="the business folder; without it: data/demo")]


@contextmanager
def speaking() -> Iterator[None]:
    """Turn a fault into its sentence and its exit code."""
    try:
        yield
    except WorkbenchError as error:
        err.print(str(error))
        raise typer.Exit(CODE_OF.get(type(error), 1)) from error
