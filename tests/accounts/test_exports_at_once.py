"""The same export asked five times at the same instant is one job and one file (quality F2, threats E1)."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from office import exports, jobs
from office.models import Export, Job, TrailRow

pytestmark = [pytest.mark.worker, pytest.mark.django_db(transaction=True)]
TIMES = 5


@pytest.mark.parametrize("same_page", [True, False])
def test_asked_five_times_at_once_it_is_one_job(make_household, signed_in, same_page):
    """One click sent again, and five pages that ask for the same."""
    make_household()
    clients = [signed_in("town") for _ in range(TIMES)]
    for client in clients:
        client.get("/jobs/")
    once, together = uuid.uuid4().hex, Barrier(TIMES)

    def ask(client):
        try:
            together.wait(30)
            word = once if same_page else uuid.uuid4().hex
            asked = {"list": "households:list", "query": "", "format": "xlsx", "once": word}
            return client.post(reverse("accounts:export-new"), asked)["Location"]
        finally:
            connection.close()

    with ThreadPoolExecutor(TIMES) as pool:
        (address,) = set(pool.map(ask, clients))
    pk = address.rstrip("/").rsplit("/", 1)[-1]
    for _ in range(2):
        jobs.run_job(pk)
    assert Job.objects.filter(kind=exports.KIND).count() == Export.objects.count() == 1
    assert len(list(exports.folder().glob("*"))) == 1
    assert TrailRow.objects.filter(action="导出清单").count() == 1
