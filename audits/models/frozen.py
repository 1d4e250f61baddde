"""What a decision rested on, an entry each, kept with it whatever the register says later (design §2.7)."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from areas.scope import ScopedQuerySet


class FrozenFactsQuerySet(ScopedQuerySet):
    def update(self, **kwargs: Any) -> int:
        raise TypeError("决定依据只能追加")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("决定依据只能追加")


class FrozenFacts(models.Model):
    area_field = "entry__area"

    decision = models.ForeignKey("audits.Decision", models.PROTECT, related_name="facts", verbose_name="决定")
    entry = models.ForeignKey("audits.Entry", models.PROTECT, related_name="facts", verbose_name="条目")
    facts = models.JSONField("依据", encoder=DjangoJSONEncoder)
    result = models.PositiveSmallIntegerField("结论", null=True)
    reasons = models.JSONField("理由", default=list)

    objects = FrozenFactsQuerySet.as_manager()

    class Meta:
        verbose_name = "决定依据"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["decision", "entry"], name="frozen_once_a_decision"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.entry_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("决定依据只能追加")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("决定依据只能追加")
