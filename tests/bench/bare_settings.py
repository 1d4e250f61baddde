"""The program's settings without what stands around a page."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "tests.bench.bare"
MIDDLEWARE = []
