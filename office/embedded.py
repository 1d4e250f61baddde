"""Jobs without Redis: one Celery worker on the memory broker, in a thread of the web process.

Started by config.wsgi only, so never under tests or management commands. One web process a DATA_DIR works:
a second one serves pages, and its jobs are found by the first one's sweeper. The threads are daemons: Ctrl-C
ends the process at once, and what was running shows 已中断 and is taken up at the next start.
"""

import fcntl
import logging
import os
import threading
import time
from pathlib import Path

from celery import Celery
from celery.worker import WorkController
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connections

from office import clock

log = logging.getLogger(__name__)

# Seconds: how soon a ring is heard, and how often the standing duties are done.
LISTEN_EVERY = 0.2
TICK_EVERY = 10.0

_started = threading.Lock()
_lock_file: int | None = None


def start_worker(celery_app: Celery) -> bool:
    """Starts the worker and the timer, once a process; False when they run already, here or in another process."""
    global _lock_file
    with _started:
        if _lock_file is not None:
            return False
        handle = os.open(Path(settings.DATA_DIR) / "worker.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            # Held until the process ends, however it ends.
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return False
        _lock_file = handle
    # The site has been checked when it was started; Celery would do it all again before the first page.
    os.environ.setdefault("CELERY_SKIP_CHECKS", "1")
    celery_app.loader.import_default_modules()
    threading.Thread(target=_work, args=(celery_app,), name="embedded-worker", daemon=True).start()
    threading.Thread(target=_tick_forever, args=(celery_app,), name="embedded-timer", daemon=True).start()
    return True


def recover() -> None:
    """Jobs that an embedded worker was at when its process ended: 已中断, and rung for at the next sweep."""
    jobs = apps.get_model("office", "Job").objects
    try:
        jobs.filter(worker__startswith="embedded:").interrupt(clock.now())
        jobs.waiting().update(rung_at=None)
    except DatabaseError:
        log.warning("数据库尚未就绪，后台事项稍后恢复", exc_info=True)
    finally:
        connections.close_all()


def _work(celery_app: Celery) -> None:
    celery_app.conf.broker_transport_options = {"polling_interval": LISTEN_EVERY}
    while True:
        try:
            WorkController(
                app=celery_app,
                hostname="embedded",
                pool="solo",
                concurrency=1,
                without_gossip=True,
                without_mingle=True,
                without_heartbeat=True,
            ).start()
        except Exception:
            log.exception("后台办理线程出错，重新启动")
        time.sleep(TICK_EVERY)


def _tick_forever(celery_app: Celery) -> None:
    """Its own thread: the sweeper and the sealer go on while the worker is at a long job."""
    recover()
    tick = celery_app.tasks["office.tick"]
    while True:
        try:
            tick()
        except Exception:
            log.exception("例行工作没有完成")
        finally:
            connections.close_all()
        time.sleep(TICK_EVERY)
