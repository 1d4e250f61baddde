"""Rows that are written once: decisions, entries of the ledger, papers."""

from typing import Any

from django.db import models

from areas.scope import ScopedQuerySet


class AppendOnly(ScopedQuerySet):
    """Read and append; bulk ways around save and delete are closed too."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("只能追加")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("只能追加")


class Appended(models.Model):
    """A row that is written once."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("只能追加")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("只能追加")
