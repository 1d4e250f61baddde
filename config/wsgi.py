"""The web application; in the embedded mode it also starts the worker thread, and only it does."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from config.celery import app as celery_app
from config.celery import know_every_index_key
from office.embedded import start_worker

application = get_wsgi_application()
know_every_index_key()
# The pages are loaded here, before gunicorn forks (--preload), and not by the first visitor of each process.
get_resolver().url_patterns  # noqa: B018

if settings.EMBEDDED:
    start_worker(celery_app)
