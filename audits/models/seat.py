"""Four eyes, kept by the database: a person has one seat on a list, at the stage where they decided (C105)."""

from django.conf import settings
from django.db import models

from areas.scope import ScopedQuerySet


class Seat(models.Model):
    area_field = "audit_list__area"

    audit_list = models.ForeignKey(
        "audits.AuditList", models.PROTECT, related_name="seats", verbose_name="名单"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="决定人"
    )
    stage = models.CharField("环节", max_length=20)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "决定席位"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["audit_list", "person"], name="seat_once_a_list"),
        ]

    def __str__(self) -> str:
        return f"{self.audit_list_id} {self.stage} {self.person}"
