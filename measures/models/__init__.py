"""The help: the policy catalogue and what each household, person and village gets by it."""

from measures.models.measure import Measure, State, Taken
from measures.models.policy import Policy, PolicyKind

__all__ = ["Measure", "Policy", "PolicyKind", "State", "Taken"]
