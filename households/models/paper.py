"""Papers and photos of a household (档案材料): survey sheets, pledges, minutes, proofs; their files are attachments
of the row, encrypted on disk (fields.csv, documents and signed_sheet)."""

import uuid

from django.conf import settings
from django.db import models

from households.models.belonging import OfHousehold
from office.days import written
from office.pii import EncryptedTextField
from office.striking import Strikable, StrikableQuerySet, struck_with_a_reason


class Paper(Strikable, OfHousehold):
    """Never changed; a wrong one is struck out and stays with who, when and why."""

    class Kind(models.TextChoices):
        SURVEY = "入户调查表", "入户调查表"
        PLEDGE = "承诺书", "承诺书"
        MINUTES = "会议记录", "会议记录"
        NOTICE = "公示照片", "公示照片"
        IDENTITY = "身份和户籍证明", "身份和户籍证明"
        HEALTH = "医疗和残疾证明", "医疗和残疾证明"
        SCHOOL = "学籍证明", "学籍证明"
        HOUSE = "住房照片", "住房照片"
        INCOME = "收入证明", "收入证明"
        AGREEMENT = "帮扶协议", "帮扶协议"
        OTHER = "其他", "其他"

    household = models.ForeignKey(
        "households.Household", models.PROTECT, related_name="papers", verbose_name="户"
    )
    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    kind = models.CharField("材料类别", max_length=10, choices=Kind.choices)
    made_on = models.DateField("形成日期")
    # It may name an illness.
    note = EncryptedTextField("说明", max_length=200, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="存入人", editable=False
    )
    recorded_at = models.DateTimeField("存入时间", editable=False)

    objects = StrikableQuerySet.as_manager()

    class Meta:
        verbose_name = "档案材料"
        ordering = ["-made_on", "-pk"]
        constraints = [struck_with_a_reason("paper_struck_with_a_reason", "作废材料须写明原因")]

    def __str__(self) -> str:
        return f"{written(self.made_on)} {self.kind}"
