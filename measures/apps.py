from django.apps import AppConfig
from django.db.models.signals import post_migrate

from measures.catalogue import load_after_migrate


class MeasuresConfig(AppConfig):
    name = "measures"
    verbose_name = "帮扶措施"

    def ready(self) -> None:
        post_migrate.connect(load_after_migrate, sender=self)
