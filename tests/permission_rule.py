"""A line of the permission table."""

from dataclasses import dataclass

from accounts.roles import Capability as C

ANYONE = "anyone"
SIGNED_IN = "signed in"
Needs = str | C | tuple[C, ...] | None


@dataclass(frozen=True)
class Rule:
    get: Needs = None
    post: Needs = None
    of: str = ""

    def needs(self, method: str) -> Needs:
        return self.get if method == "GET" else self.post
