from django.apps import AppConfig
from django.db.models.signals import post_migrate

from villages.indicators import load_after_migrate


class VillagesConfig(AppConfig):
    name = "villages"
    verbose_name = "村与重点村"

    def ready(self) -> None:
        post_migrate.connect(load_after_migrate, sender=self)
