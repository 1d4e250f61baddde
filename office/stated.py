"""Records whose state passes on once: of two who press at the same time the second is told."""

from typing import Any

from django.db import models


class Stated(models.Model):
    """A model with a column `state`."""

    state: Any

    class Meta:
        abstract = True

    def move(self, before: str, after: str, **facts: Any) -> bool:
        """The state passes on, and what is written with it; False when another was first."""
        rows: Any = type(self)._default_manager
        mine = rows.filter(pk=self.pk, state=before)
        moved = mine.update(state=after, **facts)
        if moved:
            self.state = after
            for name, value in facts.items():
                setattr(self, name, value)
        return bool(moved)
