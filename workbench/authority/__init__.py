"""What an agent may do by itself, and the desk where a person decides the rest."""

from workbench.authority.desk import Desk
from workbench.authority.rules import judge

__all__ = ["Desk", "judge"]
