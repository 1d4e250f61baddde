"""Numbers given by the system: fixed-width digits from a series that two writers never share."""

from collections.abc import Iterator

from django.db import models, transaction
from django.db.models import F

WIDTHS = {"household": 10, "person": 11, "helper": 10}


class NumberSeries(models.Model):
    name = models.CharField("序列", max_length=20, unique=True)
    last = models.PositiveBigIntegerField("已用到", default=0)

    class Meta:
        verbose_name = "编号序列"

    def __str__(self) -> str:
        return f"{self.name}：{self.last}"

    @classmethod
    def take(cls, name: str, count: int = 1) -> Iterator[str]:
        """The next `count` numbers of the series "household", "person" or "helper".

        The update comes first and holds the row until the end of the transaction, so that the value
        read after it is this writer's own.
        """
        width = WIDTHS[name]
        with transaction.atomic():
            if not cls.objects.filter(name=name).update(last=F("last") + count):
                cls.objects.get_or_create(name=name)
                cls.objects.filter(name=name).update(last=F("last") + count)
            last = cls.objects.values_list("last", flat=True).get(name=name)
        return (f"{number:0{width}d}" for number in range(last - count + 1, last + 1))
