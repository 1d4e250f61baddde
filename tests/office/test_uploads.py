"""Uploads stay in memory and within their bound (quality S5, threats D): nothing in the clear on disk."""

import tempfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import InMemoryUploadedFile, SimpleUploadedFile
from django.test import RequestFactory

from office.uploads import AROUND, MIB

pytestmark = pytest.mark.django_db


def received(size):
    request = RequestFactory().post("/", {"file": SimpleUploadedFile("采集.xlsx", b"x" * size)})
    return request.FILES["file"]


@pytest.mark.parametrize("size", [10, 3 * MIB, 12 * MIB])
def test_a_file_of_any_size_stays_in_memory(size, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    file = received(size)
    assert isinstance(file, InMemoryUploadedFile) and file.size == size
    assert not list(Path(tmp_path).iterdir())


def upload(client, url, size):
    return client.post(
        url("households:imports"), {"file": SimpleUploadedFile("采集.xlsx", b"PK" + b"x" * size)}
    )


def test_a_body_over_the_bound_is_answered_413_with_its_reason(signed_in, url, settings):
    settings.UPLOAD_MEGABYTES = 4
    answer = upload(signed_in("village"), url, 4 * MIB + AROUND)
    assert answer.status_code == 413 and "超过 4 MB" in answer.content.decode()
    assert upload(signed_in(None), url, 4 * MIB + AROUND).status_code == 413


def test_forty_megabytes_are_too_many_as_installed(signed_in, url):
    answer = upload(signed_in("village"), url, 40 * MIB)
    assert answer.status_code == 413 and "MB" in answer.content.decode()


def test_the_form_refuses_what_the_bound_of_the_body_lets_pass(signed_in, url, settings, ground):
    settings.UPLOAD_MEGABYTES = 4
    file = SimpleUploadedFile("全国.xlsx", b"PK" + b"x" * 4 * MIB)
    asked = {"area": ground.village.code, "file": file}
    answer = signed_in("village").post(url("households:agreements"), asked)
    assert answer.status_code == 422 and "超过 4 MB" in answer.content.decode()
    assert upload(signed_in("village"), url, 4 * MIB).status_code == 422
