"""The sentences a planner reads when something is wrong: where, what was there, what to change."""

from __future__ import annotations


class WorkbenchError(Exception):
    """Any fault a person can mend. Its text is a complete sentence that says what to change."""


class PolicyError(WorkbenchError):
    """A policy file that cannot be used: an unknown key, a value out of range, a limit without a unit."""


class MappingError(WorkbenchError):
    """A mapping from files to tables that cannot be used."""


class GateStop(WorkbenchError):
    """The inputs are not fit to plan on; the last published plan stays live."""


class TableError(WorkbenchError):
    """A table that does not keep to its entry in the dictionary.

    >>> print(TableError("offers", "row 3", "unit_cost", -2.0, "give the price paid per unit, 0 or more"))
    offers, row 3, unit_cost: found -2.0; give the price paid per unit, 0 or more.
    """

    def __init__(self, table: str, row: str, column: str, found: object, remedy: str) -> None:
        super().__init__(f"{table}, {row}, {column}: found {found!r}; {remedy}.")


class LedgerError(WorkbenchError):
    """A decision or a run that the ledger refuses; nothing was written."""


class AlreadyDecided(LedgerError):
    """Somebody was first: the text says who, when and what they decided."""


class StateMoved(LedgerError):
    """Stock, inputs or policy are not as they were when the plan read them; the text says what moved."""


class AgentStopped(LedgerError):
    """An agent was stopped; what it would carry out by itself waits for a person."""


class ParameterError(WorkbenchError):
    """A parameter that no notebook declares, a value of another type, or a setting that cannot be used."""


class AlreadyRunning(WorkbenchError):
    """Another plan is being made in this business folder right now."""


class AlreadyPublished(WorkbenchError):
    """The plan of this date and these inputs is live already."""


class StepFailed(WorkbenchError):
    """A notebook of the plan failed; the text names the notebook, the cell and the error."""
