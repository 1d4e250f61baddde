"""The Celery application and the list of periodic tasks.

Beat only rings: what is due, and that it happens once, is decided by rows in the database (office.jobs).
A worker without -Q listens to both queues; in production "bulk" gets a worker of its own, so that an import
never keeps a small export waiting.
"""

import os

from celery import Celery
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
