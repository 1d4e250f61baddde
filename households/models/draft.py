"""A household's entry sheet while it is typed: one a user and household, encrypted, deleted when it is saved."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from areas.models import Area
from areas.scope import ScopedQuerySet
from office.pii import EncryptedTextField


class EntryDraft(models.Model):
    """`household` is empty for a new one; `area` is where it stands or, until then, the user's own area."""

    area_field = "area"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="采集人"
    )
    household = models.ForeignKey(
        "households.Household", models.CASCADE, null=True, related_name="+", verbose_name="户"
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="+", verbose_name="区划")
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    content = EncryptedTextField("内容")
    saved_at = models.DateTimeField("保存时间", db_index=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        verbose_name = "采集草稿"
        constraints = [
            models.UniqueConstraint(fields=["owner", "household"], name="entry_draft_once"),
            models.UniqueConstraint(
                fields=["owner"], condition=Q(household__isnull=True), name="entry_draft_new_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.owner_id} {self.saved_at}"
