"""`filter(number__among=numbers)`: as `in`, for thousands of texts that are not empty.

Each value of `in` is a parameter of its own, prepared, quoted and parsed; PostgreSQL takes them here as one text.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models.lookups import In

# Stands in no number and no key; a value that has it is found by nothing.
BETWEEN = "\x1f"


class Among(In):
    """Empty texts are looked for by nobody; registered in models.py."""

    lookup_name = "among"

    def get_prep_lookup(self) -> Any:
        asked: Iterable[str] = self.rhs
        return {value for value in asked if value and BETWEEN not in value}

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        if not self.rhs:
            return super().as_sql(compiler, connection)
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(string_to_array(%s, %s))", [*params, BETWEEN.join(self.rhs), BETWEEN]
