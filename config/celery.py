"""The Celery application and the list of periodic tasks.

Beat only rings: what is due, and that it happens once, is decided by rows in the database (office.jobs).
A worker without -Q listens to both queues; in production "bulk" gets a worker of its own, so that an import
never keeps a small export waiting.
"""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string
from kombu import Exchange, Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

TICK_SECONDS = 20.0

app = Celery("tuopin")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
app.conf.task_queues = tuple(Queue(name, Exchange(name), routing_key=name) for name in ("office", "bulk"))
app.conf.beat_schedule = {
    # A tick that nobody heard in time is not kept: the next one does its work.
    "tick": {"task": "office.tick", "schedule": TICK_SECONDS, "options": {"expires": TICK_SECONDS}},
}


def know_every_index_key() -> None:
    """Raises ImproperlyConfigured (office.rotation), whose models are there only once Django is set up."""
    import_string("office.rotation.know_every_index_key")()


@worker_init.connect
@beat_init.connect
def stop_without_index_keys(**_: Any) -> None:
    # Celery logs what a receiver raises and goes on, unless it is the end.
    try:
        know_every_index_key()
    except ImproperlyConfigured as strange:
        raise SystemExit(str(strange)) from strange
