"""Which of the database's rules an IntegrityError broke; what a form says of it is the rule's own message."""

from django.db import IntegrityError, models
from django.db.models import BaseConstraint, UniqueConstraint


def broken(error: IntegrityError, *asked: type[models.Model]) -> BaseConstraint | None:
    """The constraint of these models that was broken; None when it is another's."""
    diagnosis = getattr(error.__cause__, "diag", None)
    named = getattr(diagnosis, "constraint_name", None)
    return next(
        (one for model in asked for one in model._meta.constraints if _is(one, model, named, error)), None
    )


def _is(one: BaseConstraint, model: type[models.Model], named: str | None, error: IntegrityError) -> bool:
    if named is not None:
        return one.name == named
    # SQLite names a check, and of a unique one its columns.
    kind, _, said = str(error).partition(" constraint failed: ")
    if kind == "UNIQUE" and isinstance(one, UniqueConstraint):
        columns = [f"{model._meta.db_table}.{_column(model, name)}" for name in one.fields]
        return said == (", ".join(columns) or f"index '{one.name}'")
    return kind == "CHECK" and said == one.name


def _column(model: type[models.Model], name: str) -> str | None:
    field = model._meta.get_field(name)
    return field.column if isinstance(field, models.Field) else None
