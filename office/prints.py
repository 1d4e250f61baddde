"""Prints of facts that are not kept themselves: whether they are still the same is all that is asked of them."""

from typing import Any

from django.db import models


class PrintField(models.CharField):
    """What `index` made of some facts, to tell by `is_same` whether they are still the same.

    Under a new key it is made anew from the attribute `facts` for `purpose`, or without one by whoever compares
    next; what nobody compared is emptied when its key is gone (office.rotation). To the database it is text.
    """

    def __init__(self, *args: Any, facts: str = "", purpose: str = "", **options: Any) -> None:
        self.facts, self.purpose = facts, purpose
        super().__init__(*args, **options)

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        name, _, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options
